"""Calibration: the threshold of a label is the lowest that is right often enough."""

from dataclasses import dataclass

import numpy as np

from models.evaluate import Judged, curve

ENOUGH_TRUTHS = 20
"""Fewer things to find say nothing about a threshold."""
CAUTIOUS = 0.6
"""The threshold of a label that could not be calibrated."""
LOWEST = 0.2
"""No threshold is lower, however easy the validation pictures were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The threshold of a label and why it is so."""

    label: str
    threshold: float
    reason: str


def choose_threshold(judged: Judged, target: float) -> Calibration:
    """Return the lowest threshold whose precision on the validation pictures reaches ``target``."""
    truths = int(judged.truths.sum())
    if truths < ENOUGH_TRUTHS:
        reason = f"not calibrated: {truths} in the validation pictures, {ENOUGH_TRUTHS} are needed"
        return Calibration(label=judged.label, threshold=CAUTIOUS, reason=reason)
    precision, recall = curve(judged, np.ones(len(judged.truths)))
    reached = np.flatnonzero(precision >= target)
    if not len(reached):
        best = float(precision.max(initial=0.0))
        reason = f"precision {target:.2f} is never reached, {best:.2f} at best"
        return Calibration(label=judged.label, threshold=CAUTIOUS, reason=reason)
    last = reached[-1]
    threshold = max(LOWEST, float(np.ceil(judged.confidences[last] * 1000) / 1000))
    reason = f"precision {precision[last]:.3f} at recall {recall[last]:.3f} on {truths}"
    return Calibration(label=judged.label, threshold=threshold, reason=reason)
