"""What does not teach what a recipe says is refused before hours are spent on it."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from models.recipe import RECIPES, RecipeError, load_recipe
from models.teachable import check_teachable
from tests.dataset_files import number


def test_labels_numbered_otherwise_are_refused(tmp_path: Path) -> None:
    recipe = load_recipe(RECIPES / "street.toml")
    labels = list(recipe.labels)
    number(tmp_path, labels)
    check_teachable(recipe, tmp_path)

    for other in (labels[::-1], labels[:-1], [*labels, "cart"]):
        number(tmp_path, other)
        with pytest.raises(
            RecipeError, match=r"numbers the labels .*: make the dataset again by this recipe"
        ):
            check_teachable(recipe, tmp_path)


def test_a_picture_that_lost_its_label_file_is_no_picture_of_nothing(tmp_path: Path) -> None:
    recipe = load_recipe(RECIPES / "street.toml")
    number(tmp_path, recipe.labels)
    for folder in ("images/train", "labels/train"):
        (tmp_path / folder).mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "images/train/a.png"), np.zeros((20, 20, 3), np.uint8))

    with pytest.raises(RecipeError, match=r"1 pictures .* have lost their label files, such as a\.png"):
        check_teachable(recipe, tmp_path)


def test_what_is_no_dataset_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="is no dataset: make it with `models dataset street"):
        check_teachable(load_recipe(RECIPES / "street.toml"), tmp_path)
