"""What becomes of an incident: whose ticket, at which desk, with which marks."""

from typing import cast

from dispatcher.domain.ticket import State, Verb
from dispatcher.handlers import Result
from edge.contract.messages import Phase
from tests.desk import Desk, seen
from tests.district import IN_EAST, IN_SHOPS, NOWHERE

CLEARED, RETRACTED, UPDATED = Phase.CLEARED, Phase.RETRACTED, Phase.UPDATED


METRE_LAT = 1 / 111_320


def test_an_incident_becomes_a_ticket_with_a_cell_a_body_and_a_person(desk: Desk) -> None:
    [receipt] = desk.receive(seen())

    ticket = desk.newest()
    assert receipt.result is Result.NEW_TICKET
    assert (ticket.state, ticket.cell_code, ticket.body_id, ticket.assignee_id) == (
        State.DISPATCHED, "W1", "unit", "ann",
    )  # fmt: skip
    assert desk.verbs() == [Verb.RECEIVE, Verb.FILE, Verb.DISPATCH]


def test_the_log_says_why_this_cell_this_merge_and_this_person(desk: Desk) -> None:
    desk.receive(seen())

    received, _, dispatched = desk.view().log
    assert set(cast("dict[str, object]", received.data["why"])) == {"cell", "merge"}
    assert set(cast("dict[str, object]", dispatched.data["why"])) == {"assignment"}


def test_the_same_event_again_changes_nothing(desk: Desk) -> None:
    desk.receive(seen())

    [again] = desk.receive(seen())

    assert again.result is Result.DUPLICATE
    assert len(desk.view().log) == 3


def test_work_is_spread_over_the_persons_of_a_body(desk: Desk) -> None:
    for number in range(4):
        desk.wait(1)
        desk.receive(seen(f"i{number}", lat=31.2210 + number * 100 * METRE_LAT))

    assert [ticket.assignee_id for ticket in desk.tickets()] == ["bob", "ann", "bob", "ann"]


def test_a_second_incident_nearby_joins_the_ticket_and_the_graver_counts(desk: Desk) -> None:
    desk.receive(seen("a", severity=1))

    [receipt] = desk.receive(seen("b", at_s=60, since_s=60, severity=3, lat=31.2250 + 20 * METRE_LAT))

    assert receipt.result is Result.JOINED
    [ticket] = desk.tickets()
    assert ticket.severity == 3
    assert len(desk.view().incidents) == 2


def test_the_anchor_does_not_drift_with_a_chain_of_neighbours(desk: Desk) -> None:
    for number in range(3):
        desk.wait(1)
        desk.receive(seen(f"i{number}", lat=31.2250 + number * 30 * METRE_LAT))

    assert len(desk.tickets()) == 2


def test_history_waits_for_the_desk_and_sends_nobody(desk: Desk) -> None:
    desk.receive(seen(historical=True))
    assert (desk.newest().state, desk.newest().flags) == (State.RECEIVED, ("historical",))

    desk.receive(seen(rev=2, phase=CLEARED, historical=True))

    assert desk.newest().state is State.CLOSED


def test_a_doubtful_incident_waits_for_the_desk(desk: Desk) -> None:
    desk.receive(seen(confidence=0.49))

    assert desk.newest().state is State.RECEIVED


def test_a_place_outside_all_cells_is_the_roots_and_is_marked(desk: Desk) -> None:
    desk.receive(seen("a", **NOWHERE))

    ticket = desk.newest()
    assert (ticket.cell_code, ticket.assignee_id, ticket.flags) == ("T", "top", ("outside_cells",))


def test_an_unknown_camera_is_marked_and_its_boxs_place_is_used(desk: Desk) -> None:
    desk.receive(seen("a", camera_id="cam-new", **IN_SHOPS))

    ticket = desk.newest()
    assert (ticket.cell_code, ticket.body_id, ticket.flags) == ("W1S", "shops", ("unknown_camera",))


def test_an_unknown_kind_has_a_category_and_a_layer_all_the_same(desk: Desk) -> None:
    desk.receive(seen(kind="meteorite"))

    ticket = desk.newest()
    assert (ticket.category, ticket.cell_code, ticket.assignee_id) == ("other", "M", "inspector")


def test_at_night_the_ticket_stays_the_units_and_the_next_level_is_sent(desk: Desk) -> None:
    desk.wait(12 * 3600)

    desk.receive(seen())

    ticket = desk.newest()
    assert (ticket.body_id, ticket.assignee_id, ticket.flags) == ("unit", "chief", ("roster_gap",))


def test_trucks_at_one_camera_are_one_ticket_wherever_they_are(desk: Desk) -> None:
    desk.receive(seen("a", kind="muck_truck"), seen("b", kind="muck_truck", since_s=60, **IN_EAST))

    assert len(desk.tickets()) == 1


def test_missing_sequence_numbers_are_counted(desk: Desk) -> None:
    desk.receive(seen(sequence=3), seen(rev=2, phase=UPDATED, sequence=7))

    with desk.store.read() as reader:
        [box] = reader.boxes()
    assert (box.missing, box.last_sequence) == (3, 7)


def test_the_pictures_of_every_event_are_the_tickets(desk: Desk) -> None:
    desk.receive(seen())

    [picture] = desk.view().evidence
    assert (picture.kind, picture.stored_at) == ("snapshot", None)
