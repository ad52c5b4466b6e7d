"""Labelled clips: what happens in them by their logs, and what a box makes of them."""

import hashlib
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from edge.clip_notes import EventLog, log_of, read_log, read_scene, scene_of
from edge.config import ConfigError
from edge.contract.messages import Box as PictureBox
from edge.contract.messages import IncidentEvent
from edge.detectors import Detectors, load_detectors
from edge.domain.detection import Box
from edge.judge import Judgement, Reported, Truth, judge, merge_truths
from edge.plan import plan_cameras
from edge.ports import EdgeError
from edge.replay import replay
from edge.settings import CameraSettings, EdgeConfig, PassageSettings
from models.clips import SPARE_S, check_clip
from models.frames import CLIPS
from models.picture import PictureError

_STARTS_AT = datetime(2025, 1, 1, 4, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedClips:
    """The judgements of many clips, why others have none, and the logs with a kind that no rule looks for."""

    judgements: tuple[Judgement, ...]
    skipped: tuple[str, ...]
    unasked: Mapping[str, Sequence[Path]]  # by kind, a log for each event


def find_clips(folder: Path) -> list[Path]:
    """Return a folder's clips; raise ``EdgeError`` if there is none, or no log, scene or clip beside one."""
    if not folder.is_dir():
        raise EdgeError(f"{folder} is no folder: give the one that `models synth clip --scenes` wrote")
    clips = sorted(path for path in folder.iterdir() if path.suffix.lower() in CLIPS)
    if not clips:
        raise EdgeError(f"{folder} holds no clip: make some with `gridwarden models synth clip --scenes all`")
    logs = {log_of(clip): clip for clip in clips}
    if len(logs) < len(clips):
        twice = sorted({clip.name for clip in clips} - {clip.name for clip in logs.values()})
        raise EdgeError(
            f"{folder}: {', '.join(twice)} has the name of another clip but for its ending: rename it"
        )
    bare = [clip.name for log, clip in logs.items() if not log.exists()]
    if bare:
        raise EdgeError(f"{folder}: no event log (NAME.events.json) beside {', '.join(bare)}")
    lone = [log.name for log in sorted(folder.glob("*.events.json")) if log not in logs]
    if lone:
        raise EdgeError(f"{folder}: no clip beside {', '.join(lone)}")
    bare = [clip.name for clip in clips if not scene_of(clip).exists()]
    if bare:
        raise EdgeError(
            f"{folder}: no scene (NAME.scene.json) beside {', '.join(bare)}: write the homography and zones "
            "as models/synth/README.md tells, or render the clip again"
        )
    return clips


def judge_clips(clips: Iterable[Path], config: EdgeConfig, *, keep: Path) -> JudgedClips:
    """Judge each clip; one that cannot be judged is named, and the others are judged all the same."""
    _check_rules(config.cameras[0])  # what no clip can mend is told once
    detectors = load_detectors(config)
    judgements, skipped, unasked = list[Judgement](), list[str](), dict[str, list[Path]]()
    kinds = {rule.kind for rule in config.cameras[0].rules}
    for clip in clips:
        try:
            judgements += judge_clip(clip, config, detectors, keep=keep / clip.stem)
        except EdgeError as exc:
            skipped.append(str(exc))
            continue
        log = log_of(clip)
        for event in read_log(log).events:
            if event.kind not in kinds:
                unasked.setdefault(event.kind, []).append(log)
    return JudgedClips(judgements=tuple(judgements), skipped=tuple(skipped), unasked=unasked)


def judge_clip(clip: Path, config: EdgeConfig, detectors: Detectors, *, keep: Path) -> list[Judgement]:
    """Replay ``clip`` through the rules of the first camera, and judge each of their kinds.

    The camera's ground, zones and empty view are those of the clip; the pictures go to ``keep``. Events of
    kinds that no rule looks for are not judged.
    """
    log = read_log(log_of(clip))
    camera = _at_the_clip(config.cameras[0], clip)
    _check_length(clip, log)
    truths = [Truth(kind=it.kind, from_s=it.from_s, to_s=it.to_s, box=_box(*it.box)) for it in log.events]
    here = config.model_copy(update={"cameras": (camera,)})
    incidents = _incidents(clip, here, detectors.with_views_of(here), keep)
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


def _check_rules(camera: CameraSettings) -> None:
    """Refuse several rules for a kind: an event is found once, and each rule has an incident of its own."""
    rules: dict[str, list[str]] = {}
    for rule in camera.rules:
        rules.setdefault(rule.kind, []).append(rule.id)
    problems = [
        f"cameras {camera.id}: rules {', '.join(ids)} all look for {kind}: each would open an incident for "
        "one event; keep one of them, in a zone around all that they watch"
        for kind, ids in rules.items()
        if len(ids) > 1
    ]
    if problems:
        raise ConfigError(problems)


def _check_length(clip: Path, log: EventLog) -> None:
    """Refuse a clip that is damaged, or shorter than its log."""
    try:
        lasts_s = check_clip(clip)
    except PictureError as exc:
        raise EdgeError(f"{exc}: render or copy it again") from exc
    logged_s = max([log.duration_s or 0.0, *(event.to_s for event in log.events)])
    if lasts_s < logged_s - SPARE_S:
        raise EdgeError(
            f"{clip} ends after {lasts_s:.1f} s of {logged_s:.1f} s: render it again, or correct its log"
        )


def _incidents(clip: Path, config: EdgeConfig, detectors: Detectors, keep: Path) -> list[Reported]:
    """What the box reports of the clip, on the clip's own clock."""
    shutil.rmtree(keep, ignore_errors=True)
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
    path = scene_of(clip)
    scene = read_scene(path)
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


def _box(left: float, top: float, right: float, bottom: float) -> Box:
    return Box(left=left, top=top, right=right, bottom=bottom)


def _seconds(at: datetime) -> float:
    return (at - _STARTS_AT).total_seconds()
