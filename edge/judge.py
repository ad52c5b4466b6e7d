"""The judgement: incidents against what is known to have happened, per kind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import quantiles
from typing import Literal

from edge.domain.detection import Box
from models.shares import share_of

LATE_S = 1.5
"""An incident may begin or end so far beside its event: clips have a picture or two a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Something that ought to be found: seconds of the clip, box in fractions at its fullest."""

    kind: str
    from_s: float
    to_s: float
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """An incident as the box told it: from when to when it was seen, when it opened, where it was seen."""

    kind: str
    incident_id: str
    from_s: float
    to_s: float
    opened_s: float
    confidence: float
    boxes: tuple[Box, ...]
    picture: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseIncident:
    """An incident without an event of its own; ``again``: its event has had its ticket already."""

    clip: str
    incident: Reported
    reason: Literal["nothing there", "again"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What became of the events and incidents of one kind in one clip; a delay for each event found."""

    clip: str
    kind: str
    delays_s: tuple[float, ...]
    false: tuple[FalseIncident, ...]
    missed: tuple[Truth, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The figures of a kind; intervals are Wilson's at 95 %, a share of nothing is None.

    ``delay_s`` is the lower quartile, median and upper quartile from an event's beginning to the opening.
    """

    kind: str
    true: int
    found: int
    false: int
    missed: int
    precision: float | None
    precision_interval: tuple[float, float] | None
    recall: float | None
    recall_interval: tuple[float, float] | None
    delay_s: tuple[float, float, float] | None


def merge_truths(truths: Iterable[Truth]) -> tuple[Truth, ...]:
    """One truth for what stands at the same time: in one zone it is one incident."""
    merged: list[Truth] = []
    for truth in sorted(truths, key=lambda it: it.from_s):
        last = merged[-1] if merged else None
        if last and truth.from_s <= last.to_s:
            merged[-1] = replace(last, to_s=max(last.to_s, truth.to_s), box=_around(last.box, truth.box))
        else:
            merged.append(truth)
    return tuple(merged)


def judge(clip: str, kind: str, truths: Sequence[Truth], incidents: Sequence[Reported]) -> Judgement:
    """Give each truth the incident that shares most time with it; what is left over is false or missed."""
    pairs = sorted(
        (-shared_s, t, i)
        for t, truth in enumerate(truths)
        for i, incident in enumerate(incidents)
        if (shared_s := _shared_s(truth, incident)) is not None
    )
    found: dict[int, int] = {}
    for _, t, i in pairs:
        if t not in found and i not in found.values():
            found[t] = i
    known = {i for _, _, i in pairs}
    return Judgement(
        clip=clip,
        kind=kind,
        delays_s=tuple(incidents[i].opened_s - truths[t].from_s for t, i in found.items()),
        false=tuple(
            FalseIncident(clip=clip, incident=it, reason="again" if i in known else "nothing there")
            for i, it in enumerate(incidents)
            if i not in found.values()
        ),
        missed=tuple(truth for t, truth in enumerate(truths) if t not in found),
    )


def score(kind: str, judgements: Iterable[Judgement]) -> Score:
    """Add up the judgements of all clips."""
    parts = list(judgements)
    delays = [delay for part in parts for delay in part.delays_s]
    found, false, missed = (
        len(delays),
        sum(len(it.false) for it in parts),
        sum(len(it.missed) for it in parts),
    )
    precision, precision_interval = _share(found, found + false)
    recall, recall_interval = _share(found, found + missed)
    return Score(
        kind=kind,
        true=found + missed,
        found=found,
        false=false,
        missed=missed,
        precision=precision,
        precision_interval=precision_interval,
        recall=recall,
        recall_interval=recall_interval,
        delay_s=_quartiles(delays),
    )


def _shared_s(truth: Truth, incident: Reported) -> float | None:
    """Seconds that both last, with the delay allowed; None when they do not meet in time and place."""
    shared_s = min(truth.to_s, incident.to_s) - max(truth.from_s, incident.from_s) + LATE_S
    if shared_s < 0 or not any(truth.box.iou(box) > 0 for box in incident.boxes):
        return None
    return shared_s


def _share(part: int, whole: int) -> tuple[float, tuple[float, float]] | tuple[None, None]:
    if not whole:
        return None, None
    known = share_of(part, whole)
    return known.share, known.interval


def _quartiles(values: Sequence[float]) -> tuple[float, float, float] | None:
    if not values:
        return None
    low, middle, high = quantiles([*values, *values] if len(values) == 1 else values, method="inclusive")
    return low, middle, high


def _around(one: Box, other: Box) -> Box:
    return Box(
        left=min(one.left, other.left),
        top=min(one.top, other.top),
        right=max(one.right, other.right),
        bottom=max(one.bottom, other.bottom),
    )
