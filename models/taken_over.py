"""What judges in a published model is taken over as it is, for what nobody teaches again."""

from pathlib import Path
from typing import TypeVar

import numpy as np
import torch

from models.manifest import Closer, ModelError, ModelFile, Second, load_manifest, read_verified
from models.recipe import Lesson, RecipeError
from models.scene import MAPS, Judge, Scene
from models.seen_regions import closer_of
from models.tail import Tail
from models.tracing import weights_in

Part = TypeVar("Part", Judge, Tail)


def second_of(model: Path, lesson: Lesson) -> Second:
    """Return the network with which the model in ``model`` looks again at the labels of ``lesson``."""
    for second in load_manifest(model).second:
        if is_of(second.look, lesson):
            return second
    raise RecipeError(
        f"{model} does not look again at {', '.join(lesson.labels)} as the recipe does: learn it too"
    )


def judged_in(model: Path, second: Second) -> tuple[Judge, Tail | None]:
    """Return what judges in a network that looks again, and the tail that it sees with if it has one."""
    judged, known = ", ".join(second.look.labels), _weights_of(model, second, "tail.")
    tail = _filled(Tail(), known, model, second, judged) if known else None
    return _judge_in(model, second, "judge.", judged), tail


def take_over(model: Path, second: Second, out: Path) -> None:
    """Put the file of a look of ``model`` into the folder of another model, whole or not at all."""
    content = read_verified(model, second)
    if model.resolve() == out.resolve():
        return
    part = out / f".{second.path}.part"
    try:
        part.write_bytes(content)
        part.replace(out / second.path)
    finally:
        part.unlink(missing_ok=True)


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
