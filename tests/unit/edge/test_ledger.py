"""What the box keeps of its incidents, and what becomes of that when the file or the disk fails."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from edge.adapters.outbox import SqliteOutbox
from edge.contract.messages import Ack, EvidenceRef, IncidentEvent, Phase
from edge.ports import DiskFullError, EdgeError
from tests.build import NOON, SHA, an_incident
from tests.unit.edge.ledger import OTHER_SHA, Clock, an_outbox, commit, keys


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
