"""What a recipe can learn from: a dataset that is whole and numbers its labels as the recipe does."""

from pathlib import Path

from models.dataset_folder import check_finished, labels_of
from models.picture import find_pictures
from models.recipe import Recipe, RecipeError


def check_teachable(recipe: Recipe, dataset: Path) -> None:
    """Raise ``RecipeError`` where ``dataset`` would teach ``recipe`` something else than what it says."""
    check_finished(dataset)
    theirs = labels_of(dataset)
    if theirs is None:
        raise RecipeError(
            f"{dataset} is no dataset: make it with `models dataset {recipe.name} --out {dataset}`"
        )
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
