"""The recorder: a change becomes pictures on disk, then one row in the ledger."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.contract import messages
from edge.contract.messages import EvidenceRef, IncidentEvent, Location, Phase, Picture, Why, WhyLook
from edge.domain.detection import Box
from edge.domain.ground import Ground
from edge.domain.look import LookMark, Shot
from edge.pipeline import Change
from edge.ports import EdgeError, EvidenceStore, Outbox
from edge.privacy import pixelated
from edge.sharpness import cut

_QUALITY = 80
_CROP_MARGIN = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Writes down what happened: pictures are stored and hashed before the event says that they exist."""

    evidence: EvidenceStore
    outbox: Outbox
    config_sha256: str
    ground: Mapping[str, Ground]
    pixelate: bool = True

    def record(self, change: Change) -> IncidentEvent:
        """Store the pictures of ``change``, then commit it; raise ``EdgeError`` when either fails."""
        pictures = self._store(change.shot, change.incident.phase) if change.shot else []
        return self.outbox.commit(self._message(change, pictures), at=change.at, state=change.state)

    def _store(self, shot: Shot, phase: Phase) -> list[EvidenceRef]:
        image = pixelated(shot.frame.image, shot.detections) if self.pixelate else shot.frame.image
        if phase is Phase.CLEARED:
            return [self.evidence.put(_jpeg(image), kind="after")]
        crop = cut(image, _grown(shot.box))
        return [
            self.evidence.put(_jpeg(image), kind="snapshot"),
            self.evidence.put(_jpeg(crop), kind="crop"),
        ]

    def _message(self, change: Change, pictures: list[EvidenceRef]) -> messages.Incident:
        incident, it = change.incident, change.incident.standing
        place = self.ground[incident.origin.camera_id].locate(
            it.ground_point, zone_id=incident.origin.zone_id
        )
        return messages.Incident(
            incident_id=incident.incident_id,
            rev=incident.rev,
            phase=incident.phase,
            reason=incident.reason,
            kind=incident.origin.kind,
            camera_id=incident.origin.camera_id,
            rule_id=incident.origin.rule_id,
            zone_id=incident.origin.zone_id,
            severity=it.severity,
            first_seen_at=it.first_seen_at,
            last_seen_at=it.last_seen_at,
            dwell_s=it.dwell_s,
            confidence=it.confidence,
            location=Location.model_validate(asdict(place)),
            picture=Picture(box=_box(it.box)),
            measures=messages.Measures.model_validate(asdict(it.measures)),
            evidence=pictures,
            why=Why(
                looks=[_why(mark) for mark in it.looks],
                gates=list(it.gates),
                model=incident.model,
                config_sha256=self.config_sha256,
            ),
        )


def _why(mark: LookMark) -> WhyLook:
    return WhyLook(at=mark.at, score=mark.score, box=mark.box and _box(mark.box))


def _box(box: Box) -> messages.Box:
    return messages.Box(left=box.left, top=box.top, right=box.right, bottom=box.bottom)


def _grown(box: Box) -> Box:
    width, height = _CROP_MARGIN * (box.right - box.left), _CROP_MARGIN * (box.bottom - box.top)
    return Box(
        left=max(0.0, box.left - width),
        top=max(0.0, box.top - height),
        right=min(1.0, box.right + width),
        bottom=min(1.0, box.bottom + height),
    )


def _jpeg(image: NDArray[np.uint8]) -> bytes:
    done, jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise EdgeError(f"a picture of shape {image.shape} cannot be written as JPEG")
    return jpeg.tobytes()
