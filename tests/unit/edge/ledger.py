"""The ledger of a box in a folder of a test, at a clock that the test turns."""

from datetime import datetime
from pathlib import Path

from edge.adapters.outbox import SqliteOutbox
from edge.contract.messages import Incident, IncidentEvent
from tests.build import NOON

OTHER_SHA = "b" * 64


class Clock:
    """Stands at noon until a test turns it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def an_outbox(folder: Path, clock: Clock | None = None) -> SqliteOutbox:
    """The outbox in ``folder``, new or as it was left."""
    return SqliteOutbox(
        folder / "outbox.sqlite3",
        site="putuo",
        box="box-1",
        read_picture=lambda sha256: f"picture {sha256[0]}".encode(),
        now=clock or Clock(),
    )


def keys(outbox: SqliteOutbox) -> list[str]:
    """The events that wait to be sent."""
    return [parcel.key for parcel in outbox.pending("event", 100)]


def commit(outbox: SqliteOutbox, incident: Incident) -> IncidentEvent:
    """Commit a revision of an incident, with a state that names it."""
    return outbox.commit(incident, at=NOON, state=f"state {incident.rev}".encode())
