"""The one table of a ticket's allowed moves, from which the code, the docs and the buttons come."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dispatcher.domain.ticket import ReturnReason, Role, State, Ticket, Verb

MAX_RETURNS = 2

Guard = Callable[[Ticket, str | None], str | None]
"""Say why ``actor`` may not do it (None: not known yet who) to this ticket, or return None."""


class MoveError(ValueError):
    """A move that the table does not allow; ``legal`` is what may be done instead."""

    def __init__(self, message: str, *, legal: Sequence[Verb]) -> None:
        super().__init__(message)
        self.legal = tuple(legal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One row: who may do ``verb`` in ``sources``, what must be said, and where it leads (None: nowhere).

    ``reasons`` are the only ones that count; empty: any words do.
    """

    verb: Verb
    sources: frozenset[State]
    to: State | None
    roles: frozenset[Role]
    needs: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    guard: Guard | None = None


def _verifier_is_not_the_handler(ticket: Ticket, actor: str | None) -> str | None:
    if actor is not None and actor == ticket.finished_by:
        return f"{actor} finished it and cannot verify it too"
    return None


def _returned_too_often(ticket: Ticket, _actor: str | None) -> str | None:
    if ticket.returns >= MAX_RETURNS:
        return f"it was returned {ticket.returns} times already; a supervisor decides now"
    return None


_LIVE = frozenset(state for state in State if state.is_live)
_SYSTEM, _CAMERA, _HANDLER = frozenset({Role.SYSTEM}), frozenset({Role.CAMERA}), frozenset({Role.HANDLER})
_OFFICE = frozenset({Role.DESK, Role.SUPERVISOR})
_AT_WORK = frozenset({State.ACCEPTED, State.HANDLING})
_WAITING = frozenset({State.RECEIVED, State.FILED, State.RETURNED})

MOVES: tuple[Move, ...] = (
    Move(verb=Verb.FILE, sources=frozenset({State.RECEIVED}), to=State.FILED, roles=_OFFICE | _SYSTEM),
    Move(
        verb=Verb.DISPATCH,
        sources=frozenset({State.FILED, State.RETURNED}),
        to=State.DISPATCHED,
        roles=_OFFICE | _SYSTEM,
    ),
    Move(verb=Verb.ACCEPT, sources=frozenset({State.DISPATCHED}), to=State.ACCEPTED, roles=_HANDLER),
    Move(verb=Verb.START, sources=frozenset({State.ACCEPTED}), to=State.HANDLING, roles=_HANDLER),
    Move(verb=Verb.FINISH, sources=_AT_WORK, to=State.DONE, roles=_HANDLER),
    Move(
        verb=Verb.VERIFY,
        sources=frozenset({State.DONE}),
        to=State.CLOSED,
        roles=_OFFICE | _CAMERA,
        guard=_verifier_is_not_the_handler,
    ),
    Move(verb=Verb.VERIFY, sources=_LIVE - {State.DONE}, to=State.CLOSED, roles=_CAMERA),
    Move(
        verb=Verb.REWORK,
        sources=frozenset({State.DONE}),
        to=State.HANDLING,
        roles=_OFFICE | _CAMERA,
        needs=("reason",),
    ),
    Move(
        verb=Verb.REWORK,
        sources=frozenset({State.CLOSED}),
        to=State.DISPATCHED,
        roles=_OFFICE | _CAMERA,
        needs=("reason",),
    ),
    Move(
        verb=Verb.RETURN,
        sources=frozenset({State.DISPATCHED, State.ACCEPTED}),
        to=State.RETURNED,
        roles=_HANDLER,
        needs=("reason",),
        reasons=tuple(ReturnReason),
        guard=_returned_too_often,
    ),
    Move(
        verb=Verb.REASSIGN,
        sources=_AT_WORK | {State.DISPATCHED, State.RETURNED},
        to=State.DISPATCHED,
        roles=_OFFICE,
        needs=("reason",),
    ),
    Move(
        verb=Verb.PAUSE,
        sources=_AT_WORK,
        to=State.PAUSED,
        roles=frozenset({Role.SUPERVISOR}),
        needs=("reason", "until"),
    ),
    Move(
        verb=Verb.RESUME,
        sources=frozenset({State.PAUSED}),
        to=State.HANDLING,
        roles=frozenset({Role.SUPERVISOR, Role.HANDLER, Role.SYSTEM}),
    ),
    Move(verb=Verb.VOID, sources=_LIVE, to=State.VOID, roles=_OFFICE | _CAMERA, needs=("reason",)),
    Move(verb=Verb.MERGE, sources=frozenset(State), to=None, roles=_CAMERA),
    Move(verb=Verb.UPDATE, sources=frozenset(State), to=None, roles=_CAMERA),
    Move(verb=Verb.REMIND, sources=_LIVE, to=None, roles=_SYSTEM),
    Move(verb=Verb.ESCALATE, sources=_LIVE - _WAITING, to=None, roles=_SYSTEM),
)
"""Every move after ``receive``, which makes the ticket."""

_ROWS = {(source, move.verb): move for move in MOVES for source in move.sources}


def legal_verbs(ticket: Ticket, role: Role) -> tuple[Verb, ...]:
    """Return what ``role`` may do to ``ticket`` now, in the order of the table."""
    return tuple(
        move.verb
        for move in MOVES
        if ticket.state in move.sources
        and role in move.roles
        and (move.guard is None or move.guard(ticket, None) is None)
    )


def row_of(verb: Verb, state: State) -> Move:
    """Return the row of a verb that is legal in ``state``."""
    return _ROWS[state, verb]


def find_move(ticket: Ticket, verb: Verb, role: Role, actor: str) -> Move:
    """Return the row that allows ``verb``; raise ``MoveError`` with the reason and the legal verbs."""
    move = _ROWS.get((ticket.state, verb))
    legal = legal_verbs(ticket, role)
    if move is None or role not in move.roles:
        can = ", ".join(legal) or "nothing"
        raise MoveError(f"a {role} cannot {verb} a ticket that is {ticket.state}; can: {can}", legal=legal)
    refusal = None if move.guard is None else move.guard(ticket, actor)
    if refusal is not None:
        raise MoveError(f"cannot {verb}: {refusal}", legal=legal)
    return move
