"""Presence: things that stay where they may not."""

from dataclasses import dataclass, replace

from edge.domain.candidate import Candidate, Terms
from edge.domain.detection import Box, Detection
from edge.domain.incident import Measures, Standing
from edge.domain.look import Seen, Sight
from edge.domain.zone import Zone
from edge.rules.rule import Found, concerned

_SAME_PLACE = 0.3
"""Overlap (IoU) from which a detection is the thing that stood there before."""
_BELONGS = 0.1
"""A box of which less than this share differs from the approved empty view shows what belongs there."""
_STILL_THERE = 0.05
"""What stood there already is gone only when less than this share differs."""
_HIDES = 0.5
"""Share of a place that a larger thing must cover for the look to say nothing about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """A thing of ``labels`` standing in ``zone``. All that is ripe in the zone is one incident.

    What the approved empty view shows at the same place, unchanged, belongs there, whatever a model calls it.
    """

    zone: Zone
    labels: frozenset[str]
    terms: Terms
    severity: int
    gone: str = "gone"

    def find(self, memory: tuple[Candidate, ...], seen: Seen) -> Found:
        """Return the candidates after ``seen``: no tracks, only places, so frame rate does not matter."""
        not_approved = tuple(d for d in seen.detections if d.changed >= _STILL_THERE)
        wanted = concerned(not_approved, labels=self.labels, zone=self.zone, keep_score=self.terms.keep_score)
        matched = _match(memory, wanted)
        kept = [
            candidate.confirm(seen, _sight(matched[i]), self.terms)
            if i in matched
            else self._missed(candidate, seen, not_approved)
            for i, candidate in enumerate(memory)
        ]
        taken = {id(detection) for detection in matched.values()}
        new = [
            Candidate.seen_first(seen, _sight(d))
            for d in wanted
            if id(d) not in taken and d.changed >= _BELONGS
        ]
        alive = (*(c for c in kept if not c.is_over(self.terms)), *new)
        return Found(memory=alive, standing=self._standing(alive))

    def _missed(self, candidate: Candidate, seen: Seen, before: tuple[Detection, ...]) -> Candidate:
        return candidate if is_hidden(candidate.box, before) else candidate.miss(seen, self.terms)

    def _standing(self, memory: tuple[Candidate, ...]) -> tuple[Standing, ...]:
        ripe = [candidate for candidate in memory if candidate.ripe]
        if not ripe:
            return ()
        surest = max(ripe, key=lambda c: c.confidence)
        boxes = [candidate.box for candidate in ripe]
        return (
            Standing(
                key="zone",
                first_seen_at=min(c.first.at for c in ripe),
                last_seen_at=max(c.last.at for c in ripe),
                dwell_s=max(c.dwell_s for c in ripe),
                confidence=surest.confidence,
                severity=self.severity,
                box=around(boxes),
                ground_point=surest.box.ground_point,
                extent=sum(box.area for box in boxes),
                measures=Measures(count=len(ripe)),
                looks=surest.looks,
                gates=surest.gates(self.terms),
                candidates=tuple(replace(c, shot=None) for c in ripe),
                shot=surest.shot,
            ),
        )


def _sight(detection: Detection) -> Sight:
    return Sight(score=detection.confidence, box=detection.box, worth=detection.confidence)


def _match(memory: tuple[Candidate, ...], wanted: list[Detection]) -> dict[int, Detection]:
    """Return candidate index to its detection: the best overlaps first, each used once."""
    pairs = sorted(
        (
            (overlap, i, j)
            for i, candidate in enumerate(memory)
            for j, detection in enumerate(wanted)
            if (overlap := candidate.box.iou(detection.box)) >= _SAME_PLACE
        ),
        reverse=True,
    )
    matched: dict[int, Detection] = {}
    taken: set[int] = set()
    for _, i, j in pairs:
        if i not in matched and j not in taken:
            matched[i] = wanted[j]
            taken.add(j)
    return matched


def is_hidden(box: Box, detections: tuple[Detection, ...]) -> bool:
    """Whether something larger stands before ``box``."""
    return any(d.box.area > box.area and _covered(box, d.box) >= _HIDES for d in detections)


def _covered(box: Box, by: Box) -> float:
    width = min(box.right, by.right) - max(box.left, by.left)
    height = min(box.bottom, by.bottom) - max(box.top, by.top)
    return max(0.0, width) * max(0.0, height) / box.area


def around(boxes: list[Box]) -> Box:
    """Return the smallest box around all ``boxes``."""
    return Box(
        left=min(box.left for box in boxes),
        top=min(box.top for box in boxes),
        right=max(box.right for box in boxes),
        bottom=max(box.bottom for box in boxes),
    )
