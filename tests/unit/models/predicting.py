"""The command `predict`, a model that it asks, and a picture to look at."""

from pathlib import Path

import cv2
import numpy as np
from typer.testing import CliRunner, Result

from models.cli import app
from tests.model_files import a_model, onnx

WATER = ("water",)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["predict", *map(str, arguments)])


def words(text: str) -> str:
    return " ".join(text.replace("│", " ").split())


def water(folder: Path) -> Path:
    """Sure of water in the upper left quarter of a square picture, less sure in its lower half."""
    content = onnx((16, 16, 32, 32, 0.9), (32, 48, 64, 32, 0.25))
    return a_model(folder / "water", content, labels=WATER)


def cars(folder: Path) -> Path:
    """Knows nothing of water."""
    return a_model(folder / "cars", onnx((8, 8, 16, 16, 0.9)), labels=("car",))


def picture(folder: Path, name: str = "street.png") -> Path:
    """A black square."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    cv2.imwrite(str(path), np.zeros((64, 64, 3), np.uint8))
    return path
