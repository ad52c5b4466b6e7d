"""Confusion: what each thing was taken for, at the thresholds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.answers import Answer
from models.evaluate import IOUS
from models.overlaps import iou

BACKGROUND = "background"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """``counts[truth][found]`` over ``labels``; the last of them is the background."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


def confuse(answers: Sequence[Answer], labels: tuple[str, ...], thresholds: Mapping[str, float]) -> Confusion:
    """Return how often a thing was found as each label, missed (as background), or seen where nothing is.

    Labels without a threshold are left out.
    """
    counts = np.zeros((len(labels) + 1, len(labels) + 1), np.intp)
    for one in answers:
        sure = one.found.above(thresholds)
        truths, found = one.truth[:, 0].astype(np.intp), sure.class_ids
        overlaps = iou(one.truth[:, 1:], sure.boxes).astype(float)
        overlaps[overlaps < IOUS[0]] = 0.0
        same = truths[:, None] == found[None, :]
        pairs = _pairs(overlaps + np.where(same & (overlaps > 0), 1.0, 0.0))  # right ones are paired first
        for truth, box in pairs:
            counts[truths[truth], found[box]] += 1
        for truth in set(range(len(truths))) - {truth for truth, _ in pairs}:
            counts[truths[truth], -1] += 1
        for box in set(range(len(found))) - {box for _, box in pairs}:
            counts[-1, found[box]] += 1
    kept = [index for index, label in enumerate(labels) if label in thresholds]
    table = tuple(tuple(row) for row in counts[np.ix_([*kept, -1], [*kept, -1])].tolist())
    return Confusion(labels=(*(labels[index] for index in kept), BACKGROUND), counts=table)


def _pairs(scores: NDArray[np.float64]) -> list[tuple[int, int]]:
    pairs, left = [], scores.copy()
    while left.size and left.max() > 0:
        truth, box = divmod(int(left.argmax()), left.shape[1])
        pairs.append((truth, box))
        left[truth], left[:, box] = 0.0, 0.0
    return pairs
