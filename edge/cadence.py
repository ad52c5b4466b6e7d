"""Cadence: when a rule's next look is due, and how much of the time it was watched."""

from dataclasses import dataclass, replace
from typing import Literal

Cause = Literal["first", "changed", "unsettled", "aged"]

_AFTERGLOW_S = 2.0
"""A burst goes on for so long after the last change."""
_BURST_S = 15.0
"""The longest burst; after it the rule rests, so that a busy road cannot eat the box."""
_REST_S = 5.0
_UNSETTLED_BURST_S = 1.0
"""How often a burst rule with something open looks between bursts."""
_COVERAGE_S = 3600.0
"""Coverage speaks of about the last hour: older time fades."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """``every_s`` between looks while there is something to see, ``max_age_s`` while there is not."""

    every_s: float
    max_age_s: float
    burst: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """What cadence remembers of one rule; all times are stream seconds.

    ``still_s``: watched and unchanged since the last look. ``burst_from_s``: start of the present burst.
    """

    frame_s: float | None = None
    looked_s: float | None = None
    changed: bool = False
    change_s: float | None = None
    still_s: float = 0.0
    burst_from_s: float | None = None
    watched_s: float = 0.0
    total_s: float = 0.0

    @property
    def coverage(self) -> float:
        """Share of about the last hour in which the last look was no older than ``max_age_s``."""
        return self.watched_s / self.total_s if self.total_s else 0.0


def note_frame(pulse: Pulse, cadence: Cadence, *, at_s: float, changed: bool) -> Pulse:
    """Return ``pulse`` after a frame in which the zone did or did not differ from its last look."""
    gap_s = 0.0 if pulse.frame_s is None else max(0.0, at_s - pulse.frame_s)
    changed = changed or pulse.changed
    fade = min(1.0, _COVERAGE_S / (pulse.total_s + gap_s)) if gap_s else 1.0
    return replace(
        pulse,
        frame_s=at_s,
        changed=changed,
        change_s=at_s if changed else pulse.change_s,
        still_s=pulse.still_s + (0.0 if changed else min(gap_s, 2 * cadence.every_s)),
        burst_from_s=_burst_from(pulse, at_s) if changed else pulse.burst_from_s,
        watched_s=(pulse.watched_s + _watched(pulse, cadence, at_s, gap_s)) * fade,
        total_s=(pulse.total_s + gap_s) * fade,
    )


def note_look(pulse: Pulse, *, at_s: float) -> Pulse:
    """Return ``pulse`` after a look."""
    return replace(pulse, looked_s=at_s, changed=False, still_s=0.0)


def next_look(
    pulse: Pulse, cadence: Cadence, *, unsettled: bool, stretch: float = 1.0
) -> tuple[float, Cause]:
    """Return the stream second from which the next look is due, and why.

    ``unsettled``: something is there that is not decided yet, so it is looked at without waiting for a
    change.
    """
    if pulse.looked_s is None:
        return pulse.frame_s or 0.0, "first"
    every_s = cadence.every_s * stretch
    if cadence.burst:
        if is_awake(pulse):
            return pulse.looked_s + every_s, "changed"
        every_s = max(every_s, _UNSETTLED_BURST_S)
    elif pulse.changed:
        return pulse.looked_s + every_s, "changed"
    if unsettled:
        return pulse.looked_s + every_s, "unsettled"
    return pulse.looked_s + cadence.max_age_s * stretch, "aged"


def is_awake(pulse: Pulse) -> bool:
    """Whether a burst goes on."""
    if pulse.change_s is None or pulse.burst_from_s is None or pulse.frame_s is None:
        return False
    return pulse.frame_s < min(pulse.change_s + _AFTERGLOW_S, pulse.burst_from_s + _BURST_S)


def _burst_from(pulse: Pulse, at_s: float) -> float:
    """Return when the burst began that a change at ``at_s`` belongs to."""
    if pulse.burst_from_s is None or pulse.change_s is None:
        return at_s
    ended = at_s >= pulse.change_s + _AFTERGLOW_S
    rested = at_s >= pulse.burst_from_s + _BURST_S + _REST_S
    return at_s if ended or rested else pulse.burst_from_s


def _watched(pulse: Pulse, cadence: Cadence, at_s: float, gap_s: float) -> float:
    """Return how much of the last gap the newest look was fresh enough for."""
    if pulse.looked_s is None:
        return 0.0
    stale_s = at_s - (pulse.looked_s + cadence.max_age_s)
    return max(0.0, min(gap_s, gap_s - stale_s))
