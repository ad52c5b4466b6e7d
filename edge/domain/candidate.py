"""A candidate: one thing that the looks confirm or miss, from first sight until it is over."""

from dataclasses import dataclass, field, replace
from statistics import median
from typing import Self

from edge.domain.detection import Box
from edge.domain.look import LookMark, Seen, Shot, Sight

_BETTER = 1.1
"""A shot replaces the one before when it is worth so much more: frames are shared, memory stays small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """When a candidate is ripe, and when it is over.

    Ripe: seen for ``dwell_s``, in ``confirm_k`` of the last ``confirm_n`` looks, median score at least
    ``open_score``. Over: ``clear_looks`` looks in a row missed it, spanning ``clear_s``.
    """

    every_s: float
    dwell_s: float
    clear_s: float
    confirm_k: int
    confirm_n: int
    clear_looks: int
    open_score: float
    keep_score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One thing in one place. A look that cannot tell (outage, occlusion) is simply not told to it.

    ``confirmed_s`` and ``missed_s`` are stream times of the last look that found it and the last that
    did not; both are unknown after a restart, because a new stream starts a new clock.
    """

    first: LookMark
    looks: tuple[LookMark, ...]
    last: LookMark
    dwell_s: float = 0.0
    missed: int = 0
    missing_s: float = 0.0
    confirmed_s: float | None
    missed_s: float | None = None
    ripe: bool = False
    shot: Shot | None = field(default=None, compare=False)

    @classmethod
    def seen_first(cls, seen: Seen, sight: Sight) -> Self:
        mark = _mark(seen, sight)
        return cls(first=mark, looks=(mark,), last=mark, confirmed_s=seen.at_s, shot=_shoot(seen, sight))

    def confirm(self, seen: Seen, sight: Sight, terms: Terms) -> "Candidate":
        """Return it after a look that found it; ripe once all terms are met."""
        mark = _mark(seen, sight)
        grown = replace(
            self,
            looks=(*self.looks, mark)[-terms.confirm_n :],
            last=mark,
            dwell_s=self.dwell_s + _credit(self.confirmed_s, seen, terms),
            missed=0,
            missing_s=0.0,
            confirmed_s=seen.at_s,
            missed_s=None,
            shot=self.shot if self.shot and sight.worth < self.shot.worth * _BETTER else _shoot(seen, sight),
        )
        return replace(grown, ripe=self.ripe or grown.meets(terms))

    def miss(self, seen: Seen, terms: Terms) -> "Candidate":
        """Return it after a healthy look that did not find it."""
        mark = LookMark(at=seen.at, at_s=seen.at_s)
        return replace(
            self,
            looks=(*self.looks, mark)[-terms.confirm_n :],
            missed=self.missed + 1,
            missing_s=self.missing_s + _credit(self.missed_s, seen, terms),
            missed_s=seen.at_s,
        )

    def meets(self, terms: Terms) -> bool:
        return (
            self.dwell_s >= terms.dwell_s
            and self.confirmations >= terms.confirm_k
            and self.confidence >= terms.open_score
        )

    def is_over(self, terms: Terms) -> bool:
        """Whether it is gone; one that never ripened goes without waiting for ``clear_s``."""
        return self.missed >= terms.clear_looks and (not self.ripe or self.missing_s >= terms.clear_s)

    @property
    def confirmations(self) -> int:
        return sum(mark.score is not None for mark in self.looks)

    @property
    def confidence(self) -> float:
        """Median score of the recent looks that found it."""
        scores = [mark.score for mark in self.looks if mark.score is not None]
        return median(scores) if scores else self.last.score or 0.0

    @property
    def amount(self) -> float:
        """Median of what the recent looks measured."""
        amounts = [mark.amount for mark in (*self.looks, self.last) if mark.amount is not None]
        return median(amounts) if amounts else 0.0

    @property
    def box(self) -> Box:
        """Side by side median of the recent boxes: one odd box does not move it."""
        return median_box([mark.box for mark in (*self.looks, self.last) if mark.box is not None])

    def gates(self, terms: Terms) -> tuple[str, ...]:
        """The terms that it met, with figures, for people."""
        return (
            f"seen for {self.dwell_s:.0f} s, needed {terms.dwell_s:.0f} s",
            f"in {self.confirmations} of the last {len(self.looks)} looks, needed {terms.confirm_k}",
            f"median score {self.confidence:.2f}, needed {terms.open_score:.2f}",
        )


def median_box(boxes: list[Box]) -> Box:
    """Return the box of the median sides."""
    return Box(
        left=median(box.left for box in boxes),
        top=median(box.top for box in boxes),
        right=median(box.right for box in boxes),
        bottom=median(box.bottom for box in boxes),
    )


def _mark(seen: Seen, sight: Sight) -> LookMark:
    return LookMark(at=seen.at, at_s=seen.at_s, score=sight.score, box=sight.box, amount=sight.amount)


def _shoot(seen: Seen, sight: Sight) -> Shot:
    return Shot(frame=seen.frame, detections=seen.detections, box=sight.box, worth=sight.worth)


def _credit(since_s: float | None, seen: Seen, terms: Terms) -> float:
    """Return how much of the time since ``since_s`` counts: what was watched, and at most two intervals."""
    if since_s is None:
        return 0.0
    return min(seen.at_s - since_s, seen.still_s + 2 * terms.every_s * seen.stretch)
