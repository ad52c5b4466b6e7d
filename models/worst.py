"""Worst cases: the surest false finds and the largest misses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.answers import Answer
from models.evaluate import IOUS
from models.overlaps import iou

WORST = 12
"""So many of each are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One box (left, top, right, bottom in pixels) that is wrong, and how badly: ``weight`` from 0 to 1.

    The weight is the confidence of a false find, or the share of the picture that a missed thing covers.
    """

    picture: str
    label: str
    weight: float
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """The worst first."""

    false_finds: tuple[Case, ...]
    misses: tuple[Case, ...]


def find_worst(
    answers: Sequence[Answer], labels: tuple[str, ...], thresholds: Mapping[str, float], *, of_pictures: bool
) -> Worst:
    """Return sure boxes on no truth of their label, and truths on which no sure box of their label lies.

    Asked of pictures, a box anywhere in the picture of a truth will do.
    """
    least = 0.0 if of_pictures else IOUS[0]
    false_finds, misses = [], []
    for one in answers:
        sure = one.found.above(thresholds)
        near = iou(sure.boxes, one.truth[:, 1:]) >= least
        near &= sure.class_ids[:, None] == one.truth[None, :, 0].astype(np.intp)
        for index in np.flatnonzero(~near.any(axis=1)).tolist():
            confidence = float(sure.confidences[index])
            false_finds.append(_case(one, sure.label_of(index), confidence, sure.boxes[index].tolist()))
        for index in np.flatnonzero(~near.any(axis=0)).tolist():
            class_id, left, top, right, bottom = one.truth[index].tolist()
            share = (right - left) * (bottom - top) / (one.width * one.height)
            misses.append(_case(one, labels[int(class_id)], share, [left, top, right, bottom]))
    return Worst(false_finds=_first(false_finds), misses=_first(misses))


def _case(one: Answer, label: str, weight: float, box: list[float]) -> Case:
    left, top, right, bottom = (round(side, 1) for side in box)
    return Case(
        picture=str(one.picture), label=label, weight=round(weight, 4), box=(left, top, right, bottom)
    )


def _first(cases: list[Case]) -> tuple[Case, ...]:
    return tuple(sorted(cases, key=lambda case: -case.weight)[:WORST])
