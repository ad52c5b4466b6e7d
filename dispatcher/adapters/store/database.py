"""Opening the ledger: SQLite or PostgreSQL, migrated to the newest tables."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import StaticPool

from dispatcher.adapters.store.errors import translated
from dispatcher.adapters.store.reader import StoreReader
from dispatcher.adapters.store.writer import StoreWriter
from dispatcher.ports import DispatchError, Store

_MIGRATIONS = Path(__file__).parents[1] / "migrations"
_BUSY_S = 10


class Database:
    """The store; any number of threads may use it."""

    def __init__(
        self, engine: Engine, *, cells_below: Callable[[str], frozenset[str]], zone: ZoneInfo
    ) -> None:
        self._engine = engine
        self._cells_below = cells_below
        self._zone = zone
        # SQLite lets one write at a time and makes the others poll; in this process they queue instead.
        self._turn = threading.Lock() if engine.dialect.name == "sqlite" else None

    @contextmanager
    def write(self) -> Iterator[StoreWriter]:
        """Open a transaction: commits on leaving, rolls back on an error."""
        with self._my_turn(), self._connect(writes=True) as connection:
            writer = StoreWriter(connection)
            yield writer
            writer.write_log()

    @contextmanager
    def read(self) -> Iterator[StoreReader]:
        with self._connect(writes=False) as connection:
            yield StoreReader(connection, cells_below=self._cells_below, zone=self._zone)

    def migrate(self, say: Callable[[str], None]) -> None:
        """Bring the tables up to date, and tell of each step."""
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        with self._connect(writes=True) as connection:
            here = MigrationContext.configure(connection).get_current_revision()
            newest = ScriptDirectory.from_config(config).get_current_head()
            if here == newest:
                return
            say(f"store: migrating from {here or 'empty'} to {newest}")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        say("store: migrated")

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        with self._turn:
            yield

    @contextmanager
    def _connect(self, *, writes: bool) -> Iterator[Connection]:
        with (
            translated(self._engine),
            self._engine.connect().execution_options(writes=writes) as connection,
            connection.begin(),
        ):
            yield connection


def open_store(url: str, *, cells_below: Callable[[str], frozenset[str]], zone: ZoneInfo) -> Database:
    """Open the store at ``url`` (``sqlite:///file`` or ``postgresql://…``); nothing is read yet."""
    try:
        parsed = make_url(url)
    except ArgumentError as exc:
        raise DispatchError(f"store.url {url!r} is no database URL: write sqlite:///dispatcher.db") from exc
    engine = _open_sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _open_postgres(parsed)
    return Database(engine, cells_below=cells_below, zone=zone)


def _open_postgres(url: URL) -> Engine:
    try:
        return create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    except (ModuleNotFoundError, NoSuchModuleError) as exc:
        raise DispatchError("PostgreSQL needs its driver; in a clone: pip install -e '.[postgres]'") from exc


def _open_sqlite(url: URL) -> Engine:
    options: dict[str, Any] = {}
    if url.database in {None, "", ":memory:"}:
        options["poolclass"] = StaticPool
    else:
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        connect_args={"timeout": _BUSY_S, "check_same_thread": False, "cached_statements": 256},
        **options,
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: object) -> None:  # noqa: ANN401
        connection.isolation_level = None  # we say BEGIN ourselves
        for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {setting}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


_: type[Store] = Database
