"""Predictions: what a model finds in a picture, as a line of JSON and as a drawing."""

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.detections import Detections
from models.detector import Detector
from models.picture import PictureError, read_picture
from models.water import WATER, Water, Zone, find_water

_ORANGE = (0, 140, 255)
"""Blue, green, red."""
_FONT = cv2.FONT_HERSHEY_SIMPLEX


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prediction:
    """A picture, everything found in it above the floor, and its water where the model knows water."""

    picture: Path
    image: NDArray[np.uint8]
    found: Detections
    water: Water | None


def predict(detector: Detector, picture: Path, zones: Sequence[Zone] = ()) -> Prediction:
    """Return what ``detector`` finds; raise ``PictureError`` when the picture cannot be used."""
    image = read_picture(picture)
    found, water = detector.detect(image), None
    if WATER in detector.labels:
        height, width = image.shape[:2]
        try:
            water = find_water(found, detector.thresholds[WATER], width=width, height=height, zones=zones)
        except ValueError as exc:
            raise PictureError(f"{picture}: {exc}") from exc
    return Prediction(picture=picture, image=image, found=found, water=water)


def header(detector: Detector) -> str:
    """Return the first line."""
    model = f"{detector.info.name} {detector.info.version}"
    return json.dumps({"model": model, "thresholds": dict(detector.thresholds)})


def line(prediction: Prediction, mask: Path | None = None) -> str:
    """Return the line of one picture; ``mask`` is where its mask was written."""
    found, (height, width) = prediction.found, prediction.image.shape[:2]
    fields: dict[str, Any] = {"file": str(prediction.picture), "width": width, "height": height}
    fields["detections"] = [
        {
            "label": found.label_of(index),
            "confidence": round(float(found.confidences[index]), 4),
            "box": [round(float(side), 1) for side in found.boxes[index]],
        }
        for index in range(len(found))
    ]
    if prediction.water:
        fields["water_share"] = round(prediction.water.share, 4)
        fields["water_score"] = round(prediction.water.score, 4)
    if mask:
        fields["mask"] = str(mask)
    return json.dumps(fields)


def draw(prediction: Prediction, thresholds: Mapping[str, float]) -> NDArray[np.uint8]:
    """Return the picture with the boxes that reach their threshold."""
    image, sure = prediction.image.copy(), prediction.found.above(thresholds)
    scale = max(image.shape) / 1280
    for index in reversed(range(len(sure))):  # the surest on top
        left, top, right, bottom = (round(float(side)) for side in sure.boxes[index])
        cv2.rectangle(image, (left, top), (right, bottom), _ORANGE, 2)
        text = f"{sure.label_of(index)} {sure.confidences[index]:.2f}"
        (width, height), _ = cv2.getTextSize(text, _FONT, scale, 1)
        base = max(top, height + 6)  # inside the box where there is no room above it
        cv2.rectangle(image, (left, base - height - 6), (left + width, base), _ORANGE, cv2.FILLED)
        cv2.putText(image, text, (left, base - 4), _FONT, scale, (0, 0, 0), 1, cv2.LINE_AA)
    return image


def name_beside(folder: Path, pictures: Sequence[Path], suffix: str) -> list[Path]:
    """Return a file of ``folder`` for each picture: its stem, numbered where another has it.

    Raise ``PictureError`` where ``folder`` holds one of the pictures: others there might be overwritten.
    """
    taken: set[str] = set()
    files = []
    for picture in pictures:
        numbered = (f"{picture.stem}-{number}" for number in itertools.count(2))
        stem = next(s for s in itertools.chain([picture.stem], numbered) if s.casefold() not in taken)
        taken.add(stem.casefold())
        files.append(folder / f"{stem}{suffix}")
    if folder.resolve() in {picture.parent.resolve() for picture in pictures}:
        raise PictureError(f"pictures in {folder} might be overwritten: name another folder than theirs")
    return files


def write_picture(file: Path, image: NDArray[np.uint8]) -> None:
    """Write ``image`` whole or not at all, in the format of the suffix."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.part")
    try:
        encoded, content = cv2.imencode(file.suffix, image)
        if not encoded:
            height, width = image.shape[:2]
            raise PictureError(f"{file}: no {file.suffix} of {width}x{height} pixels can be written")
        part.write_bytes(content.tobytes())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
