"""The log: append-only, hash-chained, the only truth about a ticket."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from dispatcher.domain.ticket import Role, State, TicketId, Verb

JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]

GENESIS = ""
"""The ``prev_hash`` of a ticket's first entry."""


class LogError(ValueError):
    """A log that was changed, cut or reordered; the text names the entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One move of one ticket: who did what when, and why.

    ``data`` holds what the fold needs (``set``: the ticket's fields that changed) and what people read
    (``why``, ``reason``, ``note``, ``incident_id`` …). ``hash`` is SHA-256 over the entry's canonical JSON
    with ``prev_hash`` of the same ticket. ``log_id`` is the store's; 0 until it is stored.
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


def canonical(value: Mapping[str, JsonValue]) -> str:
    """Return the one JSON text of ``value``: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def hash_of(entry: LogEntry) -> str:
    """Return what ``entry.hash`` must be."""
    fields: dict[str, JsonValue] = {
        "ticket_id": entry.ticket_id,
        "rev": entry.rev,
        "at": entry.at.astimezone(UTC).isoformat(),
        "role": entry.role,
        "actor": entry.actor,
        "verb": entry.verb,
        "from": entry.from_state,
        "to": entry.to_state,
        "data": dict(entry.data),
        "prev": entry.prev_hash,
    }
    return hashlib.sha256(canonical(fields).encode()).hexdigest()


def verify(log: Sequence[LogEntry]) -> None:
    """Raise ``LogError`` unless ``log`` is the whole, untouched log of one ticket, in order."""
    prev_hash = GENESIS
    for rev, entry in enumerate(log, start=1):
        where = f"ticket {entry.ticket_id}, entry {rev}"
        if entry.rev != rev:
            raise LogError(f"{where}: its rev is {entry.rev}; an entry is missing or moved")
        if entry.prev_hash != prev_hash:
            raise LogError(f"{where}: it does not follow the entry before it")
        if entry.hash != hash_of(entry):
            raise LogError(f"{where}: it was changed after it was written")
        prev_hash = entry.hash
