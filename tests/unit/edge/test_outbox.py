import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.adapters.outbox import SqliteOutbox
from edge.contract.messages import Ack, EvidenceRef, Incident, IncidentEvent, Phase, Refusal
from edge.ports import DiskFullError, EdgeError
from tests.build import NOON, SHA, an_incident

OTHER_SHA = "b" * 64


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def an_outbox(folder: Path, clock: Clock | None = None) -> SqliteOutbox:
    return SqliteOutbox(
        folder / "outbox.sqlite3",
        site="putuo",
        box="box-1",
        read_picture=lambda sha256: f"picture {sha256[0]}".encode(),
        now=clock or Clock(),
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox(tmp_path: Path, clock: Clock) -> Iterator[SqliteOutbox]:
    outbox = an_outbox(tmp_path, clock)
    yield outbox
    outbox.close()


def keys(outbox: SqliteOutbox) -> list[str]:
    return [parcel.key for parcel in outbox.pending("event", 100)]


def commit(outbox: SqliteOutbox, incident: Incident) -> IncidentEvent:
    return outbox.commit(incident, at=NOON, state=f"state {incident.rev}".encode())


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


def test_a_restart_finds_what_was_open_and_what_waits(tmp_path: Path) -> None:
    before = an_outbox(tmp_path)
    commit(before, an_incident(incident_id="open"))
    commit(before, an_incident(incident_id="open", rev=2, phase=Phase.UPDATED))
    commit(before, an_incident(incident_id="over"))
    commit(before, an_incident(incident_id="over", rev=2, phase=Phase.CLEARED))
    commit(before, an_incident(incident_id="elsewhere", camera_id="cam-2"))
    before.close()

    after = an_outbox(tmp_path)

    assert after.open_states("cam-1") == [b"state 2"]
    assert [incident_id for incident_id, _ in after.open_events()] == ["open", "elsewhere"]
    assert len(keys(after)) == 5
    assert commit(after, an_incident(incident_id="new")).sequence == 6
    after.close()


def test_the_latest_state_is_empty_when_the_incident_is_over(outbox: SqliteOutbox) -> None:
    commit(outbox, an_incident())
    opened = outbox.latest("0b9e2f6c")
    commit(outbox, an_incident(rev=2, phase=Phase.CLEARED))

    assert IncidentEvent.from_json(opened).data.rev == 1
    assert outbox.latest("0b9e2f6c") == b""
    assert outbox.latest("unknown") == b""


def test_pictures_of_open_incidents_and_unsent_ones_are_needed(outbox: SqliteOutbox) -> None:
    commit(outbox, an_incident())
    outbox.settle(Ack(at=NOON, evidence=[SHA]))
    after = [EvidenceRef(kind="after", sha256=OTHER_SHA, bytes=7)]
    assert outbox.needed_pictures() == {SHA}

    commit(outbox, an_incident(rev=2, phase=Phase.CLEARED, evidence=after))
    unsent = outbox.needed_pictures()
    outbox.settle(Ack(at=NOON, evidence=[OTHER_SHA]))

    assert unsent == {OTHER_SHA}
    assert outbox.needed_pictures() == set()


def test_only_what_is_over_sent_and_old_is_forgotten(outbox: SqliteOutbox, clock: Clock) -> None:
    for incident_id in ("open", "unsent", "sent"):
        commit(outbox, an_incident(incident_id=incident_id))
    for incident_id in ("unsent", "sent"):
        commit(outbox, an_incident(incident_id=incident_id, rev=2, phase=Phase.CLEARED))
    outbox.settle(Ack(at=NOON, committed=["open/1", "unsent/1", "sent/1", "sent/2"]))

    outbox.forget(timedelta(days=1))
    kept_while_new = commit(outbox, an_incident(incident_id="sent", rev=2, phase=Phase.CLEARED)).sequence
    clock.now += timedelta(days=2)
    outbox.forget(timedelta(days=1))

    assert kept_while_new == 5
    assert outbox.latest("open")
    assert keys(outbox) == ["unsent/2"]
    assert commit(outbox, an_incident(incident_id="sent", rev=2, phase=Phase.CLEARED)).sequence == 6


def test_a_full_disk_writes_nothing_and_is_named(tmp_path: Path) -> None:
    outbox = an_outbox(tmp_path)
    commit(outbox, an_incident(incident_id="i0"))
    outbox._db.execute("PRAGMA max_page_count = 1")  # noqa: SLF001  the smallest disk SQLite can imagine

    def fill() -> None:
        for n in range(1, 200):
            commit(outbox, an_incident(incident_id=f"i{n}"))

    with pytest.raises(DiskFullError, match=r"outbox\.sqlite3"):
        fill()

    written = len(keys(outbox))
    outbox._db.execute("PRAGMA max_page_count = 100000")  # noqa: SLF001
    assert commit(outbox, an_incident(incident_id="later")).sequence == written + 1
    outbox.close()


def test_a_damaged_file_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "outbox.sqlite3").write_bytes(b"this is no database at all" * 100)

    with pytest.raises(EdgeError, match="move it away"):
        an_outbox(tmp_path)


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


def test_the_ledger_survives_a_power_cut_by_its_settings(outbox: SqliteOutbox) -> None:
    journal, synchronous = (
        outbox._db.execute(f"PRAGMA {name}").fetchone()[0]  # noqa: SLF001
        for name in ("journal_mode", "synchronous")
    )

    assert (journal, synchronous) == ("wal", 2)


def test_a_closed_ledger_says_so(tmp_path: Path) -> None:
    outbox = an_outbox(tmp_path)
    outbox.close()

    with pytest.raises(EdgeError, match="closed") as caught:
        outbox.depth()

    assert isinstance(caught.value.__cause__, sqlite3.ProgrammingError)
