"""Standing water in a picture: where its boxes lie, which share they cover, how sure the model is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon

from models.detections import Detections

WATER = "water"
MIN_ZONE_AREA = 0.001
"""Of the picture: a smaller zone is a slip of the pen."""
Zone = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Water:
    """What one picture shows of water; boxes overstate the area.

    ``mask`` is (h, w): 255 under a box at or above the threshold, else 0. ``share`` is the masked part of the
    picture, or of its zones. ``score`` is the highest confidence of any box, or of any that meets a zone.
    """

    mask: NDArray[np.uint8]
    share: float
    score: float


def read_zone(text: str) -> Zone:
    """Return the corners in ``text`` ("x,y x,y x,y"); raise ``ValueError`` with what is wrong with them."""
    try:
        corners = tuple((float(x), float(y)) for x, y in (corner.split(",") for corner in text.split()))
    except ValueError as exc:
        raise ValueError(f'{text!r} is no zone: write corners like "0.1,0.5 0.9,0.5 0.5,1"') from exc
    if not all(0 <= side <= 1 for corner in corners for side in corner):
        raise ValueError(f"{text!r} leaves the picture: corners are fractions of it, 0 to 1")
    if len(corners) < 3:  # noqa: PLR2004
        raise ValueError(f"{text!r} has {len(corners)} corners, needed 3 or more")
    shape = Polygon(corners)
    if not shape.is_valid:
        raise ValueError(f"{text!r} crosses itself: give its corners in order around it")
    if shape.area < MIN_ZONE_AREA:
        raise ValueError(f"{text!r} covers {shape.area:.4%} of the picture, needed {MIN_ZONE_AREA:.1%}")
    return corners


def find_water(
    found: Detections, threshold: float, *, width: int, height: int, zones: Sequence[Zone]
) -> Water:
    """Return what ``found`` says of water in a picture; no zone means everywhere.

    Raise ``ValueError`` where the picture is so small that its zones hold no pixel.
    """
    watched = _pixels_in(zones, width=width, height=height)
    if not watched.any():
        raise ValueError(f"the zones hold no pixel of a picture of {width}x{height}")
    mask, score = np.zeros((height, width), np.uint8), 0.0
    for index in np.flatnonzero(found.class_ids == found.labels.index(WATER)).tolist():
        (left, top, right, bottom), confidence = found.boxes[index], float(found.confidences[index])
        touched = watched[int(top) : int(np.ceil(bottom)), int(left) : int(np.ceil(right))]
        if touched.any() or not zones:
            score = max(score, confidence)
        if confidence >= threshold:
            mask[round(top) : round(bottom), round(left) : round(right)] = 255
    return Water(mask=mask, share=float((mask[watched] > 0).mean()), score=score)


def _pixels_in(zones: Sequence[Zone], *, width: int, height: int) -> NDArray[np.bool_]:
    """Return the pixels (h, w) whose centre lies in any zone, by the even-odd rule; all without a zone."""
    x, y = (np.arange(width) + 0.5) / width, ((np.arange(height) + 0.5) / height)[:, np.newaxis]
    watched = np.full((height, width), not zones)
    for zone in zones:
        inside = np.zeros_like(watched)
        for (x1, y1), (x2, y2) in zip(zone, zone[1:] + zone[:1], strict=True):
            if y1 != y2:
                inside ^= ((y1 > y) != (y2 > y)) & (x < x1 + (y - y1) / (y2 - y1) * (x2 - x1))
        watched |= inside
    return watched
