"""A fixed camera sees mostly the same: which part of its picture to render again for a moment."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from models.synth.cast import Box, Member
from models.synth.plan import Plan

PAD = 0.03
"""Of the picture, about everything that changes; what lies beneath it also gets its contact shadow."""
PAD_OF_BOX = 0.15
FEATHER_PX = 5


def is_still(member: Member, plan: Plan) -> bool:
    """Whether a thing is there and in its place from the first to the last second."""
    thing = member.thing
    return not thing.speed_mps and thing.from_s <= 0 and thing.to_s >= plan.duration_s


def find_changing(
    plan: Plan, cast: Sequence[Member], heights: NDArray[np.float64], at_s: float
) -> Box | None:
    """The padded box about all that comes, goes, moves or floods; None if nothing of it is in view.

    ``heights`` are the `road_heights` of the plan.
    """
    boxes = [box for member in cast if not is_still(member, plan) if (box := member.box_at(at_s, plan.view))]
    return _around([*boxes, *_flooded(heights < plan.water.level_at(at_s))])


def pasted(plate: NDArray[np.uint8], picture: NDArray[np.uint8], region: Box) -> NDArray[np.uint8]:
    """The plate with the region of the picture laid in, its seam softened over a few pixels."""
    height, width = plate.shape[:2]
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    share = np.minimum.outer(
        _ramp(y, region.top * height, region.bottom * height, height),
        _ramp(x, region.left * width, region.right * width, width),
    )[..., None]
    return np.asarray(plate * (1 - share) + picture * share + 0.5, np.uint8)


def _ramp(at: NDArray[np.floating], low: float, high: float, end: float) -> NDArray[np.floating]:
    """0 outside, 1 inside, rising over the feather; no seam where the region ends with the picture."""
    rise = np.ones_like(at) if low <= 0 else np.clip((at - low) / FEATHER_PX, 0, 1)
    fall = np.ones_like(at) if high >= end else np.clip((high - at) / FEATHER_PX, 0, 1)
    return np.minimum(rise, fall)


def _around(boxes: Iterable[Box]) -> Box | None:
    padded = [_padded(box) for box in boxes if not box.empty]
    if not padded:
        return None
    return Box(
        left=max(0.0, min(box.left for box in padded)),
        top=max(0.0, min(box.top for box in padded)),
        right=min(1.0, max(box.right for box in padded)),
        bottom=min(1.0, max(box.bottom for box in padded)),
    )


def _padded(box: Box) -> Box:
    wide, high = PAD + (box.right - box.left) * PAD_OF_BOX, PAD + (box.bottom - box.top) * PAD_OF_BOX
    return Box(left=box.left - wide, top=box.top - high, right=box.right + wide, bottom=box.bottom + high)


def _flooded(mask: NDArray[np.bool_]) -> list[Box]:
    rows, columns = np.nonzero(mask)
    if not len(rows):
        return []
    height, width = mask.shape
    left, right = columns.min() / width, (columns.max() + 1) / width
    return [Box(left=left, top=rows.min() / height, right=right, bottom=(rows.max() + 1) / height)]
