"""Letterboxing: a picture of any size becomes the input of a model, and boxes find their way back."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.manifest import STEP_PX

GREY = 114
"""The padding that Ultralytics' models were trained with."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Letterbox:
    """A model input with the geometry that made it: picture → scale → offset."""

    blob: NDArray[np.float32]  # (1, 3, h, w), RGB, 0 to 1
    scale: float
    left_px: int
    top_px: int
    width_px: int  # of the picture
    height_px: int

    def to_picture(self, boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return boxes (n, 4) of the input in pixels of the picture, clipped to it."""
        offset = np.array([self.left_px, self.top_px] * 2, np.float32)
        limit = np.array([self.width_px, self.height_px] * 2, np.float32)
        found: NDArray[np.float32] = np.clip((boxes - offset) / np.float32(self.scale), 0, limit)
        return found


def letterbox(image: NDArray[np.uint8], input_px: int) -> Letterbox:
    """Scale ``image`` (h, w, 3, BGR) to a longer side of ``input_px``, the other grey to a step."""
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or image.size == 0:  # noqa: PLR2004
        raise ValueError(f"a picture is (h, w, 3) uint8, not {image.shape} {image.dtype}")
    height, width = image.shape[:2]
    scale = min(input_px / height, input_px / width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    across, down = (-(-side // STEP_PX) * STEP_PX for side in size)
    left, top = (across - size[0]) // 2, (down - size[1]) // 2
    canvas = np.full((down, across, 3), GREY, np.uint8)
    fitted = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
    canvas[top : top + size[1], left : left + size[0]] = fitted
    blob = cv2.dnn.blobFromImage(canvas, 1 / 255, swapRB=True)
    return Letterbox(
        blob=blob.astype(np.float32, copy=False),
        scale=scale,
        left_px=left,
        top_px=top,
        width_px=width,
        height_px=height,
    )
