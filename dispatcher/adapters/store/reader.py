"""The store as the web reads it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from dispatcher.adapters.store import tables as t
from dispatcher.adapters.store.rows import entry_of, ticket_of
from dispatcher.domain.log import LogEntry
from dispatcher.domain.ticket import Ticket, TicketId
from dispatcher.ports import (
    BoxView,
    Counts,
    DeadLetter,
    EvidenceView,
    ReceivedEvent,
    TicketFilter,
    TicketView,
)
from edge.contract.messages import EdgeHealth, EdgeStatus, Incident, IncidentEvent


class StoreReader:
    """One consistent read on an open connection."""

    def __init__(
        self, connection: Connection, *, cells_below: Callable[[str], frozenset[str]], zone: ZoneInfo
    ) -> None:
        self._connection = connection
        self._cells_below = cells_below
        self._zone = zone

    def tickets(self, wanted: TicketFilter) -> Sequence[Ticket]:
        column = t.ticket.c
        query = select(t.ticket).order_by(column.ticket_id.desc()).limit(wanted.limit)
        if wanted.states:
            query = query.where(column.state.in_(sorted(wanted.states)))
        if wanted.cell_code is not None:
            query = query.where(column.cell_code.in_(sorted(self._cells_below(wanted.cell_code))))
        if wanted.before_id is not None:
            query = query.where(column.ticket_id < wanted.before_id)
        exact = {
            column.category: wanted.category,
            column.camera_id: wanted.camera_id,
            column.assignee_id: wanted.assignee_id,
        }
        for name, value in exact.items():
            query = query if value is None else query.where(name == value)
        return [ticket_of(row) for row in self._connection.execute(query).mappings()]

    def ticket(self, ticket_id: TicketId) -> TicketView | None:
        query = select(t.ticket).where(t.ticket.c.ticket_id == ticket_id)
        row = self._connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        return TicketView(
            ticket=ticket_of(row),
            log=self.log(ticket_id),
            incidents=self._incidents(ticket_id),
            evidence=self._evidence(ticket_id),
        )

    def log(self, ticket_id: TicketId) -> Sequence[LogEntry]:
        """Return the whole log of one ticket."""
        query = select(t.log).where(t.log.c.ticket_id == ticket_id).order_by(t.log.c.rev)
        return [entry_of(row) for row in self._connection.execute(query).mappings()]

    def events(self, *, ticket_id: TicketId | None, after_id: int, limit: int) -> Sequence[ReceivedEvent]:
        query = select(t.event.c.event_no, t.event.c.arrived_at, t.event.c.body).where(
            t.event.c.event_no > after_id
        )
        if ticket_id is not None:
            query = query.join(t.incident, t.incident.c.incident_id == t.event.c.incident_id)
            query = query.where(t.incident.c.ticket_id == ticket_id)
        rows = self._connection.execute(query.order_by(t.event.c.event_no).limit(limit))
        return [
            ReceivedEvent(
                event_id=row.event_no,
                received_at=row.arrived_at,
                event=IncidentEvent.from_json(row.body.encode()),
            )
            for row in rows
        ]

    def log_since(self, log_id: int, limit: int) -> Sequence[LogEntry]:
        query = select(t.log).where(t.log.c.log_id > log_id).order_by(t.log.c.log_id).limit(limit)
        return [entry_of(row) for row in self._connection.execute(query).mappings()]

    def last_log_id(self) -> int:
        return self._connection.scalar(select(func.max(t.log.c.log_id))) or 0

    def boxes(self) -> Sequence[BoxView]:
        rows = self._connection.execute(select(t.box).order_by(t.box.c.source)).all()
        return [
            BoxView(
                source=row.source,
                status=None if row.status is None else EdgeStatus.from_json(row.status.encode()),
                health=None if row.health is None else EdgeHealth.from_json(row.health.encode()),
                heard_at=row.heard_at,
                last_sequence=row.last_sequence or 0,
                missing=_missing(row.first_sequence, row.last_sequence, row.events),
            )
            for row in rows
        ]

    def counts(self, now: datetime) -> Counts:
        column = t.ticket.c
        midnight = now.astimezone(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        live = select(func.count()).select_from(t.ticket).where(column.is_live)
        closed = select(func.count()).select_from(t.ticket).where(column.closed_at >= midnight)
        letters = select(func.count()).select_from(t.dead_letter)
        return Counts(
            live=self._connection.scalar(live) or 0,
            overdue=self._connection.scalar(live.where(column.due_at < now)) or 0,
            closed_today=self._connection.scalar(closed) or 0,
            dead_letters=self._connection.scalar(letters) or 0,
            events=self._connection.scalar(select(func.sum(t.box.c.events))) or 0,
        )

    def dead_letters(self, limit: int) -> Sequence[DeadLetter]:
        column = t.dead_letter.c
        rows = self._connection.execute(
            select(column.letter_id, column.at, column.topic, column.reason, column.size_bytes)
            .order_by(column.letter_id.desc())
            .limit(limit)
        ).mappings()
        return [DeadLetter(**row) for row in rows]

    def password_hash(self, account: str) -> str | None:
        return self._connection.scalar(
            select(t.account.c.password_hash).where(t.account.c.account == account)
        )

    def _incidents(self, ticket_id: TicketId) -> Sequence[Incident]:
        query = select(t.incident.c.body).where(t.incident.c.ticket_id == ticket_id)
        bodies = self._connection.scalars(query.order_by(t.incident.c.incident_id))
        return [Incident.from_json(body.encode()) for body in bodies]

    def _evidence(self, ticket_id: TicketId) -> Sequence[EvidenceView]:
        column = t.evidence.c
        query = (
            select(
                column.sha256,
                column.kind,
                column.incident_id,
                column.rev,
                column.media_type,
                t.picture.c.stored_at,
            )
            .join(t.incident, t.incident.c.incident_id == column.incident_id)
            .outerjoin(t.picture, t.picture.c.sha256 == column.sha256)
            .where(t.incident.c.ticket_id == ticket_id)
            .order_by(column.incident_id, column.rev, column.kind)
        )
        return [EvidenceView(**row) for row in self._connection.execute(query).mappings()]


def _missing(first: int | None, last: int | None, events: int) -> int:
    """Return how many sequence numbers never came; a box that began anew counts none."""
    return 0 if first is None or last is None else max(0, last - first + 1 - events)
