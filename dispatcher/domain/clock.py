"""The clocks of a ticket: which one runs in a state, from when, until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatcher.domain.ticket import State, Ticket, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """How long each leg may take, in seconds of wall clock."""

    file_s: float
    accept_s: float
    handle_s: float
    verify_s: float

    def seconds(self, state: State) -> float:
        """Return the length of the leg that runs in ``state``; a pause has its own end."""
        legs = {State.DISPATCHED: self.accept_s, State.DONE: self.verify_s}
        if state in {State.ACCEPTED, State.HANDLING, State.PAUSED}:
            return self.handle_s
        return legs.get(state, self.file_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A stretch of a ticket's way with its due time."""

    start_at: datetime
    due_at: datetime


def find_leg(
    state: State, *, verb: Verb, ticket: Ticket | None, clocks: Clocks, at: datetime, until: datetime | None
) -> Leg | None:
    """Return the leg that begins as ``verb`` leads to ``state`` at ``at``; None when the ticket is over.

    The handler's clock starts at dispatch, not at acceptance: waiting before accepting wins no time.
    """
    if not state.is_live:
        return None
    if until is not None:
        return Leg(start_at=at, due_at=until)
    start_at = at
    if verb in {Verb.ACCEPT, Verb.START} and ticket is not None and ticket.dispatched_at is not None:
        start_at = ticket.dispatched_at
    return Leg(start_at=start_at, due_at=start_at + timedelta(seconds=clocks.seconds(state)))
