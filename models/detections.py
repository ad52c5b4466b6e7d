"""Detections: the boxes of one model on one picture, as arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """Boxes of one model on one picture, most confident first.

    ``boxes`` is (n, 4): left, top, right, bottom in pixels of the picture given to ``detect``.
    ``confidences`` and ``class_ids`` are (n,); ``labels`` names every class of the model by its id.
    """

    boxes: NDArray[np.float32]
    confidences: NDArray[np.float32]
    class_ids: NDArray[np.intp]
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        count = len(self.boxes)
        shapes = self.boxes.shape, self.confidences.shape, self.class_ids.shape
        if shapes != ((count, 4), (count,), (count,)):
            raise ValueError(f"boxes, confidences, class_ids must be (n, 4), (n,), (n,), not {shapes}")
        if count and not 0 <= self.class_ids.min() <= self.class_ids.max() < len(self.labels):
            raise ValueError(f"class ids must be 0 to {len(self.labels) - 1}: {np.unique(self.class_ids)}")

    @classmethod
    def empty(cls, labels: tuple[str, ...]) -> Self:
        return cls(np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.intp), labels)

    def __len__(self) -> int:
        return len(self.boxes)

    def label_of(self, index: int) -> str:
        return self.labels[int(self.class_ids[index])]

    def above(self, thresholds: Mapping[str, float]) -> Self:
        """Return what reaches the threshold of its label; labels without a threshold are left out."""
        per_class = np.array([thresholds.get(label, np.inf) for label in self.labels])
        keep = self.confidences >= per_class[self.class_ids]
        return type(self)(self.boxes[keep], self.confidences[keep], self.class_ids[keep], self.labels)
