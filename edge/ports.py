"""Every seam between the box and the outside, on one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from edge.contract.messages import Ack, EvidenceRef, Incident, IncidentEvent
from edge.domain.frame import Frame


class EdgeError(Exception):
    """Something outside failed; the text names it and the way out."""

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class DiskFullError(EdgeError):
    """No room for a picture or a row; nothing was half-written."""


CameraState = Literal["connecting", "live", "stalled", "backoff", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraReading:
    """How a camera does now; ``reason`` names the last failure in words (DNS, refused, 401, timeout)."""

    state: CameraState
    reason: str | None
    fps: float
    dropped: int


class Camera(Protocol):
    """One camera, decoded on a thread of its own into a one-slot mailbox; the newest frame wins."""

    @property
    def camera_id(self) -> str: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def join(self, timeout_s: float) -> None:
        """Wait for the thread to end after `stop`."""

    def take(self) -> Frame | None:
        """Return the newest frame that was not taken yet."""

    def set_awake(self, is_awake: bool) -> None:  # noqa: FBT001  it is the value that is set
        """Decode every picture, or only keyframes where they are close enough together."""

    def reading(self) -> CameraReading: ...


class EvidenceStore(Protocol):
    """Pictures on disk, named by their content."""

    def put(self, jpeg: bytes, *, kind: Literal["snapshot", "crop", "after"]) -> EvidenceRef:
        """Store ``jpeg`` durably before returning; raise ``DiskFullError`` when there is no room."""

    def read(self, sha256: str) -> bytes:
        """Return the bytes; raise ``EdgeError`` when they are gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Something to send: an event's JSON (``key`` is its id) or a picture (``key`` is its hash)."""

    row_id: int
    lane: Literal["event", "evidence"]
    key: str
    payload: bytes


class Outbox(Protocol):
    """The box's ledger: incidents, and what the centre has not yet committed."""

    def commit(self, incident: Incident, *, at: datetime, state: bytes) -> IncidentEvent:
        """Write the incident's state, its pictures' rows and its event in one transaction.

        ``state`` is what the pipeline needs to go on with this incident after a restart. The event's
        ``sequence`` is given here. The same incident and rev twice is one row.
        """

    def open_states(self, camera_id: str) -> list[bytes]:
        """Return ``state`` of each incident of the camera that is not over."""

    def pending(self, lane: Literal["event", "evidence"], limit: int) -> Sequence[Parcel]:
        """Return the oldest unsettled parcels of a lane, in order."""

    def settle(self, ack: Ack) -> None:
        """Delete what the centre committed; park what it refused."""

    def depth(self) -> tuple[int, float, int]:
        """Return how many parcels wait, the age of the oldest in seconds, and how many were refused."""
