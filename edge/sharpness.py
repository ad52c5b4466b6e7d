"""Sharpness: which of two pictures of the same thing shows more of it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.domain.detection import Box

_SIDE_PX = 96


def cut(image: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """Return the part of ``image`` (h, w, 3) under ``box``, at least one pixel."""
    height, width = image.shape[:2]
    left, top = min(int(box.left * width), width - 1), min(int(box.top * height), height - 1)
    right, bottom = max(left + 1, round(box.right * width)), max(top + 1, round(box.bottom * height))
    return image[top:bottom, left:right]


def sharpness(image: NDArray[np.uint8], box: Box) -> float:
    """Return the deviation of the Laplacian under ``box``, sized alike so that size does not count."""
    part = cv2.resize(cut(image, box), (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA)
    return float(np.std(cv2.Laplacian(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), cv2.CV_32F)))
