from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.contract.message import MAX_MESSAGE_BYTES, MessageError
from edge.contract.messages import (
    Ack,
    EdgeHealth,
    EdgeStatus,
    IncidentEvent,
    Phase,
)
from edge.contract.schema import schema_files
from tests.build import NOON, an_event, an_incident

GOLDEN = Path(__file__).parent / "golden"
SCHEMA = Path(__file__).parents[2] / "configs" / "schema"
MESSAGES: dict[str, type[Ack | EdgeHealth | EdgeStatus | IncidentEvent]] = {
    "ack": Ack,
    "event": IncidentEvent,
    "health": EdgeHealth,
    "status": EdgeStatus,
}


@given(rev=st.integers(1, 10**6), phase=st.sampled_from(Phase), sequence=st.integers(1, 2**53))
def test_an_event_survives_the_wire(rev: int, phase: Phase, sequence: int) -> None:
    event = an_event(rev=rev, phase=phase, sequence=sequence)

    assert IncidentEvent.from_json(event.to_json()) == event


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.name)
def test_every_golden_message_still_parses_and_keeps_its_meaning(path: Path) -> None:
    message = MESSAGES[path.stem.split("-")[0]]

    parsed = message.from_json(path.read_bytes())

    assert message.from_json(parsed.to_json()) == parsed


def test_there_is_a_golden_message_of_every_phase() -> None:
    phases = {IncidentEvent.from_json(path.read_bytes()).data.phase for path in GOLDEN.glob("event-*.json")}

    assert phases == set(Phase)


@pytest.mark.parametrize("name", schema_files())
def test_the_schema_on_disk_is_what_the_code_says(name: str) -> None:
    assert (SCHEMA / name).read_text("utf-8") == schema_files()[name], "run `make schema`"


def test_a_newer_box_may_say_more() -> None:
    payload = an_event().to_json().replace(b'{"specversion"', b'{"traceparent":"00-1","specversion"')

    assert IncidentEvent.from_json(payload) == an_event()


@pytest.mark.parametrize(
    ("payload", "named"),
    [
        pytest.param(b"stall!", "Invalid JSON", id="not JSON"),
        pytest.param(b"{}", "subject: Field required", id="nothing in it"),
        pytest.param(
            an_event().to_json().replace(b'"rev":1', b'"rev":2'), "id is '0b9e2f6c/1'", id="two truths"
        ),
        pytest.param(
            an_event().to_json().replace(b"31.25", b"131.25"), "data.location.lat", id="no latitude"
        ),
        pytest.param(an_event().to_json().replace(b"04:00:00Z", b"04:00:00"), "timezone", id="no zone"),
        pytest.param(
            an_event().to_json().replace(b"/edge/putuo", b"/edge/pu tuo"), "source", id="bad source"
        ),
        pytest.param(b" " * (MAX_MESSAGE_BYTES + 1), "allowed are", id="too large"),
    ],
)
def test_what_is_no_event_is_refused_by_name(payload: bytes, named: str) -> None:
    with pytest.raises(MessageError, match=named):
        IncidentEvent.from_json(payload)


def test_an_incident_cannot_end_before_it_began() -> None:
    with pytest.raises(ValueError, match="is before first_seen_at"):
        an_incident(last_seen_at=NOON - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("phase", "final"),
    [(Phase.OPENED, False), (Phase.UPDATED, False), (Phase.CLEARED, True), (Phase.RETRACTED, True)],
)
def test_only_clearing_and_retracting_are_final(phase: Phase, final: bool) -> None:
    assert phase.is_final is final
