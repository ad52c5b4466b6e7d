"""Files of weights are opened, and told where they are of no use; needs the extra `train`."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from typer.testing import CliRunner
from ultralytics import YOLO

from models.cli import app
from models.recipe import RECIPES, RecipeError, load_recipe
from models.teach import load_teacher
from models.weights import load_weights

RECIPE = """
name = "yard"
input_px = 64
train_px = 64
epochs = 1
learning_rate = 1e-3
frozen_layers = 0
start = {}
labels = { person = [] }
sources = [{ name = "yard", pictures = "images", licence = "ours" }]
"""


@pytest.mark.parametrize("name", ["model.onnx", "photo.jpg"])
def test_a_file_of_another_kind_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"no weights")

    with pytest.raises(RecipeError, match=rf"{name} holds no weights of Ultralytics: .*\.pt"):
        load_weights(path)
    with pytest.raises(RecipeError, match=rf"{name} holds no weights of Ultralytics: .*\.pt"):
        load_teacher(path, load_recipe(RECIPES / "street.toml"))


def test_a_network_that_is_no_detector_is_named(tmp_path: Path) -> None:
    path = tmp_path / "other.pt"
    torch.save({"model": torch.nn.Linear(2, 2)}, path)

    with pytest.raises(RecipeError, match=r"other\.pt holds no detector of Ultralytics, but a Linear"):
        load_weights(path)


def test_a_teacher_that_no_source_asks_for_is_told(tmp_path: Path) -> None:
    torch.save({"model": YOLO("yolo11n.yaml", verbose=False).model}, tmp_path / "base.pt")
    (tmp_path / "images").mkdir()
    cv2.imwrite(str(tmp_path / "images" / "a.png"), np.zeros((12, 12, 3), np.uint8))
    (tmp_path / "r.toml").write_text(RECIPE)
    words = ["dataset", str(tmp_path / "r.toml"), "--data", str(tmp_path), "--out", str(tmp_path / "out")]

    result = CliRunner().invoke(app, [*words, "--teacher", str(tmp_path / "base.pt")])

    assert result.exit_code == 0
    assert "--teacher labels nothing: no source of recipe yard has teacher = true" in result.output
