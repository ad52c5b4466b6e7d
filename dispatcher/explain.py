"""What would happen to an event, and why: the production functions, with nothing stored."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import cast

from dispatcher.adapters.store import Database
from dispatcher.domain.district import District
from dispatcher.domain.log import JsonValue, LogEntry
from dispatcher.handlers import Receipt, receive_event
from edge.contract.messages import IncidentEvent


class _Undone(Exception):  # noqa: N818 - not an error: it leaves the transaction without a commit
    pass


def explain(store: Database, event: IncidentEvent, *, district: District, now: datetime) -> Receipt:
    """Return what ``receive_event`` would do at ``now``; the store is left as it is."""
    with suppress(_Undone), store.write() as tx:
        receipt = receive_event(tx, event, district=district, now=now)
        raise _Undone
    return receipt


def tell(receipt: Receipt) -> Iterator[str]:
    """Yield the lines that a person reads."""
    if receipt.case is None:
        yield f"{receipt.result}: nothing would change"
        return
    ticket = receipt.case.ticket
    yield f"{receipt.result}: ticket {ticket.ticket_id} ({ticket.category}, severity {ticket.severity})"
    for entry in receipt.case.entries:
        yield f"  {entry.verb}: {entry.from_state or 'nothing'} → {entry.to_state}, by {entry.actor}"
        yield from (f"    {line}" for line in _why(entry))
    if receipt.case.wait is not None:
        yield f"  next, unless it moves: {receipt.case.wait.step} at {receipt.case.wait.due_at.isoformat()}"
    yield f"  flags: {', '.join(ticket.flags) or 'none'}"


def _why(entry: LogEntry) -> Iterator[str]:
    why = cast("dict[str, dict[str, JsonValue]]", entry.data.get("why", {}))
    for step, facts in why.items():
        yield f"{step}: " + ", ".join(f"{name} {_plain(value)}" for name, value in facts.items())


def _plain(value: JsonValue) -> str:
    if isinstance(value, list):
        return " → ".join(_plain(one) for one in value) or "none"
    if isinstance(value, dict):
        return "(" + ", ".join(f"{name} {_plain(one)}" for name, one in value.items()) + ")"
    return "none" if value is None else str(value)
