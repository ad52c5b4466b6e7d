"""A detector refuses files and outputs that cannot be trusted."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray
from onnxruntime.capi.onnxruntime_pybind11_state import Fail

from models.detector import ModelInfo, OnnxDetector, load_detector
from models.manifest import ModelError, save_manifest
from tests.model_files import manifest

PICTURE = np.zeros((64, 128, 3), np.uint8)


@dataclass
class FakeSession:
    """Answers every picture with the same output."""

    output: NDArray[np.float32]
    inputs: int = 1
    outputs: int = 1
    kind: str = "tensor(float)"
    failure: Exception | None = None
    seen: list[NDArray[np.float32]] = field(default_factory=list)

    def get_inputs(self) -> list[SimpleNamespace]:
        shape = [1, 3, "height", "width"]
        return [SimpleNamespace(name="images", type=self.kind, shape=shape)] * self.inputs

    def get_outputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(type=self.kind, shape=list(self.output.shape))] * self.outputs

    def run(self, _names: None, feeds: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        if self.failure:
            raise self.failure
        self.seen.append(feeds["images"])
        return [self.output]


INFO = ModelInfo("street", "7", "0" * 64)


def detector(output: NDArray[np.float32]) -> OnnxDetector:
    return OnnxDetector(manifest(), INFO, FakeSession(output))


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


@pytest.mark.parametrize(("inputs", "outputs"), [(1, 2), (2, 1), (0, 1), (1, 0)])
def test_a_file_with_more_or_fewer_inputs_or_outputs_is_refused(inputs: int, outputs: int) -> None:
    session = FakeSession(anchor(16, 16, 8, 4, 0.1, 0.2), inputs=inputs, outputs=outputs)

    with pytest.raises(ModelError, match=r"6 output rows, the file has .*; export the model again"):
        OnnxDetector(manifest(), INFO, session)


@pytest.mark.parametrize("kind", ["tensor(float16)", "tensor(uint8)"])
def test_a_file_of_other_numbers_is_refused(kind: str) -> None:
    with pytest.raises(ModelError, match=rf"the file has {re.escape(kind)}"):
        OnnxDetector(manifest(), INFO, FakeSession(anchor(16, 16, 8, 4, 0.1, 0.2), kind=kind))


def test_a_file_with_a_flat_output_is_refused() -> None:
    with pytest.raises(ModelError, match=r"the file has .* and tensor\(float\) \[6\]"):
        detector(np.zeros(6, np.float32))


def test_where_there_are_no_anchors_nothing_is_found() -> None:
    assert len(detector(np.zeros((1, 6, 0), np.float32)).detect(PICTURE)) == 0


def test_a_model_that_fails_on_a_picture_is_named() -> None:
    session = FakeSession(anchor(16, 16, 8, 4, 0.1, 0.2), failure=Fail("Reshape node"))

    with pytest.raises(ModelError, match="model street 7 fails on a picture of 64x32: Reshape node"):
        OnnxDetector(manifest(), INFO, session).detect(PICTURE)


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
