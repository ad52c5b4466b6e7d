"""A source of pictures made on the spot, and the dataset that is prepared from it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.boxes import Boxes
from models.dataset import Summary, prepare
from models.recipe import Recipe, Source

FLAT = np.full((100, 100, 3), 200, np.uint8)


def a_recipe(*sources: Source, **changes: Any) -> Recipe:
    """A recipe of ``sources`` that knows trucks of two kinds; ``changes`` replace fields."""
    fields: dict[str, Any] = {
        "name": "street",
        "input_px": 64,
        "train_px": 64,
        "epochs": 1,
        "learning_rate": 1e-3,
        "frozen_layers": 0,
        "labels": {"truck": ("truck",), "muck_truck": ()},
        "start": {"muck_truck": "truck"},
        "sources": sources,
    }
    return Recipe(**(fields | changes))


def recipe(**source: object) -> Recipe:
    """A recipe of one source, photos; ``source`` says more of it."""
    one = {"name": "photos", "pictures": "images", "licence": "ours", **source}
    return a_recipe(Source.model_validate(one))


def put(data: Path, name: str, label: str | None = None, image: NDArray[np.uint8] = FLAT) -> None:
    """Put a picture into the source, and beside it the text of its label file, if there is one."""
    for folder in ("images", "labels"):
        (data / folder).mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(data / "images" / f"{name}.png"), image)
    if label is not None:
        (data / "labels" / f"{name}.txt").write_text(label)


def scene(seed: int) -> NDArray[np.uint8]:
    """A picture that looks like no other."""
    blocks = np.random.default_rng(seed).integers(0, 255, (12, 12, 3), np.uint8)
    return np.asarray(cv2.resize(blocks, (96, 96), interpolation=cv2.INTER_CUBIC), np.uint8)


def run(
    recipe: Recipe,
    data: Path,
    teacher: Callable[[NDArray[np.uint8]], Boxes] | None = None,
    apart: tuple[Path, ...] = (),
) -> tuple[Summary, Path]:
    """Prepare the dataset; return what is told of it and its folder."""
    out = data / "out"
    *_, summary = prepare(recipe, data, out, teacher=teacher, apart=apart)
    return summary, out


def label_of(out: Path, name: str) -> str:
    (path,) = out.glob(f"labels/*/photos-{name}.txt")
    return path.read_text()
