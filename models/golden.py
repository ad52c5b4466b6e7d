"""Golden pictures: what a model found when it was exported, to be found again wherever it runs."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from models.detections import Detections
from models.detector import Detector
from models.picture import find_pictures, read_picture

Clear = tuple[str, float, list[float]]
"""Label, confidence, box."""
EXPECTED = "expected.json"
CLEAR = 0.15
"""Boxes from this confidence on are recorded and compared."""
CONFIDENCE_TOLERANCE = 0.1
CORNER_TOLERANCE = 0.02
"""Of the picture's longer side."""


def record_golden(detector: Detector, folder: Path) -> None:
    """Write what ``detector`` finds on the pictures of ``folder`` into its `expected.json`."""
    found = {
        picture.name: list(_clear(detector.detect(read_picture(picture))))
        for picture in find_pictures(folder)
    }
    (folder / EXPECTED).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def golden_differences(detector: Detector, folder: Path) -> list[str]:
    """Return in words every recorded box that ``detector`` does not find again, and every box too many."""
    expected = json.loads((folder / EXPECTED).read_text(encoding="utf-8"))
    problems = []
    for name, boxes in expected.items():
        image = read_picture(folder / name)
        tolerance = CORNER_TOLERANCE * max(image.shape[:2])
        left = list(_clear(detector.detect(image), CLEAR - CONFIDENCE_TOLERANCE))
        for label, confidence, box in boxes:
            again = [one for one in left if _is_same(one, (label, confidence, box), tolerance)]
            if again:
                left.remove(min(again, key=lambda one: _apart(one[2], box)))
            else:
                problems.append(f"{name}: {label} {confidence:.2f} at {box} is gone")
        problems += [
            f"{name}: {label} {confidence:.2f} at {box} is new"
            for label, confidence, box in left
            if confidence >= CLEAR + CONFIDENCE_TOLERANCE
        ]
    return problems


def _clear(found: Detections, least: float = CLEAR) -> Iterator[Clear]:
    for index in np.flatnonzero(found.confidences >= least).tolist():
        box = [round(float(side), 1) for side in found.boxes[index]]
        yield found.label_of(index), round(float(found.confidences[index]), 3), box


def _is_same(one: Clear, other: Clear, tolerance: float) -> bool:
    near = abs(one[1] - other[1]) <= CONFIDENCE_TOLERANCE and _apart(one[2], other[2]) <= tolerance
    return one[0] == other[0] and near


def _apart(box: list[float], other: list[float]) -> float:
    """Return how far the corners of two boxes are apart at most, in pixels."""
    return max(abs(side - another) for side, another in zip(box, other, strict=True))
