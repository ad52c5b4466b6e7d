"""A detector refuses files and outputs that cannot be trusted."""

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from models.detector import ModelInfo, OnnxDetector, load_detector
from models.manifest import ModelError, save_manifest
from tests.model_files import manifest

PICTURE = np.zeros((64, 128, 3), np.uint8)


@dataclass
class FakeSession:
    """Answers every picture with the same output."""

    output: NDArray[np.float32]
    seen: list[NDArray[np.float32]] = field(default_factory=list)

    def get_inputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name="images", shape=[1, 3, "height", "width"])]

    def get_outputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(shape=list(self.output.shape))]

    def run(self, _names: None, feeds: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        self.seen.append(feeds["images"])
        return [self.output]


def detector(output: NDArray[np.float32]) -> OnnxDetector:
    return OnnxDetector(manifest(), ModelInfo("street", "7", "0" * 64), FakeSession(output))


def anchor(*values: float) -> NDArray[np.float32]:
    return np.array(values, np.float32).reshape(1, -1, 1)


def test_boxes_come_in_pixels_of_the_picture() -> None:
    found = detector(anchor(32, 16, 8, 4, 0.1, 0.9)).detect(PICTURE)

    assert found.boxes.tolist() == [[56, 28, 72, 36]]
    assert found.label_of(0) == "car"


@pytest.mark.parametrize("poison", [np.nan, np.inf])
def test_an_output_that_is_no_number_is_refused_and_names_the_model(poison: float) -> None:
    broken = detector(anchor(16, 16, 8, 4, poison, 0.9))

    with pytest.raises(ModelError, match="model street 7 gave a value that is no number"):
        broken.detect(PICTURE)


def test_a_file_with_more_classes_than_the_manifest_is_refused() -> None:
    with pytest.raises(ModelError, match="6 output rows"):
        detector(anchor(16, 16, 8, 4, 0.1, 0.2, 0.3))


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    save_manifest(manifest(b"no model"), tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"no model")

    with pytest.raises(ModelError, match=r"model.onnx is no model that onnxruntime"):
        load_detector(tmp_path)


def test_a_changed_file_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    save_manifest(manifest(b"expected"), tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"changed")

    with pytest.raises(ModelError, match="expected sha256"):
        load_detector(tmp_path)


def test_a_variant_that_is_not_shipped_is_named(tmp_path: Path) -> None:
    save_manifest(manifest(), tmp_path)

    with pytest.raises(ModelError, match="no int8 file; it has: fp32"):
        load_detector(tmp_path, variant="int8")


def test_a_provider_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    save_manifest(manifest(b"m"), tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"m")

    with pytest.raises(ModelError, match=r"no RocketProvider; choose of: .*CPUExecutionProvider"):
        load_detector(tmp_path, providers=["RocketProvider"])
