"""Labelled clips: what happens in them by their logs, and what a box makes of them."""

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import av
from pydantic import BaseModel, ConfigDict, ValidationError

from edge.contract.messages import Box as PictureBox
from edge.contract.messages import IncidentEvent
from edge.detectors import load_detectors
from edge.domain.detection import Box
from edge.domain.ground import Homography
from edge.judge import Judgement, Reported, Truth, judge, merge_truths
from edge.plan import plan_cameras
from edge.ports import EdgeError
from edge.replay import replay
from edge.settings import CameraSettings, EdgeConfig, PassageSettings

_STARTS_AT = datetime(2025, 1, 1, 4, tzinfo=UTC)
_CUT_S = 1.0
"""A clip that is shorter than its log by more was cut off."""
_File = TypeVar("_File", bound=BaseModel)


class _Event(BaseModel):
    kind: str
    from_s: float
    to_s: float
    box: tuple[float, float, float, float]


class _Log(BaseModel):
    """NAME.events.json."""

    duration_s: float | None = None
    events: list[_Event]


class _Scene(BaseModel):
    """NAME.scene.json: the camera's ground plane and zones."""

    model_config = ConfigDict(strict=False)
    homography: Homography
    zones: dict[str, list[tuple[float, float]]]


def find_clips(folder: Path) -> list[Path]:
    """Return the clips of a folder; raise ``EdgeError`` where there is none, or one without its log."""
    if not folder.is_dir():
        raise EdgeError(f"{folder} is no folder: give the one that `models synth clip --scenes` wrote")
    clips = sorted(folder.glob("*.mp4"))
    if not clips:
        raise EdgeError(f"{folder} holds no clip: make some with `gridwarden models synth clip --scenes all`")
    bare = [clip.name for clip in clips if not clip.with_suffix(".events.json").exists()]
    if bare:
        raise EdgeError(f"{folder}: no event log (NAME.events.json) beside {', '.join(bare)}")
    return clips


def judge_clip(clip: Path, config: EdgeConfig, *, keep: Path) -> list[Judgement]:
    """Replay ``clip`` through the rules of the first camera, and judge each of their kinds.

    The camera's ground, zones and empty view are those of the clip; the pictures go to ``keep``. Events of
    kinds that no rule looks for are not judged.
    """
    log = _read(clip.with_suffix(".events.json"), _Log)
    camera = _at_the_clip(config.cameras[0], clip)
    shown_s = _length_s(clip)
    if shown_s < (log.duration_s or 0.0) - _CUT_S:
        raise EdgeError(
            f"{clip} ends after {shown_s:.1f} s of {log.duration_s:.1f} s: render or copy it again"
        )
    truths = [Truth(kind=it.kind, from_s=it.from_s, to_s=it.to_s, box=_box(*it.box)) for it in log.events]
    incidents = _incidents(clip, config.model_copy(update={"cameras": (camera,)}), keep)
    passing = {rule.kind for rule in camera.rules if isinstance(rule, PassageSettings)}
    judgements = []
    for kind in sorted({rule.kind for rule in camera.rules}):
        mine = [truth for truth in truths if truth.kind == kind]
        judgements.append(
            judge(
                clip.name,
                kind,
                mine if kind in passing else merge_truths(mine),
                [incident for incident in incidents if incident.kind == kind],
            )
        )
    return judgements


def _length_s(clip: Path) -> float:
    """Return how much of a clip is there, by its packets."""
    try:
        with av.open(str(clip)) as container:
            ends = [
                float((packet.pts + (packet.duration or 0)) * packet.time_base)
                for packet in container.demux(video=0)
                if packet.pts is not None and packet.time_base is not None
            ]
    except (av.FFmpegError, IndexError, ValueError) as exc:
        raise EdgeError(f"{clip} cannot be played: {exc}") from exc
    return max(ends, default=0.0)


def _incidents(clip: Path, config: EdgeConfig, keep: Path) -> list[Reported]:
    """What the box reports of the clip, on the clip's own clock."""
    shutil.rmtree(keep, ignore_errors=True)
    detectors = load_detectors(config)
    (plan,) = plan_cameras(config, detectors.thresholds)
    told: dict[str, list[IncidentEvent]] = {}
    for event in replay(
        clip,
        plan,
        detectors.see,
        site=config.box.site,
        box=config.box.id,
        config_sha256=hashlib.sha256(config.model_dump_json().encode()).hexdigest(),
        starts_at=_STARTS_AT,
        keep=keep,
    ):
        told.setdefault(event.data.incident_id, []).append(event)
    return [_reported(events, keep) for events in told.values()]


def _reported(events: Sequence[IncidentEvent], keep: Path) -> Reported:
    first, last = events[0].data, events[-1].data
    boxes: Iterable[PictureBox] = [
        box
        for event in events
        for box in (event.data.picture.box, *(look.box for look in event.data.why.looks))
        if box
    ]
    shas = [ref.sha256 for ref in first.evidence if ref.kind == "snapshot"]
    return Reported(
        kind=first.kind,
        incident_id=first.incident_id,
        from_s=_seconds(first.first_seen_at),
        to_s=_seconds(last.last_seen_at),
        opened_s=_seconds(events[0].time),
        confidence=last.confidence,
        boxes=tuple(_box(box.left, box.top, box.right, box.bottom) for box in boxes),
        picture=str(next((keep / "evidence").rglob(f"{shas[0]}*"), None)) if shas else None,
    )


def _at_the_clip(camera: CameraSettings, clip: Path) -> CameraSettings:
    """The camera with the clip's ground, zones and empty view instead of its own."""
    path = clip.with_suffix(".scene.json")
    scene = _read(path, _Scene)
    for zone in camera.zones:
        if zone.id not in scene.zones:
            raise EdgeError(f"{path} has no zone {zone.id!r}; it has: {', '.join(scene.zones)}")
    zones = tuple(zone.model_copy(update={"polygon": scene.zones[zone.id]}) for zone in camera.zones)
    empty = clip.with_suffix(".empty.jpg")
    if camera.empty_view and not empty.exists():
        raise EdgeError(
            f"{clip}: no {empty.name} beside it, and a rule compares with it: render the clip again"
        )
    own = {"url": str(clip), "ground": None, "homography": scene.homography, "zones": zones}
    return camera.model_copy(update={**own, "empty_view": empty if empty.exists() else None})


def _read(path: Path, shape: type[_File]) -> _File:
    try:
        return shape.model_validate_json(path.read_bytes())
    except OSError as exc:
        raise EdgeError(f"{path} cannot be read: {exc.strerror}") from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise EdgeError(f"{path}: {where or 'the file'}: {first['msg']}: render the clip again") from exc


def _box(left: float, top: float, right: float, bottom: float) -> Box:
    return Box(left=left, top=top, right=right, bottom=bottom)


def _seconds(at: datetime) -> float:
    return (at - _STARTS_AT).total_seconds()
