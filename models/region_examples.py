"""Examples of regions: parts of training pictures that show a whole thing or do not, in ever new views."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.boxes import corners_of, read_boxes
from models.dataset_folder import times_taught
from models.detector import OnnxDetector
from models.eye import TOGETHER, Eye, Progress
from models.overlaps import areas_of, shared
from models.picture import find_pictures, read_picture
from models.postprocess import FLOOR
from models.preprocess import GREY, letterbox
from models.recipe import Lesson, Recipe
from models.second_look import Region, region_of
from models.seen_regions import INPUT_PX, RESIZED, closer_of, moved, regions_seen, shown_in
from models.views import view_of

AROUND = 1.4
"""So many times a region's side is kept of a picture, for views from beside and farther away."""
SMALLEST = 20
"""The longer side of the smallest box that teaches, in pixels."""
MIXED = 0.3
"""A box that shows no whole thing, with more of it in a true one, is no example of anything."""
NOWHERE = np.empty((0, 5), np.float32)
Corners = NDArray[np.float32]
"""Boxes (n, 4): left, top, right, bottom in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A region with what is around it, and whether it shows the thing."""

    around: NDArray[np.uint8]
    region: Region
    told: bool


def examples_of(
    recipe: Recipe, lesson: Lesson, dataset: Path, detector: OnnxDetector
) -> Iterator[tuple[Progress, list[Example]]]:
    """Yield the examples of all training pictures, of some at a time; each as often as an epoch shows it."""
    pictures, times = list(find_pictures(dataset / "images" / "train")), times_taught(dataset)
    ours, theirs = recipe.truth_ids(lesson.labels), recipe.truth_ids(lesson.against)

    def seen(path: Path) -> list[Example]:
        picture = read_picture(path)
        boxes = read_boxes(dataset / "labels" / "train" / f"{path.stem}.txt", len(recipe.labels))
        truths, others = (
            corners_of(boxes[np.isin(boxes[:, 0], ids)], picture.shape[1], picture.shape[0])
            for ids in (ours, theirs)
        )
        return list(examples_in(lesson, detector, picture, truths, others)) * times[path.name]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for first in range(0, len(pictures), TOGETHER):
            together = pictures[first : first + TOGETHER]
            found = [example for some in pool.map(seen, together) for example in some]
            yield Progress(done=first + len(together), total=len(pictures)), found


def examples_in(
    lesson: Lesson, detector: OnnxDetector, picture: NDArray[np.uint8], truths: Corners, others: Corners
) -> Iterator[Example]:
    """Yield what a detector finds, what is true and ``others``, which are taken for it, as examples.

    What nobody can say about is left out.
    """
    closer, (height, width) = closer_of(lesson), picture.shape[:2]
    found = regions_seen(closer, detector.detect(picture), width, height, FLOOR)
    for box in (*(box for _, box, _ in found), *truths, *others):
        region = region_of(box, closer, width, height)
        told = shown_in(lesson, truths, region, box)
        mixed = not told and (shared(box[None], truths) > MIXED * areas_of(box[None])).any()
        if told is not None and not mixed and max(box[2:] - box[:2]) >= SMALLEST:
            yield _kept(picture, region, told=told)


def batches(
    examples: Sequence[Example], size: int, see: Eye, seed: int
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Yield what an eye sees in a view of each example (size, ...) and the truth (size,), 0 or 1.

    What is left after the last whole batch is left out. Views are made side by side, but not while one learns
    from others: on few cores that takes twice as long.
    """

    def seen(one: int) -> NDArray[np.float32]:
        return see(square_view(examples[one], np.random.default_rng((seed, one))))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for first in range(0, len(examples) - size + 1, size):
            together = range(first, first + size)
            maps = np.concatenate(list(pool.map(seen, together)))
            yield maps, np.array([examples[one].told for one in together], np.float32)


def square_view(example: Example, dice: np.random.Generator) -> NDArray[np.float32]:
    """Return another view of an example as a model's input (1, 3, INPUT_PX, INPUT_PX)."""
    height, width = example.around.shape[:2]
    left, top, right, bottom = moved(example.region, width, height, dice)
    view, _ = view_of(example.around[top:bottom, left:right], NOWHERE, dice, whole=True)
    blob = letterbox(np.ascontiguousarray(view), INPUT_PX).blob
    free = [INPUT_PX - side for side in blob.shape[2:]]
    padding = [(0, 0), (0, 0), *((side // 2, side - side // 2) for side in free)]
    return np.pad(blob, padding, constant_values=GREY / 255)


def _kept(picture: NDArray[np.uint8], region: Region, *, told: bool) -> Example:
    """Return a region and what is around it, no finer than a look sees it."""
    left, top, right, bottom = region
    side = max(right - left, bottom - top)
    more = round((AROUND - 1) / 2 * side)
    x, y = max(0, left - more), max(0, top - more)
    around = picture[y : bottom + more, x : right + more]
    scale = min(1.0, RESIZED * INPUT_PX / side)
    if scale < 1:
        around = cv2.resize(around, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.uint8)
    else:
        around = around.copy()  # else the whole picture stays in memory
    corners = (left - x, top - y, right - x, bottom - y)
    scaled = tuple(round(scale * corner) for corner in corners)
    return Example(around, (scaled[0], scaled[1], scaled[2], scaled[3]), told)
