"""Seen regions: what a second look sees around a detector's boxes, and whether that is the thing."""

import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from models.boxes import Boxes, corners_of
from models.detections import Detections
from models.detector import OnnxDetector
from models.eye import Eye
from models.manifest import Closer
from models.postprocess import FLOOR
from models.preprocess import letterbox
from models.recipe import Lesson, Recipe
from models.scene import MAPS
from models.second_look import FAINT, Region, chosen_for, logit, region_of, regions_of, with_others
from models.shown import enough, matches, rows_in, shows
from models.views import view_of

INPUT_PX = 256
VIEWS = 2
"""So many other views of a region teach, beside the region itself."""
RESIZED, SHIFTED = 1.25, 0.08
"""Another view is larger or smaller by up to this factor and moved by up to this part of its side."""
WHICH, TOLD, AS_IT_IS, BOX_LOGIT, FEATURES = 0, 1, 2, 3, 4
"""Columns of what was seen: the look, the truth, whether it is no other view, the box's logit, features."""
AS_IT_STANDS = Closer(labels=(), scale=1, least=0, worth=(1, 0, 0))
Box = NDArray[np.float32]
"""Left, top, right, bottom in pixels, (4,)."""


def look(
    eye: Eye,
    detector: OnnxDetector,
    recipe: Recipe,
    picture: NDArray[np.uint8],
    boxes: Boxes,
    part: str,
) -> NDArray[np.float32]:
    """Return rows (n, 4 + features) of the regions of a picture: the detector's, in training the truths' too.

    In training each is seen in other views as well, and faint boxes teach too what the thing is not. What
    nobody can say about is left out.
    """
    height, width = picture.shape[:2]
    dice = np.random.default_rng(zlib.crc32(picture.tobytes()))
    found = detector.detect(picture)
    rows = [np.empty((0, FEATURES + 2 * MAPS), np.float32)]
    for which, lesson in enumerate(recipe.second):
        truths, others = (
            corners_of(boxes[np.isin(boxes[:, 0], recipe.truth_ids(names))], width, height)
            for names in (lesson.labels, lesson.against)
        )
        closer = closer_of(lesson)
        ours = list(regions_seen(closer, found, width, height, FLOOR if part == "train" else FAINT))
        places = [(region, box, sure, True) for region, box, sure in ours]
        if part == "train":
            true = [(region_of(box, closer, width, height), box) for box in (*truths, *others)]
            again = [*((region, box) for region, box, _ in ours), *true] * VIEWS
            places += [(moved(region, width, height, dice), box, 0.0, False) for region, box in again]
        for region, box, sure, as_it_is in places:
            left, top, right, bottom = region
            told, seen = shown_in(lesson, truths, region, box), picture[top:bottom, left:right]
            if told is not None and not as_it_is:
                seen, share = view_of(seen, rows_in(truths, region), dice, whole=lesson.whole)
                told = told if lesson.whole or enough(share, lesson.seen) is told else None
            if told is not None:
                features = eye(letterbox(np.ascontiguousarray(seen), INPUT_PX).blob)
                rows.append(np.hstack([np.array([[which, told, as_it_is, sure]], np.float32), features]))
    return np.concatenate(rows)


def regions_seen(
    closer: Closer, found: Detections, width: int, height: int, faint: float
) -> Iterator[tuple[Region, Box, float]]:
    """Yield what is looked at, with the surest box that it judges and that box's logit."""
    found = with_others(closer, found)
    chosen = chosen_for(closer, found, faint)
    for region, members in regions_of(found.boxes[chosen], closer, width, height):
        surest = chosen[members[0]]
        yield region, found.boxes[surest], float(logit(found.confidences[surest : surest + 1])[0])


def shown_in(lesson: Lesson, truths: NDArray[np.float32], region: Region, box: Box) -> bool | None:
    """Return whether a look shows the thing: in its box where that is one whole thing, else in its region."""
    return matches(truths, box) if lesson.whole else shows(truths, region, lesson.seen)


def closer_of(lesson: Lesson, worth: tuple[float, float, float] = (1.0, 0.0, 0.0)) -> Closer:
    """Return the look that a lesson teaches; not weighed, what the box said counts."""
    shape = lesson.model_dump(include={"labels", "scale", "least", "also", "whole"})
    return Closer(**shape, worth=worth)


def moved(region: Region, width: int, height: int, dice: np.random.Generator) -> Region:
    """Return a region somewhat larger or smaller, and beside its place."""
    left, top, right, bottom = region
    side = max(right - left, bottom - top)
    grown = side * float(np.exp(dice.uniform(-np.log(RESIZED), np.log(RESIZED))))
    across, down = (
        (first + last) / 2 + dice.uniform(-SHIFTED, SHIFTED) * side
        for first, last in ((left, right), (top, bottom))
    )
    box = np.array([across - grown / 2, down - grown / 2, across + grown / 2, down + grown / 2], np.float32)
    return region_of(box, AS_IT_STANDS, width, height)
