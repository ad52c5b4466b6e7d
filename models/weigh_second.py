"""A second look that was learnt for one detector is weighed anew for another."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.boxes import corners_of, read_boxes
from models.detector import OnnxDetector, load_detector
from models.eye import Progress
from models.learn_second import Learnt, check_looked_at, detector_for, name_second, weighed
from models.manifest import SECOND_FILE
from models.picture import find_pictures, read_picture
from models.recipe import Lesson, Recipe, RecipeError
from models.second_look import FAINT, SecondLook
from models.seen_regions import closer_of, regions_seen, shown_in
from models.taken_over import is_of
from models.teachable import check_teachable


def weigh_second(
    recipe: Recipe, dataset: Path, model: Path, judges: Path, *, version: str, only: str = ""
) -> Iterator[Progress | Learnt]:
    """Give the model in ``model`` the second look of the one in ``judges``, weighed on validation pictures.

    What the look knows of photos that are no longer there is kept; only what its word and a box's are each
    worth is measured again, because another detector is sure of other things. With ``only`` just the look at
    that label is weighed; the others are worth what they were.
    """
    check_teachable(recipe, dataset)
    check_looked_at(recipe, only)
    detector = detector_for(recipe, model)
    look = load_detector(judges, variant="fp32").second
    asked = [(lesson.scale, lesson.least) for lesson in recipe.second]  # labels may have other names by now
    if look is None or [(one.scale, one.least) for one in look.second.looks] != asked:
        raise RecipeError(
            f"{judges} has not the second looks of recipe {recipe.name}: learn them without --judges"
        )
    lessons = {which: one for which, one in enumerate(recipe.second) if not only or only in one.labels}
    for which, lesson in enumerate(recipe.second):
        if which not in lessons and not is_of(look.second.looks[which], lesson):
            raise RecipeError(
                f"{judges} does not look again at {', '.join(lesson.labels)} as the recipe does: "
                "weigh all looks, without --only"
            )
    rows: dict[int, list[NDArray[np.float32]]] = {which: [] for which in lessons}
    pictures = list(find_pictures(dataset / "images" / "val"))
    for done, path in enumerate(pictures, 1):
        boxes = read_boxes(dataset / "labels" / "val" / f"{path.stem}.txt", len(recipe.labels))
        for which, seen in _seen(look, detector, recipe, lessons, read_picture(path), boxes):
            rows[which].append(seen)
        yield Progress(done=done, total=len(pictures))
    closers = list(look.second.looks)
    for which, lesson in lessons.items():
        told, sure, seen = np.concatenate(rows[which]).T
        closers[which], learnt = weighed(lesson, told > 0, sure, seen)
        yield learnt
    if judges.resolve() != model.resolve():
        part = model / f".{SECOND_FILE}.part"
        shutil.copyfile(judges / SECOND_FILE, part)
        part.replace(model / SECOND_FILE)
    name_second(model, tuple(closers), look.second.training_id, version)


def _seen(
    look: SecondLook,
    detector: OnnxDetector,
    recipe: Recipe,
    lessons: Mapping[int, Lesson],
    picture: NDArray[np.uint8],
    boxes: NDArray[np.float32],
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield for each look rows (n, 3): the truth, the logit of the surest box judged, the look's."""
    height, width = picture.shape[:2]
    found = detector.detect(picture)
    for which, lesson in lessons.items():
        ours = np.isin(boxes[:, 0], recipe.truth_ids(lesson.labels))
        truths, rows = corners_of(boxes[ours], width, height), []
        for region, box, sure in regions_seen(closer_of(lesson), found, width, height, FAINT):
            told = shown_in(lesson, truths, region, box)
            if told is not None:
                rows.append((told, sure, look.judge(picture, region)[which]))
        yield which, np.array(rows, np.float32).reshape(-1, 3)
