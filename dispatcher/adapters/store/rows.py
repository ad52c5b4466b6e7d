"""Rows to domain types, and back."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import RowMapping

from dispatcher.domain.log import LogEntry, canonical
from dispatcher.domain.ticket import Outcome, Role, State, Ticket, TicketId, Verb

_TICKET_FIELDS = tuple(field.name for field in fields(Ticket))


def ticket_values(ticket: Ticket) -> dict[str, Any]:
    """Return the row of ``ticket``."""
    values = {name: getattr(ticket, name) for name in _TICKET_FIELDS}
    return values | {"is_live": ticket.state.is_live, "flags": ",".join(ticket.flags)}


def ticket_of(row: RowMapping | Mapping[str, Any]) -> Ticket:
    """Return the ticket of a row."""
    values = {name: row[name] for name in _TICKET_FIELDS}
    values["state"] = State(row["state"])
    values["outcome"] = None if row["outcome"] is None else Outcome(row["outcome"])
    values["flags"] = tuple(row["flags"].split(",")) if row["flags"] else ()
    return Ticket(**values)


def entry_values(entry: LogEntry) -> dict[str, Any]:
    """Return the row of ``entry``, without its id."""
    values = {field.name: getattr(entry, field.name) for field in fields(LogEntry) if field.name != "log_id"}
    return values | {"data": canonical(entry.data)}


def entry_of(row: RowMapping) -> LogEntry:
    """Return the log entry of a row."""
    return LogEntry(
        log_id=row["log_id"],
        ticket_id=TicketId(row["ticket_id"]),
        rev=row["rev"],
        at=row["at"],
        role=Role(row["role"]),
        actor=row["actor"],
        verb=Verb(row["verb"]),
        from_state=None if row["from_state"] is None else State(row["from_state"]),
        to_state=State(row["to_state"]),
        data=json.loads(row["data"]),
        prev_hash=row["prev_hash"],
        hash=row["hash"],
    )
