"""A file that holds no detector is named; needs the extra `train` (`make test-train`)."""

from pathlib import Path

import pytest
import torch

from models.recipe import RECIPES, RecipeError, load_recipe
from models.teach import load_teacher
from models.weights import load_weights


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
