"""The log: append-only, hash-chained, the only truth about a ticket."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dispatcher.domain.ticket import Role, State, TicketId, Verb

JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One move of one ticket: who did what when, and why.

    ``data`` holds what the fold needs and the reasons that people read (``why``). ``hash`` is SHA-256 over
    the entry's canonical JSON with ``prev_hash`` of the same ticket.
    """

    log_id: int
    ticket_id: TicketId
    rev: int
    at: datetime
    role: Role
    actor: str
    verb: Verb
    from_state: State | None
    to_state: State
    data: Mapping[str, JsonValue]
    prev_hash: str
    hash: str
