"""Change: how much of a zone differs between two frames."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.domain.detection import Point

Grey = NDArray[np.uint8]
"""A frame as a small grey picture."""
Mask = NDArray[np.bool_]

_HEIGHT_PX = 100
_DIFFERENT = 25
"""Grey levels from which a pixel counts as changed: above sensor noise and coding noise at this size."""


def shrink(image: NDArray[np.uint8]) -> Grey:
    """Return ``image`` (h, w, 3, BGR) in grey, about 100 px high."""
    height, width = image.shape[:2]
    step = max(1, height // (2 * _HEIGHT_PX))  # a thinned picture averages as well and ten times as fast
    size = max(1, round(width * _HEIGHT_PX / height)), _HEIGHT_PX
    small = cv2.resize(image[::step, ::step], size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)


def zone_mask(polygon: Sequence[Point], shape: tuple[int, ...]) -> Mask:
    """Return which pixels of a picture of ``shape`` (h, w) lie in ``polygon`` (fractions)."""
    corners = np.array(polygon) * (shape[1], shape[0])
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], 1)
    return mask.astype(np.bool_)


def changed_share(now: Grey, then: Grey, mask: Mask | None = None) -> float:
    """Return the share of the pixels (inside ``mask``) that differ; all when the size has changed."""
    if now.shape != then.shape:
        return 1.0
    different = cv2.absdiff(now, then) > _DIFFERENT
    return float(np.mean(different if mask is None else different[mask]))
