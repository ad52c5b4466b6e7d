"""Answers of a detector that the tests write by hand."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.answers import Answer
from models.detections import Detections
from models.detector import ModelInfo
from models.evaluate import IOUS, Judged

Box = tuple[float, ...]


class Scripted:
    """A detector that finds in every picture what it was told."""

    info = ModelInfo("scripted", "1.0.0", "0" * 64)
    input_px = 0

    def __init__(
        self, labels: tuple[str, ...], found: Sequence[tuple[str, float, Box]], at: float = 0.5
    ) -> None:
        self.labels, self.found = labels, found
        self.thresholds: Mapping[str, float] = dict.fromkeys(labels, at)

    def detect(self, image: NDArray[np.uint8], _asked: Collection[str] | None = None) -> Detections:
        assert image.ndim == 3
        return detections(self.labels, self.found)


def detections(labels: tuple[str, ...], found: Sequence[tuple[str, float, Box]]) -> Detections:
    boxes = np.array([box for *_, box in found], np.float32).reshape(-1, 4)
    confidences = np.array([confidence for _, confidence, _ in found], np.float32)
    return Detections(boxes, confidences, np.array([labels.index(n) for n, *_ in found], np.intp), labels)


def answer(
    found: Sequence[tuple[str, float, Box]],
    truth: Sequence[tuple[str, Box]],
    labels: tuple[str, ...] = ("thing", "other"),
    *,
    picture: str = "street.jpg",
    brightness: float = 120.0,
) -> Answer:
    wanted = [(labels.index(name), *box) for name, box in truth]
    return Answer(
        picture=Path(picture),
        width=640,
        height=360,
        brightness=brightness,
        found=detections(labels, found),
        truth=np.array(wanted, np.float32).reshape(-1, 5),
    )


def look(found: Sequence[tuple[float, Box]], truth: Sequence[Box]) -> Answer:
    return answer([("thing", *one) for one in found], [("thing", box) for box in truth], ("thing",))


def judged(confidences: list[float], correct: list[bool], truths: int) -> Judged:
    counts: NDArray[np.intp] = np.zeros(max(len(confidences), truths), np.intp)
    counts[:truths] = 1
    return Judged(
        label="thing",
        confidences=np.array(confidences, np.float32),
        hits=np.tile(np.array(correct, bool), (len(IOUS), 1)),
        pictures=np.arange(len(confidences)),
        truths=counts,
    )
