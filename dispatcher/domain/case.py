"""A case: a ticket on the desk, with what one transaction adds to its log."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from dispatcher.domain.clock import Clocks, find_leg
from dispatcher.domain.escalate import Wait, first_wait
from dispatcher.domain.fold import advance, begin
from dispatcher.domain.log import GENESIS, JsonValue, LogEntry, hash_of
from dispatcher.domain.moves import find_move
from dispatcher.domain.ticket import Role, State, Ticket, TicketId, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something done to a ticket: ``changes`` are the fields that it sets, ``facts`` what people read."""

    verb: Verb
    role: Role
    actor: str
    changes: Mapping[str, JsonValue] = field(default_factory=dict)
    facts: Mapping[str, JsonValue] = field(default_factory=dict)
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A ticket as it will be, the entries that led there, and its timer.

    ``was_rev`` is the revision in the store, 0 for a new ticket. ``wait`` replaces the stored timer if
    ``rewound``; None then means that the ticket needs no timer any more.
    """

    ticket: Ticket
    was_rev: int
    entries: tuple[LogEntry, ...] = ()
    wait: Wait | None = None
    rewound: bool = False


def take_up(ticket: Ticket) -> Case:
    """Return the case of a stored ticket, with nothing done yet."""
    return Case(ticket=ticket, was_rev=ticket.rev)


def receive(ticket_id: TicketId, act: Act, *, clocks: Clocks, now: datetime) -> Case:
    """Return the case of a new ticket, as ``act`` describes it."""
    leg = find_leg(State.RECEIVED, verb=act.verb, ticket=None, clocks=clocks, at=now, until=None)
    changes = {**act.changes, "due_at": None if leg is None else leg.due_at.isoformat()}
    entry = _sealed(ticket_id, None, State.RECEIVED, act, changes, now)
    return Case(
        ticket=begin(entry), was_rev=0, entries=(entry,), wait=first_wait(State.RECEIVED, leg), rewound=True
    )


def enter(case: Case, act: Act, *, clocks: Clocks, now: datetime) -> Case:
    """Return ``case`` after ``act``; raise ``MoveError`` if the table of moves does not allow it.

    A move to another state starts that state's clock; anything else leaves the clock alone.
    """
    ticket = case.ticket
    move = find_move(ticket, act.verb, act.role, act.actor)
    if move.to is None:
        entry = _sealed(ticket.ticket_id, ticket, ticket.state, act, act.changes, now)
        return replace(case, ticket=advance(ticket, entry), entries=(*case.entries, entry))
    leg = find_leg(move.to, verb=act.verb, ticket=ticket, clocks=clocks, at=now, until=act.until)
    changes = {**act.changes, "due_at": None if leg is None else leg.due_at.isoformat()}
    entry = _sealed(ticket.ticket_id, ticket, move.to, act, changes, now)
    return replace(
        case,
        ticket=advance(ticket, entry),
        entries=(*case.entries, entry),
        wait=first_wait(move.to, leg),
        rewound=True,
    )


def rewind(case: Case, wait: Wait) -> Case:
    """Return ``case`` with its timer set to ``wait``."""
    return replace(case, wait=wait, rewound=True)


def _sealed(
    ticket_id: TicketId,
    ticket: Ticket | None,
    to_state: State,
    act: Act,
    changes: Mapping[str, JsonValue],
    now: datetime,
) -> LogEntry:
    facts = {name: value for name, value in act.facts.items() if value is not None}
    entry = LogEntry(
        log_id=0,
        ticket_id=ticket_id,
        rev=1 if ticket is None else ticket.rev + 1,
        at=now,
        role=act.role,
        actor=act.actor,
        verb=act.verb,
        from_state=None if ticket is None else ticket.state,
        to_state=to_state,
        data=facts | ({"set": dict(changes)} if changes else {}),
        prev_hash=GENESIS if ticket is None else ticket.head,
        hash="",
    )
    return replace(entry, hash=hash_of(entry))
