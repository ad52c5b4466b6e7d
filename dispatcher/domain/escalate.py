"""What the clock does to a ticket: the next step, and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dispatcher.domain.clock import Clocks, Leg
from dispatcher.domain.ticket import State, Ticket

REMIND_SHARE = 0.5
"""The share of a leg after which its holder is reminded."""


class Step(StrEnum):
    """What a timer does when it fires."""

    FILE = "file"  # nobody looked: file and dispatch it all the same
    RESUME = "resume"  # the pause is over
    REMIND = "remind"  # half of the leg has run
    ESCALATE = "escalate"  # all of it has run: call in the next level
    OVERDUE = "overdue"  # and again, until somebody moves it


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """The one timer of a live ticket: do ``step`` at ``due_at`` unless the ticket moves on before."""

    step: Step
    due_at: datetime


def first_wait(state: State, leg: Leg | None) -> Wait | None:
    """Return the timer that a new leg starts; None when the ticket is over."""
    if leg is None:
        return None
    if state in {State.RECEIVED, State.FILED, State.RETURNED}:
        return Wait(step=Step.FILE, due_at=leg.due_at)
    if state is State.PAUSED:
        return Wait(step=Step.RESUME, due_at=leg.due_at)
    half = (leg.due_at - leg.start_at) * REMIND_SHARE
    return Wait(step=Step.REMIND, due_at=leg.start_at + half)


def next_wait(fired: Step, ticket: Ticket, clocks: Clocks, now: datetime) -> Wait:
    """Return the timer after ``fired`` in the same leg: remind, escalate once, then remind for ever."""
    if fired is Step.REMIND and ticket.due_at is not None:
        return Wait(step=Step.ESCALATE, due_at=ticket.due_at)
    return Wait(step=Step.OVERDUE, due_at=now + timedelta(seconds=clocks.seconds(ticket.state)))
