"""A person moves a ticket: the verbs of the console and the API."""

from dataclasses import dataclass
from datetime import datetime

from dispatcher.domain.case import Act, Case, take_up
from dispatcher.domain.district import District
from dispatcher.domain.log import JsonValue
from dispatcher.domain.moves import Move, find_move
from dispatcher.domain.ticket import Outcome, Role, State, Ticket, TicketId, Verb
from dispatcher.handlers.send import Sender
from dispatcher.ports import DispatchError, StaleError, Writer

_OUTCOMES = {Verb.VERIFY: Outcome.PERSON_VERIFIED, Verb.VOID: Outcome.FALSE_ALARM}


class OrderError(DispatchError):
    """An order that cannot be carried out as it is: something is missing or unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What ``actor`` wants done to the ticket that was seen at ``rev``."""

    ticket_id: TicketId
    rev: int
    verb: Verb
    role: Role
    actor: str
    reason: str | None = None
    note: str | None = None
    assignee_id: str | None = None
    until: datetime | None = None


def perform(tx: Writer, order: Order, *, district: District, now: datetime) -> Ticket:
    """Carry out ``order`` and return the ticket after it.

    Raise ``MoveError`` (with the legal verbs) if the table does not allow it, ``StaleError`` if the ticket
    has moved on since ``order.rev``, ``OrderError`` if something is missing or unknown.
    """
    ticket = tx.ticket(order.ticket_id)
    if ticket is None:
        raise OrderError(f"there is no ticket {order.ticket_id}")
    if ticket.rev != order.rev:
        raise StaleError(
            f"ticket {ticket.ticket_id} is at rev {ticket.rev}, not {order.rev}: look at it again",
            retryable=True,
        )
    move = find_move(ticket, order.verb, order.role, order.actor)
    _check_said(move, order, now)
    sender = Sender(tx=tx, district=district, now=now)
    case = _carry_out(sender, take_up(ticket), order, move.to)
    tx.save(case)
    return case.ticket


def _check_said(move: Move, order: Order, now: datetime) -> None:
    missing = [name for name in move.needs if getattr(order, name) in {None, ""}]
    if missing:
        raise OrderError(f"to {order.verb} a ticket say also: {', '.join(missing)}")
    if move.reasons and order.reason not in move.reasons:
        known = ", ".join(move.reasons)
        raise OrderError(f"{order.reason!r} is no reason to {order.verb} a ticket; there are: {known}")
    if order.until is not None and order.until <= now:
        raise OrderError(f"until {order.until.isoformat()} is not in the future")


def _carry_out(sender: Sender, case: Case, order: Order, to: State | None) -> Case:
    changes: dict[str, JsonValue] = {}
    if order.verb in _OUTCOMES:
        changes["outcome"] = _OUTCOMES[order.verb]
    act = Act(
        verb=order.verb,
        role=order.role,
        actor=order.actor,
        changes=changes,
        facts={"reason": order.reason} | ({} if order.note is None else {"note": order.note}),
        until=order.until,
    )
    if to is not State.DISPATCHED:
        return sender.enter(case, act)
    if order.assignee_id is not None:
        return _hand_over(sender, case, act, order.assignee_id)
    had_it = case.ticket.assignee_id
    takes_away = order.verb is Verb.REASSIGN or case.ticket.state is State.RETURNED
    return sender.send(case, act, exclude=frozenset({had_it}) if takes_away and had_it else frozenset())


def _hand_over(sender: Sender, case: Case, act: Act, assignee_id: str) -> Case:
    person = sender.district.roster.person(assignee_id)
    if person is None:
        known = ", ".join(sorted(one.person_id for one in sender.district.roster.persons))
        raise OrderError(f"nobody in the roster is called {assignee_id!r}; there are: {known}")
    changes: dict[str, JsonValue] = {"assignee_id": assignee_id, "body_id": person.body_id}
    facts: dict[str, JsonValue] = {
        **act.facts,
        "why": {"assignment": {"chosen": assignee_id, "by": act.actor}},
    }
    return sender.enter(
        case,
        Act(verb=act.verb, role=act.role, actor=act.actor, changes={**act.changes, **changes}, facts=facts),
    )
