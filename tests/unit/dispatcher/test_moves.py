from dataclasses import replace
from datetime import timedelta

import pytest

from dispatcher.domain.fold import fold
from dispatcher.domain.log import LogError, verify
from dispatcher.domain.moves import MOVES, MoveError, legal_verbs
from dispatcher.domain.ticket import Outcome, ReturnReason, Role, State, Verb
from dispatcher.handlers import Order, OrderError
from dispatcher.ports import StaleError
from tests.desk import Desk, seen


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk with a ticket."""
    desk.receive(seen())
    return desk


def test_no_two_rows_of_the_table_speak_of_the_same_move() -> None:
    keys = [(source, move.verb) for move in MOVES for source in move.sources]

    assert len(keys) == len(set(keys))


def test_from_every_live_state_people_or_the_clock_can_bring_a_ticket_on() -> None:
    for state in (state for state in State if state.is_live):
        ways = [move for move in MOVES if state in move.sources and move.to is not None]

        assert any(move.roles - {Role.CAMERA} for move in ways), state


def test_a_ticket_goes_its_whole_way(desk: Desk) -> None:
    for verb in (Verb.ACCEPT, Verb.START, Verb.FINISH):
        desk.wait(60)
        desk.do(verb)

    ticket = desk.do(Verb.VERIFY, Role.SUPERVISOR, actor="sue")

    assert (ticket.state, ticket.outcome, ticket.due_at) == (State.CLOSED, Outcome.PERSON_VERIFIED, None)
    assert ticket.finished_by == "ann"


def test_an_illegal_move_names_the_legal_ones(desk: Desk) -> None:
    with pytest.raises(MoveError, match="a handler cannot finish a ticket that is dispatched") as caught:
        desk.do(Verb.FINISH)

    assert caught.value.legal == (Verb.ACCEPT, Verb.RETURN)


def test_who_finished_it_cannot_verify_it(desk: Desk) -> None:
    desk.do(Verb.ACCEPT)
    desk.do(Verb.FINISH)

    with pytest.raises(MoveError, match="ann finished it and cannot verify it too"):
        desk.do(Verb.VERIFY, Role.DESK, actor="ann")


def test_of_two_hands_on_one_ticket_the_second_is_stopped(desk: Desk) -> None:
    seen_at = desk.newest()
    desk.do(Verb.ACCEPT)

    with pytest.raises(StaleError, match="is at rev 4, not 3"):
        desk.perform(
            Order(
                ticket_id=seen_at.ticket_id, rev=seen_at.rev, verb=Verb.ACCEPT, role=Role.HANDLER, actor="bob"
            )
        )


def test_a_ticket_may_be_returned_twice_and_then_somebody_decides(desk: Desk) -> None:
    for _ in range(2):
        desk.do(Verb.RETURN, reason=ReturnReason.NOT_OUR_AREA)
        desk.do(Verb.DISPATCH, Role.DESK, actor="desk")

    ticket = desk.newest()
    assert Verb.RETURN not in legal_verbs(ticket, Role.HANDLER)
    with pytest.raises(MoveError, match="returned 2 times"):
        desk.do(Verb.RETURN, reason=ReturnReason.NOT_OUR_AREA)


def test_a_returned_ticket_goes_to_somebody_else(desk: Desk) -> None:
    desk.do(Verb.RETURN, reason=ReturnReason.NOT_OUR_AREA)

    assert desk.do(Verb.DISPATCH, Role.DESK, actor="desk").assignee_id == "bob"


def test_a_move_without_its_reason_says_what_is_missing(desk: Desk) -> None:
    with pytest.raises(OrderError, match="to return a ticket say also: reason"):
        desk.do(Verb.RETURN)


def test_a_ticket_is_not_returned_for_a_reason_of_ones_own(desk: Desk) -> None:
    with pytest.raises(
        OrderError, match="'not our street' is no reason to return a ticket; there are: not_our"
    ):
        desk.do(Verb.RETURN, reason="not our street")


def test_a_supervisor_can_name_who_takes_over(desk: Desk) -> None:
    ticket = desk.do(Verb.REASSIGN, Role.SUPERVISOR, actor="sue", reason="ill", assignee_id="chief")

    assert (ticket.assignee_id, ticket.body_id, ticket.state) == ("chief", "west", State.DISPATCHED)


def test_nobody_can_be_named_who_is_not_in_the_roster(desk: Desk) -> None:
    with pytest.raises(OrderError, match="nobody in the roster is called 'anna'; there are: ann, bob"):
        desk.do(Verb.REASSIGN, Role.SUPERVISOR, actor="sue", reason="ill", assignee_id="anna")


def test_a_pause_needs_an_end_in_the_future(desk: Desk) -> None:
    desk.do(Verb.ACCEPT)

    with pytest.raises(OrderError, match="not in the future"):
        desk.do(Verb.PAUSE, Role.SUPERVISOR, actor="sue", reason="rain", until=desk.now)


def test_a_pause_ends_by_itself(desk: Desk) -> None:
    desk.do(Verb.ACCEPT)
    until = desk.now + timedelta(hours=3)
    desk.do(Verb.PAUSE, Role.SUPERVISOR, actor="sue", reason="rain", until=until)
    desk.now = until

    desk.sweep()

    assert desk.newest().state is State.HANDLING


def test_an_unknown_ticket_is_named(desk: Desk) -> None:
    order = Order(ticket_id=desk.newest().ticket_id, rev=1, verb=Verb.ACCEPT, role=Role.HANDLER, actor="ann")

    with pytest.raises(OrderError, match="there is no ticket t-0"):
        desk.perform(replace(order, ticket_id=type(order.ticket_id)("t-0")))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param({"actor": "nobody"}, "entry 2: it was changed", id="a changed word"),
        pytest.param({"rev": 7}, "entry 2: its rev is 7", id="a changed number"),
        pytest.param({"prev_hash": "0" * 64}, "entry 2: it does not follow", id="a cut chain"),
    ],
)
def test_a_log_that_was_tampered_with_is_found_out(
    desk: Desk, change: dict[str, object], problem: str
) -> None:
    log = list(desk.view().log)
    log[1] = replace(log[1], **change)  # type: ignore[arg-type]

    with pytest.raises(LogError, match=problem):
        verify(log)


def test_a_log_that_lost_an_entry_is_found_out(desk: Desk) -> None:
    first, _, last = desk.view().log

    with pytest.raises(LogError, match="missing or moved"):
        verify([first, last])


def test_a_log_that_does_not_begin_at_the_beginning_is_no_ticket(desk: Desk) -> None:
    with pytest.raises(LogError, match="begins with file"):
        fold(desk.view().log[1:])
