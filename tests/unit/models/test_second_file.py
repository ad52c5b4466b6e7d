"""The file of a second look: pinned, told apart, refused, listed."""

import hashlib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.cli import app
from models.detector import load_detector
from models.manifest import (
    Closer,
    ModelError,
    Second,
    load_manifest,
)
from tests.model_files import a_model, onnx

LABELS = ("truck", "stall", "goods")
TRUCKS = Closer(labels=("truck",), scale=1.5, least=0, worth=(0.5, 1.0, -0.25))


def saved(folder: Path, *looks: Closer, sha256: str = "", content: bytes = b"no model") -> Path:
    (folder / "model.second.onnx").write_bytes(content)
    pin = sha256 or hashlib.sha256(content).hexdigest()
    closer = Second(path="model.second.onnx", sha256=pin, input_px=64, training_id="s", looks=looks)
    a_model(folder, onnx((16, 16, 32, 32, 0.9, 0.1, 0.1)), labels=LABELS, second=closer)
    assert load_manifest(folder).second == closer
    return folder


def test_a_second_file_with_another_hash_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model.second.onnx is not the file that its manifest names"):
        load_detector(saved(tmp_path, TRUCKS, sha256="1" * 64))


def test_models_that_differ_only_in_their_second_file_are_told_apart(tmp_path: Path) -> None:
    hashes = set[str]()
    for name, value in (("one", 0.0), ("other", 0.5)):
        (tmp_path / name).mkdir()
        folder = saved(tmp_path / name, TRUCKS, content=onnx((value,)))
        hashes.add(load_detector(folder).info.sha256)
        hashes.add(load_detector(folder, second_look=False).info.sha256)

    assert len(hashes) == 3
    assert load_manifest(tmp_path / "one").files["fp32"].sha256 in hashes  # the first file, by itself


def test_a_second_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model.second.onnx is no model that onnxruntime"):
        load_detector(saved(tmp_path, TRUCKS))


@pytest.mark.parametrize("labels", [("truck", "truck"), ("lorry",)])
def test_a_look_at_labels_that_are_none_or_twice_is_refused(tmp_path: Path, labels: tuple[str, ...]) -> None:
    look = TRUCKS.model_copy(update={"labels": labels})
    with pytest.raises(ValueError, match=r"second\.looks must name labels of the model, each once"):
        saved(tmp_path, look)


@pytest.mark.parametrize(
    ("also", "told"),
    [(("lorry",), "labels of the model, each once"), (("truck",), "labels that no look judges")],
)
def test_a_look_that_looks_at_odd_labels_too_is_refused(
    tmp_path: Path, also: tuple[str, ...], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        saved(tmp_path, TRUCKS.model_copy(update={"also": also}))


@pytest.mark.parametrize("field", ["scale", "worth"])
@pytest.mark.parametrize("odd", [float("nan"), float("inf")])
def test_a_look_with_what_is_no_number_is_refused(field: str, odd: float) -> None:
    value = {"scale": odd, "worth": (1.0, odd, 0.0)}[field]
    with pytest.raises(ValueError, match="finite number"):
        Closer.model_validate(TRUCKS.model_dump() | {field: value})


def test_a_look_is_read_as_it_was_written(tmp_path: Path) -> None:
    saved(tmp_path, TRUCKS.model_copy(update={"scale": 1.23456789, "least": 1 / 3}))
    saved(tmp_path, TRUCKS.model_copy(update={"also": ("stall",), "whole": True}))


def test_the_list_has_a_line_for_the_second_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.detector.CATALOG", tmp_path)
    (tmp_path / "street").mkdir()
    saved(tmp_path / "street", TRUCKS, content=onnx((0.0,)))

    listed = CliRunner().invoke(app, ["list"])

    first, second_line = listed.stdout.splitlines()[1:3]
    assert first.split()[2] == "fp32"
    assert second_line.split()[2:6] == ["second", "0.0", "MB", "64"]
    assert second_line.split()[-2] == "yes"
    (tmp_path / "street" / "model.second.onnx").write_bytes(b"changed")
    assert CliRunner().invoke(app, ["list"]).exit_code == 1
    assert load_detector(tmp_path / "street", second_look=False).second is None
