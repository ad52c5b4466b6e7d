"""The detector port, and its ONNX implementation."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from models.detections import Detections
from models.manifest import Manifest, ModelError, Variant, load_manifest, read_verified
from models.postprocess import decode
from models.preprocess import letterbox
from models.second_look import SecondLook, open_second_look
from models.session import answer_to, open_session, unlike

CATALOG = Path(__file__).parent / "catalog"


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which model said it: goes into every incident's reasons; ``sha256`` is that of all files that speak."""

    name: str
    version: str
    sha256: str


class Detector(Protocol):
    """Finds labelled boxes in a picture; safe to call from several threads."""

    @property
    def labels(self) -> tuple[str, ...]: ...

    @property
    def info(self) -> ModelInfo: ...

    @property
    def thresholds(self) -> Mapping[str, float]:
        """The calibrated confidence of each label."""

    @property
    def input_px(self) -> int:
        """What the longer side of a picture is scaled to, in pixels; 0 where it is not scaled."""

    def detect(self, image: NDArray[np.uint8], asked: Collection[str] | None = None) -> Detections:
        """Return everything above the floor of 0.05 in ``image`` (h, w, 3, BGR, any size).

        How sure it is matters only for the labels in ``asked`` (none given: all). What would cost another
        look to be sure of may come at the floor otherwise; it still hides things, and may need blurring.
        """


def load_detector(
    directory: Path,
    *,
    providers: Sequence[str] = ("CPUExecutionProvider",),
    variant: Variant | None = None,
    second_look: bool = True,
) -> "OnnxDetector":
    """Return the detector of a model directory, its hashes verified; INT8 where shipped, unless told."""
    manifest = load_manifest(directory)
    if not second_look:
        manifest = manifest.model_copy(update={"second": ()})
    chosen = variant or ("int8" if "int8" in manifest.files else "fp32")
    if chosen not in manifest.files:
        raise ModelError(f"{directory} has no {chosen} file; it has: {', '.join(manifest.files)}")
    file = manifest.files[chosen]
    session = open_session(read_verified(directory, file), directory / file.path, providers)
    second = tuple(open_second_look(directory, manifest, one, providers) for one in manifest.second)
    info = ModelInfo(manifest.name, manifest.version, manifest.sha256_of(chosen))
    return OnnxDetector(manifest, info, session, second)


@dataclass(frozen=True, slots=True, eq=False)
class OnnxDetector:
    """A model of the catalog on onnxruntime; built by `load_detector`."""

    manifest: Manifest
    info: ModelInfo
    session: ort.InferenceSession
    second: tuple[SecondLook, ...] = ()

    def __post_init__(self) -> None:
        rows = 4 + len(self.manifest.labels)
        if has := unlike(self.session, 0, rows, 0):
            raise ModelError(
                f"model {self.info.name}: the manifest says input 1 x 3 x height x width and {rows} output "
                f"rows, the file has {has}; export the model again"
            )

    @property
    def labels(self) -> tuple[str, ...]:
        return self.manifest.labels

    @property
    def thresholds(self) -> Mapping[str, float]:
        return self.manifest.thresholds

    @property
    def input_px(self) -> int:
        return self.manifest.input_px

    def detect(self, image: NDArray[np.uint8], asked: Collection[str] | None = None) -> Detections:
        fitted = letterbox(image, self.manifest.input_px)
        output = answer_to(fitted.blob, self.session, f"{self.info.name} {self.info.version}")
        scores = output[0, 4:]
        if not (np.isfinite(output).all() and (scores >= 0).all() and (scores <= 1).all()):
            raise ModelError(
                f"model {self.info.name} {self.info.version} gave a value that is no number or no "
                f"confidence on a picture of {fitted.width_px}x{fitted.height_px}: its boxes are "
                "refused; go back a version"
            )
        boxes, confidences, class_ids = decode(output[0])
        found = Detections(fitted.to_picture(boxes), confidences, class_ids, self.manifest.labels)
        for look in self.second:
            found = look.look_again(image, found, asked)
        return found
