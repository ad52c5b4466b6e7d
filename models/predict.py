"""Predictions as JSON: one line of what a model is and is calibrated to, then one line a picture."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.detections import Detections
from models.detector import Detector
from models.picture import read_picture

WATER = "water"


def header(detector: Detector) -> str:
    """Return the first line."""
    info = detector.info
    return json.dumps(
        {
            "model": f"{info.name} {info.version}",
            "sha256": info.sha256,
            "thresholds": dict(detector.thresholds),
        }
    )


def predict(detector: Detector, picture: Path) -> str:
    """Return the line of one picture; raise ``PictureError`` when it cannot be read."""
    image = read_picture(picture)
    found = detector.detect(image)
    height, width = image.shape[:2]
    line: dict[str, Any] = {
        "file": str(picture),
        "width": width,
        "height": height,
        "detections": list(_detections(found)),
    }
    if WATER in detector.labels:
        of_water = found.class_ids == detector.labels.index(WATER)
        line["water_score"] = round(float(found.confidences[of_water].max(initial=0.0)), 4)
        sure = found.above({WATER: detector.thresholds[WATER]})
        line["water_share"] = round(covered_share(sure.boxes, width=width, height=height), 4)
    return json.dumps(line)


def covered_share(boxes: Iterable[NDArray[np.float32]], *, width: int, height: int) -> float:
    """Return the share of a picture that lies under any of the boxes."""
    covered = np.zeros((height, width), np.uint8)
    for left, top, right, bottom in boxes:
        corner, opposite = (round(left), round(top)), (round(right) - 1, round(bottom) - 1)
        cv2.rectangle(covered, corner, opposite, 1, cv2.FILLED)
    return float(covered.mean())


def _detections(found: Detections) -> Iterator[dict[str, Any]]:
    for index in range(len(found)):
        yield {
            "label": found.label_of(index),
            "confidence": round(float(found.confidences[index]), 4),
            "box": [round(float(side), 1) for side in found.boxes[index]],
        }
