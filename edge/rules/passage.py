"""Passage: things that pass, each one an incident of its own."""

import math
from dataclasses import dataclass

from edge.domain.candidate import Candidate, Terms
from edge.domain.detection import Box, Detection
from edge.domain.ground import Ground
from edge.domain.incident import Measures, Standing
from edge.domain.look import Seen, Sight
from edge.domain.zone import Zone
from edge.rules.rule import Found, concerned
from edge.sharpness import sharpness
from edge.tracker import match

_MOVED = 0.5
"""A thing passes once it has moved by half its size; what stands is the business of ``presence``."""
_LEFT_S = 1.0
"""A thing not seen for so long has passed; its best picture is then known, and the incident opens."""
_LONGEST_WAIT_S = 6.0
"""A thing that stays in view longer opens without waiting for its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Something of ``labels`` moving through ``zone``."""

    zone: Zone
    ground: Ground
    labels: frozenset[str]
    terms: Terms
    severity: int
    gone: str = "passed"

    def find(self, memory: tuple[Candidate, ...], seen: Seen) -> Found:
        """Return the tracks after ``seen``, and those that are passages."""
        wanted = concerned(
            seen.detections, labels=self.labels, zone=self.zone, keep_score=self.terms.keep_score
        )
        matched = match(memory, wanted, at_s=seen.at_s)
        kept = [
            track.confirm(seen, _sight(seen, wanted[matched[i]]), self.terms)
            if i in matched
            else track.miss(seen, self.terms)
            for i, track in enumerate(memory)
        ]
        new = [
            Candidate.seen_first(seen, _sight(seen, d))
            for j, d in enumerate(wanted)
            if j not in matched.values()
        ]
        alive = (*(track for track in kept if not track.is_over(self.terms)), *new)
        passing = [track for track in alive if track.ripe and _moved(track) >= _MOVED]
        return Found(memory=alive, standing=tuple(self._standing(it, at_s=seen.at_s) for it in passing))

    def _standing(self, track: Candidate, *, at_s: float) -> Standing:
        box = track.shot.box if track.shot else track.box
        x, y = track.first.box.ground_point if track.first.box else box.ground_point
        speed_mps, heading_deg = self._motion(track)
        return Standing(
            key=f"{track.first.at.isoformat()} {x:.4f} {y:.4f}",
            first_seen_at=track.first.at,
            last_seen_at=track.last.at,
            dwell_s=track.dwell_s,
            confidence=track.confidence,
            severity=self.severity,
            box=box,
            ground_point=box.ground_point,
            extent=box.area,
            measures=Measures(count=1, speed_mps=speed_mps, heading_deg=heading_deg),
            looks=track.looks,
            gates=(*track.gates(self.terms), f"moved by {_moved(track):.1f} of its size, needed {_MOVED}"),
            is_ready=_is_decided(track, at_s),
            shot=track.shot,
        )

    def _motion(self, track: Candidate) -> tuple[float | None, float | None]:
        """Return mean speed and heading (0 north, 90 east) from its first to its last look."""
        if track.first.box is None or track.last.box is None or track.dwell_s <= 0:
            return None, None
        start = self.ground.metres(track.first.box.ground_point)
        end = self.ground.metres(track.last.box.ground_point)
        if start is None or end is None:
            return None, None
        east_m, north_m = end[0] - start[0], end[1] - start[1]
        heading_deg = math.degrees(math.atan2(east_m, north_m)) % 360
        return math.hypot(east_m, north_m) / track.dwell_s, heading_deg % 360


def _sight(seen: Seen, detection: Detection) -> Sight:
    """The best picture shows it large, sharp and surely."""
    box, score = detection.box, detection.confidence
    return Sight(score=score, box=box, worth=box.area * sharpness(seen.frame.image, box) * score)


def _is_decided(track: Candidate, at_s: float) -> bool:
    """Whether no better picture of it is to be waited for."""
    left = track.confirmed_s is not None and at_s - track.confirmed_s >= _LEFT_S
    return left or track.dwell_s >= _LONGEST_WAIT_S


def _moved(track: Candidate) -> float:
    """Return how far it went, in sizes of its own (the larger one)."""
    first, last = track.first.box, track.last.box
    if first is None or last is None:
        return 0.0
    return math.dist(first.ground_point, last.ground_point) / max(_size(first), _size(last))


def _size(box: Box) -> float:
    return max(box.right - box.left, box.bottom - box.top)
