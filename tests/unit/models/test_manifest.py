"""What a model directory says about itself, and what is refused."""

import hashlib
from pathlib import Path

import pytest

from models.manifest import ModelError, ModelFile, load_manifest, read_verified, save_manifest
from tests.model_files import manifest

STREET = manifest(input_px=320, source="a “quoted” source", thresholds={"person": 0.4, "car": 0.55})


def test_a_saved_manifest_is_read_back_the_same(tmp_path: Path) -> None:
    save_manifest(STREET, tmp_path)

    assert load_manifest(tmp_path) == STREET


def test_a_label_may_have_any_name(tmp_path: Path) -> None:
    labels = ("traffic light", "积水", 'a."b"#')
    odd = STREET.model_copy(update={"labels": labels, "thresholds": dict.fromkeys(labels, 0.5)})
    save_manifest(odd, tmp_path)

    assert load_manifest(tmp_path) == odd


def test_a_folder_without_a_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=rf"{tmp_path.name}/manifest.toml is missing"):
        load_manifest(tmp_path)


def test_every_problem_of_a_manifest_is_told_at_once(tmp_path: Path) -> None:
    save_manifest(STREET, tmp_path)
    path = tmp_path / "manifest.toml"
    path.write_text(path.read_text().replace("input_px = 320", "input_px = 333\ncolour = 1"))

    with pytest.raises(ModelError, match=r"input_px: .*multiple of 32.*colour: Extra inputs"):
        load_manifest(tmp_path)


def test_a_label_without_threshold_is_refused(tmp_path: Path) -> None:
    save_manifest(STREET, tmp_path)
    path = tmp_path / "manifest.toml"
    path.write_text(path.read_text().replace("car = 0.55\n", ""))

    with pytest.raises(ModelError, match="differing: car"):
        load_manifest(tmp_path)


def test_a_manifest_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(ModelError, match=r"manifest.toml cannot be read"):
        load_manifest(tmp_path)


def test_a_file_path_cannot_leave_the_directory() -> None:
    with pytest.raises(ValueError, match="pattern"):
        ModelFile(path="../model.onnx", sha256="0" * 64)


def test_a_file_with_its_hash_is_read(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"model")

    file = ModelFile(path="model.onnx", sha256=hashlib.sha256(b"model").hexdigest())

    assert read_verified(tmp_path, file) == b"model"


def test_a_file_with_another_hash_is_refused_with_both(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"other")
    expected = hashlib.sha256(b"model").hexdigest()
    actual = hashlib.sha256(b"other").hexdigest()

    with pytest.raises(ModelError, match=rf"model.onnx.*{expected}.*{actual}.*install the model again"):
        read_verified(tmp_path, ModelFile(path="model.onnx", sha256=expected))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model.onnx cannot be read \(No such file"):
        read_verified(tmp_path, ModelFile(path="model.onnx", sha256="0" * 64))
