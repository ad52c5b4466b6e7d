"""The store's transaction: what the handlers read to decide, and change."""

import hashlib
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, Table, delete, select, text, update

from dispatcher.adapters.store import statements as q
from dispatcher.adapters.store import tables as t
from dispatcher.adapters.store.errors import translated
from dispatcher.adapters.store.rows import entry_values, ticket_of, ticket_values
from dispatcher.domain.assign import Load
from dispatcher.domain.case import Case
from dispatcher.domain.category import Category
from dispatcher.domain.escalate import Step, Wait
from dispatcher.domain.log import LogEntry
from dispatcher.domain.merge import Candidate, Finding
from dispatcher.domain.ticket import Ticket, TicketId
from dispatcher.ports import KnownIncident, StaleError, Timer
from edge.contract.messages import EdgeHealth, EdgeStatus, Incident, IncidentEvent, Phase

_METRES_A_DEGREE = 111_320.0
_KEPT_BYTES = 4096
_LOG_LOCK = "log"


class StoreWriter:
    """One transaction on an open connection; the caller commits or rolls back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_postgres = connection.dialect.name == "postgresql"
        self._entries: list[LogEntry] = []

    def lock(self, names: Sequence[str]) -> None:
        """Take the locks in one order, so that nobody waits in a circle; SQLite has one writer anyway."""
        if not self._is_postgres:
            return
        keys = sorted(
            int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True) for name in names
        )
        for key in keys:
            self._connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        kept = len(self._entries)
        try:
            with translated(self._connection.engine), self._connection.begin_nested():
                yield
        except BaseException:
            del self._entries[kept:]
            raise

    def write_log(self) -> None:
        """Write what was saved into the log, last of all: from its first id to the commit nobody else may."""
        if self._entries:
            self.lock([_LOG_LOCK])
            self._connection.execute(t.log.insert(), [entry_values(entry) for entry in self._entries])

    def add_event(self, event: IncidentEvent, *, now: datetime) -> bool:
        added = self._insert(
            t.event,
            source=event.source,
            id=event.id,
            incident_id=event.data.incident_id,
            arrived_at=now,
            body=event.to_json().decode(),
        )
        if not added:
            return False
        self._count_sequence(event.source, event.sequence, now)
        for ref in event.data.evidence:
            self._insert(
                t.evidence,
                incident_id=event.data.incident_id,
                sha256=ref.sha256,
                kind=ref.kind,
                rev=event.data.rev,
                media_type=ref.media_type,
            )
        return True

    def incident(self, incident_id: str) -> KnownIncident | None:
        row = self._run(q.KNOWN_INCIDENT, incident_id=incident_id).one_or_none()
        if row is None:
            return None
        return KnownIncident(ticket_id=TicketId(row.ticket_id), rev=row.rev, phase=Phase(row.phase))

    def put_incident(self, incident: Incident, *, source: str, ticket_id: TicketId) -> None:
        newest = {"rev": incident.rev, "phase": incident.phase, "body": incident.to_json().decode()}
        known = {"incident_id": incident.incident_id, "ticket_id": ticket_id, "source": source}
        if not self._insert(t.incident, **known, **newest):
            self._run(q.CHANGE_INCIDENT, known_id=incident.incident_id, **newest)

    def phases(self, ticket_id: TicketId) -> Sequence[Phase]:
        return [Phase(phase) for phase in self._run(q.PHASES, ticket_id=ticket_id).scalars()]

    def ticket(self, ticket_id: TicketId) -> Ticket | None:
        row = self._run(q.TICKET, ticket_id=ticket_id).mappings().one_or_none()
        return None if row is None else ticket_of(row)

    def candidates(self, finding: Finding, category: Category) -> Sequence[Candidate]:
        reach = timedelta(seconds=max(category.window_s, category.reopen_s, category.recur_s))
        known = {"category": category.code, "since": finding.first_seen_at - reach}
        if category.merge_by == "camera":
            rows = self._run(q.CANDIDATES_OF_CAMERA, camera_id=finding.camera_id, **known)
        else:
            rows = self._run(q.CANDIDATES_NEARBY, **_square(finding, category.radius_m), **known)
        return [
            Candidate(ticket=ticket_of(row), still_seen=bool(row["still_seen"])) for row in rows.mappings()
        ]

    def load_of(self, person_id: str) -> Load:
        row = self._run(q.LOAD, person_id=person_id).one()
        return Load(open_tickets=row.open_tickets, last_dispatched_at=row.last_at)

    def save(self, case: Case) -> None:
        if not case.entries:
            return
        values = ticket_values(case.ticket)
        if case.was_rev == 0:
            self._connection.execute(t.ticket.insert(), values)
        else:
            done = self._run(q.CHANGE_TICKET, known_id=case.ticket.ticket_id, was_rev=case.was_rev, **values)
            if done.rowcount == 0:
                raise StaleError(
                    f"ticket {case.ticket.ticket_id} has moved on from rev {case.was_rev}: try again",
                    retryable=True,
                )
        self._entries += case.entries
        if case.rewound:
            self._rewind(case.ticket.ticket_id, case.wait, is_new=case.was_rev == 0)

    def due_timers(self, now: datetime, limit: int) -> Sequence[Timer]:
        query = select(t.timer).where(t.timer.c.due_at <= now).order_by(t.timer.c.due_at).limit(limit)
        rows = self._connection.execute(query.with_for_update(skip_locked=True)).all()
        return [
            Timer(ticket_id=TicketId(row.ticket_id), wait=Wait(step=Step(row.step), due_at=row.due_at))
            for row in rows
        ]

    def set_timer(self, timer: Timer) -> None:
        self._rewind(timer.ticket_id, timer.wait, is_new=False)

    def untimed(self) -> Sequence[TicketId]:
        timed = select(t.timer.c.ticket_id).where(t.timer.c.ticket_id == t.ticket.c.ticket_id).exists()
        found = self._connection.scalars(select(t.ticket.c.ticket_id).where(t.ticket.c.is_live, ~timed))
        return [TicketId(ticket_id) for ticket_id in found]

    def put_status(self, source: str, status: EdgeStatus, *, now: datetime) -> None:
        self._put_box(source, now, status=status.to_json().decode())

    def put_health(self, source: str, health: EdgeHealth, *, now: datetime) -> None:
        self._put_box(source, now, health=health.to_json().decode())

    def put_picture(self, sha256: str, *, size_bytes: int, now: datetime) -> None:
        self._insert(t.picture, sha256=sha256, size_bytes=size_bytes, stored_at=now)

    def add_dead_letter(self, *, topic: str, reason: str, payload: bytes, now: datetime) -> None:
        beginning = payload[:_KEPT_BYTES].decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
        values = {"topic": topic, "reason": reason, "size_bytes": len(payload), "beginning": beginning}
        self._connection.execute(t.dead_letter.insert(), {"at": now, **values})

    def put_account(self, account: str, password_hash: str, *, now: datetime) -> None:
        values = {"account": account, "password_hash": password_hash, "created_at": now}
        self._connection.execute(t.account.insert(), values)

    def _rewind(self, ticket_id: TicketId, wait: Wait | None, *, is_new: bool) -> None:
        if wait is None:
            self._connection.execute(delete(t.timer).where(t.timer.c.ticket_id == ticket_id))
            return
        values = {"step": wait.step, "due_at": wait.due_at}
        if is_new or not self._run(q.SET_TIMER, known_id=ticket_id, **values).rowcount:
            self._connection.execute(t.timer.insert(), {"ticket_id": ticket_id, **values})

    def _count_sequence(self, source: str, sequence: int, now: datetime) -> None:
        counted = {"known_source": source, "sequence": sequence, "now": now}
        if self._run(q.COUNT_EVENT, **counted).rowcount == 0:
            self._insert(t.box, source=source, heard_at=now, events=0)
            self._run(q.COUNT_EVENT, **counted)

    def _put_box(self, source: str, now: datetime, **values: Any) -> None:  # noqa: ANN401
        change = update(t.box).where(t.box.c.source == source).values(heard_at=now, **values)
        if self._connection.execute(change).rowcount == 0:
            self._insert(t.box, source=source, heard_at=now, events=0)
            self._connection.execute(change)

    def _insert(self, table: Table, **values: Any) -> bool:  # noqa: ANN401
        """Insert a row unless its key is there; return whether it was inserted."""
        statement = q.insert_unless_there(table, self._connection.dialect.name)
        return self._run(statement, **values).rowcount == 1

    def _run(self, statement: Executable, **values: Any) -> CursorResult[Any]:  # noqa: ANN401
        return self._connection.execute(statement, values)


def _square(finding: Finding, radius_m: float) -> dict[str, float]:
    tall = radius_m / _METRES_A_DEGREE
    wide = tall / math.cos(math.radians(finding.lat))
    return {
        "south": finding.lat - tall,
        "north": finding.lat + tall,
        "west": finding.lon - wide,
        "east": finding.lon + wide,
    }
