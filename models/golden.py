"""Golden pictures: what a model found when it was exported, to be found again wherever it runs."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from models.detections import Detections
from models.detector import Detector
from models.picture import find_pictures, read_picture

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
    """Return in words every recorded box that ``detector`` does not find again."""
    expected = json.loads((folder / EXPECTED).read_text(encoding="utf-8"))
    problems = []
    for name, boxes in expected.items():
        image = read_picture(folder / name)
        found = detector.detect(image)
        tolerance = CORNER_TOLERANCE * max(image.shape[:2])
        problems += [
            f"{name}: {label} {confidence:.2f} at {box} is gone"
            for label, confidence, box in boxes
            if not _is_found(found, label, confidence, box, tolerance)
        ]
    return problems


def _clear(found: Detections) -> Iterator[tuple[str, float, list[float]]]:
    for index in np.flatnonzero(found.confidences >= CLEAR).tolist():
        box = [round(float(side), 1) for side in found.boxes[index]]
        yield found.label_of(index), round(float(found.confidences[index]), 3), box


def _is_found(found: Detections, label: str, confidence: float, box: list[float], tolerance: float) -> bool:
    return any(
        found.label_of(index) == label
        and abs(float(found.confidences[index]) - confidence) <= CONFIDENCE_TOLERANCE
        and float(np.abs(found.boxes[index] - box).max()) <= tolerance
        for index in range(len(found))
    )
