"""The truth of a picture: a box for each thing that can be seen, from index pass and water level."""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.kinds import LABELS
from models.synth.plan import Plan

Mask = NDArray[np.bool_]
LEAST_SIDE_PX = 5
LEAST_PIXELS = 24
LEAST_SHARE = 0.2
"""A thing is labelled if at least this share of its outline can be seen."""
LEAST_WATER_PX = 90
WATER_SEEN_M = 45.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """One labelled box in pixels; right and bottom are exclusive."""

    label: str
    left: int
    top: int
    right: int
    bottom: int

    def yolo(self, width: int, height: int) -> str:
        """The line of a YOLO label file."""
        x, y = (self.left + self.right) / 2 / width, (self.top + self.bottom) / 2 / height
        size = f"{(self.right - self.left) / width:.6f} {(self.bottom - self.top) / height:.6f}"
        return f"{LABELS.index(self.label)} {x:.6f} {y:.6f} {size}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instance:
    """One thing under one label: the numbers of its pieces, and the pixels (n, 2) where its corners fall."""

    label: str
    indices: tuple[int, ...]
    outline: NDArray[np.float64]


def find_truths(index: NDArray[np.int32], instances: Iterable[Instance]) -> tuple[Truth, ...]:
    """The boxes of what can be seen of each instance, hidden and tiny ones left out."""
    shape = (index.shape[0], index.shape[1])
    truths = (_truth_of(np.isin(index, one.indices), one, shape) for one in instances)
    return tuple(truth for truth in truths if truth)


def road_heights(plan: Plan) -> NDArray[np.float64]:
    """The height in metres of the road that each pixel looks at; NaN off the road and too far away."""
    places = plan.view.ground()
    x, y = places[..., 0], places[..., 1]
    on_road = (
        (y <= 0) & (y >= -plan.street.road_m) & (np.hypot(x - plan.view.x, y - plan.view.y) < WATER_SEEN_M)
    )
    heights = np.full(on_road.shape, np.nan)
    heights[on_road] = plan.ground.height(x[on_road], y[on_road])
    return heights


def water_mask(heights: NDArray[np.float64], level_m: float, index: NDArray[np.int32]) -> Mask:
    """Which pixels show standing water: road below the level, with nothing before it."""
    return np.asarray((heights < level_m) & (index == 0))


def find_water(mask: Mask) -> tuple[Truth, ...]:
    """A box for each connected sheet of water; what a leg or a pole divides stays one."""
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(closed)
    sheets = [tuple(int(v) for v in stats[i]) for i in range(1, count)]
    return tuple(
        Truth(label="water", left=x, top=y, right=x + wide, bottom=y + high)
        for x, y, wide, high, area in sheets
        if area >= LEAST_WATER_PX and high >= LEAST_SIDE_PX
    )


def _truth_of(mask: Mask, instance: Instance, shape: tuple[int, int]) -> Truth | None:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows) or int(mask.sum()) < LEAST_PIXELS:
        return None
    truth = Truth(
        label=instance.label,
        left=int(columns[0]),
        top=int(rows[0]),
        right=int(columns[-1]) + 1,
        bottom=int(rows[-1]) + 1,
    )
    small = min(truth.right - truth.left, truth.bottom - truth.top) < LEAST_SIDE_PX
    return None if small or mask.sum() < LEAST_SHARE * outline_area(instance.outline, shape) else truth


def outline_area(points: NDArray[np.float64], shape: tuple[int, int]) -> float:
    """Pixels inside the hull of the points, as far as it lies in the picture."""
    known = points[~np.isnan(points).any(axis=1)]
    if len(known) < 3:  # noqa: PLR2004 - no area
        return 0.0
    height, width = shape
    hull = cv2.convexHull(known.astype(np.float32)).reshape(-1, 2)
    frame = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    area, _ = cv2.intersectConvexConvex(hull, frame)
    return float(area)
