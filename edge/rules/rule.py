"""What a rule is: a pure function from what it remembers and what a look saw to what stands there now."""

from dataclasses import dataclass
from typing import Protocol

from edge.domain.candidate import Candidate
from edge.domain.detection import Detection
from edge.domain.incident import Standing
from edge.domain.look import Seen
from edge.domain.zone import Zone

_SAME_THING = 0.6
"""Overlap (IoU) from which two boxes of one look are one thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a rule remembers after a look, what of it is ripe, and why something may be over."""

    memory: tuple[Candidate, ...]
    standing: tuple[Standing, ...]


class Rule(Protocol):
    """A way of finding."""

    @property
    def labels(self) -> frozenset[str]:
        """What it looks for; of everything else it only matters that it is there."""

    @property
    def gone(self) -> str:
        """The reason with which its incidents are cleared."""

    def find(self, memory: tuple[Candidate, ...], seen: Seen) -> Found:
        """Return the memory after ``seen``, and what stands."""


def concerned(
    detections: tuple[Detection, ...], *, labels: frozenset[str], zone: Zone, keep_score: float
) -> list[Detection]:
    """Return what of ``detections`` a rule is about, surest first, each thing once.

    A thing between two labels (car, truck) gets a box of each from the model.
    """
    here = [
        d
        for d in detections
        if d.label in labels and d.confidence >= keep_score and zone.contains(d.box.ground_point)
    ]
    things: list[Detection] = []
    for detection in sorted(here, key=lambda d: -d.confidence):
        if all(detection.box.iou(thing.box) < _SAME_THING for thing in things):
            things.append(detection)
    return things


def is_settled(memory: tuple[Candidate, ...]) -> bool:
    """Whether nothing is undecided: all that is there is ripe and was there in the last look."""
    return all(candidate.ripe and not candidate.missed for candidate in memory)
