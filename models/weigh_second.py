"""A second look that was learnt for one detector is weighed anew for another."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.backed import check_enough
from models.boxes import Boxes, corners_of, read_boxes
from models.detections import Detections
from models.detector import OnnxDetector, load_detector
from models.eye import Progress
from models.learn_second import Learnt, check_looked_at, detector_for, name_second, weighed
from models.manifest import load_manifest
from models.picture import find_pictures, read_picture
from models.recipe import Lesson, Recipe, RecipeError
from models.second_look import FAINT, Region, SecondLook
from models.seen_regions import closer_of, regions_seen, shown_in
from models.taken_over import is_of, take_over
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
    check_judges(recipe, judges, only)
    looks = load_detector(judges, variant="fp32").second
    lessons = {which: one for which, one in enumerate(recipe.second) if not only or only in one.labels}
    rows: dict[int, list[NDArray[np.float32]]] = {which: [] for which in lessons}
    pictures = list(find_pictures(dataset / "images" / "val"))
    for done, path in enumerate(pictures, 1):
        boxes = _boxes_of(path, dataset, recipe)
        for which, seen in _seen(looks, detector, recipe, lessons, read_picture(path), boxes):
            rows[which].append(seen)
        yield Progress(done=done, total=len(pictures))
    seconds, learnt = [look.second for look in looks], list[Learnt]()
    for which, lesson in lessons.items():
        told, sure, seen = np.concatenate(rows[which]).T
        closer, one = weighed(lesson, told > 0, sure, seen)
        seconds[which] = seconds[which].model_copy(update={"look": closer})
        learnt.append(one)
    for second in seconds:
        take_over(judges, second, model)
    name_second(model, tuple(seconds), version)
    yield from learnt


def check_looks(recipe: Recipe, lesson: Lesson, dataset: Path, detector: OnnxDetector) -> Iterator[Progress]:
    """Raise ``RecipeError`` where validation pictures do not say what a look is worth, before it learns."""
    pictures, told = list(find_pictures(dataset / "images" / "val")), list[bool]()
    for done, path in enumerate(pictures, 1):
        boxes, picture = _boxes_of(path, dataset, recipe), read_picture(path)
        regions = _told(detector.detect(picture), recipe, lesson, picture, boxes)
        told += [shows for _, shows, _ in regions]
        yield Progress(done=done, total=len(pictures))
    check_enough(sum(told), len(told) - sum(told), ", ".join(lesson.labels))


def check_judges(recipe: Recipe, judges: Path, only: str) -> None:
    """Raise ``RecipeError`` where the model in ``judges`` has not the looks of a recipe."""
    looks = [second.look for second in load_manifest(judges).second]
    asked = [(lesson.scale, lesson.least) for lesson in recipe.second]  # labels may have other names by now
    if not looks or [(look.scale, look.least) for look in looks] != asked:
        raise RecipeError(
            f"{judges} has not the second looks of recipe {recipe.name}: take the recipe that made it, or "
            "learn them (`models second` with --out)"
        )
    for look, lesson in zip(looks, recipe.second, strict=True):
        if only and only not in lesson.labels and not is_of(look, lesson):
            raise RecipeError(
                f"{judges} does not look again at {', '.join(lesson.labels)} as recipe {recipe.name} does: "
                "take the recipe that made it, or weigh all looks (`models second` with --judges alone)"
            )


def _seen(
    looks: Sequence[SecondLook],
    detector: OnnxDetector,
    recipe: Recipe,
    lessons: Mapping[int, Lesson],
    picture: NDArray[np.uint8],
    boxes: Boxes,
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield for each look rows (n, 3): the truth, the logit of the surest box judged, the look's."""
    found = detector.detect(picture)
    for which, lesson in lessons.items():
        rows = [
            (told, sure, looks[which].judge(picture, region))
            for region, told, sure in _told(found, recipe, lesson, picture, boxes)
        ]
        yield which, np.array(rows, np.float32).reshape(-1, 3)


def _told(
    found: Detections, recipe: Recipe, lesson: Lesson, picture: NDArray[np.uint8], boxes: Boxes
) -> Iterator[tuple[Region, bool, float]]:
    """Yield what a look sees of a picture, whether it shows the thing, and the logit of the surest box.

    What nobody can say about is left out.
    """
    height, width = picture.shape[:2]
    truths = corners_of(boxes[np.isin(boxes[:, 0], recipe.truth_ids(lesson.labels))], width, height)
    for region, box, sure in regions_seen(closer_of(lesson), found, width, height, FAINT):
        told = shown_in(lesson, truths, region, box)
        if told is not None:
            yield region, told, sure


def _boxes_of(path: Path, dataset: Path, recipe: Recipe) -> Boxes:
    return read_boxes(dataset / "labels" / "val" / f"{path.stem}.txt", len(recipe.labels))
