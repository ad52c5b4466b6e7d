"""The messages between boxes and the centre, version 1."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from edge.contract.message import Fraction, Message, Name, NonNegative, Seconds, Sha256, Utc


class Phase(StrEnum):
    """Where an incident stands; the last two are final."""

    OPENED = "opened"
    UPDATED = "updated"
    CLEARED = "cleared"
    RETRACTED = "retracted"

    @property
    def is_final(self) -> bool:
        return self in {Phase.CLEARED, Phase.RETRACTED}


class Box(Message):
    """A box in fractions of the picture, origin top left."""

    left: Fraction
    top: Fraction
    right: Fraction
    bottom: Fraction


class Location(Message):
    """A ground point in WGS 84 degrees and how well it is known."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    accuracy_m: NonNegative
    crs: Literal["WGS84"] = "WGS84"
    method: Literal["homography", "zone", "camera"]


class Picture(Message):
    """Where in the picture the incident is, in fractions."""

    box: Box
    polygon: list[tuple[Fraction, Fraction]] | None = None


class Measures(Message):
    """What was measured; a rule fills what it knows."""

    count: Annotated[int, Field(ge=0)] | None = None
    area_m2: NonNegative | None = None
    share: Fraction | None = None
    speed_mps: NonNegative | None = None
    heading_deg: Annotated[float, Field(ge=0, lt=360)] | None = None
    load_covered: bool | None = None


class EvidenceRef(Message):
    """A stored picture, named by its content; the bytes travel on the evidence topic."""

    kind: Literal["snapshot", "crop", "after"]
    sha256: Sha256
    bytes: Annotated[int, Field(gt=0)]
    media_type: Literal["image/jpeg"] = "image/jpeg"


class WhyLook(Message):
    """One look behind a decision; ``score`` is absent where the look found nothing."""

    at: Utc
    score: Fraction | None = None
    box: Box | None = None


class ModelRef(Message):
    """A model; ``sha256`` is its file's, or where it looks twice that of `HASH HASH`, one of each file."""

    name: Name
    version: str
    sha256: Sha256


class Why(Message):
    """Why the incident is in this phase: the looks, the gates passed, the model, the configuration."""

    looks: list[WhyLook]
    gates: list[str]
    model: ModelRef
    config_sha256: Sha256


class Incident(Message):
    """An incident as it stood at revision ``rev``."""

    incident_id: Name
    rev: Annotated[int, Field(ge=1)]
    phase: Phase
    reason: str | None = None
    kind: Name
    camera_id: Name
    rule_id: Name
    zone_id: Name
    severity: Annotated[int, Field(ge=1, le=4)]
    first_seen_at: Utc
    last_seen_at: Utc
    dwell_s: Seconds
    confidence: Fraction
    location: Location
    picture: Picture
    measures: Measures = Measures()
    evidence: list[EvidenceRef]
    why: Why
    historical: bool = False

    @model_validator(mode="after")
    def _times_are_in_order(self) -> Self:
        if self.last_seen_at < self.first_seen_at:
            raise ValueError(f"last_seen_at {self.last_seen_at} is before first_seen_at {self.first_seen_at}")
        return self


class IncidentEvent(Message):
    """The immutable fact that an incident changed: a CloudEvents 1.0 event in structured JSON.

    ``source`` with ``id`` identifies it for ever; a repeat is the same event. ``sequence`` counts the
    events of a box without gaps, so that the centre sees what is missing.
    """

    specversion: Literal["1.0"] = "1.0"
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+/[1-9][0-9]*$")]
    source: Annotated[str, Field(pattern=r"^/edge/[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$")]
    type: Annotated[
        str, Field(pattern=r"^org\.gridwarden\.incident\.(opened|updated|cleared|retracted)\.v1$")
    ]
    subject: str
    time: Utc
    sequence: Annotated[int, Field(ge=1)]
    datacontenttype: Literal["application/json"] = "application/json"
    data: Incident

    @classmethod
    def of(cls, incident: Incident, *, site: str, box: str, sequence: int, at: datetime) -> Self:
        """Wrap ``incident`` for sending by ``site``/``box``; ``at`` is when it became so."""
        return cls(
            id=f"{incident.incident_id}/{incident.rev}",
            source=f"/edge/{site}/{box}",
            type=f"org.gridwarden.incident.{incident.phase}.v1",
            subject=f"{incident.camera_id}/{incident.rule_id}",
            time=at,
            sequence=sequence,
            data=incident,
        )

    @model_validator(mode="after")
    def _envelope_agrees_with_data(self) -> Self:
        data = self.data
        wanted = {
            "id": f"{data.incident_id}/{data.rev}",
            "type": f"org.gridwarden.incident.{data.phase}.v1",
            "subject": f"{data.camera_id}/{data.rule_id}",
        }
        for name, value in wanted.items():
            if getattr(self, name) != value:
                raise ValueError(f"{name} is {getattr(self, name)!r}, but data says {value!r}")
        return self


class Refusal(Message):
    """An event or picture that the centre can never accept; the box keeps it and raises an alarm."""

    id: str
    reason: str


class Ack(Message):
    """What the centre has committed: only this lets a box delete from its outbox."""

    at: Utc
    committed: list[str] = []
    evidence: list[Sha256] = []
    refused: list[Refusal] = []


class EdgeStatus(Message):
    """Birth and last will of a box, retained."""

    state: Literal["online", "offline"]
    boot_id: Name
    at: Utc
    version: str
    config_sha256: Sha256
    models: list[ModelRef] = []


class CameraHealth(Message):
    """One camera in a health report; ``coverage`` is the share of time each rule was watched."""

    camera_id: Name
    state: Literal["connecting", "live", "stalled", "backoff", "ended"]
    reason: str | None = None
    fps: NonNegative
    dropped: Annotated[int, Field(ge=0)]
    coverage: dict[Name, Fraction]


class EdgeHealth(Message):
    """How a box does, every 30 s, not retained."""

    at: Utc
    boot_id: Name
    stretch: Annotated[float, Field(ge=1)]
    queue: Annotated[int, Field(ge=0)]
    queue_age_s: Seconds
    refused: Annotated[int, Field(ge=0)]
    disk_free_bytes: Annotated[int, Field(ge=0)]
    cameras: list[CameraHealth]


class Verdict(Message):
    """What people found on site, for one incident."""

    incident_id: Name
    verdict: Literal["true", "false", "cannot_tell"]
    by: str
    at: Utc


class Command(Message):
    """An order to a box, answered on the reply topic under the same ``command_id``."""

    command_id: Name
    verb: Literal["snapshot", "clip", "reload", "model"]
    camera_id: Name | None = None
    arguments: dict[str, str] = {}
