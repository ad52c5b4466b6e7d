"""An incident: what a rule found, from opening to clearing, and when the centre must hear of it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from edge.contract.messages import ModelRef, Phase
from edge.domain.candidate import Candidate
from edge.domain.detection import Box, Point
from edge.domain.look import LookMark, Shot

_NAMESPACE = UUID("6f1c1f6e-5f0b-4d55-9a27-0c6f2f3d9b11")
_HOUR = timedelta(hours=1)
_UPDATES_AN_HOUR = 6
_GROWN = 1.5
_BETTER_SHOT = 1.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What was measured; a rule fills what it knows. ``share`` is of the zone."""

    count: int | None = None
    area_m2: float | None = None
    share: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a rule says is there now. ``key`` tells several of one rule apart; ``extent`` is its size.

    An incident opens once ``is_ready``, and stays for as long as its rule says that it stands.
    """

    key: str
    first_seen_at: datetime
    last_seen_at: datetime
    dwell_s: float
    confidence: float
    severity: int
    box: Box
    ground_point: Point
    extent: float
    measures: Measures
    looks: tuple[LookMark, ...]
    gates: tuple[str, ...]
    candidates: tuple[Candidate, ...] = ()
    is_ready: bool = True
    shot: Shot | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Whose incident it is."""

    box: str
    camera_id: str
    rule_id: str
    zone_id: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident at revision ``rev``: ``standing`` is as of now, ``told`` as of the last event."""

    incident_id: str
    rev: int
    phase: Phase
    reason: str | None
    origin: Origin
    standing: Standing
    told: Standing
    told_at: tuple[datetime, ...]
    model: ModelRef


def open_incident(origin: Origin, standing: Standing, *, at: datetime, model: ModelRef) -> Incident:
    """Return a new incident; the same beginning in the same place always gets the same id."""
    name = f"{origin.box}/{origin.camera_id}/{origin.rule_id}/{origin.zone_id}/{standing.key}"
    return Incident(
        incident_id=uuid5(_NAMESPACE, f"{name}/{standing.first_seen_at.isoformat()}").hex,
        rev=1,
        phase=Phase.OPENED,
        reason=None,
        origin=origin,
        standing=standing,
        told=standing,
        told_at=(at,),
        model=model,
    )


def update_incident(incident: Incident, standing: Standing, *, at: datetime, model: ModelRef) -> Incident:
    """Return the incident with ``standing``; its ``rev`` grows only when the centre must hear of it."""
    now = replace(incident, standing=standing, model=model)
    reason = why_update(incident, standing, at=at)
    if reason is None:
        return now
    recent = tuple(told for told in incident.told_at if at - told < _HOUR)
    return replace(
        now, rev=now.rev + 1, phase=Phase.UPDATED, reason=reason, told=standing, told_at=(*recent, at)
    )


def why_update(incident: Incident, standing: Standing, *, at: datetime) -> str | None:
    """Return what is new enough to say, or None; at most six times an hour."""
    told = incident.told
    recent = [told_at for told_at in incident.told_at if at - told_at < _HOUR]
    if not recent:
        return "hourly"
    if len(recent) > _UPDATES_AN_HOUR:
        return None
    if standing.severity != told.severity:
        return f"severity {told.severity} to {standing.severity}"
    if standing.extent >= told.extent * _GROWN:
        return f"grown by {standing.extent / told.extent - 1:.0%}"
    if standing.shot and told.shot and standing.shot.worth >= told.shot.worth * _BETTER_SHOT:
        return "better picture"
    return None


def close_incident(incident: Incident, phase: Phase, *, reason: str) -> Incident:
    """Return the incident as it ends: cleared, or retracted."""
    return replace(incident, rev=incident.rev + 1, phase=phase, reason=reason)
