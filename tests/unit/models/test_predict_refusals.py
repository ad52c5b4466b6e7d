"""Pictures and models that `predict` cannot use are named, and what can be used is told."""

import errno
import json
import struct
from pathlib import Path

import pytest

from models.manifest import ModelFile
from models.picture import PictureError
from models.predict import predict
from tests.answers import Scripted
from tests.model_files import a_model, onnx
from tests.unit.models.predicting import WATER, picture, run, water, words

WRONG = {"fp32": ModelFile(path="model.onnx", sha256="0" * 64)}
"""A file with another hash."""


def test_what_cannot_be_read_is_named_and_counted_and_the_rest_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "mixed").mkdir()
    (tmp_path / "mixed" / "bad.jpg").write_bytes(picture(tmp_path, "street.jpg").read_bytes()[:200])
    good = picture(tmp_path, "mixed/good.png")

    result = run("--model", water(tmp_path), "--json", tmp_path / "gone.jpg", *tmp_path.glob("[em]*"))

    assert [json.loads(line)["file"] for line in result.stdout.splitlines()[1:]] == [str(good)]
    assert "gone.jpg: No such file" in words(result.stderr)
    assert "bad.jpg: no picture that can be decoded" in words(result.stderr)
    assert "empty: no pictures in this folder" in words(result.stderr)
    assert "3 of 4 skipped" in result.stderr
    assert result.exit_code == 1


def test_a_name_that_no_file_can_have_stops_nothing(tmp_path: Path) -> None:
    result = run("--model", water(tmp_path), "x" * 300, picture(tmp_path))

    assert "x: File name too long" in words(result.stderr)
    assert "street.png" in result.stdout
    assert "1 of 2 skipped" in result.stderr


def test_what_may_not_be_read_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed, good = picture(tmp_path, "closed.png"), picture(tmp_path)
    within = picture(tmp_path, "folder/a.png")
    read, listed = Path.read_bytes, Path.glob

    def allowed(path: Path) -> Path:
        """Refuse as the system refuses anybody but root, who runs these tests too."""
        if path in {closed, within.parent, within}:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return path

    monkeypatch.setattr(Path, "read_bytes", lambda path: read(allowed(path)))
    monkeypatch.setattr(Path, "glob", lambda path, pattern: listed(allowed(path), pattern))
    result = run("--model", water(tmp_path), "--json", closed, within.parent, within, good)

    assert [json.loads(line)["file"] for line in result.stdout.splitlines()[1:]] == [str(good)]
    assert f"skipped {closed}: Permission denied" in words(result.stderr)
    assert "3 of 4 skipped" in result.stderr
    assert result.exit_code == 1


def test_a_picture_of_more_pixels_than_can_be_opened_is_named(tmp_path: Path) -> None:
    heading = struct.pack("<2sIIIIiiHHIIiiII", b"BM", 54, 0, 54, 40, 60000, 60000, 1, 24, 0, 0, 0, 0, 0, 0)
    (tmp_path / "vast.bmp").write_bytes(heading)

    with pytest.raises(PictureError, match=r"vast\.bmp: no picture"):
        predict(Scripted(WATER, []), tmp_path / "vast.bmp")


def test_a_model_that_answers_with_no_number_is_refused(tmp_path: Path) -> None:
    broken = a_model(tmp_path / "water", onnx((8, 8, 16, 16, float("nan"))), labels=WATER)

    result = run("--model", broken, "--json", picture(tmp_path))

    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 1
    assert "model water 7 gave a value that is no number" in words(result.stderr)


def test_a_model_file_that_was_changed_is_refused(tmp_path: Path) -> None:
    changed = a_model(tmp_path / "water", onnx((8, 8, 16, 16, 0.9)), labels=WATER, files=WRONG)

    result = run("--model", changed, "--json", picture(tmp_path))

    assert (result.exit_code, result.stdout) == (1, "")
    assert "model.onnx is not the file that its manifest names" in words(result.stderr)


def test_a_model_file_that_is_damaged_is_refused(tmp_path: Path) -> None:
    damaged = a_model(tmp_path / "water", onnx((8, 8, 16, 16, 0.9))[:-40], labels=WATER)

    result = run("--model", damaged, "--json", picture(tmp_path))

    assert (result.exit_code, result.stdout) == (1, "")
    assert "model.onnx is no model that onnxruntime" in words(result.stderr)


def test_a_variant_that_is_not_shipped_is_named(tmp_path: Path) -> None:
    result = run("--model", water(tmp_path), "--variant", "int8", picture(tmp_path))

    assert result.exit_code == 1
    assert "has no int8 file; it has: fp32" in words(result.stderr)


def test_a_model_that_is_not_there_is_one_line_and_a_failure() -> None:
    result = run("--model", "boats", "x.jpg")

    assert result.exit_code == 1
    assert "boats is no model" in words(result.output)
    assert "Traceback" not in result.output
