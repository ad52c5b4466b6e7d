"""The verbs of a ticket as people use them: what they may do now, and doing it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from dispatcher.domain.moves import MoveError, find_move, row_of
from dispatcher.domain.ticket import Role, Ticket, Verb
from dispatcher.handlers import Order, OrderError, perform
from dispatcher.ports import StaleError, TicketView
from dispatcher.web.auth import User
from dispatcher.web.problems import Problem
from dispatcher.web.shapes import MoveBody
from dispatcher.web.site import Site

_FORWARD = (Verb.FILE, Verb.DISPATCH, Verb.ACCEPT, Verb.START, Verb.FINISH, Verb.VERIFY, Verb.RESUME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A button: a verb, what must be said with it, in which words, and whether it is the way forward."""

    verb: Verb
    needs: tuple[str, ...]
    reasons: tuple[str, ...]
    forward: bool


def legal_for(user: User, ticket: Ticket) -> Sequence[Verb]:
    """Return what ``user`` may do to ``ticket`` now, in any role."""
    return [verb for verb in Verb if _role_for(user, ticket, verb) is not None]


def offer(user: User, ticket: Ticket) -> Sequence[Offer]:
    """Return the buttons of the ticket page, the way forward first."""
    rows = [row_of(verb, ticket.state) for verb in legal_for(user, ticket)]
    offers = [
        Offer(verb=row.verb, needs=row.needs, reasons=row.reasons, forward=row.verb in _FORWARD)
        for row in rows
    ]
    return sorted(offers, key=lambda one: not one.forward)


def make(site: Site, user: User, view: TicketView, verb: Verb, body: MoveBody) -> None:
    """Make the move in the name of ``user``; raise the ``Problem`` that says why it cannot be made."""
    ticket = view.ticket
    legal = legal_for(user, ticket)
    order = Order(
        ticket_id=ticket.ticket_id,
        rev=body.rev,
        verb=verb,
        role=_role_for(user, ticket, verb) or user.roles[0],
        actor=user.account,
        reason=body.reason or None,
        note=body.note or None,
        assignee_id=body.assignee_id or None,
        until=_in_zone(body.until, site.district.zone),
    )
    try:
        with site.store.write() as tx:
            perform(tx, order, district=site.district, now=site.clock())
    except MoveError as exc:
        raise Problem(409, "illegal move", str(exc), legal_verbs=legal, rev=ticket.rev) from exc
    except StaleError as exc:
        raise Problem(409, "stale revision", str(exc), legal_verbs=legal, rev=ticket.rev) from exc
    except OrderError as exc:
        raise Problem(422, "incomplete move", str(exc)) from exc


def _role_for(user: User, ticket: Ticket, verb: Verb) -> Role | None:
    """Return the first of the user's roles that the table and its guards allow ``verb``."""
    for role in user.roles:
        with suppress(MoveError):
            find_move(ticket, verb, role, user.account)
            return role
    return None


def _in_zone(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Return ``at``; one without a zone, as forms send it, was read off a clock of the district."""
    return at.replace(tzinfo=zone) if at is not None and at.tzinfo is None else at
