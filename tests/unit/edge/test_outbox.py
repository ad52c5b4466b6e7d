"""What waits to be sent: in which order, until when, and how often."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.adapters.outbox import SqliteOutbox
from edge.contract.messages import Ack, EvidenceRef, IncidentEvent, Phase, Refusal
from edge.ports import EdgeError
from tests.build import NOON, SHA, an_incident
from tests.unit.edge.ledger import OTHER_SHA, Clock, an_outbox, commit, keys


def test_events_wait_in_order_with_a_sequence_without_gaps(outbox: SqliteOutbox) -> None:
    events = [commit(outbox, an_incident(incident_id=f"i{n}")) for n in range(3)]

    assert [event.sequence for event in events] == [1, 2, 3]
    parcels = outbox.pending("event", 2)
    assert [IncidentEvent.from_json(parcel.payload) for parcel in parcels] == events[:2]


def test_only_an_ack_deletes(outbox: SqliteOutbox) -> None:
    for n in range(3):
        commit(outbox, an_incident(incident_id=f"i{n}"))
    outbox.pending("event", 100)

    outbox.settle(Ack(at=NOON, committed=["i1/1", "unknown/1"]))

    assert keys(outbox) == ["i0/1", "i2/1"]


def test_a_picture_is_sent_once_however_many_events_name_it(outbox: SqliteOutbox) -> None:
    commit(outbox, an_incident(incident_id="i0"))
    commit(outbox, an_incident(incident_id="i0", rev=2, phase=Phase.UPDATED))
    commit(outbox, an_incident(incident_id="i1"))

    (parcel,) = outbox.pending("evidence", 100)
    outbox.settle(Ack(at=NOON, evidence=[SHA]))
    commit(outbox, an_incident(incident_id="i0", rev=3, phase=Phase.UPDATED))

    assert (parcel.key, parcel.payload) == (SHA, b"picture a")
    assert outbox.pending("evidence", 100) == []


def test_the_same_incident_and_rev_twice_is_one_event(outbox: SqliteOutbox) -> None:
    first = commit(outbox, an_incident())
    again = commit(outbox, an_incident())

    assert again == first
    assert len(keys(outbox)) == 1
    assert commit(outbox, an_incident(rev=2)).sequence == 2


def test_an_incident_never_goes_back(outbox: SqliteOutbox) -> None:
    commit(outbox, an_incident(rev=2))

    with pytest.raises(ValueError, match="at rev 2, not 1"):
        commit(outbox, an_incident(rev=1))

    assert commit(outbox, an_incident(rev=3)).sequence == 2  # the refused one used no number


def test_what_is_refused_is_kept_counted_and_not_sent_again(outbox: SqliteOutbox) -> None:
    commit(outbox, an_incident(incident_id="i0"))
    commit(outbox, an_incident(incident_id="i1"))

    outbox.settle(Ack(at=NOON, refused=[Refusal(id="i0/1", reason="unknown kind")]))

    assert keys(outbox) == ["i1/1"]
    assert outbox.depth() == (2, 0.0, 1)


def test_depth_says_for_how_long_the_oldest_waits(outbox: SqliteOutbox, clock: Clock) -> None:
    assert outbox.depth() == (0, 0.0, 0)
    commit(outbox, an_incident())

    clock.now += timedelta(seconds=90)

    assert outbox.depth() == (2, 90.0, 0)


def test_a_picture_that_is_gone_is_parked_and_the_next_one_goes(tmp_path: Path) -> None:
    def read(sha256: str) -> bytes:
        if sha256 == SHA:
            raise EdgeError("gone")
        return b"picture"

    outbox = SqliteOutbox(tmp_path / "o.sqlite3", site="putuo", box="box-1", read_picture=read)
    pictures = [EvidenceRef(kind="snapshot", sha256=sha256, bytes=7) for sha256 in (SHA, OTHER_SHA)]
    outbox.commit(an_incident(evidence=pictures), at=NOON, state=b"")

    assert [parcel.key for parcel in outbox.pending("evidence", 4)] == [OTHER_SHA]
    assert outbox.depth()[2] == 1
    outbox.close()


def test_many_threads_share_one_outbox(outbox: SqliteOutbox) -> None:
    def commit_and_settle(n: int) -> int:
        sequence = commit(outbox, an_incident(incident_id=f"i{n}")).sequence
        outbox.settle(Ack(at=NOON, committed=[f"i{n}/1"]))
        return sequence

    with ThreadPoolExecutor(8) as pool:
        sequences = list(pool.map(commit_and_settle, range(100)))

    assert sorted(sequences) == list(range(1, 101))
    assert keys(outbox) == []


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["commit", "ack oldest", "ack newest", "refuse"]), max_size=30))
def test_every_event_is_waiting_refused_or_acked(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    outbox = an_outbox(tmp_path_factory.mktemp("outbox"))
    committed, acked, refused = 0, 0, 0

    for step in steps:
        waiting = keys(outbox)
        match step:
            case "commit":
                committed += 1
                commit(outbox, an_incident(incident_id=f"i{committed}", evidence=[]))
            case "refuse" if waiting:
                refused += 1
                outbox.settle(Ack(at=NOON, refused=[Refusal(id=waiting[0], reason="no")]))
            case _ if waiting:
                acked += 1
                outbox.settle(Ack(at=NOON, committed=[waiting[0 if step == "ack oldest" else -1]]))

    assert len(keys(outbox)) == committed - acked - refused
    assert outbox.depth()[2] == refused
    outbox.close()
