"""A ticket as the fold of its log."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from dispatcher.domain.log import JsonValue, LogEntry, LogError
from dispatcher.domain.ticket import Outcome, State, Ticket, TicketId, Verb


def _moment(value: JsonValue) -> datetime | None:
    return None if value is None else datetime.fromisoformat(str(value))


def _as_is(value: JsonValue) -> JsonValue:
    return value


_READ: Mapping[str, Callable[[JsonValue], object]] = {
    "first_seen_at": _moment,
    "last_seen_at": _moment,
    "due_at": _moment,
    "outcome": lambda value: None if value is None else Outcome(str(value)),
    "flags": lambda value: tuple(cast("list[str]", value)),
} | dict.fromkeys(
    (
        "category", "severity", "camera_id", "source", "lat", "lon", "cell_code", "body_id",
        "assignee_id", "escalation_level", "recurs_of",
    ),
    _as_is,
)  # fmt: skip
"""The fields that an entry may set, and how each is read from JSON."""

_STAMPS: Mapping[Verb, Callable[[LogEntry], dict[str, object]]] = {
    Verb.ACCEPT: lambda entry: {"accepted_at": entry.at},
    Verb.FINISH: lambda entry: {"finished_at": entry.at, "finished_by": entry.actor},
    Verb.REWORK: lambda _: {"finished_at": None, "finished_by": None, "closed_at": None, "outcome": None},
}
_BY_STATE: Mapping[State, Callable[[LogEntry], dict[str, object]]] = {
    State.DISPATCHED: lambda entry: {"dispatched_at": entry.at, "accepted_at": None},
    State.CLOSED: lambda entry: {"closed_at": entry.at},
    State.VOID: lambda entry: {"closed_at": entry.at},
}


def fold(log: Sequence[LogEntry]) -> Ticket:
    """Return the ticket that ``log`` tells of; raise ``LogError`` if it does not begin with ``receive``."""
    if not log:
        raise LogError("an empty log is no ticket")
    ticket = begin(log[0])
    for entry in log[1:]:
        ticket = advance(ticket, entry)
    return ticket


def begin(entry: LogEntry) -> Ticket:
    """Return the ticket that a ``receive`` entry makes."""
    if entry.verb is not Verb.RECEIVE:
        raise LogError(f"ticket {entry.ticket_id}: its log begins with {entry.verb}, not with receive")
    unset: dict[str, object] = {
        "ticket_id": TicketId(entry.ticket_id),
        "rev": entry.rev,
        "state": entry.to_state,
        "received_at": entry.at,
        "dispatched_at": None,
        "closed_at": None,
        "assignee_id": None,
        "escalation_level": 0,
        "outcome": None,
        "reopened": 0,
        "recurs_of": None,
        "head": entry.hash,
    }
    return Ticket(**(unset | _changes(entry)))  # type: ignore[arg-type]  # each field is read by _READ


def advance(ticket: Ticket, entry: LogEntry) -> Ticket:
    """Return ``ticket`` after ``entry``."""
    moved = entry.to_state is not entry.from_state or entry.verb is Verb.REASSIGN
    stamps = _BY_STATE[entry.to_state](entry) if moved and entry.to_state in _BY_STATE else {}
    if entry.verb in _STAMPS:
        stamps |= _STAMPS[entry.verb](entry)
    return replace(
        ticket,
        rev=entry.rev,
        state=entry.to_state,
        head=entry.hash,
        reopened=ticket.reopened + (entry.verb is Verb.REWORK),
        returns=ticket.returns + (entry.verb is Verb.RETURN),
        **(stamps | _changes(entry)),  # type: ignore[arg-type]
    )


def _changes(entry: LogEntry) -> dict[str, object]:
    changes = cast("dict[str, JsonValue]", entry.data.get("set", {}))
    return {name: _READ[name](value) for name, value in changes.items()}
