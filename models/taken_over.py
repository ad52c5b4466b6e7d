"""What judges in a published model is taken over as it is, for what nobody teaches again."""

from pathlib import Path

import numpy as np
import torch

from models.manifest import Closer, ModelError, ModelFile, load_manifest, read_verified
from models.recipe import Lesson, RecipeError
from models.scene import Judge, Scene
from models.seen_regions import closer_of
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
    return looks[which], _judge_in(model, second, f"judge.judges.{which}.", ", ".join(lesson.labels))


def scene_of(model: Path, label: str) -> Scene:
    """Return the scene that backs the boxes of ``label`` in the published model in ``model``.

    Raise ``ModelError`` where it has no scene, ``RecipeError`` where it is about other things.
    """
    manifest = load_manifest(model)
    if label not in manifest.labels:
        raise RecipeError(f"{model} knows {', '.join(manifest.labels)}, not {label}: learn a scene of it")
    scene = Scene()
    scene.judge = _judge_in(model, manifest.files["fp32"], "scene.judge.", "scenes")
    scene.eval()
    return scene


def is_of(look: Closer, lesson: Lesson) -> bool:
    """Return whether a look sees what a lesson would teach it to see; what it is worth may differ."""
    return look == closer_of(lesson, look.worth)


def _judge_in(model: Path, file: ModelFile, holder: str, judged: str) -> Judge:
    """Return the judge whose weights are named ``holder`` and more; raise ``ModelError`` if there is none."""
    known = {
        name.removeprefix(holder): torch.from_numpy(values.astype(np.float32))
        for name, values in weights_in(read_verified(model, file)).items()
        if name.startswith(holder)
    }
    judge = Judge()
    try:
        judge.load_state_dict(known)
    except RuntimeError as exc:
        raise ModelError(f"{model / file.path} holds no judge of {judged}: {exc}") from exc
    judge.eval()
    return judge
