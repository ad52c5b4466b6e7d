"""Judges of a published second look are taken over as they are, for labels that nobody teaches again."""

from pathlib import Path

import numpy as np
import torch

from models.manifest import Closer, ModelError, load_manifest, read_verified
from models.recipe import Lesson, RecipeError
from models.scene import Judge
from models.tracing import weights_in


def taken_over(model: Path, lesson: Lesson) -> tuple[Closer, Judge]:
    """Return how the model in ``model`` looks again at the labels of ``lesson``, and that look's judge."""
    second = load_manifest(model).second
    looks = second.looks if second else ()
    which = next((one for one, look in enumerate(looks) if is_of(look, lesson)), None)
    if second is None or which is None:
        raise RecipeError(
            f"{model} does not look again at {', '.join(lesson.labels)} as the recipe does: learn it too"
        )
    holder = f"judge.judges.{which}."
    known = {
        name.removeprefix(holder): torch.from_numpy(values.astype(np.float32))
        for name, values in weights_in(read_verified(model, second)).items()
        if name.startswith(holder)
    }
    judge = Judge()
    try:
        judge.load_state_dict(known)
    except RuntimeError as exc:
        raise ModelError(
            f"{model / second.path} holds no judge of {', '.join(lesson.labels)}: {exc}"
        ) from exc
    return looks[which], judge.eval()


def is_of(look: Closer, lesson: Lesson) -> bool:
    """Return whether a look sees what a lesson would teach it to see; what it is worth may differ."""
    return look.model_dump(exclude={"worth"}) == lesson.model_dump(include=set(Closer.model_fields))
