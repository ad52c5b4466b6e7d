"""The tally: how many boxes of which label and size each part of a dataset has."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.boxes import Boxes

MEDIUM, LARGE = 32**2, 96**2
"""Areas in pixels from which on a box is medium and large, as COCO sorts them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counted:
    """One written picture: its part, its boxes, and its width and height in pixels."""

    part: str
    boxes: Boxes
    size: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The boxes of one label in one part, and the pictures that have any."""

    part: str
    label: str
    boxes: int
    pictures: int
    small: int
    medium: int
    large: int


def tally(pictures: Sequence[Counted], labels: Sequence[str]) -> tuple[Tally, ...]:
    """Return a tally for each part and label, also where there is nothing."""
    return tuple(
        _tally([one for one in pictures if one.part == part], part, class_id, label)
        for part in ("train", "val")
        for class_id, label in enumerate(labels)
    )


def without_labels(pictures: Sequence[Counted]) -> dict[str, int]:
    """Return for each part how many pictures show nothing."""
    return {
        part: sum(one.part == part and not len(one.boxes) for one in pictures) for part in ("train", "val")
    }


def _tally(pictures: Sequence[Counted], part: str, class_id: int, label: str) -> Tally:
    areas = [one.boxes[one.boxes[:, 0] == class_id, 3:].prod(axis=1) * np.prod(one.size) for one in pictures]
    every = np.concatenate([np.empty(0), *areas])
    return Tally(
        part=part,
        label=label,
        boxes=len(every),
        pictures=sum(len(one) > 0 for one in areas),
        small=int((every < MEDIUM).sum()),
        medium=int(((every >= MEDIUM) & (every < LARGE)).sum()),
        large=int((every >= LARGE).sum()),
    )
