"""Builders of valid messages: a test names only what it is about."""

from datetime import UTC, datetime
from typing import Any

from edge.contract.messages import (
    Box,
    EdgeHealth,
    EdgeStatus,
    EvidenceRef,
    Incident,
    IncidentEvent,
    Location,
    ModelRef,
    Phase,
    Picture,
    Why,
    WhyLook,
)

NOON = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
"""Noon in Shanghai."""
SHA = "a" * 64
A_BOX = Box(left=0.4, top=0.5, right=0.6, bottom=0.8)


def an_incident(**changes: Any) -> Incident:
    """An opened street encroachment at noon; ``changes`` replace fields."""
    fields: dict[str, Any] = {
        "incident_id": "0b9e2f6c",
        "rev": 1,
        "phase": Phase.OPENED,
        "kind": "street_encroachment",
        "camera_id": "cam-1",
        "rule_id": "stalls",
        "zone_id": "pavement",
        "severity": 2,
        "first_seen_at": NOON,
        "last_seen_at": NOON,
        "dwell_s": 30.0,
        "confidence": 0.9,
        "location": Location(lat=31.25, lon=121.40, accuracy_m=2.0, method="homography"),
        "picture": Picture(box=A_BOX),
        "evidence": [EvidenceRef(kind="snapshot", sha256=SHA, bytes=20_000)],
        "why": Why(
            looks=[WhyLook(at=NOON, score=0.9, box=A_BOX)],
            gates=["dwell 30 s of 30 s", "5 of 7 looks"],
            model=ModelRef(name="street", version="1", sha256=SHA),
            config_sha256=SHA,
        ),
    }
    return Incident(**(fields | changes))


def an_event(*, site: str = "putuo", box: str = "box-1", sequence: int = 1, **changes: Any) -> IncidentEvent:
    """An event of a box about ``an_incident(**changes)``, sent when it was last seen."""
    incident = an_incident(**changes)
    return IncidentEvent.of(incident, site=site, box=box, sequence=sequence, at=incident.last_seen_at)


def a_status(**changes: Any) -> EdgeStatus:
    """A box that came online at noon; ``changes`` replace fields."""
    fields: dict[str, Any] = {
        "state": "online",
        "boot_id": "boot",
        "at": NOON,
        "version": "0.1.0",
        "config_sha256": SHA,
    }
    return EdgeStatus(**(fields | changes))


def a_health(**changes: Any) -> EdgeHealth:
    """A box without cameras that has sent all it had, at noon; ``changes`` replace fields."""
    fields: dict[str, Any] = {
        "at": NOON,
        "boot_id": "boot",
        "stretch": 1,
        "queue": 0,
        "queue_age_s": 0,
        "refused": 0,
        "disk_free_bytes": 0,
        "cameras": [],
    }
    return EdgeHealth(**(fields | changes))
