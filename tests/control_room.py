"""A control room on a real SQLite store and the sample district, at a clock that the test sets."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from fastapi import FastAPI

from dispatcher.adapters.evidence import PictureFolder
from dispatcher.adapters.store import Database, open_store
from dispatcher.config.district import load_district
from dispatcher.domain.district import District
from dispatcher.domain.ticket import TicketId
from dispatcher.handlers import receive_event
from dispatcher.web.app import create_app
from dispatcher.web.site import Site
from edge.contract.messages import EvidenceRef, Location
from tests.build import NOON, an_event
from tests.district import empty_tables

ACCOUNT, PASSWORD = "admin", "correct horse battery staple"
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""A hash that is quick to check: how hard real ones are is tested where they are made."""
PAVEMENT = Location(lat=31.22990, lon=121.46755, accuracy_m=1.5, method="homography")
_DISTRICT = Path(__file__).parents[1] / "configs" / "district"


@dataclass(slots=True, kw_only=True)
class ControlRoom:
    """What a test holds of a running dispatcher; ``now`` is its clock."""

    store: Database
    evidence: PictureFolder
    district: District
    now: datetime = NOON
    sequence: int = field(default=0)

    @classmethod
    def open(cls, folder: Path, password_hash: str = PASSWORD_HASH) -> "ControlRoom":
        district = _district()
        folder.mkdir(exist_ok=True)
        (folder / "dispatcher.db").write_bytes(empty_tables())
        store = _open(folder, district)
        with store.write() as tx:
            tx.put_account(ACCOUNT, password_hash, now=NOON)
        return cls(store=store, evidence=PictureFolder(folder / "pictures"), district=district)

    def app(self) -> FastAPI:
        site = Site(store=self.store, evidence=self.evidence, district=self.district, clock=lambda: self.now)
        return create_app(site, secret="a secret of the tests")  # noqa: S106

    def see(self, **changes: Any) -> TicketId:
        """Let a box report an incident of the pavement camera now; return its ticket."""
        self.sequence += 1
        facts: dict[str, Any] = {
            "camera_id": "cam-pavement",
            "location": PAVEMENT,
            "first_seen_at": self.now - timedelta(minutes=2),
            "last_seen_at": self.now,
        }
        event = an_event(sequence=self.sequence, **(facts | changes))
        with self.store.write() as tx:
            receipt = receive_event(tx, event, district=self.district, now=self.now)
        if receipt.ticket_id is None:
            raise AssertionError(f"event {event.id} made no ticket: {receipt.result}")
        return receipt.ticket_id

    def take_picture(self, payload: bytes, *, kind: str = "snapshot") -> EvidenceRef:
        """Let the bytes of a picture arrive; return what an incident says of it."""
        sha256 = hashlib.sha256(payload).hexdigest()
        self.evidence.put(sha256, payload)
        with self.store.write() as tx:
            tx.put_picture(sha256, size_bytes=len(payload), now=self.now)
        return EvidenceRef.model_validate({"kind": kind, "sha256": sha256, "bytes": len(payload)})


@cache
def _district() -> District:
    return load_district(_DISTRICT, name="临江街道", zone=ZoneInfo("Asia/Shanghai"))


def _open(folder: Path, district: District) -> Database:
    url = f"sqlite:///{folder / 'dispatcher.db'}"
    return open_store(url, cells_below=district.grid.below, zone=district.zone)
