"""What `evaluate`, `calibrate` and `compare` refuse, and what they leave behind when they fail."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from models.dataset_folder import labels_of
from models.recipe import RecipeError
from models.report import check_place, write_page
from tests.model_files import a_model, onnx
from tests.unit.models.predicting import words
from tests.unit.models.test_measure import CENTRE, a_dataset, run


def things(folder: Path) -> Path:
    """A model that is sure of a thing in the middle of a square picture."""
    return a_model(folder / "things", onnx((32, 32, 32, 32, 0.9)), labels=("thing",))


@pytest.mark.parametrize("side", ["--with", "--without"])
def test_a_folder_of_which_nothing_can_be_read_has_no_share(tmp_path: Path, side: str) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "a.jpg").write_bytes(b"none")

    done = run("evaluate", things(tmp_path), side, tmp_path / "broken")

    assert done.exit_code == 1
    assert done.stdout == ""
    assert "a.jpg: no picture" in words(done.stderr)
    assert f"nothing in {tmp_path / 'broken'} can be read" in words(done.stderr)


def test_labels_are_asked_of_folders_only(tmp_path: Path) -> None:
    data = a_dataset(tmp_path / "data", ("thing",), f"0 {CENTRE}")

    done = run("evaluate", things(tmp_path), "--dataset", data, "--label", "thing")

    assert done.exit_code == 2
    assert "--label asks of folders: give --with or --without" in words(done.stderr)


def test_rendered_pictures_are_shown_in_a_report_only(tmp_path: Path) -> None:
    data = a_dataset(tmp_path / "data", ("thing",), f"0 {CENTRE}")

    done = run("evaluate", things(tmp_path), "--dataset", data, "--renders", data / "images/val")

    assert done.exit_code == 2
    assert "--renders are shown in the report: give --html" in words(done.stderr)


def test_a_folder_without_rendered_pictures_is_refused_before_anything_is_looked_at(tmp_path: Path) -> None:
    data = a_dataset(tmp_path / "data", ("thing",), f"0 {CENTRE}")

    done = run(
        *("evaluate", things(tmp_path), "--dataset", data),
        *("--html", tmp_path / "r.html", "--renders", tmp_path / "none"),
    )

    assert done.exit_code == 1
    assert done.stdout == ""
    assert f"no pictures in {tmp_path / 'none'}" in words(done.stderr)


@pytest.mark.parametrize("command", [["evaluate"], ["calibrate"], ["compare", "water"]])
def test_a_description_that_leaves_out_an_id_is_refused(tmp_path: Path, command: list[str]) -> None:
    data = a_dataset(tmp_path / "data", ("thing",), f"0 {CENTRE}")
    (data / "data.yaml").write_text("names:\n  2: truck\n  0: thing\n", encoding="utf-8")

    done = run(command[0], things(tmp_path), *command[1:], "--dataset", data)

    assert done.exit_code == 1
    assert "data.yaml must name labels 0, 1, 2 …" in words(done.stderr)


def test_ids_mean_what_their_numbers_say_in_whatever_order(tmp_path: Path) -> None:
    (tmp_path / "data.yaml").write_text("names:\n  1: truck\n  0: thing\n", encoding="utf-8")

    assert labels_of(tmp_path) == ["thing", "truck"]


def test_a_description_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "data.yaml").write_bytes(b"names:\n  0: \xff\n")

    with pytest.raises(RecipeError, match=r"data\.yaml cannot be read"):
        labels_of(tmp_path)


def test_without_a_description_it_is_told_whose_order_counts(tmp_path: Path) -> None:
    data = a_dataset(tmp_path / "data", ("thing",), f"0 {CENTRE}")
    (data / "data.yaml").unlink()

    done = run("evaluate", things(tmp_path), "--dataset", data)

    assert done.exit_code == 0
    assert "has no data.yaml: its ids are taken for things's, 0 thing" in words(done.stderr)


@pytest.mark.parametrize("labels", [("other", "thing"), ("thing", "other"), ("other",)])
def test_two_orders_of_labels_are_not_compared_without_a_description(
    tmp_path: Path, labels: tuple[str, ...]
) -> None:
    data = a_dataset(tmp_path / "data", ("thing",), f"0 {CENTRE}")
    (data / "data.yaml").unlink()
    scores = (0.9,) * len(labels)
    others = a_model(tmp_path / "others", onnx((32, 32, 32, 32, *scores)), labels=labels)

    done = run("compare", things(tmp_path), others, "--dataset", data)

    assert done.exit_code == 1
    assert done.stdout == ""
    assert f"{data} has no data.yaml, and the models number their labels differently" in done.stderr
    assert "write one (`names:`, then a line `  0: label` each)" in done.stderr


def test_models_that_number_alike_are_compared_without_a_description(tmp_path: Path) -> None:
    data = a_dataset(tmp_path / "data", ("thing",), f"0 {CENTRE}")
    (data / "data.yaml").unlink()

    done = run("compare", things(tmp_path), things(tmp_path), "--dataset", data)

    assert done.stdout.startswith("thing: too few to tell (1 in the pictures")


def test_a_folder_that_is_no_dataset_is_not_asked_for_its_order(tmp_path: Path) -> None:
    done = run("compare", "street", "water", "--dataset", tmp_path)

    assert done.exit_code == 1
    assert "make the dataset first" in words(done.stderr)


def test_a_picture_that_only_one_model_could_read_is_named_once_and_not_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = a_dataset(tmp_path / "data", ("thing",), *[f"0 {CENTRE}"] * 3)
    (data / "images/val/2.png").write_bytes(b"no picture")
    model, read, asked = things(tmp_path), Path.read_bytes, list[Path]()

    def gone_the_second_time(path: Path) -> bytes:
        asked.append(path)
        if path.name == "1.png" and asked.count(path) > 1:
            raise OSError(5, os.strerror(5))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", gone_the_second_time)
    done = run("compare", model, model, "--dataset", data)

    assert done.stdout.startswith("thing: too few to tell (1 in the pictures")
    assert (done.stderr.count("1.png"), done.stderr.count("2.png")) == (1, 1)
    assert "2 skipped" in words(done.stderr)


def test_a_report_that_has_no_place_is_refused_before_anything_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    data = a_dataset(tmp_path / "data", ("thing",), f"0 {CENTRE}")

    done = run("evaluate", things(tmp_path), "--dataset", data, "--html", tmp_path / "file" / "r.html")

    assert done.exit_code == 1
    assert done.stdout == ""
    assert "r.html cannot be written" in words(done.stderr)


def test_the_folder_of_a_report_is_made(tmp_path: Path) -> None:
    data = a_dataset(tmp_path / "data", ("thing",), f"0 {CENTRE}")

    done = run("evaluate", things(tmp_path), "--dataset", data, "--html", tmp_path / "new" / "r.html")

    assert done.exit_code == 0
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["r.html"]


def test_figures_are_told_though_the_report_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = a_dataset(tmp_path / "data", ("thing",), f"0 {CENTRE}")
    (tmp_path / "r.html").write_text("earlier", encoding="utf-8")

    def full(*_: object, **__: object) -> int:
        raise OSError(28, os.strerror(28))

    model = things(tmp_path)
    monkeypatch.setattr(Path, "write_text", full)
    done = run("evaluate", model, "--dataset", data, "--json", "--html", tmp_path / "r.html")

    assert done.exit_code == 1
    assert json.loads(done.stdout)["pictures"] == 1
    assert "r.html cannot be written (No space left on device)" in words(done.stderr)
    assert (tmp_path / "r.html").read_text(encoding="utf-8") == "earlier"
    assert not list(tmp_path.glob(".*.part"))


def test_a_folder_is_no_place_for_a_page(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="is a folder: name a file"):
        check_place(tmp_path)
    write_page(tmp_path / "r.html", "all")
    assert (tmp_path / "r.html").read_text(encoding="utf-8") == "all"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("command", ["evaluate", "compare"])
def test_a_full_disk_under_the_output_is_told_in_a_line(tmp_path: Path, command: str) -> None:
    data, model = a_dataset(tmp_path / "data", ("thing",), f"0 {CENTRE}"), things(tmp_path)
    models = [model, model] if command == "compare" else [model]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "gridwarden", "models", command, *models, "--dataset", data, "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "No space left on device" in done.stderr
