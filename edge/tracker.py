"""The tracker: which detection of a burst is which thing of the look before."""

import math
from collections.abc import Sequence

from edge.domain.candidate import Candidate
from edge.domain.detection import Box, Detection, Point

_REACH_NEW = 1.5
_REACH = 0.8
"""How far, in sizes of the thing, its next place may be from where it was, and from where it is expected."""
_LOST_S = 1.2
"""A thing not seen for so long is not taken up again: what comes is another one."""
_SIZES = 2.0
"""Largest ratio of the sizes of one thing in two looks."""


def match(candidates: Sequence[Candidate], detections: Sequence[Detection], *, at_s: float) -> dict[int, int]:
    """Return candidate index to detection index: the nearest pairs first, each used once.

    Places are compared at the bottom centre, where a thing stands, and in units of its size: at a few
    frames a second a lorry need not overlap itself.
    """
    pairs = sorted(
        (distance, c, d)
        for c, candidate in enumerate(candidates)
        for d, detection in enumerate(detections)
        if (distance := _distance(candidate, detection, at_s)) is not None
    )
    matched: dict[int, int] = {}
    for _, c, d in pairs:
        if c not in matched and d not in matched.values():
            matched[c] = d
    return matched


def _distance(candidate: Candidate, detection: Detection, at_s: float) -> float | None:
    """Return the distance as a share of what is allowed; None when it cannot be the same thing."""
    was = candidate.last.box
    if was is None or at_s - candidate.last.at_s > _LOST_S:
        return None
    ratio = math.sqrt(was.area / detection.box.area)
    if not 1 / _SIZES <= ratio <= _SIZES:
        return None
    size = max(_size(was), _size(detection.box))
    expected, reach = _expected(candidate, was.ground_point, at_s)
    distance = math.dist(expected, detection.box.ground_point) / size / reach
    return distance if distance <= 1 else None


def _size(box: Box) -> float:
    return max(box.right - box.left, box.bottom - box.top)


def _expected(candidate: Candidate, last: Point, at_s: float) -> tuple[Point, float]:
    """Return where it should be by constant velocity, and how far from there it may be."""
    seen = [(mark.at_s, mark.box.ground_point) for mark in candidate.looks if mark.box is not None]
    if len(seen) < 2:  # noqa: PLR2004  a velocity takes two
        return last, _REACH_NEW
    (from_s, (x1, y1)), (to_s, (x2, y2)) = seen[-2:]
    steps = (at_s - to_s) / (to_s - from_s)
    return (x2 + (x2 - x1) * steps, y2 + (y2 - y1) * steps), _REACH
