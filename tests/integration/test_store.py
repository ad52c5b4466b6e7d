"""The ledger on both databases: the same tickets from the same tape, and no double under many hands."""

import random
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from dispatcher.adapters.store import Database, open_store
from dispatcher.adapters.store.tables import metadata
from dispatcher.domain.ticket import Verb
from dispatcher.handlers import receive_event
from dispatcher.ports import DispatchError
from edge.contract.messages import IncidentEvent, Phase
from tests.desk import Desk, seen
from tests.district import DISTRICT, SHANGHAI, a_store, noon
from tests.parts import Postgres

METRE_LAT = 1 / 111_320


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/dispatcher.db"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database(f"t{random.randrange(10**9)}")


@pytest.fixture
def store(url: str) -> Iterator[Database]:
    store = a_store(url)
    yield store
    store.close()


def a_tape() -> list[IncidentEvent]:
    """Three incidents at each of five places: opened, updated, most of them cleared."""
    events = []
    for number in range(15):
        lat = 31.2210 + (number % 5) * 200 * METRE_LAT
        ends = number % 5 != 3
        for rev, phase in enumerate(
            [Phase.OPENED, Phase.UPDATED, Phase.CLEARED if ends else Phase.UPDATED], 1
        ):
            event = seen(
                f"i{number}", rev=rev, phase=phase, at_s=rev * 60 + number, severity=1 + number % 4, lat=lat
            )
            events.append(event)
    return sorted(events, key=lambda event: event.time)


def test_the_same_tape_makes_equal_tickets_in_both_databases(tmp_path: Path, postgres: Postgres) -> None:
    desks = [Desk(a_store(f"sqlite:///{tmp_path}/a.db")), Desk(a_store(postgres.new_database("tape")))]

    for desk in desks:
        for event in a_tape():
            desk.wait(1)
            desk.receive(event)
        desk.receive(seen("last", at_s=999, lat=31.236))
        desk.do(Verb.ACCEPT)
        desk.wait(3600)
        desk.sweep()

    on_sqlite, on_postgres = desks
    assert len(on_sqlite.tickets()) == 6
    assert on_sqlite.tickets() == on_postgres.tickets()
    assert [one.hash for one in on_sqlite.view().log] == [one.hash for one in on_postgres.view().log]
    for desk in desks:
        desk.assert_sound()
        desk.store.close()  # type: ignore[attr-defined]


def test_many_hands_make_exactly_one_ticket_of_each_place(store: Database) -> None:
    hands, places = 6, 12
    start_together = threading.Barrier(hands)
    failures: list[BaseException] = []

    def work(hand: int) -> None:
        try:
            for place in range(places):
                event = seen(f"p{place}-h{hand}", box=f"box-{hand}", lat=31.2210 + place * 100 * METRE_LAT)
                start_together.wait(30)
                _receive(store, event)
                _receive(store, event)
        except BaseException as failure:  # noqa: BLE001 - told by the test
            failures.append(failure)
            start_together.abort()

    threads = [threading.Thread(target=work, args=(hand,)) for hand in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    desk = Desk(store)
    assert Counter(round(ticket.lat, 6) for ticket in desk.tickets()).most_common(1)[0][1] == 1
    assert len(desk.tickets()) == places
    desk.assert_sound()


def test_on_postgresql_a_page_does_not_pass_over_what_commits_late(postgres: Postgres) -> None:
    with closing(a_store(postgres.new_database("late"))) as store:
        with store.write() as slow:
            late = receive_event(slow, seen("slow"), district=DISTRICT, now=noon())
            _receive(store, seen("quick", box="box-2", lat=31.2350))
            shown = _news(store, 0)

        news = _news(store, shown[-1])
        with store.read() as reader:
            told = {entry.ticket_id for entry in reader.log_since(shown[-1], limit=100)}

    assert len(news) == 3
    assert told == {late.ticket_id}


def test_whoever_follows_the_log_under_many_hands_misses_nothing(store: Database) -> None:
    def work(hand: int) -> None:
        for number in range(20):
            _receive(
                store,
                seen(f"h{hand}-{number}", box=f"box-{hand}", kind="muck_truck", camera_id=f"{hand}-{number}"),
            )

    threads = [threading.Thread(target=work, args=(hand,)) for hand in range(6)]
    for thread in threads:
        thread.start()
    followed: list[int] = []
    while any(thread.is_alive() for thread in threads):
        followed += _news(store, followed[-1] if followed else 0)
    followed += _news(store, followed[-1])

    assert followed == _news(store, 0)
    assert len(Desk(store).tickets()) == 6 * 20


def _news(store: Database, log_id: int) -> list[int]:
    with store.read() as reader:
        return [entry.log_id for entry in reader.log_since(log_id, limit=10_000)]


def _receive(store: Database, event: IncidentEvent) -> None:
    """Receive as the subscriber does: what can be tried again is."""
    while True:
        try:
            with store.write() as tx:
                receive_event(tx, event, district=DISTRICT, now=noon())
        except DispatchError as exc:
            if not exc.retryable:
                raise
        else:
            return


def test_a_part_that_fails_is_undone_alone(store: Database) -> None:
    desk = Desk(store)
    with store.write() as tx:
        receive_event(tx, seen("a"), district=DISTRICT, now=noon())
        with suppress(ZeroDivisionError), tx.savepoint():
            receive_event(tx, seen("b", lat=31.235), district=DISTRICT, now=noon())
            raise ZeroDivisionError

    assert len(desk.tickets()) == 1


def test_a_part_that_fails_leaves_nothing_in_the_log(store: Database) -> None:
    desk = Desk(store)
    with store.write() as tx:
        with suppress(ZeroDivisionError), tx.savepoint():
            receive_event(tx, seen("a"), district=DISTRICT, now=noon())
            raise ZeroDivisionError
        receive_event(tx, seen("b", lat=31.235), district=DISTRICT, now=noon())

    with store.read() as reader:
        logged = {entry.ticket_id for entry in reader.log_since(0, limit=100)}
    assert logged == {ticket.ticket_id for ticket in desk.tickets()}
    assert len(logged) == 1


def test_a_transaction_that_fails_leaves_nothing(store: Database) -> None:
    with suppress(ZeroDivisionError), store.write() as tx:
        receive_event(tx, seen("a"), district=DISTRICT, now=noon())
        raise ZeroDivisionError

    assert Desk(store).tickets() == []


def test_the_migrations_make_the_tables_that_the_code_names(store: Database, url: str) -> None:
    del store
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()

    assert differences == []


def test_migrating_again_does_and_says_nothing(store: Database) -> None:
    said: list[str] = []

    store.migrate(said.append)

    assert said == []


def test_sqlite_writes_ahead_and_syncs_fully(tmp_path: Path) -> None:
    store = a_store(f"sqlite:///{tmp_path}/dispatcher.db")

    with store.read() as reader:
        raw = reader._connection.connection.driver_connection  # noqa: SLF001 - the settings are the point
        assert isinstance(raw, sqlite3.Connection)
        settings = [raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]

    assert settings == ["wal", 2]
    store.close()


def test_a_database_that_is_away_is_an_error_worth_trying_again() -> None:
    store = open_store("postgresql://nobody@127.0.0.1:1/none", cells_below=DISTRICT.grid.below, zone=SHANGHAI)

    with pytest.raises(DispatchError, match="nobody@") as caught, store.read():
        pass

    assert caught.value.retryable
    store.close()


def test_what_is_no_database_url_is_refused_with_an_example() -> None:
    with pytest.raises(DispatchError, match="write sqlite:///"):
        open_store("dispatcher.db", cells_below=DISTRICT.grid.below, zone=SHANGHAI)
