"""Pictures with water in their left half or without, and a detector that cannot tell."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.recipe import RECIPES, Recipe, load_recipe
from tests.dataset_files import number
from tests.model_files import a_model, onnx

WET, DRY = (180, 90, 20), (40, 60, 70)
LOOK = {"labels": ["water"], "scale": 1, "seen": 0.3}


def a_recipe() -> Recipe:
    water = load_recipe(RECIPES / "water.toml").model_dump() | {"second": [LOOK]}
    return Recipe.model_validate(water)


def a_detector(folder: Path, sure: float = 0.5) -> Path:
    """A detector that sees water in the left half of every picture, and is never surer than this."""
    content, sure_from = onnx((16, 16, 32, 32, sure)), {"water": 0.6}
    return a_model(folder, content, name="water", version="1", labels=("water",), thresholds=sure_from)


def a_picture(colour: tuple[int, int, int], dice: np.random.Generator) -> NDArray[np.uint8]:
    """Its left half has this colour, the other is grey."""
    image = np.full((64, 128, 3), 128.0)
    image[:, :64] = colour
    return np.clip(image + dice.normal(0, 12, image.shape), 0, 255).astype(np.uint8)


def a_dataset(folder: Path, labels: Iterable[str] = ("water",)) -> Path:
    dice = np.random.default_rng(1)
    for part, count in (("train", 12), ("val", 20)):
        for kind, colour in (("wet", WET), ("dry", DRY)):
            for index in range(count):
                picture = folder / "images" / part / f"{kind}{index}.png"
                label = folder / "labels" / part / f"{kind}{index}.txt"
                for path in (picture, label):
                    path.parent.mkdir(parents=True, exist_ok=True)
                cv2.imwrite(str(picture), a_picture(colour, dice))
                label.write_text("0 0.25 0.5 0.5 1\n" if kind == "wet" else "", encoding="utf-8")
    number(folder, labels)
    (folder / "summary.json").write_text('{"training_id": "abc"}', encoding="utf-8")
    listed = [f"./images/train/{path.name}\n" for path in sorted((folder / "images" / "train").iterdir())]
    (folder / "train.txt").write_text("".join(listed), encoding="utf-8")
    return folder
