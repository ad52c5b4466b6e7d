"""Every seam between the dispatcher and the outside, on one page."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dispatcher.domain.log import LogEntry
from dispatcher.domain.ticket import State, Ticket, TicketId
from edge.contract.messages import EdgeHealth, EdgeStatus, Incident, IncidentEvent


class DispatchError(Exception):
    """Something outside failed; the text names it and the way out."""

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A thing to do at ``due_at`` unless the ticket has moved on from ``rev`` by then."""

    timer_id: int
    ticket_id: TicketId
    kind: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """What the list shows; empty means all. ``cell_code`` includes the cells below it."""

    states: frozenset[State] = frozenset()
    category: str | None = None
    camera_id: str | None = None
    cell_code: str | None = None
    assignee_id: str | None = None
    before_id: TicketId | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedEvent:
    """An incident event in the inbox; ``event_id`` counts arrivals."""

    event_id: int
    received_at: datetime
    event: IncidentEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """A picture of an incident; ``stored_at`` is None until its bytes have arrived."""

    sha256: str
    kind: str
    incident_id: str
    rev: int
    media_type: str
    stored_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketView:
    """Everything the ticket page shows."""

    ticket: Ticket
    log: Sequence[LogEntry]
    incidents: Sequence[Incident]
    evidence: Sequence[EvidenceView]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxView:
    """A box as the centre sees it; ``missing`` counts sequence numbers that never came."""

    source: str
    status: EdgeStatus | None
    health: EdgeHealth | None
    heard_at: datetime
    last_sequence: int
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The figures at the head of the console."""

    live: int
    overdue: int
    closed_today: int
    dead_letters: int
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message that could not be understood: kept, counted, never retried."""

    letter_id: int
    at: datetime
    topic: str
    reason: str
    size_bytes: int


class Reader(Protocol):
    """What the web shows; every call is one consistent read."""

    def tickets(self, wanted: TicketFilter) -> Sequence[Ticket]:
        """Newest first."""

    def ticket(self, ticket_id: TicketId) -> TicketView | None: ...

    def events(self, *, ticket_id: TicketId | None, after_id: int, limit: int) -> Sequence[ReceivedEvent]:
        """In order of arrival."""

    def log_since(self, log_id: int, limit: int) -> Sequence[LogEntry]:
        """Entries after ``log_id`` in order: what a live page has not seen yet."""

    def last_log_id(self) -> int: ...

    def boxes(self) -> Sequence[BoxView]: ...

    def counts(self, now: datetime) -> Counts: ...

    def dead_letters(self, limit: int) -> Sequence[DeadLetter]: ...

    def password_hash(self, account: str) -> str | None: ...


class Writer(Protocol):
    """One transaction; what the handlers may change. Filled in by the store's needs."""


class Store(Protocol):
    """The one ledger: SQLite or PostgreSQL."""

    def write(self) -> AbstractContextManager[Writer]:
        """Open a transaction: commits on leaving, rolls back on an error."""

    def read(self) -> AbstractContextManager[Reader]: ...


class EvidenceFiles(Protocol):
    """Pictures on disk, named by their content."""

    def put(self, sha256: str, payload: bytes) -> None:
        """Store durably; raise ``DispatchError`` if ``payload`` does not hash to ``sha256``."""

    def read(self, sha256: str) -> bytes | None: ...
