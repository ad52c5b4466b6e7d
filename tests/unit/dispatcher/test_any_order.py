"""Any order and repetition of what the boxes sent ends in the same tickets."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatcher.domain.ticket import Ticket, TicketId
from dispatcher.handlers import receive_event
from dispatcher.ports import TicketFilter
from edge.contract.messages import IncidentEvent, Phase
from tests.desk import seen
from tests.district import DISTRICT, a_store_in_memory, noon, undone

METRE_LAT = 1 / 111_320
STORE = a_store_in_memory()


@st.composite
def a_life(draw: st.DrawFn, incident_id: str, place: int) -> list[IncidentEvent]:
    """The events of one incident: opened, some updates, and perhaps its end."""
    revs = draw(st.integers(1, 4))
    over = draw(st.booleans())
    phases = [Phase.OPENED, *[Phase.UPDATED] * (revs - 1)]
    if over and revs > 1:
        phases[-1] = Phase.CLEARED
    lat = 31.2210 + place * 200 * METRE_LAT
    severity = draw(st.integers(1, 3))
    return [
        seen(incident_id, rev=rev, phase=phase, at_s=rev * 60, severity=severity, lat=lat)
        for rev, phase in enumerate(phases, start=1)
    ]


@st.composite
def a_tape(draw: st.DrawFn) -> tuple[list[IncidentEvent], list[IncidentEvent]]:
    """A tape in order, and the same tape shuffled, with repetitions."""
    places = draw(st.lists(st.integers(0, 2), min_size=1, max_size=5))
    tape = [event for number, place in enumerate(places) for event in draw(a_life(f"i{number}", place))]
    repeated = draw(st.lists(st.sampled_from(tape), max_size=5))
    return tape, draw(st.permutations([*tape, *repeated]))


def _play(tape: Sequence[IncidentEvent]) -> tuple[list[Ticket], dict[str, TicketId]]:
    """Return the tickets, and the ticket of each incident, after ``tape``."""
    with undone(STORE) as tx:
        homes: dict[str, TicketId] = {}
        for event in tape:
            receive_event(tx, event, district=DISTRICT, now=noon())
            known = tx.incident(event.data.incident_id)
            assert known is not None
            assert homes.setdefault(event.data.incident_id, known.ticket_id) == known.ticket_id
        found = [tx.ticket(ticket_id) for ticket_id in set(homes.values())]
        tickets = [ticket for ticket in found if ticket is not None]
    return tickets, homes


def _gist(tickets: Sequence[Ticket]) -> list[tuple[object, ...]]:
    return sorted(
        (
            round(ticket.lat, 6),
            ticket.state.is_live,
            ticket.severity,
            ticket.first_seen_at,
            ticket.last_seen_at,
        )
        for ticket in tickets
    )


@settings(max_examples=15, deadline=None)
@given(a_tape())
def test_any_order_and_repetition_ends_in_the_same_tickets(
    tapes: tuple[list[IncidentEvent], list[IncidentEvent]],
) -> None:
    tape, shuffled = tapes

    in_order, _ = _play(tape)
    in_any_order, homes = _play(shuffled)

    assert set(homes) == {event.data.incident_id for event in tape}
    assert _gist(in_any_order) == _gist(in_order)


def test_the_store_was_left_empty_by_the_plays() -> None:
    with STORE.read() as reader:
        assert reader.tickets(TicketFilter()) == []
