"""Merging: whether an incident is a known ticket's, a closed one's again, or a new one's."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dispatcher.domain.category import Category
from dispatcher.domain.log import JsonValue
from dispatcher.domain.ticket import State, Ticket

_METRES_A_DEGREE = 111_320.0


class Fate(StrEnum):
    """What becomes of an incident that no ticket has yet."""

    NEW = "new"
    RECURS = "recurs"  # new, and names an older ticket of the same place
    JOIN = "join"  # the same problem as a live ticket
    REWORK = "rework"  # the same problem as a ticket closed a short while ago


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is known of an incident when it must find its ticket: capture times, WGS 84."""

    camera_id: str
    lat: float
    lon: float
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A ticket of the same category nearby; ``still_seen``: a camera has not reported it gone."""

    ticket: Ticket
    still_seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """The decision and its arithmetic; ``ticket`` is None only for ``NEW``."""

    fate: Fate
    ticket: Ticket | None
    distance_m: float | None
    gap_s: float | None
    limit_s: float | None

    def as_json(self) -> dict[str, JsonValue]:
        """Return the why as it stands in the log."""
        return {
            "fate": self.fate,
            "ticket": None if self.ticket is None else self.ticket.ticket_id,
            "distance_m": None if self.distance_m is None else round(self.distance_m, 1),
            "gap_s": self.gap_s,
            "limit_s": self.limit_s,
        }


def distance_m(*, lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """Return the metres between two WGS 84 points; flat, good to a millimetre over a street."""
    north = (to_lat - lat) * _METRES_A_DEGREE
    east = (to_lon - lon) * _METRES_A_DEGREE * math.cos(math.radians((lat + to_lat) / 2))
    return math.hypot(north, east)


def choose_ticket(finding: Finding, category: Category, candidates: Sequence[Candidate]) -> Merge:
    """Say whose ``finding`` is: a live ticket before a closed one, then the nearest, then the oldest.

    Distances are to the ticket's fixed anchor, so that a chain of neighbours cannot drag it along. Gaps are
    between sightings in capture time, so that a late message decides as a timely one would have.
    """
    near = [merge for one in candidates if (merge := _weigh(finding, category, one)) is not None]
    if not near:
        return Merge(fate=Fate.NEW, ticket=None, distance_m=None, gap_s=None, limit_s=None)
    order = [Fate.JOIN, Fate.REWORK, Fate.RECURS]

    def rank(merge: Merge) -> tuple[int, float, float, str]:
        ticket_id = "" if merge.ticket is None else str(merge.ticket.ticket_id)
        return order.index(merge.fate), merge.gap_s or 0.0, merge.distance_m or 0.0, ticket_id

    return min(near, key=rank)


def _weigh(finding: Finding, category: Category, candidate: Candidate) -> Merge | None:
    ticket = candidate.ticket
    away_m = distance_m(lat=finding.lat, lon=finding.lon, to_lat=ticket.lat, to_lon=ticket.lon)
    same_place = (
        finding.camera_id == ticket.camera_id
        if category.merge_by == "camera"
        else (away_m <= category.radius_m)
    )
    if not same_place or ticket.state is State.VOID:
        return None
    gap_s = _gap_s(finding, candidate)
    fate, limit_s = (
        (Fate.JOIN, category.window_s) if ticket.state.is_live else (Fate.REWORK, category.reopen_s)
    )
    if gap_s > limit_s:
        fate, limit_s = Fate.RECURS, category.recur_s
    if gap_s > limit_s or (ticket.first_seen_at > finding.last_seen_at and fate is Fate.RECURS):
        return None
    return Merge(fate=fate, ticket=ticket, distance_m=away_m, gap_s=gap_s, limit_s=limit_s)


def _gap_s(finding: Finding, candidate: Candidate) -> float:
    after = 0.0
    if not candidate.still_seen:
        after = (finding.first_seen_at - candidate.ticket.last_seen_at).total_seconds()
    before = (candidate.ticket.first_seen_at - finding.last_seen_at).total_seconds()
    return max(0.0, after, before)
