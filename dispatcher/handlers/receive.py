"""An event comes in: inbox, merge, ticket, log and timer in one transaction."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from dispatcher.domain.case import Act, Case, receive, take_up
from dispatcher.domain.category import Category
from dispatcher.domain.district import District
from dispatcher.domain.grid import Place
from dispatcher.domain.log import JsonValue
from dispatcher.domain.merge import Fate, Finding, Merge, choose_ticket
from dispatcher.domain.ticket import Outcome, Role, State, Ticket, TicketId, Verb
from dispatcher.handlers.send import SYSTEM, Sender
from dispatcher.ports import KnownIncident, Writer
from edge.contract.messages import Incident, IncidentEvent, Phase

_METRES_A_DEGREE = 111_320.0


class Result(StrEnum):
    """What an event did."""

    DUPLICATE = "duplicate"
    LATE = "late"  # a newer event of the incident came first
    NEW_TICKET = "new_ticket"
    JOINED = "joined"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of an event; ``case`` holds what was done, with the reasons, unless nothing was."""

    result: Result
    ticket_id: TicketId | None
    case: Case | None


def receive_event(tx: Writer, event: IncidentEvent, *, district: District, now: datetime) -> Receipt:
    """Take ``event`` in, exactly once: a repeat changes nothing, any order ends in the same tickets."""
    category = district.categories.of_kind(event.data.kind)
    tx.lock(lock_names(event.data, category))
    if not tx.add_event(event, now=now):
        return Receipt(result=Result.DUPLICATE, ticket_id=None, case=None)
    sender = Sender(tx=tx, district=district, now=now)
    known = tx.incident(event.data.incident_id)
    if known is None:
        return _adopt(sender, event, category)
    return _follow(sender, event, known)


def lock_names(incident: Incident, category: Category) -> Sequence[str]:
    """Return what must not be decided twice at a time: the incident, and where its merge looks."""
    names = [f"incident {incident.incident_id}"]
    if category.merge_by == "camera":
        return [*names, f"{category.code} at {incident.camera_id}"]
    reach = category.radius_m / _METRES_A_DEGREE
    wide = reach / math.cos(math.radians(incident.location.lat))
    rows = {math.floor((incident.location.lat + side) / (2 * reach)) for side in (-reach, reach)}
    columns = {math.floor((incident.location.lon + side) / (2 * wide)) for side in (-wide, wide)}
    return [*names, *(f"{category.code} at {row}:{column}" for row in rows for column in columns)]


def _adopt(sender: Sender, event: IncidentEvent, category: Category) -> Receipt:
    """Find or make the ticket of an incident that has none."""
    incident = event.data
    finding = Finding(
        camera_id=incident.camera_id,
        lat=incident.location.lat,
        lon=incident.location.lon,
        first_seen_at=incident.first_seen_at,
        last_seen_at=incident.last_seen_at,
    )
    merge = choose_ticket(finding, category, sender.tx.candidates(finding, category))
    if merge.ticket is None or merge.fate is Fate.RECURS:
        case = _found(sender, event, category, merge)
        sender.tx.save(case)
        sender.tx.put_incident(incident, source=event.source, ticket_id=case.ticket.ticket_id)
        return Receipt(result=Result.NEW_TICKET, ticket_id=case.ticket.ticket_id, case=case)
    ticket = sender.tx.ticket(merge.ticket.ticket_id) or merge.ticket
    sender.tx.put_incident(incident, source=event.source, ticket_id=ticket.ticket_id)
    case = _enter(sender, take_up(ticket), incident, Verb.MERGE, why={"merge": merge.as_json()})
    case = _consequence(sender, case, incident)
    sender.tx.save(case)
    return Receipt(result=Result.JOINED, ticket_id=ticket.ticket_id, case=case)


def _follow(sender: Sender, event: IncidentEvent, known: KnownIncident) -> Receipt:
    """Carry a change of a known incident over to its ticket."""
    incident = event.data
    ticket = sender.tx.ticket(known.ticket_id)
    if ticket is None:
        raise AssertionError(
            f"incident {incident.incident_id} names ticket {known.ticket_id}, which is not there"
        )
    if incident.rev <= known.rev:
        if not _widened(ticket, incident):
            return Receipt(result=Result.LATE, ticket_id=known.ticket_id, case=None)
        case = _enter(sender, take_up(ticket), incident, Verb.UPDATE)
        sender.tx.save(case)
        return Receipt(result=Result.LATE, ticket_id=known.ticket_id, case=case)
    sender.tx.put_incident(incident, source=event.source, ticket_id=known.ticket_id)
    case = _enter(sender, take_up(ticket), incident, Verb.UPDATE)
    case = _consequence(sender, case, incident)
    sender.tx.save(case)
    return Receipt(result=Result.UPDATED, ticket_id=known.ticket_id, case=case)


def _found(sender: Sender, event: IncidentEvent, category: Category, merge: Merge) -> Case:
    """Make a ticket; send it out at once if the category trusts so much confidence and it is no history."""
    incident, district = event.data, sender.district
    place = district.grid.locate(lat=incident.location.lat, lon=incident.location.lon, layer=category.layer)
    act = Act(
        verb=Verb.RECEIVE,
        role=Role.SYSTEM,
        actor=SYSTEM,
        changes=_first_facts(event, category, place, merge, district),
        facts={
            **_told(incident),
            "why": {
                "cell": {"walked": [cell.code for cell in place.path], "outside": place.outside},
                "merge": merge.as_json(),
            },
        },
    )
    case = receive(_ticket_id(incident, sender.now), act, clocks=category.clocks, now=sender.now)
    if incident.phase.is_final:
        return _close(sender, case, incident, (incident.phase,))
    if incident.historical or incident.confidence < category.dispatch_confidence:
        return case
    case = sender.enter(case, Act(verb=Verb.FILE, role=Role.SYSTEM, actor=SYSTEM))
    return sender.dispatch(case)


def _first_facts(
    event: IncidentEvent, category: Category, place: Place, merge: Merge, district: District
) -> dict[str, JsonValue]:
    incident, cell = event.data, place.path[0]
    flags: list[JsonValue] = []
    flags += ["historical"] if incident.historical else []
    flags += ["outside_cells"] if place.outside else []
    flags += [] if district.knows_camera(incident.camera_id) else ["unknown_camera"]
    return {
        "category": category.code,
        "severity": incident.severity,
        "camera_id": incident.camera_id,
        "source": event.source,
        "lat": incident.location.lat,
        "lon": incident.location.lon,
        "cell_code": cell.code,
        "body_id": district.duty.chain(place.path, category.code)[0].body_id,
        "first_seen_at": incident.first_seen_at.isoformat(),
        "last_seen_at": incident.last_seen_at.isoformat(),
        "recurs_of": None if merge.ticket is None else merge.ticket.ticket_id,
        "flags": flags,
    }


def _consequence(sender: Sender, case: Case, incident: Incident) -> Case:
    """Close the ticket whose last incident is over; reopen the one that is still, or again, there."""
    ticket = case.ticket
    if incident.phase.is_final:
        return _close(sender, case, incident, sender.tx.phases(ticket.ticket_id))
    if incident.historical or not _is_there_again(case, incident):
        return case
    act = Act(
        verb=Verb.REWORK,
        role=Role.CAMERA,
        actor=incident.camera_id,
        facts={**_told(incident), "reason": "still_seen"},
    )
    return sender.enter(case, act) if ticket.state is State.DONE else sender.send(case, act)


def _is_there_again(case: Case, incident: Incident) -> bool:
    """Whether a ticket that was done or closed is so no more: seen since, or a new incident joined it."""
    ticket = case.ticket
    if ticket.state is State.CLOSED and case.entries[-1].verb is Verb.MERGE:
        return True
    over_at = {State.DONE: ticket.finished_at, State.CLOSED: ticket.closed_at}.get(ticket.state)
    return over_at is not None and incident.last_seen_at > over_at


def _close(sender: Sender, case: Case, incident: Incident, phases: Sequence[Phase]) -> Case:
    if not case.ticket.state.is_live or not all(phase.is_final for phase in phases):
        return case
    verb, outcome = Verb.VERIFY, Outcome.CAMERA_VERIFIED
    if all(phase is Phase.RETRACTED for phase in phases):
        verb, outcome = Verb.VOID, Outcome.FALSE_ALARM
    elif case.ticket.accepted_at is None:
        outcome = Outcome.SELF_CLEARED
    act = Act(
        verb=verb,
        role=Role.CAMERA,
        actor=incident.camera_id,
        changes={"outcome": outcome},
        facts={**_told(incident), "incidents": len(phases)},
    )
    return sender.enter(case, act)


def _enter(
    sender: Sender, case: Case, incident: Incident, verb: Verb, why: dict[str, JsonValue] | None = None
) -> Case:
    act = Act(
        verb=verb,
        role=Role.CAMERA,
        actor=incident.camera_id,
        changes=_widened(case.ticket, incident),
        facts={**_told(incident), "why": why},
    )
    return sender.enter(case, act)


def _told(incident: Incident) -> dict[str, JsonValue]:
    return {
        "incident_id": incident.incident_id,
        "incident_rev": incident.rev,
        "phase": incident.phase,
        "reason": incident.reason,
    }


def _widened(ticket: Ticket, incident: Incident) -> dict[str, JsonValue]:
    """Return what an incident changes on its ticket: never less grave, never a shorter time."""
    wider = replace(
        ticket,
        severity=max(ticket.severity, incident.severity),
        first_seen_at=min(ticket.first_seen_at, incident.first_seen_at),
        last_seen_at=max(ticket.last_seen_at, incident.last_seen_at),
    )
    changes: dict[str, JsonValue] = {}
    if wider.severity != ticket.severity:
        changes["severity"] = wider.severity
    if wider.first_seen_at != ticket.first_seen_at:
        changes["first_seen_at"] = wider.first_seen_at.isoformat()
    if wider.last_seen_at != ticket.last_seen_at:
        changes["last_seen_at"] = wider.last_seen_at.isoformat()
    return changes


def _ticket_id(incident: Incident, now: datetime) -> TicketId:
    """Return an id that sorts by time and that the same incident at the same moment always gets."""
    tail = hashlib.sha256(incident.incident_id.encode()).hexdigest()[:8]
    at = now.astimezone(UTC)
    return TicketId(f"{at:%Y%m%d-%H%M%S}{at.microsecond // 1000:03d}-{tail}")
