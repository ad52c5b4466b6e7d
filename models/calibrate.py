"""Calibration: the threshold of a label is the lowest that is surely right often enough."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.evaluate import Judged
from models.shares import wilson

ENOUGH_TRUTHS = 20
"""Fewer things to find say nothing about a threshold."""
CAUTIOUS = 0.6
"""The threshold of a label whose precision never reaches the target."""
LOWEST = 0.2
"""No threshold is lower, however easy the validation pictures were."""
STEPS = np.arange(round(LOWEST * 1000), 1001) / 1000
"""The thresholds that are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The threshold of a label and why it is so."""

    label: str
    threshold: float
    reason: str


def choose_threshold(judged: Judged, target: float, present: float) -> Calibration:
    """Return the lowest threshold where the 95 % interval of the precision begins at ``target`` or above.

    Where no threshold has so many boxes, the precision itself must reach the target; where it never does, the
    threshold is CAUTIOUS. Where there are too few truths to say, it stays as it is: ``present``.
    The interval is Wilson's over the boxes.
    """
    truths = int(judged.truths.sum())
    if truths < ENOUGH_TRUTHS:
        reason = f"not calibrated: {truths} in the validation pictures, {ENOUGH_TRUTHS} are needed"
        return Calibration(label=judged.label, threshold=present, reason=reason)
    given = np.searchsorted(-judged.confidences, -STEPS, side="right")  # so many boxes reach each step
    right = np.concatenate([[0], np.cumsum(judged.correct)])[given]
    low, high = wilson(right.astype(float), given.astype(float))
    precision = right / np.maximum(given, 1)
    sure = np.flatnonzero(low >= target)
    reached = sure if len(sure) else np.flatnonzero((precision >= target) & (given > 0))
    if not len(reached):
        reason = f"precision {target:.2f} is never reached, {precision.max():.2f} at best"
        return Calibration(label=judged.label, threshold=CAUTIOUS, reason=reason)
    at = reached[0]
    surest = float(judged.confidences[given[at] - 1])  # the same boxes reach every threshold up to here
    reason = (
        f"precision {precision[at]:.3f} [{low[at]:.3f}, {high[at]:.3f}] "
        f"at recall {right[at] / truths:.3f} on {truths}"
    )
    if not len(sure):
        reason += f"; interval too wide: it begins below {target:.2f}, more pictures would tell"
    return Calibration(
        label=judged.label, threshold=max(STEPS[at], np.floor(surest * 1000) / 1000), reason=reason
    )


def raise_threshold(chosen: Calibration, scores: NDArray[np.float64], share: float) -> Calibration:
    """Return a threshold that at most ``share`` of the pictures without the thing reach.

    ``scores`` holds the highest confidence of the label in each of these pictures.
    """
    allowed = int(share * len(scores) + 1e-9)
    highest = np.sort(scores)[::-1][allowed] if allowed < len(scores) else 0.0
    least = min(1.0, float(np.floor(highest * 1000 + 1) / 1000))
    threshold = max(chosen.threshold, least)
    alarms = int((scores >= threshold).sum())
    raised = f"raised from {chosen.threshold:g}, " if threshold > chosen.threshold else ""
    reason = f"{chosen.reason}; {raised}{alarms} of {len(scores)} pictures without it alarm"
    return replace(chosen, threshold=threshold, reason=reason)
