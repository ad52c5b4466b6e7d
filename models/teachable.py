"""What a recipe can learn from: a dataset that is whole and numbers its labels as the recipe does."""

import re
from pathlib import Path

from models.dataset_folder import check_finished
from models.picture import find_pictures
from models.recipe import Recipe, RecipeError

NUMBERED = re.compile(r"^\s+(\d+):\s*[\"']?([^\"'\n]+?)[\"']?\s*$", re.MULTILINE)
"""A line of `names:` in `data.yaml`, as `models dataset` writes it."""


def check_teachable(recipe: Recipe, dataset: Path) -> None:
    """Raise ``RecipeError`` where ``dataset`` would teach ``recipe`` something else than what it says."""
    check_finished(dataset)
    path = dataset / "data.yaml"
    if not path.is_file():
        raise RecipeError(
            f"{dataset} is no dataset: make it with `models dataset {recipe.name} --out {dataset}`"
        )
    numbered = NUMBERED.findall(path.read_text(encoding="utf-8"))
    theirs = [label for _, label in sorted(numbered, key=lambda line: int(line[0]))]
    if theirs != list(recipe.labels):
        raise RecipeError(
            f"{dataset} numbers the labels {', '.join(theirs)}, recipe {recipe.name} "
            f"{', '.join(recipe.labels)}: make the dataset again by this recipe, or take its own"
        )
    for part in ("train", "val"):
        labels = {label.stem for label in (dataset / "labels" / part).glob("*.txt")}
        gone = [one.name for one in find_pictures(dataset / "images" / part) if one.stem not in labels]
        if gone:
            raise RecipeError(
                f"{len(gone)} pictures of {dataset} have lost their label files, such as {gone[0]}: "
                "make the dataset again"
            )
