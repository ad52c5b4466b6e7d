"""The box's ledger in SQLite: open incidents, and what the centre has not yet committed."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from edge.contract.messages import Ack, EvidenceRef, Incident, IncidentEvent
from edge.ports import DiskFullError, EdgeError, Parcel

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sequence (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1), last INTEGER NOT NULL);
INSERT OR IGNORE INTO sequence VALUES (1, 0);
CREATE TABLE IF NOT EXISTS incident (
  incident_id TEXT PRIMARY KEY, camera_id TEXT NOT NULL, rev INTEGER NOT NULL, is_over INTEGER NOT NULL,
  state BLOB NOT NULL, event BLOB NOT NULL, changed_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS evidence (
  sha256 TEXT NOT NULL, incident_id TEXT NOT NULL REFERENCES incident ON DELETE CASCADE,
  PRIMARY KEY (sha256, incident_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (
  row_id INTEGER PRIMARY KEY AUTOINCREMENT, lane TEXT NOT NULL, key TEXT NOT NULL, payload BLOB NOT NULL,
  waiting_since REAL NOT NULL, refused TEXT, UNIQUE (lane, key));
"""


class SqliteOutbox:
    """The ``Outbox`` of one box; every method is one transaction and may be called from any thread.

    ``read_picture`` gives the bytes of the evidence lane, which live in the evidence folder, not here.
    """

    def __init__(
        self,
        path: Path,
        *,
        site: str,
        box: str,
        read_picture: Callable[[str], bytes],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._path, self._site, self._box = path, site, box
        self._read_picture, self._now = read_picture, now
        self._lock = threading.Lock()
        with self._translated():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA foreign_keys = ON")
            self._db.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def commit(self, incident: Incident, *, at: datetime, state: bytes) -> IncidentEvent:
        """Write the incident's state, its pictures' rows and its event in one transaction."""
        with self._transaction() as db:
            known = db.execute(
                "SELECT rev, event FROM incident WHERE incident_id = ?", (incident.incident_id,)
            ).fetchone()
            if known and known[0] >= incident.rev:
                if known[0] > incident.rev:
                    raise ValueError(
                        f"incident {incident.incident_id} is at rev {known[0]}, not {incident.rev}"
                    )
                return IncidentEvent.from_json(known[1])
            (sequence,) = db.execute("UPDATE sequence SET last = last + 1 RETURNING last").fetchone()
            event = IncidentEvent.of(incident, site=self._site, box=self._box, sequence=sequence, at=at)
            self._write(db, event, state)
        return event

    def _write(self, db: sqlite3.Connection, event: IncidentEvent, state: bytes) -> None:
        incident, payload, now_s = event.data, event.to_json(), self._now().timestamp()
        db.execute(
            "INSERT INTO incident VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (incident_id) DO UPDATE SET"
            " rev = excluded.rev, is_over = excluded.is_over, state = excluded.state,"
            " event = excluded.event, changed_at = excluded.changed_at",
            (
                *(incident.incident_id, incident.camera_id, incident.rev, incident.phase.is_final),
                *(state, payload, now_s),
            ),
        )
        db.execute(
            "INSERT INTO outbox (lane, key, payload, waiting_since) VALUES ('event', ?, ?, ?)",
            (event.id, payload, now_s),
        )
        for picture in incident.evidence:
            self._write_picture(db, picture, incident.incident_id, now_s)

    @staticmethod
    def _write_picture(db: sqlite3.Connection, picture: EvidenceRef, incident_id: str, now_s: float) -> None:
        known = db.execute("SELECT 1 FROM evidence WHERE sha256 = ?", (picture.sha256,)).fetchone()
        db.execute("INSERT OR IGNORE INTO evidence VALUES (?, ?)", (picture.sha256, incident_id))
        if not known:  # sent once, however many revisions and incidents name it
            db.execute(
                "INSERT INTO outbox (lane, key, payload, waiting_since) VALUES ('evidence', ?, x'', ?)",
                (picture.sha256, now_s),
            )

    def open_states(self, camera_id: str) -> list[bytes]:
        """Return ``state`` of each incident of the camera that is not over."""
        with self._transaction() as db:
            rows = db.execute(
                "SELECT state FROM incident WHERE camera_id = ? AND NOT is_over ORDER BY rowid", (camera_id,)
            ).fetchall()
        return [state for (state,) in rows]

    def latest(self, incident_id: str) -> bytes:
        """Return the newest event of the incident as JSON, nothing when it is over."""
        return dict(self._latest("incident_id = ?", incident_id)).get(incident_id, b"")

    def open_events(self) -> list[tuple[str, bytes]]:
        """Return id and newest event of every incident that is not over."""
        return self._latest("? IS NULL", None)

    def _latest(self, condition: str, value: str | None) -> list[tuple[str, bytes]]:
        query = f"SELECT incident_id, event FROM incident WHERE NOT is_over AND {condition}"  # noqa: S608
        with self._transaction() as db:
            return db.execute(query, (value,)).fetchall()

    def pending(self, lane: Literal["event", "evidence"], limit: int) -> Sequence[Parcel]:
        """Return the oldest unsettled parcels of a lane, in order; a picture that is gone is parked."""
        with self._transaction() as db:
            rows = db.execute(
                "SELECT row_id, key, payload FROM outbox"
                " WHERE lane = ? AND refused IS NULL ORDER BY row_id LIMIT ?",
                (lane, limit),
            ).fetchall()
        if lane == "event":
            return [Parcel(row_id=row, lane=lane, key=key, payload=payload) for row, key, payload in rows]
        return [parcel for row, key, _ in rows if (parcel := self._picture(row, key))]

    def _picture(self, row_id: int, sha256: str) -> Parcel | None:
        try:
            return Parcel(row_id=row_id, lane="evidence", key=sha256, payload=self._read_picture(sha256))
        except EdgeError as exc:
            with self._transaction() as db:
                db.execute("UPDATE outbox SET refused = ? WHERE row_id = ?", (str(exc), row_id))
            return None

    def settle(self, ack: Ack) -> None:
        """Delete what the centre committed; park what it refused."""
        done = [("event", key) for key in ack.committed] + [("evidence", key) for key in ack.evidence]
        with self._transaction() as db:
            db.executemany("DELETE FROM outbox WHERE lane = ? AND key = ?", done)
            db.executemany(
                "UPDATE outbox SET refused = ? WHERE key = ?", [(no.reason, no.id) for no in ack.refused]
            )

    def depth(self) -> tuple[int, float, int]:
        """Return how many parcels wait, the age of the oldest in seconds, and how many were refused."""
        with self._transaction() as db:
            waiting, since, refused = db.execute(
                "SELECT count(*) FILTER (WHERE refused IS NULL),"
                " min(waiting_since) FILTER (WHERE refused IS NULL), count(refused) FROM outbox"
            ).fetchone()
        age_s = 0.0 if since is None else max(0.0, self._now().timestamp() - since)
        return waiting, age_s, refused

    def needed_pictures(self) -> set[str]:
        """Return the hashes of the pictures that are unsent or belong to an open incident."""
        with self._transaction() as db:
            rows = db.execute(
                "SELECT key FROM outbox WHERE lane = 'evidence'"
                " UNION SELECT sha256 FROM evidence JOIN incident USING (incident_id) WHERE NOT is_over"
            ).fetchall()
        return {sha256 for (sha256,) in rows}

    def forget(self, older_than: timedelta) -> None:
        """Remove the incidents that are over, sent and have not changed for so long."""
        oldest = (self._now() - older_than).timestamp()
        with self._transaction() as db:
            db.execute(
                "DELETE FROM incident WHERE is_over AND changed_at < ?"
                " AND NOT EXISTS (SELECT 1 FROM outbox WHERE key = incident_id || '/' || rev)",
                (oldest,),
            )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._translated():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:  # SQLite ends some failed ones itself
                    self._db.execute("ROLLBACK")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as exc:
            code = getattr(exc, "sqlite_errorcode", None)
            if code == sqlite3.SQLITE_FULL:
                raise DiskFullError(f"no room for {self._path}: free some space on its disk") from exc
            if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
                raise EdgeError(
                    f"{self._path} is damaged ({exc}): move it away, the box starts a new one"
                ) from exc
            raise EdgeError(f"{self._path}: {exc}", retryable=True) from exc
