"""A second look that was learnt for one detector is weighed anew for another."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.boxes import corners_of, read_boxes
from models.detector import OnnxDetector, load_detector
from models.eye import Progress
from models.learn_second import Learnt, closer_of, detector_for, name_second, weighed
from models.manifest import SECOND_FILE
from models.picture import find_pictures, read_picture
from models.recipe import Recipe, RecipeError
from models.second_look import SecondLook, chosen_for, logit, regions_of
from models.shown import shows
from models.teachable import check_teachable

TOLD, SURE, SEEN = range(3)


def weigh_second(
    recipe: Recipe, dataset: Path, model: Path, judges: Path, *, version: str
) -> Iterator[Progress | Learnt]:
    """Give the model in ``model`` the second look of the one in ``judges``, weighed on validation pictures.

    What the look knows of photos that are no longer there is kept; only what its word and a box's are each
    worth is measured again, because another detector is sure of other things.
    """
    check_teachable(recipe, dataset)
    detector = detector_for(recipe, model)
    look = load_detector(judges, variant="fp32").second
    asked = [(lesson.scale, lesson.least) for lesson in recipe.second]  # labels may have other names by now
    if look is None or [(one.scale, one.least) for one in look.second.looks] != asked:
        raise RecipeError(
            f"{judges} has not the second looks of recipe {recipe.name}: learn them without --judges"
        )
    rows: list[list[NDArray[np.float32]]] = [[] for _ in recipe.second]
    pictures = list(find_pictures(dataset / "images" / "val"))
    for done, path in enumerate(pictures, 1):
        boxes = read_boxes(dataset / "labels" / "val" / f"{path.stem}.txt", len(recipe.labels))
        for which, seen in enumerate(_seen(look, detector, recipe, read_picture(path), boxes)):
            rows[which].append(seen)
        yield Progress(done=done, total=len(pictures))
    closers = []
    for lesson, seen in zip(recipe.second, map(np.concatenate, rows), strict=True):
        closer, learnt = weighed(lesson, seen[:, TOLD] > 0, seen[:, SURE], seen[:, SEEN])
        closers.append(closer)
        yield learnt
    if judges.resolve() != model.resolve():
        shutil.copyfile(judges / SECOND_FILE, model / SECOND_FILE)
    name_second(model, tuple(closers), look.second.training_id, version)


def _seen(
    look: SecondLook,
    detector: OnnxDetector,
    recipe: Recipe,
    picture: NDArray[np.uint8],
    boxes: NDArray[np.float32],
) -> Iterator[NDArray[np.float32]]:
    """Yield for each kind of look rows (n, 3): the truth of a region, its surest box's logit, the look's."""
    height, width = picture.shape[:2]
    found = detector.detect(picture)
    for which, lesson in enumerate(recipe.second):
        ours = np.isin(boxes[:, 0], recipe.truth_ids(lesson.labels))
        truths, closer = corners_of(boxes[ours], width, height), closer_of(lesson)
        chosen, rows = chosen_for(closer, found), []
        for region, members in regions_of(found.boxes[chosen], closer, width, height):
            told = shows(truths, region, lesson.seen)
            if told is not None:
                sure = logit(found.confidences[chosen][members])[0]
                rows.append((told, sure, look.judge(picture, region)[which]))
        yield np.array(rows, np.float32).reshape(-1, 3)
