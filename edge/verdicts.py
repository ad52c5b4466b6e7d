"""The judgements of a set of clips, told: a table for people, an object for machines."""

from collections.abc import Sequence
from dataclasses import asdict

from edge.judge import FalseIncident, Judgement, Score, score

ALL_KINDS = "all"
_HEAD = f"{'kind':20} {'true':>4} {'found':>5} {'false':>5} {'missed':>6}  precision          recall"


def as_object(judged: Sequence[Judgement], *, clips: int) -> dict[str, object]:
    """The scores, what was false and what was missed, ready for JSON; boxes are left out."""
    return {
        "clips": clips,
        "scores": [asdict(one) for one in scores(judged)],
        "false": [_false(one) for judgement in judged for one in judgement.false],
        "missed": [
            {"clip": judgement.clip, "kind": truth.kind, "from_s": truth.from_s, "to_s": truth.to_s}
            for judgement in judged
            for truth in judgement.missed
        ],
    }


def as_lines(judged: Sequence[Judgement]) -> list[str]:
    """A line a kind and one for all, then a line for each false incident and each missed event."""
    return [
        _HEAD,
        *(_row(one) for one in scores(judged)),
        *(_sentence(one) for judgement in judged for one in judgement.false),
        *(
            f"missed in {judgement.clip}: {truth.kind} from {truth.from_s:g} to {truth.to_s:g} s"
            for judgement in judged
            for truth in judgement.missed
        ),
    ]


def scores(judged: Sequence[Judgement]) -> list[Score]:
    """A score a kind, and one of all kinds together."""
    kinds = sorted({judgement.kind for judgement in judged})
    each = [score(kind, [one for one in judged if one.kind == kind]) for kind in kinds]
    return [*each, score(ALL_KINDS, judged)]


def _row(one: Score) -> str:
    counts = f"{one.kind:20} {one.true:4} {one.found:5} {one.false:5} {one.missed:6}"
    precision, recall = (
        _share(one.precision, one.precision_interval),
        _share(one.recall, one.recall_interval),
    )
    delay = ""
    if one.delay_s:
        low, middle, high = one.delay_s
        delay = f"  opened after {middle:.1f} s ({low:.1f} to {high:.1f})"
    return f"{counts}  {precision:18} {recall:18}{delay}".rstrip()


def _share(value: float | None, interval: tuple[float, float] | None) -> str:
    if value is None or interval is None:
        return "-"
    return f"{value:.2f} [{interval[0]:.2f}, {interval[1]:.2f}]"


def _false(one: FalseIncident) -> dict[str, object]:
    it = one.incident
    return {
        "clip": one.clip,
        "kind": it.kind,
        "reason": one.reason,
        "from_s": it.from_s,
        "to_s": it.to_s,
        "confidence": it.confidence,
        "picture": it.picture,
    }


def _sentence(one: FalseIncident) -> str:
    it = one.incident
    return (
        f"false in {one.clip}: {it.kind} from {it.from_s:.0f} to {it.to_s:.0f} s, {one.reason}, "
        f"confidence {it.confidence:.2f}, {it.picture or 'no picture'}"
    )
