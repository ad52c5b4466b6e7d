"""The empty view: things that are there now and were not in the approved picture, whatever they are."""

import hashlib
from collections.abc import Collection, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from models.detections import Detections
from models.detector import ModelInfo

LABELS = ("object",)
WORK_PX = 320
"""The longer side at which views are compared: noise and small shakes fall away."""
NEIGHBOURHOOD_PX = 11
LEAST_AREA = 0.0006
"""Of the picture: smaller regions are leaves and noise."""
GLOBAL_CHANGE = 0.5
"""Of the picture: more than this is another view or a camera fault, not a thing."""
DIFFERENT = 0.5
"""From this difference on a point has changed."""
TEXTURE_NOISE = 0.0012
"""Variance of the logarithm that sensor noise has: flatter neighbourhoods are alike, however bright."""


class EmptyViewDetector:
    """Finds regions whose structure differs from ``reference`` (h, w, 3, BGR), the approved empty view.

    The contrast-and-structure term of SSIM (Wang et al. 2004) on the logarithm of brightness: stronger or
    weaker light adds a constant there and changes nothing, so gain changes and the inside of shadows count
    for little; a thing brings edges of its own and hides those of the ground.
    The confidence of a region is the mean of its difference, 0 to 1.
    """

    labels = LABELS
    input_px = 0

    def __init__(self, reference: NDArray[np.uint8], *, threshold: float = 0.5) -> None:
        self.info = ModelInfo("empty_view", "1", hashlib.sha256(reference.tobytes()).hexdigest())
        self.thresholds: Mapping[str, float] = {"object": threshold}
        self._size = _work_size(reference)
        self._reference = _brightness(reference, self._size)

    def changed_shares(self, image: NDArray[np.uint8], boxes: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return how much of each of ``boxes`` (n, 4; fractions of ``image``) differs, 0 to 1."""
        changed = _difference(self._reference, _brightness(image, self._size)) > DIFFERENT
        width, height = self._size
        first = np.floor(boxes[:, :2] * (width, height)).astype(int)
        last = np.maximum(np.ceil(boxes[:, 2:] * (width, height)).astype(int), first + 1)
        places = zip(first, last, strict=True)
        shares = [changed[top:bottom, left:right].mean() for (left, top), (right, bottom) in places]
        return np.array(shares, np.float32)

    def detect(self, image: NDArray[np.uint8], _asked: Collection[str] | None = None) -> Detections:
        """Return the regions of ``image`` that differ; it must show the view of the reference at any size."""
        difference = _difference(self._reference, _brightness(image, self._size))
        changed = (difference > DIFFERENT).astype(np.uint8)
        opened = cv2.morphologyEx(changed, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        closed = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
        if closed.mean() > GLOBAL_CHANGE:
            return Detections.empty(LABELS)
        count, regions, statistics, _ = cv2.connectedComponentsWithStats(closed)
        least = LEAST_AREA * closed.size
        big = [index for index in range(1, count) if statistics[index, cv2.CC_STAT_AREA] >= least]
        if not big:
            return Detections.empty(LABELS)
        scores = np.array([difference[regions == index].mean() for index in big], np.float32)
        left, top, width, height = statistics[big, :4].T.astype(np.float32)
        scale = np.array([image.shape[1] / self._size[0], image.shape[0] / self._size[1]] * 2, np.float32)
        boxes = np.stack([left, top, left + width, top + height], axis=1) * scale
        order = np.argsort(-scores, kind="stable")
        return Detections(boxes[order], scores[order], np.zeros(len(big), np.intp), LABELS)


def _work_size(image: NDArray[np.uint8]) -> tuple[int, int]:
    height, width = image.shape[:2]
    scale = WORK_PX / max(height, width)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _brightness(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.float32]:
    grey = cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    logarithm: NDArray[np.float32] = np.log(cv2.GaussianBlur(grey, (3, 3), 0).astype(np.float32) + 16)
    return logarithm


def _difference(reference: NDArray[np.float32], image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return 0 where the structure of both is alike to 1 where one has what the other has not, (h, w)."""
    mean_reference, mean_image = _mean(reference), _mean(image)
    variances = _mean(reference**2) - mean_reference**2 + _mean(image**2) - mean_image**2
    covariance = _mean(reference * image) - mean_reference * mean_image
    alike = (2 * covariance + TEXTURE_NOISE) / (variances + TEXTURE_NOISE)
    difference: NDArray[np.float32] = np.clip(1 - alike, 0, 1)
    return difference


def _mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
    blurred = cv2.boxFilter(values, -1, (NEIGHBOURHOOD_PX, NEIGHBOURHOOD_PX))
    return blurred.astype(np.float32, copy=False)
