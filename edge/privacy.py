"""Privacy: heads and number plates are made coarse before a picture is stored."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.domain.detection import Box, Detection
from edge.sharpness import cut

_BLOCKS = 5
"""What is hidden keeps so many blocks across: enough to see that there is a head, not whose."""
_HEAD = 0.28
"""Upper part of a person's box: head and neck of one who stands, with room for a loose box."""
_PLATE_TOP, _PLATE_SIDE = 0.55, 0.15
"""A plate lies in the lower part of a vehicle's box, away from its sides."""
_VEHICLES = frozenset({"car", "bus", "truck", "muck_truck", "motorcycle", "tricycle"})


def pixelated(image: NDArray[np.uint8], detections: Sequence[Detection]) -> NDArray[np.uint8]:
    """Return a copy of ``image`` (h, w, 3) in which heads and plates of ``detections`` are coarse."""
    hidden = image.copy()
    for detection in detections:
        box = _sensitive_part(detection)
        if box is not None:
            _coarsen(cut(hidden, box))
    return hidden


def _sensitive_part(detection: Detection) -> Box | None:
    box = detection.box
    height, width = box.bottom - box.top, box.right - box.left
    if detection.label == "person":
        return Box(left=box.left, top=box.top, right=box.right, bottom=box.top + _HEAD * height)
    if detection.label in _VEHICLES:
        side = _PLATE_SIDE * width
        return Box(
            left=box.left + side,
            top=box.top + _PLATE_TOP * height,
            right=box.right - side,
            bottom=box.bottom,
        )
    return None


def _coarsen(part: NDArray[np.uint8]) -> None:
    """Write blocks over ``part``, in place."""
    height, width = part.shape[:2]
    rows = max(1, min(height, round(_BLOCKS * height / width)))
    small = cv2.resize(part, (min(width, _BLOCKS), rows), interpolation=cv2.INTER_AREA)
    part[:] = cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)
