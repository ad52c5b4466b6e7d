"""The detectors of a box, by name, and what one look through them sees."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.checks import EMPTY_VIEW
from edge.contract.messages import ModelRef
from edge.domain.detection import Box, Detection
from edge.domain.frame import Frame
from edge.domain.look import Look
from edge.ports import EdgeError
from edge.settings import EdgeConfig, ModelSettings
from edge.sharpness import cut
from models.change import EmptyViewDetector
from models.detections import Detections
from models.detector import CATALOG, Detector, ModelInfo, load_detector
from models.manifest import ModelError, load_manifest

_WHOLE = Box(left=0.0, top=0.0, right=1.0, bottom=1.0)


class Detectors:
    """All models of a box; an empty view is a model of its own for each camera and region."""

    def __init__(self, models: Mapping[str, Detector], empty_views: Mapping[str, Path]) -> None:
        self._models = models
        self._empty_views = {camera_id: _read(path) for camera_id, path in empty_views.items()}
        self._empty: dict[tuple[str, Box], EmptyViewDetector] = {}

    @property
    def refs(self) -> list[ModelRef]:
        """What is loaded, for the box's status."""
        return [_ref(model) for model in self._models.values()]

    @property
    def thresholds(self) -> Mapping[str, Mapping[str, float]]:
        """The calibrated confidence of each label, by model."""
        loaded = {name: model.thresholds for name, model in self._models.items()}
        return loaded | {EMPTY_VIEW: {"object": 0.5}}

    def with_views_of(self, config: EdgeConfig) -> "Detectors":
        """The same models, with the empty views of another configuration."""
        return Detectors(self._models, _empty_views(config))

    def see(self, frame: Frame, look: Look) -> tuple[list[Detection], ModelRef]:
        """Carry out ``look``: run its model on its region; boxes in fractions of the whole picture."""
        detector = self._of(look)
        region = widened(look.region, frame.image.shape, detector.input_px)
        part = cut(frame.image, region)
        found = _in_picture(detector.detect(np.ascontiguousarray(part), look.labels), region, part.shape)
        if found and look.model != EMPTY_VIEW and look.camera_id in self._empty_views:
            found = _compared(found, frame.image, self._empty_view(look.camera_id, _WHOLE))
        return found, _ref(detector)

    def _of(self, look: Look) -> Detector:
        if look.model != EMPTY_VIEW:
            return self._models[look.model]
        return self._empty_view(look.camera_id, look.region)

    def _empty_view(self, camera_id: str, region: Box) -> EmptyViewDetector:
        key = camera_id, region
        if key not in self._empty:
            self._empty[key] = EmptyViewDetector(cut(self._empty_views[camera_id], region))
        return self._empty[key]


@dataclass(frozen=True, slots=True)
class _Unusable:
    """Stands in for a model whose file cannot be used: its looks fail with the reason, all others go on."""

    labels: tuple[str, ...]
    thresholds: Mapping[str, float]
    info: ModelInfo
    reason: str
    input_px: int = 0

    def detect(self, _image: NDArray[np.uint8], _asked: Collection[str] | None = None) -> Detections:
        raise ModelError(self.reason)


def load_detectors(config: EdgeConfig, *, spare_the_rest: bool = False) -> Detectors:
    """Load every model that the configuration names; raise ``EdgeError`` when one cannot be used.

    With ``spare_the_rest`` only the looks through that model raise.
    """
    load = _load_or_stand_in if spare_the_rest else _load
    try:
        models = {name: load(name, settings) for name, settings in config.models.items()}
    except ModelError as exc:
        raise EdgeError(str(exc)) from exc
    return Detectors(models, _empty_views(config))


def _empty_views(config: EdgeConfig) -> dict[str, Path]:
    return {camera.id: camera.empty_view for camera in config.cameras if camera.empty_view}


def _load(name: str, settings: ModelSettings) -> Detector:
    return load_detector(
        settings.path or CATALOG / name, providers=settings.providers, variant=settings.variant
    )


def _load_or_stand_in(name: str, settings: ModelSettings) -> Detector:
    try:
        return _load(name, settings)
    except ModelError as exc:
        manifest = load_manifest(settings.path or CATALOG / name)
        info = ModelInfo(manifest.name, manifest.version, manifest.sha256_of("fp32"))
        return _Unusable(manifest.labels, manifest.thresholds, info, str(exc))


def widened(region: Box, shape: tuple[int, ...], px: int) -> Box:
    """Return ``region`` grown in a frame (h, w, …) until its longer side holds ``px`` pixels, or all of it.

    A smaller one would be scaled up: no detail comes of that, and what is around is lost.
    """
    height, width = shape[:2]
    sides = (region.right - region.left), (region.bottom - region.top)
    grown = max(1.0, px / max(sides[0] * width, sides[1] * height))
    (left, right), (top, bottom) = (
        _centred((first + last) / 2, min(1.0, (last - first) * grown))
        for first, last in ((region.left, region.right), (region.top, region.bottom))
    )
    return Box(left=left, top=top, right=right, bottom=bottom)


def _centred(middle: float, length: float) -> tuple[float, float]:
    first = min(max(0.0, middle - length / 2), 1.0 - length)
    return first, min(1.0, first + length)


def _in_picture(found: Detections, region: Box, shape: tuple[int, ...]) -> list[Detection]:
    height, width = shape[:2]
    scale = np.array([(region.right - region.left) / width, (region.bottom - region.top) / height] * 2)
    origin = np.array([region.left, region.top] * 2)
    boxes = np.clip(found.boxes * scale + origin, 0.0, 1.0)
    whole = (boxes[:, :2] < boxes[:, 2:]).all(axis=1)
    return [
        Detection(
            label=found.label_of(index),
            confidence=float(np.clip(found.confidences[index], 0.0, 1.0)),
            box=Box(left=float(left), top=float(top), right=float(right), bottom=float(bottom)),
        )
        for index, (left, top, right, bottom) in enumerate(boxes)
        if whole[index]
    ]


def _compared(
    found: Sequence[Detection], image: NDArray[np.uint8], empty: EmptyViewDetector
) -> list[Detection]:
    boxes = np.array([(d.box.left, d.box.top, d.box.right, d.box.bottom) for d in found])
    shares = empty.changed_shares(image, boxes)
    return [replace(d, changed=float(share)) for d, share in zip(found, shares, strict=True)]


def _ref(detector: Detector) -> ModelRef:
    return ModelRef(name=detector.info.name, version=detector.info.version, sha256=detector.info.sha256)


def _read(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    image = cv2.imread(str(path))
    if image is None:
        raise EdgeError(f"{path} is no picture: give the approved empty view as JPEG or PNG")
    return np.asarray(image, np.uint8)
