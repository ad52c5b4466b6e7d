"""The clock moves tickets: due timers and their effect in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatcher.domain.case import Act, Case, rewind, take_up
from dispatcher.domain.district import District
from dispatcher.domain.escalate import Step, next_wait
from dispatcher.domain.log import JsonValue
from dispatcher.domain.ticket import Role, State, TicketId, Verb
from dispatcher.handlers.send import SYSTEM, Sender, describe
from dispatcher.ports import Timer, Writer

_AT_ONCE = 100
_TRY_AGAIN = timedelta(minutes=1)
_LATE_S = 5.0
"""A timer that fires later than this says so in the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """A timer that fired; ``failure`` is why it could not, and then it comes again a minute later."""

    timer: Timer
    failure: Exception | None = None


def sweep(tx: Writer, *, district: District, now: datetime) -> Sequence[Fired]:
    """Let every due timer act, oldest first; one that fails holds up no other."""
    fired: list[Fired] = []
    for timer in tx.due_timers(now, _AT_ONCE):
        try:
            with tx.savepoint():
                _fire(Sender(tx=tx, district=district, now=now), timer)
            fired.append(Fired(timer=timer))
        except Exception as failure:  # noqa: BLE001 - the sweeper: reported to the caller, tried again
            wait = type(timer.wait)(step=timer.wait.step, due_at=now + _TRY_AGAIN)
            tx.set_timer(Timer(ticket_id=timer.ticket_id, wait=wait))
            fired.append(Fired(timer=timer, failure=failure))
    return fired


def audit(tx: Writer) -> Sequence[TicketId]:
    """Return the live tickets that no timer watches over: each is an alarm."""
    return tx.untimed()


def _fire(sender: Sender, timer: Timer) -> None:
    ticket = sender.tx.ticket(timer.ticket_id)
    if ticket is None:
        raise AssertionError(f"a timer names ticket {timer.ticket_id}, which is not there")
    late_s = (sender.now - timer.wait.due_at).total_seconds()
    facts: dict[str, JsonValue] = {"step": timer.wait.step, "late_s": late_s if late_s > _LATE_S else None}
    sender.tx.save(_STEPS[timer.wait.step](sender, take_up(ticket), facts))


def _file(sender: Sender, case: Case, facts: dict[str, JsonValue]) -> Case:
    had_it = case.ticket.assignee_id
    if case.ticket.state is State.RECEIVED:
        case = sender.enter(case, Act(verb=Verb.FILE, role=Role.SYSTEM, actor=SYSTEM, facts=facts))
    return sender.dispatch(case, exclude=frozenset() if had_it is None else frozenset({had_it}))


def _resume(sender: Sender, case: Case, facts: dict[str, JsonValue]) -> Case:
    return sender.enter(case, Act(verb=Verb.RESUME, role=Role.SYSTEM, actor=SYSTEM, facts=facts))


def _remind(sender: Sender, case: Case, facts: dict[str, JsonValue]) -> Case:
    case = sender.enter(case, Act(verb=Verb.REMIND, role=Role.SYSTEM, actor=SYSTEM, facts=facts))
    return _wait_on(sender, case, Step.REMIND)


def _remind_again(sender: Sender, case: Case, facts: dict[str, JsonValue]) -> Case:
    case = sender.enter(case, Act(verb=Verb.REMIND, role=Role.SYSTEM, actor=SYSTEM, facts=facts))
    return _wait_on(sender, case, Step.OVERDUE)


def _escalate(sender: Sender, case: Case, facts: dict[str, JsonValue]) -> Case:
    """Call in the next level; the ticket stays with its body and assignee."""
    assignment = sender.choose_above(case.ticket)
    changes, why = describe(case.ticket, assignment)
    act = Act(
        verb=Verb.ESCALATE,
        role=Role.SYSTEM,
        actor=SYSTEM,
        changes={"escalation_level": changes["escalation_level"]},
        facts={**facts, "called_in": assignment.person.person_id, "why": {"assignment": why}},
    )
    return _wait_on(sender, sender.enter(case, act), Step.ESCALATE)


def _wait_on(sender: Sender, case: Case, fired: Step) -> Case:
    clocks = sender.district.categories.of_code(case.ticket.category).clocks
    return rewind(case, next_wait(fired, case.ticket, clocks, sender.now))


_STEPS = {
    Step.FILE: _file,
    Step.RESUME: _resume,
    Step.REMIND: _remind,
    Step.ESCALATE: _escalate,
    Step.OVERDUE: _remind_again,
}
