"""What `evaluate`, `calibrate` and `compare` read, tell and write."""

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from models.answers import judge
from models.cli import app
from models.detector import CATALOG
from models.evaluate import ap50_of, gather
from models.frames import frame_files, read_frames
from models.manifest import load_manifest, pinned, save_manifest
from models.picture import PictureError
from models.recipe import RecipeError
from models.report import evaluate, to_html, to_json
from tests.answers import Scripted
from tests.clips import FPS, HEIGHT, WIDTH, a_picture
from tests.model_files import a_model, onnx

THING = (16.0, 16.0, 48.0, 48.0)
CENTRE = "0.5 0.5 0.5 0.5"
"""The same box in fractions of a picture of 64 x 64."""


def a_dataset(folder: Path, labels: tuple[str, ...], *lines: str) -> Path:
    """A dataset of grey pictures, each with one line of labels."""
    for part in ("images", "labels"):
        (folder / part / "val").mkdir(parents=True)
    names = "".join(f"  {index}: {label}\n" for index, label in enumerate(labels))
    (folder / "data.yaml").write_text(f"path: x\nnames:\n{names}")
    for number, line in enumerate(lines):
        cv2.imwrite(str(folder / f"images/val/{number}.png"), np.full((64, 64, 3), 90, np.uint8))
        (folder / f"labels/val/{number}.txt").write_text(line)
    return folder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


def water(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CATALOG / "water", tmp_path / "water"))


def test_what_cannot_be_read_is_named_and_the_rest_is_judged(tmp_path: Path) -> None:
    data = a_dataset(tmp_path, ("thing",), f"0 {CENTRE}", "0 nonsense", f"0 {CENTRE}", f"0 {CENTRE}")
    (data / "images/val/2.png").write_bytes(b"no picture")
    (data / "labels/val/3.txt").unlink()
    skipped: list[str] = []

    answers = list(judge(Scripted(("thing",), []), data, skipped))

    assert [one.picture.name for one in answers] == ["0.png"]
    assert answers[0].truth.tolist() == [[0.0, *THING]]
    assert answers[0].brightness == pytest.approx(90)
    assert ["1.txt:1" in skipped[0], "2.png" in skipped[1], "3.txt is missing" in skipped[2]] == [True] * 3


def test_labels_go_by_their_names_and_not_by_their_numbers(tmp_path: Path) -> None:
    data = a_dataset(tmp_path, ("unknown", "thing"), f"1 {CENTRE}\n0 {CENTRE}")
    detector = Scripted(("other", "thing"), [("thing", 0.9, THING)])

    (answer,) = judge(detector, data, [])

    assert answer.truth[:, 0].tolist() == [1.0]
    assert gather("thing", 1, [answer]).correct.tolist() == [True]


def test_a_description_without_names_is_refused(tmp_path: Path) -> None:
    data = a_dataset(tmp_path, ("thing",), f"0 {CENTRE}")
    (data / "data.yaml").write_text("path: x\n")

    with pytest.raises(RecipeError, match=r"data.yaml must name labels"):
        list(judge(Scripted(("thing",), []), data, []))


def test_the_figure_of_an_export_leaves_nothing_out(tmp_path: Path) -> None:
    data = a_dataset(tmp_path, ("thing",), f"0 {CENTRE}", f"0 {CENTRE}")
    detector = Scripted(("thing",), [("thing", 0.9, THING)])

    assert ap50_of(detector, data, 2) == {"thing": 1.0}
    assert ap50_of(detector, data, 3) == {}
    (data / "images/val/1.png").write_bytes(b"")
    with pytest.raises(RecipeError, match=r"1 pictures cannot be judged, such as .*1.png"):
        ap50_of(detector, data, 2)


def test_a_report_is_one_page_with_curves_matrix_and_pictures(tmp_path: Path) -> None:
    data = a_dataset(tmp_path / "data", ("thing",), f"0 {CENTRE}", "")
    detector = Scripted(("thing",), [("thing", 0.9, THING)])
    answers = list(judge(detector, data, []))
    judged = [gather("thing", 0, answers)]

    measured = evaluate(detector, answers, judged, data, of_pictures=False)
    page = to_html(measured, judged, data / "images/val")

    assert "<h1>scripted 1.0.0</h1>" in page
    assert page.count("<svg") == 3
    assert page.count('src="data:image/jpeg;base64,') == 1 + 2  # one false find, two rendered pictures
    assert page.count('<table class="matrix">') == 1
    assert '="http' not in page
    assert "nan [" not in page


def test_what_is_not_known_is_null_in_json(tmp_path: Path) -> None:
    data = a_dataset(tmp_path, ("thing",), f"0 {CENTRE}")
    detector = Scripted(("thing",), [])
    answers = list(judge(detector, data, []))

    measured = evaluate(detector, answers, [gather("thing", 0, answers)], data, of_pictures=False)

    (figures,) = json.loads(to_json(measured))["figures"]
    assert figures["precision"] is None
    assert figures["precision_interval"] == [None, None]
    assert figures["recall"] == 0.0


def test_a_clip_gives_a_frame_a_second(tmp_path: Path) -> None:
    clip = cv2.VideoWriter(
        str(tmp_path / "street.avi"), cv2.VideoWriter.fourcc(*"MJPG"), FPS, (WIDTH, HEIGHT)
    )
    for _ in range(2 * FPS + 1):
        clip.write(a_picture(None))
    clip.release()
    cv2.imwrite(str(tmp_path / "still.png"), a_picture(None))

    frames = [frame.file.name for file in frame_files(tmp_path) for frame in read_frames(file)]

    assert frames == ["still.png", "street.avi", "street.avi", "street.avi"]


def test_a_clip_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.mp4").write_bytes(b"no clip")

    with pytest.raises(PictureError, match=r"bad.mp4: no clip"):
        list(read_frames(tmp_path / "bad.mp4"))


def test_evaluate_tells_machines_everything_and_writes_the_report(tmp_path: Path) -> None:
    data = a_dataset(tmp_path / "data", ("water",), f"0 {CENTRE}", "")
    (data / "images/val/bad.png").write_bytes(b"")
    pictures = data / "images/val"

    done = run(
        *("evaluate", "water", "--dataset", data, "--with", pictures, "--without", pictures),
        *("--json", "--html", tmp_path / "report.html"),
    )

    told = json.loads(done.stdout)
    assert done.exit_code == 0
    assert "bad.png" in done.stderr
    assert (told["pictures"], len(told["skipped"]), told["model"]["name"]) == (2, 3, "water")
    assert (told["figures"][0]["truths"], told["questions"][0]["auroc"]) == (1, 0.5)
    assert "With and without" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["evaluate", "water"], "give --dataset"),
        (["evaluate", "water", "--with", ".", "--label", "wine"], "has no wine"),
        (["evaluate", "water", "--with", "nowhere"], "no pictures or clips in nowhere"),
        (["evaluate", "water", "--dataset", "nowhere"], "make the dataset first"),
        (["calibrate", "street", "--dataset", "x", "--without", "x"], "name the labels"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_way_out(arguments: list[str], told: str) -> None:
    done = run(*arguments)

    assert done.exit_code != 0
    assert told in " ".join(done.stderr.replace("│", " ").split())


@pytest.mark.parametrize("command", [["evaluate"], ["calibrate"], ["compare", "water"]])
def test_a_dataset_that_was_interrupted_is_refused(tmp_path: Path, command: list[str]) -> None:
    data = a_dataset(tmp_path / "data", ("water",), f"0 {CENTRE}")
    (data / "UNFINISHED").touch()
    folder = water(tmp_path)
    before = (folder / "manifest.toml").read_bytes()

    done = run(command[0], folder, *command[1:], "--dataset", data)

    assert done.exit_code == 1
    assert "is not whole: run the `models dataset` that was interrupted again" in " ".join(
        done.stderr.split()
    )
    assert (folder / "manifest.toml").read_bytes() == before


def test_a_limit_of_alarms_on_nothing_is_refused(tmp_path: Path) -> None:
    data = a_dataset(tmp_path / "data", ("water",), f"0 {CENTRE}")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "a.jpg").write_bytes(b"none")

    done = run("calibrate", water(tmp_path), "--dataset", data, "--without", tmp_path / "broken")

    assert done.exit_code != 0
    told = " ".join(done.stderr.split())
    assert "a.jpg: no picture" in told
    assert f"nothing in {tmp_path / 'broken'} can be read" in told


def test_calibrate_leaves_a_threshold_that_it_knows_nothing_of_and_tells_why(tmp_path: Path) -> None:
    data = a_dataset(tmp_path / "data", ("water",), *[f"0 {CENTRE}"] * 3)
    folder = water(tmp_path)
    before = load_manifest(folder).thresholds

    done = run("calibrate", folder, "--dataset", data, "--without", data / "images/val")

    assert done.exit_code == 0
    assert done.stdout == (
        f"water: {before['water']:g}, not calibrated: 3 in the validation pictures, 20 are needed; "
        "0 of 3 pictures without it alarm\n"
    )
    assert load_manifest(folder).thresholds == before


def test_calibrate_writes_the_threshold_of_the_file_that_a_box_runs(tmp_path: Path) -> None:
    data = a_dataset(tmp_path / "data", ("thing",), *[f"0 {CENTRE}"] * 20)
    folder = a_model(tmp_path / "things", onnx((32, 32, 32, 32, 0.9)), labels=("thing",))
    (folder / "model.int8.onnx").write_bytes(onnx((32, 32, 32, 32, 0.7)))
    told = load_manifest(folder)
    files = told.files | {"int8": pinned(folder / "model.int8.onnx")}
    save_manifest(told.model_copy(update={"files": files}), folder)

    done = run("calibrate", folder, "--dataset", data)

    assert done.exit_code == 0
    assert load_manifest(folder).thresholds == {"thing": pytest.approx(0.7, abs=0.002)}


def test_compare_keeps_the_champion_with_exit_code_1(tmp_path: Path) -> None:
    data = a_dataset(tmp_path / "data", ("water",), f"0 {CENTRE}")

    done = run("compare", water(tmp_path), "water", "--dataset", data)

    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "water: too few to tell (1 in the pictures, 20 are needed)",
        "does not replace the champion: nowhere surely better: the champion stays",
    ]
