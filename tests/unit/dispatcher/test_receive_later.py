"""What later events of an incident, and later incidents of a place, make of a ticket."""

import pytest

from dispatcher.domain.ticket import Outcome, Role, State, Verb
from dispatcher.handlers import Result
from edge.contract.messages import Phase
from tests.desk import Desk, seen

CLEARED, RETRACTED, UPDATED = Phase.CLEARED, Phase.RETRACTED, Phase.UPDATED


def test_what_clears_before_anybody_accepts_is_kept_apart(desk: Desk) -> None:
    desk.receive(seen(), seen(rev=2, phase=CLEARED))

    assert (desk.newest().state, desk.newest().outcome) == (State.CLOSED, Outcome.SELF_CLEARED)


@pytest.mark.parametrize("verbs", [[Verb.ACCEPT], [Verb.ACCEPT, Verb.START], [Verb.ACCEPT, Verb.FINISH]])
def test_what_clears_after_somebody_accepted_is_closed_by_the_camera(desk: Desk, verbs: list[Verb]) -> None:
    desk.receive(seen())
    for verb in verbs:
        desk.do(verb)

    desk.receive(seen(rev=2, phase=CLEARED))

    assert (desk.newest().state, desk.newest().outcome) == (State.CLOSED, Outcome.CAMERA_VERIFIED)
    assert (desk.last().role, desk.last().actor) == (Role.CAMERA, "cam-1")


def test_a_ticket_of_two_incidents_waits_for_both_to_clear(desk: Desk) -> None:
    desk.receive(seen("a"), seen("b"), seen("a", rev=2, phase=CLEARED))
    assert desk.newest().state is State.DISPATCHED

    desk.receive(seen("b", rev=2, phase=CLEARED))

    assert desk.newest().state is State.CLOSED


def test_a_retracted_incident_makes_its_ticket_a_false_alarm(desk: Desk) -> None:
    desk.receive(seen(), seen(rev=2, phase=RETRACTED))

    assert (desk.newest().state, desk.newest().outcome) == (State.VOID, Outcome.FALSE_ALARM)


def test_a_retracted_incident_beside_a_cleared_one_is_no_false_alarm(desk: Desk) -> None:
    desk.receive(seen("a"), seen("b"), seen("a", rev=2, phase=RETRACTED), seen("b", rev=2, phase=CLEARED))

    assert (desk.newest().state, desk.newest().outcome) == (State.CLOSED, Outcome.SELF_CLEARED)


def test_what_is_seen_after_it_was_finished_goes_back_to_the_handler(desk: Desk) -> None:
    desk.receive(seen())
    desk.do(Verb.ACCEPT)
    desk.wait(600)
    desk.do(Verb.FINISH)

    desk.receive(seen(rev=2, phase=UPDATED, at_s=601))

    ticket = desk.newest()
    assert (ticket.state, ticket.reopened, ticket.finished_at) == (State.HANDLING, 1, None)


def test_a_look_from_before_the_finish_sends_nobody_back(desk: Desk) -> None:
    desk.receive(seen())
    desk.do(Verb.ACCEPT)
    desk.wait(600)
    desk.do(Verb.FINISH)

    desk.receive(seen(rev=2, phase=UPDATED, at_s=599))

    assert desk.newest().state is State.DONE


def test_what_a_person_closed_and_the_camera_still_sees_is_sent_out_again(desk: Desk) -> None:
    desk.receive(seen())
    desk.do(Verb.ACCEPT)
    desk.do(Verb.FINISH)
    desk.do(Verb.VERIFY, Role.DESK, actor="desk")

    desk.receive(seen(rev=2, phase=UPDATED, at_s=5))

    ticket = desk.newest()
    assert (ticket.state, ticket.assignee_id, ticket.closed_at) == (State.DISPATCHED, "ann", None)


def test_the_same_place_within_two_hours_reopens_the_ticket(desk: Desk) -> None:
    desk.receive(seen("a"), seen("a", rev=2, phase=CLEARED))
    desk.wait(7200)

    desk.receive(seen("b", since_s=7200))

    [ticket] = desk.tickets()
    assert (ticket.state, ticket.reopened, ticket.outcome) == (State.DISPATCHED, 1, None)


def test_the_same_place_later_is_a_new_ticket_that_names_the_old(desk: Desk) -> None:
    desk.receive(seen("a"), seen("a", rev=2, phase=CLEARED))
    desk.wait(7201)

    desk.receive(seen("b", since_s=7201))

    new, old = desk.tickets()
    assert new.recurs_of == old.ticket_id
    assert old.state is State.CLOSED


def test_cleared_before_opened_ends_the_same(desk: Desk) -> None:
    first, second = desk.receive(seen(rev=2, phase=CLEARED), seen())

    assert [first.result, second.result] == [Result.NEW_TICKET, Result.LATE]
    assert [ticket.state for ticket in desk.tickets()] == [State.CLOSED]


def test_a_late_event_can_only_widen_what_is_known(desk: Desk) -> None:
    desk.receive(seen(rev=3, phase=UPDATED, at_s=60, severity=1))

    desk.receive(seen(rev=2, phase=UPDATED, at_s=30, severity=3))

    assert (desk.newest().severity, desk.newest().state) == (3, State.DISPATCHED)
    assert desk.newest().last_seen_at == seen(at_s=60).data.last_seen_at
