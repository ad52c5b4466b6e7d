from dataclasses import replace
from datetime import timedelta

from dispatcher.domain.escalate import Step, Wait
from dispatcher.domain.ticket import State, TicketId, Verb
from dispatcher.handlers import audit
from dispatcher.ports import Timer
from tests.desk import Desk, seen
from tests.district import undone


def _fired(desk: Desk) -> list[Step]:
    return [one.timer.wait.step for one in desk.sweep()]


def test_nothing_fires_before_its_time(desk: Desk) -> None:
    desk.receive(seen())
    desk.wait(299)

    assert _fired(desk) == []


def test_half_of_the_clock_reminds_and_all_of_it_calls_in_the_next_level(desk: Desk) -> None:
    desk.receive(seen())

    desk.wait(300)
    assert _fired(desk) == [Step.REMIND]
    desk.wait(300)
    assert _fired(desk) == [Step.ESCALATE]

    ticket = desk.newest()
    assert (ticket.escalation_level, ticket.assignee_id) == (1, "ann")
    assert desk.last().data["called_in"] == "chief"
    desk.assert_sound()


def test_a_ticket_is_escalated_once_and_then_remembered_for_ever(desk: Desk) -> None:
    desk.receive(seen())

    fired = []
    for _ in range(40):
        desk.wait(150)
        fired += _fired(desk)

    assert fired.count(Step.ESCALATE) == 1
    assert fired.count(Step.OVERDUE) == 9
    assert desk.unwatched() == []


def test_accepting_starts_another_clock_that_has_run_since_the_dispatch(desk: Desk) -> None:
    desk.receive(seen())
    desk.wait(500)
    ticket = desk.do(Verb.ACCEPT)

    assert ticket.due_at == seen().data.last_seen_at + timedelta(seconds=7200)
    desk.wait(3099)
    assert _fired(desk) == []
    desk.wait(1)
    assert _fired(desk) == [Step.REMIND]


def test_news_of_the_incident_leave_the_clock_alone(desk: Desk) -> None:
    desk.receive(seen("a"))
    desk.wait(299)
    desk.receive(seen("b"))
    desk.wait(1)

    assert _fired(desk) == [Step.REMIND]


def test_a_closed_ticket_has_no_timer(desk: Desk) -> None:
    desk.receive(seen(), seen(rev=2, phase="cleared"))
    desk.wait(100_000)

    assert _fired(desk) == []


def test_what_nobody_looks_at_is_sent_out_all_the_same(desk: Desk) -> None:
    desk.receive(seen(confidence=0.1))
    desk.wait(300)

    assert _fired(desk) == [Step.FILE]

    assert desk.newest().state is State.DISPATCHED
    assert desk.verbs() == [Verb.RECEIVE, Verb.FILE, Verb.DISPATCH]


def test_a_returned_ticket_that_nobody_decides_on_goes_to_somebody_else(desk: Desk) -> None:
    desk.receive(seen())
    desk.do(Verb.RETURN, reason="not_our_area")
    desk.wait(300)

    desk.sweep()

    assert (desk.newest().state, desk.newest().assignee_id) == (State.DISPATCHED, "bob")


def test_timers_missed_while_the_dispatcher_was_away_fire_in_order_and_say_how_late(desk: Desk) -> None:
    desk.receive(seen())
    desk.wait(3600)

    assert [_fired(desk), _fired(desk), _fired(desk)] == [[Step.REMIND], [Step.ESCALATE], []]

    reminded, escalated = desk.view().log[-2:]
    assert (reminded.data["late_s"], escalated.data["late_s"]) == (3300.0, 3000.0)


def test_a_timer_that_fails_holds_up_no_other_and_comes_again(desk: Desk) -> None:
    lost = Timer(ticket_id=TicketId("lost"), wait=Wait(step=Step.REMIND, due_at=desk.now))
    desk.receive(seen())
    with desk.store.write() as tx:
        tx.set_timer(lost)
    desk.wait(300)

    failed, done = desk.sweep()

    assert failed.timer == lost
    assert "which is not there" in str(failed.failure)
    assert done.failure is None
    desk.wait(60)
    again = [one.timer for one in desk.sweep()]
    assert again == [replace(lost, wait=replace(lost.wait, due_at=desk.now))]


def test_a_live_ticket_without_a_timer_is_an_alarm(desk: Desk) -> None:
    desk.receive(seen())
    ticket_id = desk.newest().ticket_id

    desk.do(Verb.ACCEPT)
    assert desk.unwatched() == []
    with undone(desk.store) as tx:
        tx.set_timer(Timer(ticket_id=TicketId("another"), wait=Wait(step=Step.REMIND, due_at=desk.now)))
        tx._rewind(ticket_id, None, is_new=False)  # type: ignore[attr-defined]  # noqa: SLF001 - the accident
        unwatched = list(audit(tx))

    assert unwatched == [ticket_id]
