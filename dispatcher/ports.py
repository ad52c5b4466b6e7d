"""Every seam between the dispatcher and the outside, on one page."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dispatcher.domain.assign import Load
from dispatcher.domain.case import Case
from dispatcher.domain.category import Category
from dispatcher.domain.escalate import Wait
from dispatcher.domain.log import LogEntry
from dispatcher.domain.merge import Candidate, Finding
from dispatcher.domain.ticket import State, Ticket, TicketId
from edge.contract.messages import EdgeHealth, EdgeStatus, Incident, IncidentEvent, Phase


class DispatchError(Exception):
    """Something outside failed; the text names it and the way out."""

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class StaleError(DispatchError):
    """The ticket has moved on since it was looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIncident:
    """An incident that has its ticket, as of its newest event."""

    ticket_id: TicketId
    rev: int
    phase: Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """The one timer of a live ticket: a row, so that it survives and is claimed with its effect."""

    ticket_id: TicketId
    wait: Wait


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
    """One transaction: all that the handlers read to decide, and all that they change."""

    def lock(self, names: Sequence[str]) -> None:
        """Wait until no other transaction holds any of ``names``, and hold them until the end."""

    def savepoint(self) -> AbstractContextManager[None]:
        """Open a part of the transaction that is undone alone if it fails."""

    def add_event(self, event: IncidentEvent, *, now: datetime) -> bool:
        """Put the event into the inbox, count its sequence; return False if it was there before."""

    def incident(self, incident_id: str) -> KnownIncident | None: ...

    def put_incident(self, incident: Incident, *, source: str, ticket_id: TicketId) -> None:
        """Store the newest state of an incident; its ticket never changes."""

    def phases(self, ticket_id: TicketId) -> Sequence[Phase]:
        """Return the phase of each incident of the ticket."""

    def ticket(self, ticket_id: TicketId) -> Ticket | None:
        """Return the ticket, held until the end of the transaction."""

    def candidates(self, finding: Finding, category: Category) -> Sequence[Candidate]:
        """Return the tickets of the category that ``finding`` could belong to: nearby, or its camera's."""

    def load_of(self, person_id: str) -> Load: ...

    def save(self, case: Case) -> None:
        """Append the case's entries, store its ticket and timer; raise ``StaleError`` if it has moved on."""

    def due_timers(self, now: datetime, limit: int) -> Sequence[Timer]:
        """Return the timers that are due, oldest first, claimed until the end of the transaction."""

    def set_timer(self, timer: Timer) -> None: ...

    def untimed(self) -> Sequence[TicketId]:
        """Return the live tickets without a timer: there must be none."""

    def put_status(self, source: str, status: EdgeStatus, *, now: datetime) -> None: ...

    def put_health(self, source: str, health: EdgeHealth, *, now: datetime) -> None: ...

    def put_picture(self, sha256: str, *, size_bytes: int, now: datetime) -> None:
        """Note that the bytes of a picture are on disk."""

    def add_dead_letter(self, *, topic: str, reason: str, payload: bytes, now: datetime) -> None:
        """Keep a message that cannot be understood: its first bytes, its size, the reason."""

    def put_account(self, account: str, password_hash: str, *, now: datetime) -> None: ...


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
