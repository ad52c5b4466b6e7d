"""Alarms: whether a model tells pictures with a thing from pictures without it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.detections import Detections
from models.evaluate import Interval, draw_again, interval
from models.shares import Share, share_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Folder:
    """What was found in the frames of one folder; ``files`` numbers the file that each frame came from."""

    name: str
    found: tuple[Detections, ...]
    files: NDArray[np.intp]  # (frames,)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderAlarms:
    """The share of a folder's frames with any of the labels at its threshold; Wilson's interval."""

    folder: str
    alarms: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """How well the labels tell frames with them from frames without; a clip is drawn as a whole."""

    labels: tuple[str, ...]
    auroc: float
    auroc_interval: Interval
    found: tuple[FolderAlarms, ...]  # shares of the folders with them: recall
    false: tuple[FolderAlarms, ...]  # shares of the folders without them: false alarms


def ask(
    labels: tuple[str, ...], thresholds: Mapping[str, float], shown: Sequence[Folder], free: Sequence[Folder]
) -> Question:
    """Return how well any of ``labels`` tells the frames of ``shown`` from those of ``free``."""
    wanted = {label: thresholds[label] for label in labels}
    yes, no = (_pool(labels, folders) for folders in (shown, free))
    drawn = [
        auroc(yes[0], no[0], ours[yes[1]], theirs[no[1]])
        for ours, theirs in zip(draw_again(_count(yes[1])), draw_again(_count(no[1]))[::-1], strict=True)
    ]
    return Question(
        labels=labels,
        auroc=auroc(yes[0], no[0], np.ones(len(yes[0])), np.ones(len(no[0]))),
        auroc_interval=interval(np.array(drawn)),
        found=tuple(_alarms(folder, wanted) for folder in shown),
        false=tuple(_alarms(folder, wanted) for folder in free),
    )


def scores_of(labels: Sequence[str], found: Sequence[Detections]) -> NDArray[np.float64]:
    """Return for each frame the highest confidence of any of ``labels``, 0 without one."""
    scores = [
        one.confidences[[name in labels for name in map(one.label_of, range(len(one)))]] for one in found
    ]
    return np.array([float(one.max(initial=0.0)) for one in scores])


def auroc(
    yes: NDArray[np.float64],
    no: NDArray[np.float64],
    yes_weights: NDArray[np.float64],
    no_weights: NDArray[np.float64],
) -> float:
    """Return how likely a frame with the thing scores higher than one without; ties count half."""
    pairs = float(yes_weights.sum() * no_weights.sum())
    if not pairs:
        return float("nan")
    order = np.argsort(no, kind="stable")
    below = np.concatenate([[0.0], np.cumsum(no_weights[order])])
    lower, upper = (np.searchsorted(no[order], yes, side=side) for side in ("left", "right"))
    return float(yes_weights @ (below[lower] + below[upper]) / 2 / pairs)


def _pool(labels: Sequence[str], folders: Sequence[Folder]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    scores, files, first = [np.empty(0)], [np.empty(0, np.intp)], 0
    for folder in folders:
        scores.append(scores_of(labels, folder.found))
        files.append(folder.files + first)
        first += _count(folder.files)
    return np.concatenate(scores), np.concatenate(files)


def _count(files: NDArray[np.intp]) -> int:
    return int(files.max(initial=-1)) + 1


def _alarms(folder: Folder, thresholds: Mapping[str, float]) -> FolderAlarms:
    alarms = sum(len(one.above(thresholds)) > 0 for one in folder.found)
    return FolderAlarms(folder=folder.name, alarms=share_of(alarms, len(folder.found)))
