"""The file of a second look: pinned, told apart, refused, listed."""

import hashlib
from collections.abc import Sequence
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
    second_file,
)
from tests.model_files import a_model, look_onnx, manifest, onnx

LABELS = ("truck", "stall", "goods")
TRUCKS = Closer(labels=("truck",), scale=1.5, least=0, worth=(0.5, 1.0, -0.25))
STALLS = Closer(labels=("stall", "goods"), scale=3, least=0.5, worth=(1.0, 2.0, 0.0))


def saved(folder: Path, *looks: Closer, sha256: str = "", contents: Sequence[bytes] = (b"no model",)) -> Path:
    """A model that looks again, each time with one of ``contents``, at last with the same."""
    seconds = list[Second]()
    for which, look in enumerate(looks):
        content = contents[min(which, len(contents) - 1)]
        pin = sha256 or hashlib.sha256(content).hexdigest()
        path = second_file(look.labels, pin)
        (folder / path).write_bytes(content)
        seconds.append(Second(path=path, sha256=pin, input_px=64, training_id="s", look=look))
    a_model(folder, onnx((16, 16, 32, 32, 0.9, 0.1, 0.1)), labels=LABELS, second=tuple(seconds))
    assert load_manifest(folder).second == tuple(seconds)
    return folder


def test_a_second_file_with_another_hash_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ModelError, match=r"model.second.truck.11111111.onnx is not the file that its manifest names"
    ):
        load_detector(saved(tmp_path, TRUCKS, sha256="1" * 64))


def test_models_that_differ_only_in_their_second_file_are_told_apart(tmp_path: Path) -> None:
    hashes = set[str]()
    for name, values in {"one": (0.0, 0.0), "other": (0.0, 0.5), "third": (0.5, 0.0)}.items():
        (tmp_path / name).mkdir()
        folder = saved(tmp_path / name, TRUCKS, STALLS, contents=[look_onnx(value) for value in values])
        hashes.add(load_detector(folder).info.sha256)
        hashes.add(load_detector(folder, second_look=False).info.sha256)

    assert len(hashes) == 4
    assert load_manifest(tmp_path / "one").files["fp32"].sha256 in hashes  # the first file, by itself


def test_a_second_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model.second.truck.\w{8}.onnx is no model that onnxruntime"):
        load_detector(saved(tmp_path, TRUCKS))


@pytest.mark.parametrize("labels", [("truck", "truck"), ("lorry",), ("stall",)])
def test_a_look_at_labels_that_are_none_or_twice_is_refused(tmp_path: Path, labels: tuple[str, ...]) -> None:
    look = TRUCKS.model_copy(update={"labels": labels})
    with pytest.raises(ValueError, match=r"second\.look must name labels of the model, each once"):
        saved(tmp_path, look, STALLS)


def test_a_look_at_nothing_is_refused() -> None:
    look = TRUCKS.model_copy(update={"labels": ()})
    with pytest.raises(ValueError, match=r"second\.look\.labels must name a label"):
        manifest(labels=LABELS, second=(Second(path="a.onnx", sha256="0" * 64, input_px=64, look=look),))


def test_two_looks_with_one_file_are_refused() -> None:
    second = Second(path="model.second.onnx", sha256="0" * 64, input_px=64, look=TRUCKS)
    other = second.model_copy(update={"look": STALLS})
    with pytest.raises(ValueError, match="second must name a file of its own for each look"):
        manifest(labels=LABELS, second=(second, other))


def test_the_files_of_two_looks_have_two_names_whatever_they_are_called() -> None:
    assert second_file(("渣土车",), "a" * 64) == "model.second.渣土车.aaaaaaaa.onnx"
    assert second_file(("a b",), "a" * 64) != second_file(("a_b",), "b" * 64)


@pytest.mark.parametrize("head", ["[second]", "[[second]]"])
def test_a_manifest_of_a_time_when_looks_had_one_file_is_refused_with_the_way_out(
    tmp_path: Path, head: str
) -> None:
    path = saved(tmp_path, TRUCKS) / "manifest.toml"
    path.write_text(path.read_text().replace("[[second]]", head).replace("[second.look]", "[[second.looks]]"))
    with pytest.raises(
        ModelError,
        match=r"second: .* it is of a time when all second looks were one file: take .*`models second`",
    ):
        load_manifest(tmp_path)


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
    saved(tmp_path / "street", TRUCKS, STALLS, contents=[look_onnx(0.0), look_onnx(0.5)])

    listed = CliRunner().invoke(app, ["list"])

    first, *others = listed.stdout.splitlines()[1:4]
    assert first.split()[2] == "fp32"
    assert [" ".join(line.split()[2:-4]) for line in others] == [
        "second truck 0.0 MB",
        "second stall, goods 0.0 MB",
    ]
    assert [line.split()[-1] for line in others] == ["yes", "yes"]
    for second in load_manifest(tmp_path / "street").second:
        (tmp_path / "street" / second.path).write_bytes(b"changed")
    damaged = CliRunner().invoke(app, ["list"])
    assert damaged.exit_code == 1
    assert damaged.stderr.count("is not the file that its manifest names") == 2
    assert load_detector(tmp_path / "street", second_look=False).second == ()
