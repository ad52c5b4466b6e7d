"""Evaluation: how often a detector is right on labelled pictures, with 95 % intervals over pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.dataset import Boxes, read_boxes
from models.detections import Detections
from models.detector import Detector
from models.picture import find_pictures, read_picture
from models.recipe import RecipeError

MATCH_IOU = 0.5
DRAWS = 300
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """Every box of one label on all pictures, most confident first, each judged against the truth."""

    label: str
    confidences: NDArray[np.float32]  # (n,)
    correct: NDArray[np.bool_]  # (n,)
    pictures: NDArray[np.intp]  # (n,) index of the picture
    truths: NDArray[np.intp]  # (pictures,) how many there were to find


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one label reached; precision and recall are those at its threshold."""

    label: str
    truths: int
    ap50: float
    ap50_interval: Interval
    threshold: float
    precision: float
    precision_interval: Interval
    recall: float
    recall_interval: Interval


def judge(detector: Detector, dataset: Path) -> Iterator[tuple[Detections, Boxes]]:
    """Yield for each validation picture what was found and the truth (class, left, top, right, bottom)."""
    pictures = list(find_pictures(dataset / "images" / "val"))
    if not pictures:
        raise RecipeError(f"no pictures in {dataset / 'images' / 'val'}: make the dataset first")
    for picture in pictures:
        image = read_picture(picture)
        boxes = read_boxes(dataset / "labels" / "val" / f"{picture.stem}.txt", len(detector.labels))
        size = np.array(image.shape[1::-1], np.float32)
        left_top, right_bottom = boxes[:, 1:3] - boxes[:, 3:] / 2, boxes[:, 1:3] + boxes[:, 3:] / 2
        yield detector.detect(image), np.hstack([boxes[:, :1], left_top * size, right_bottom * size])


def gather(label: str, class_id: int, judged: Sequence[tuple[Detections, Boxes]]) -> Judged:
    """Return every box of one label; the most confident box on a truth is correct, all others are not."""
    confidences, correct, pictures, truths = [], [], [], []
    for index, (found, truth) in enumerate(judged):
        ours = found.class_ids == class_id
        wanted = truth[truth[:, 0] == class_id, 1:]
        correct.append(_first_matches(found.boxes[ours], wanted))
        confidences.append(found.confidences[ours])
        pictures.append(np.full(int(ours.sum()), index, np.intp))
        truths.append(len(wanted))
    flat = np.concatenate(confidences)
    order = np.argsort(-flat, kind="stable")
    return Judged(
        label=label,
        confidences=flat[order],
        correct=np.concatenate(correct)[order],
        pictures=np.concatenate(pictures)[order],
        truths=np.array(truths, np.intp),
    )


def per_picture(judged: Judged) -> Judged:
    """Return the question "is any in this picture?": its most confident box answers, wherever it lies."""
    _, first = np.unique(judged.pictures, return_index=True)  # boxes are sorted, so the first is the surest
    first = np.sort(first)
    shown = judged.truths > 0
    return replace(
        judged,
        confidences=judged.confidences[first],
        correct=shown[judged.pictures[first]],
        pictures=judged.pictures[first],
        truths=shown.astype(np.intp),
    )


def measure(judged: Judged, threshold: float) -> Figures:
    """Return the figures of one label, with intervals by drawing the pictures again."""
    ones = np.ones(len(judged.truths))
    rng = np.random.default_rng(0)
    draws = rng.multinomial(len(ones), ones / len(ones), size=DRAWS).astype(float)
    drawn = np.array([_figures(judged, threshold, weights) for weights in draws])
    ap50, precision, recall = _figures(judged, threshold, ones)
    return Figures(
        label=judged.label,
        truths=int(judged.truths.sum()),
        ap50=ap50,
        ap50_interval=_interval(drawn[:, 0]),
        threshold=threshold,
        precision=precision,
        precision_interval=_interval(drawn[:, 1]),
        recall=recall,
        recall_interval=_interval(drawn[:, 2]),
    )


def mean_ap50(detector: Detector, dataset: Path) -> float:
    """Return the mean AP50 over the labels that the validation pictures show."""
    judged = list(judge(detector, dataset))
    ones = np.ones(len(judged))
    each = [gather(label, class_id, judged) for class_id, label in enumerate(detector.labels)]
    return float(np.mean([_figures(one, 0.0, ones)[0] for one in each if one.truths.any()]))


def curve(judged: Judged, weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return precision and recall after each box, most confident first, pictures weighted."""
    weight = weights[judged.pictures]
    right = np.cumsum(weight * judged.correct)
    given = np.maximum(np.cumsum(weight), 1e-9)
    wanted = max(float(weights @ judged.truths), 1e-9)
    return right / given, right / wanted


def share_of_pictures(detector: Detector, folder: Path) -> dict[str, float]:
    """Return for each label the share of the pictures in ``folder`` that show it at its threshold."""
    pictures = list(find_pictures(folder))
    if not pictures:
        raise RecipeError(f"no pictures in {folder}")
    seen = np.zeros(len(detector.labels))
    for picture in pictures:
        found = detector.detect(read_picture(picture)).above(detector.thresholds)
        seen[np.unique(found.class_ids)] += 1
    return dict(zip(detector.labels, (seen / len(pictures)).tolist(), strict=True))


def _interval(drawn: NDArray[np.float64]) -> Interval:
    known = drawn[np.isfinite(drawn)]  # a draw without any box has no precision
    if not len(known):
        return np.nan, np.nan
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)


def _figures(judged: Judged, threshold: float, weights: NDArray[np.float64]) -> tuple[float, float, float]:
    precision, recall = curve(judged, weights)
    at = int((judged.confidences >= threshold).sum()) - 1
    if not len(precision):
        return 0.0, np.nan, 0.0
    highest = np.maximum.accumulate(precision[::-1])[::-1]  # no recall costs more precision than a higher one
    ap50 = float(np.sum(np.diff(recall, prepend=0.0) * highest))
    return ap50, float(precision[at]) if at >= 0 else np.nan, float(recall[at]) if at >= 0 else 0.0


def _first_matches(boxes: NDArray[np.float32], wanted: NDArray[np.float32]) -> NDArray[np.bool_]:
    overlaps = _iou(boxes, wanted)
    correct = np.zeros(len(boxes), bool)
    for index in range(len(boxes)):  # most confident first, as detectors return them
        best = int(overlaps[index].argmax()) if wanted.size else -1
        if best >= 0 and overlaps[index, best] >= MATCH_IOU:
            correct[index] = True
            overlaps[:, best] = 0.0  # each truth is found once
    return correct


def _iou(boxes: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    left_top = np.maximum(boxes[:, None, :2], others[None, :, :2])
    right_bottom = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared = np.prod(np.clip(right_bottom - left_top, 0, None), axis=2)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1), np.prod(others[:, 2:] - others[:, :2], axis=1)
    union = areas[0][:, None] + areas[1][None, :] - shared
    ratio: NDArray[np.float32] = shared / np.maximum(union, np.float32(1e-9))
    return ratio
