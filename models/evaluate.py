"""Evaluation: how often a detector is right on labelled pictures, with 95 % intervals over pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.answers import Answer, judge
from models.detector import Detector
from models.overlaps import areas_of, iou
from models.recipe import RecipeError

IOUS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
"""A box must overlap a truth so much to be correct; AP50 asks the first, AP50-95 the mean over all."""
DRAWS = 300
Interval = tuple[float, float]
Weights = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """Every box of one label on all pictures, most confident first, each judged against the truth."""

    label: str
    confidences: NDArray[np.float32]  # (n,)
    hits: NDArray[np.bool_]  # (ious, n): correct at each of IOUS
    pictures: NDArray[np.intp]  # (n,) index of the picture
    truths: NDArray[np.intp]  # (pictures,) how many there were to find

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Which boxes (n,) are correct at the overlap of AP50."""
        return np.asarray(self.hits[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one label reached; precision and recall are those at its threshold, NaN where nothing is known."""

    label: str
    truths: int
    ap50: float
    ap50_interval: Interval
    ap50_95: float
    ap50_95_interval: Interval
    threshold: float
    precision: float
    precision_interval: Interval
    recall: float
    recall_interval: Interval


def gather(
    label: str, class_id: int, answers: Sequence[Answer], *, areas: Interval = (0.0, np.inf)
) -> Judged:
    """Return every box of one label; the most confident box on a truth is correct, all others are not.

    ``areas`` (pixels) leaves out truths of another size, boxes on them, and wrong boxes of another size.
    """
    parts = [_judge_picture(one, class_id, areas) for one in answers]
    counts = [len(confidences) for confidences, _, _ in parts]
    flat = np.concatenate([np.empty(0, np.float32), *(confidences for confidences, _, _ in parts)])
    order = np.argsort(-flat, kind="stable")
    return Judged(
        label=label,
        confidences=flat[order],
        hits=np.hstack([np.empty((len(IOUS), 0), bool), *(hits for _, hits, _ in parts)])[:, order],
        pictures=np.repeat(np.arange(len(parts)), counts)[order],
        truths=np.array([truths for _, _, truths in parts], np.intp),
    )


def per_picture(judged: Judged) -> Judged:
    """Return the question "is any in this picture?": its most confident box answers, wherever it lies."""
    _, first = np.unique(judged.pictures, return_index=True)  # boxes are sorted, so the first is the surest
    first = np.sort(first)
    shown = judged.truths > 0
    return replace(
        judged,
        confidences=judged.confidences[first],
        hits=np.tile(shown[judged.pictures[first]], (len(IOUS), 1)),
        pictures=judged.pictures[first],
        truths=shown.astype(np.intp),
    )


def measure(judged: Judged, threshold: float) -> Figures:
    """Return the figures of one label, with intervals by drawing the pictures again."""
    ap50, ap50_95, precision, recall = figures_of(judged, threshold, np.ones(len(judged.truths))).tolist()
    drawn = [figures_of(judged, threshold, weights) for weights in draw_again(len(judged.truths))]
    of_ap50, of_ap50_95, of_precision, of_recall = (interval(column) for column in np.array(drawn).T)
    return Figures(
        label=judged.label,
        truths=int(judged.truths.sum()),
        ap50=ap50,
        ap50_interval=of_ap50,
        ap50_95=ap50_95,
        ap50_95_interval=of_ap50_95,
        threshold=threshold,
        precision=precision,
        precision_interval=of_precision,
        recall=recall,
        recall_interval=of_recall,
    )


def ap50_of(detector: Detector, dataset: Path, least: int) -> dict[str, float]:
    """Return AP50 of each label of which ``least`` truths or more are in the validation pictures.

    Raise ``RecipeError`` where a picture cannot be read: none may be left out.
    """
    skipped: list[str] = []
    answers = list(judge(detector, dataset, skipped))
    if skipped:
        raise RecipeError(f"{len(skipped)} pictures cannot be judged, such as {skipped[0]}")
    ones = np.ones(len(answers))
    each = [gather(label, class_id, answers) for class_id, label in enumerate(detector.labels)]
    return {one.label: float(figures_of(one, 0.0, ones)[0]) for one in each if one.truths.sum() >= least}


def curve(judged: Judged, weights: Weights) -> tuple[Weights, Weights]:
    """Return precision and recall after each box, most confident first, pictures weighted."""
    precision, recall = _curves(judged, weights)
    return precision[0], recall[0]


def figures_of(judged: Judged, threshold: float, weights: Weights) -> Weights:
    """Return AP50, AP50-95, precision and recall at ``threshold``, pictures weighted."""
    precision, recall = _curves(judged, weights)
    if not precision.size:
        return np.array([0.0, 0.0, np.nan, 0.0])
    highest = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]  # more recall never costs precision
    areas = np.sum(np.diff(recall, prepend=0.0, axis=1) * highest, axis=1)
    at = int((judged.confidences >= threshold).sum()) - 1
    known = at >= 0 and weights[judged.pictures[: at + 1]].any()
    point = (precision[0, at], recall[0, at]) if known else (np.nan, 0.0)
    return np.array([areas[0], areas.mean(), *point])


@cache
def draw_again(count: int) -> Weights:
    """Return (draws, count): how often each of ``count`` things is in a drawing; always the same draws."""
    if not count:
        return np.zeros((DRAWS, 0))
    return np.random.default_rng(0).multinomial(count, np.ones(count) / count, size=DRAWS).astype(float)


def interval(drawn: Weights) -> Interval:
    """Return the middle 95 % of what was drawn; a draw that knows nothing (NaN) does not count."""
    known = drawn[np.isfinite(drawn)]
    if not len(known):
        return np.nan, np.nan
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)


def _judge_picture(
    one: Answer, class_id: int, areas: Interval
) -> tuple[NDArray[np.float32], NDArray[np.bool_], int]:
    ours = one.found.class_ids == class_id
    boxes, wanted = one.found.boxes[ours], one.truth[one.truth[:, 0] == class_id, 1:]
    overlaps = iou(boxes, wanted)
    matches = np.array([_first_matches(overlaps, least) for least in IOUS]).reshape(len(IOUS), len(boxes))
    sized, asked = _within(boxes, areas), _within(wanted, areas)
    first = matches[0]
    kept = np.where(first >= 0, asked[first], sized) if len(wanted) else sized
    return one.found.confidences[ours][kept], matches[:, kept] >= 0, int(asked.sum())


def _curves(judged: Judged, weights: Weights) -> tuple[Weights, Weights]:
    weight = weights[judged.pictures]
    right = np.cumsum(weight * judged.hits, axis=1)
    given = np.maximum(np.cumsum(weight), 1e-9)
    wanted = max(float(weights @ judged.truths), 1e-9)
    return right / given, right / wanted


def _first_matches(overlaps: NDArray[np.float32], least: float) -> NDArray[np.intp]:
    """Return the truth (index, or -1) that each box found; each truth is found once, by the surest box."""
    left, matches = overlaps.copy(), np.full(len(overlaps), -1, np.intp)
    for index in range(len(left)) if left.size else ():  # most confident first, as detectors return them
        best = int(left[index].argmax())
        if left[index, best] >= least:
            matches[index] = best
            left[:, best] = 0.0
    return matches


def _within(boxes: NDArray[np.float32], areas: Interval) -> NDArray[np.bool_]:
    sizes = areas_of(boxes)
    return np.asarray((sizes >= areas[0]) & (sizes < areas[1]))
