"""The plan: a checked configuration as what the pipelines run."""

from collections.abc import Mapping
from datetime import time
from zoneinfo import ZoneInfo

import cv2
import numpy as np

from edge.cadence import Cadence
from edge.config import ConfigError
from edge.domain.candidate import Terms
from edge.domain.ground import Ground, Homography, invertible
from edge.domain.hours import ActiveHours
from edge.domain.incident import Origin
from edge.domain.zone import Zone
from edge.pipeline import CameraPlan, RulePlan
from edge.rules.crowding import Crowding
from edge.rules.passage import Passage
from edge.rules.presence import Presence
from edge.rules.rule import Rule
from edge.rules.surface import Surface
from edge.settings import (
    ActiveSettings,
    CameraSettings,
    CrowdingSettings,
    EdgeConfig,
    PassageSettings,
    PresenceSettings,
    RuleSettings,
    SurfaceSettings,
)

_KEEP = 0.7
"""Share of ``open_score`` that keeps a thing, where ``keep_score`` is not set."""


def plan_cameras(config: EdgeConfig, thresholds: Mapping[str, Mapping[str, float]]) -> list[CameraPlan]:
    """Return what each camera runs; ``thresholds`` are the calibrated ones of each model."""
    return [_plan_camera(camera, config.box.id, thresholds) for camera in config.cameras]


def _plan_camera(
    camera: CameraSettings, box: str, thresholds: Mapping[str, Mapping[str, float]]
) -> CameraPlan:
    ground = _ground(camera)
    zones = {zone.id: Zone(zone_id=zone.id, polygon=tuple(zone.polygon)) for zone in camera.zones}
    rules = tuple(
        RulePlan(
            origin=Origin(box=box, camera_id=camera.id, rule_id=it.id, zone_id=it.zone, kind=it.kind),
            zone=zones[it.zone],
            model=it.model,
            rule=_rule(it, zones[it.zone], ground, _terms(it, thresholds[it.model])),
            cadence=Cadence(
                every_s=it.every_s, max_age_s=it.max_age_s, burst=isinstance(it, PassageSettings)
            ),
            hours=_hours(it.active) if it.active else None,
        )
        for it in camera.rules
    )
    return CameraPlan(camera_id=camera.id, ground=ground, rules=rules)


def _rule(settings: RuleSettings, zone: Zone, ground: Ground, terms: Terms) -> Rule:
    labels = frozenset(settings.labels)
    match settings:
        case PresenceSettings(severity=severity):
            return Presence(zone=zone, labels=labels, terms=terms, severity=severity)
        case PassageSettings(severity=severity):
            return Passage(zone=zone, ground=ground, labels=labels, terms=terms, severity=severity)
        case CrowdingSettings(severity=severity, min_count=min_count):
            return Crowding(zone=zone, labels=labels, terms=terms, severity=severity, min_count=min_count)
        case SurfaceSettings(min_share=min_share, steps=steps):
            return Surface(
                zone=zone, ground=ground, labels=labels, terms=terms, min_share=min_share, steps=steps
            )
    raise TypeError(f"no way of finding for {type(settings).__name__}")


def _terms(settings: RuleSettings, thresholds: Mapping[str, float]) -> Terms:
    calibrated = max(thresholds[label] for label in settings.labels)
    open_score = calibrated if settings.open_score is None else settings.open_score
    return Terms(
        every_s=settings.every_s,
        dwell_s=settings.dwell_s,
        clear_s=settings.clear_s,
        confirm_k=settings.confirm_k,
        confirm_n=settings.confirm_n,
        clear_looks=settings.clear_looks,
        open_score=open_score,
        keep_score=_KEEP * open_score if settings.keep_score is None else settings.keep_score,
    )


def _hours(active: ActiveSettings) -> ActiveHours:
    spans = [span.split("-") for span in active.hours]
    return ActiveHours(
        spans=tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in spans),
        timezone=ZoneInfo(active.timezone),
    )


def _ground(camera: CameraSettings) -> Ground:
    places = tuple(
        (zone.id, zone.lat, zone.lon)
        for zone in camera.zones
        if zone.lat is not None and zone.lon is not None
    )
    plain = Ground(lat=camera.lat, lon=camera.lon, homography=camera.homography, zones=places)
    if camera.ground is None:
        return plain
    homography, error_m = fit_homography(
        [(x, y) for x, y, _, _ in camera.ground],
        [plain.offset_m(lat=lat, lon=lon) for _, _, lat, lon in camera.ground],
        where=f"cameras {camera.id}: ground",
    )
    return Ground(lat=camera.lat, lon=camera.lon, homography=homography, fit_error_m=error_m, zones=places)


def fit_homography(
    picture: list[tuple[float, float]], metres: list[tuple[float, float]], *, where: str
) -> tuple[Homography, float]:
    """Return the plane through the points and how far, in metres, it misses them (root mean square)."""
    matrix, _ = cv2.findHomography(np.array(picture, np.float64), np.array(metres, np.float64))
    if matrix is None:
        raise ConfigError(
            [f"{where}: no plane goes through these points: give four or more, no three in a line"]
        )
    (a, b, c), (d, e, f), (g, h, i) = matrix.tolist()
    try:
        homography = invertible(((a, b, c), (d, e, f), (g, h, i)))
    except ValueError as exc:
        raise ConfigError([f"{where}: {exc}: no three of the points may lie in a line"]) from exc
    ground = Ground(lat=0.0, lon=0.0, homography=homography)
    missed = [
        np.inf if (there := ground.metres(point)) is None else np.hypot(there[0] - x, there[1] - y)
        for point, (x, y) in zip(picture, metres, strict=True)
    ]
    return homography, float(np.sqrt(np.mean(np.square(missed))))
