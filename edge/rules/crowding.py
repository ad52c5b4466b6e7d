"""Crowding: more things in a zone than may be there at once."""

from dataclasses import dataclass, replace

from edge.domain.candidate import Candidate, Terms
from edge.domain.detection import Detection
from edge.domain.incident import Measures, Standing
from edge.domain.look import Seen, Sight
from edge.domain.zone import Zone
from edge.rules.presence import around
from edge.rules.rule import Found, concerned


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowding:
    """At least ``min_count`` things of ``labels`` in ``zone``, no matter which ones."""

    zone: Zone
    labels: frozenset[str]
    terms: Terms
    severity: int
    min_count: int
    gone: str = "dispersed"

    def find(self, memory: tuple[Candidate, ...], seen: Seen) -> Found:
        """Return the one candidate, the crowd, after ``seen``."""
        inside = concerned(
            seen.detections, labels=self.labels, zone=self.zone, keep_score=self.terms.keep_score
        )
        sight = _sight(inside) if len(inside) >= self.min_count else None
        alive = follow(memory, seen, sight, self.terms)
        return Found(memory=alive, standing=tuple(self._standing(crowd) for crowd in alive if crowd.ripe))

    def _standing(self, crowd: Candidate) -> Standing:
        return standing_of(
            crowd, self.terms, severity=self.severity, measures=Measures(count=round(crowd.amount))
        )


def follow(
    memory: tuple[Candidate, ...], seen: Seen, sight: Sight | None, terms: Terms
) -> tuple[Candidate, ...]:
    """Return the memory of a rule that knows one thing a zone, after a look that saw it or not."""
    if not memory:
        return (Candidate.seen_first(seen, sight),) if sight else ()
    (known,) = memory
    after = known.confirm(seen, sight, terms) if sight else known.miss(seen, terms)
    return () if after.is_over(terms) else (after,)


def standing_of(candidate: Candidate, terms: Terms, *, severity: int, measures: Measures) -> Standing:
    """Return what stands where one candidate is the whole incident; its extent is its ``amount``."""
    box = candidate.box
    return Standing(
        key="zone",
        first_seen_at=candidate.first.at,
        last_seen_at=candidate.last.at,
        dwell_s=candidate.dwell_s,
        confidence=candidate.confidence,
        severity=severity,
        box=box,
        ground_point=((box.left + box.right) / 2, (box.top + box.bottom) / 2),
        extent=candidate.amount,
        measures=measures,
        looks=candidate.looks,
        gates=candidate.gates(terms),
        candidates=(replace(candidate, shot=None),),
        shot=candidate.shot,
    )


def _sight(inside: list[Detection]) -> Sight:
    score = sorted(d.confidence for d in inside)[len(inside) // 2]
    return Sight(
        score=score, box=around([d.box for d in inside]), worth=len(inside) * score, amount=len(inside)
    )
