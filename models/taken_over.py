"""What judges in a published model is taken over as it is, for what nobody teaches again."""

from pathlib import Path
from typing import TypeVar

import numpy as np
import torch

from models.looks_again import Judged
from models.manifest import Closer, ModelError, ModelFile, load_manifest, read_verified
from models.recipe import Lesson, RecipeError
from models.scene import MAPS, Judge, Scene
from models.seen_regions import closer_of
from models.tail import Tail
from models.tracing import weights_in

Part = TypeVar("Part", Judge, Tail)


def taken_over(model: Path, lesson: Lesson) -> tuple[Closer, Judged]:
    """Return how the model in ``model`` looks again at the labels of ``lesson``, and what judges there."""
    second = load_manifest(model).second
    looks = second.looks if second else ()
    which = next((one for one, look in enumerate(looks) if is_of(look, lesson)), None)
    if second is None or which is None:
        raise RecipeError(
            f"{model} does not look again at {', '.join(lesson.labels)} as the recipe does: learn it too"
        )
    judged = ", ".join(lesson.labels)
    judge = _judge_in(model, second, f"judge.judges.{which}.", judged)
    known = _weights_of(model, second, f"tails.{which}.")
    tail = _filled(Tail(), known, model, second, judged) if known else None
    return looks[which], Judged(judge=judge, tail=tail)


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
    known = _weights_of(model, file, holder)
    if known:  # a mean of nothing but zeros is slimmed out of a file, so is a deviation of ones
        known = {"mean": torch.zeros(2 * MAPS), "deviation": torch.ones(2 * MAPS)} | known
    return _filled(Judge(), known, model, file, judged)


def _weights_of(model: Path, file: ModelFile, holder: str) -> dict[str, torch.Tensor]:
    return {
        name.removeprefix(holder): torch.from_numpy(values.astype(np.float32))
        for name, values in weights_in(read_verified(model, file)).items()
        if name.startswith(holder)
    }


def _filled(empty: Part, known: dict[str, torch.Tensor], model: Path, file: ModelFile, judged: str) -> Part:
    """Return ``empty`` with the weights of a file; raise ``ModelError`` if they are not its own."""
    try:
        empty.load_state_dict(known)
    except RuntimeError as exc:
        raise ModelError(f"{model / file.path} holds no judge of {judged}: {exc}") from exc
    empty.eval()
    return empty
