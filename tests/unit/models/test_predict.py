"""What `list` and `predict` tell and write, and what they do with pictures and models that cannot be used."""

import hashlib
import json
import struct
from collections.abc import Collection
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner, Result

from models.cli import app
from models.detections import Detections
from models.detector import ModelInfo
from models.golden import golden_differences, record_golden
from models.manifest import Manifest, ModelFile, save_manifest
from models.picture import PictureError
from models.predict import draw, name_beside, predict
from tests.answers import Scripted

LOWER_HALF = "0,0.5 1,0.5 1,1 0,1"


class FakeDetector:
    """Finds the same two boxes of water in every picture."""

    labels = ("water",)
    info = ModelInfo("water", "1", "ab" * 32)
    thresholds = {"water": 0.5}

    def __init__(self, surest: float = 0.9) -> None:
        self.surest = surest

    def detect(self, image: NDArray[np.uint8], _asked: Collection[str] | None = None) -> Detections:
        height, width = image.shape[:2]
        boxes = np.array([[0, 0, width / 2, height], [0, 0, width, height]], np.float32)
        return Detections(boxes, np.array([self.surest, 0.4], np.float32), np.zeros(2, np.intp), self.labels)


def field(number: int, value: int | bytes) -> bytes:
    """A field of a protocol buffer with ``value`` below 128, or of bytes."""
    if isinstance(value, int):
        return bytes([number << 3, value])
    length = bytes([len(value) % 128 | 128, len(value) // 128])
    return bytes([number << 3 | 2]) + length + value


def tensor(name: str, *shape: int | str) -> bytes:
    sides = b"".join(
        field(1, field(1, side) if isinstance(side, int) else field(2, side.encode())) for side in shape
    )
    return field(1, name.encode()) + field(2, field(1, field(1, 1) + field(2, sides)))


def onnx(*anchors: tuple[float, ...]) -> bytes:
    """A model of any size that answers every picture with ``anchors``: centre, width, height, scores."""
    rows = len(anchors[0])
    values = np.array(anchors, "<f4").T.tobytes()
    shape = field(1, 1) + field(1, rows) + field(1, len(anchors))
    answer = shape + field(2, 1) + field(8, b"answer") + field(9, values)
    node = field(1, b"answer") + field(2, b"boxes") + field(4, b"Identity")
    graph = field(1, node) + field(2, b"g") + field(5, answer)
    graph += field(11, tensor("images", 1, 3, "height", "width"))
    graph += field(12, tensor("boxes", 1, rows, len(anchors)))
    return field(1, 8) + field(7, graph) + field(8, field(2, 17))


def model(folder: Path, content: bytes, *labels: str, sha256: str = "") -> Path:
    folder.mkdir()
    (folder / "model.onnx").write_bytes(content)
    file = ModelFile(path="model.onnx", sha256=sha256 or hashlib.sha256(content).hexdigest())
    manifest = Manifest(
        name=folder.name,
        version="7",
        task="detect",
        input_px=64,
        licence="AGPL-3.0-or-later",
        training_id="t",
        source="s",
        labels=labels,
        thresholds=dict.fromkeys(labels, 0.5),
        files={"fp32": file},
    )
    save_manifest(manifest, folder)
    return folder


def water(folder: Path) -> Path:
    """Sure of water in the upper left quarter of a square picture, less sure in its lower half."""
    return model(folder / "water", onnx((16, 16, 32, 32, 0.9), (32, 48, 64, 32, 0.25)), "water")


def picture(folder: Path, name: str = "street.png") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    cv2.imwrite(str(path), np.zeros((64, 64, 3), np.uint8))
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["predict", *map(str, arguments)])


def words(text: str) -> str:
    return " ".join(text.replace("│", " ").split())


def test_json_is_a_line_of_thresholds_and_a_line_a_picture(tmp_path: Path) -> None:
    path = picture(tmp_path)

    result = run("--model", water(tmp_path), "--json", path)

    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert first == {"model": "water 7", "thresholds": {"water": 0.5}}
    assert second == {
        "file": str(path),
        "width": 64,
        "height": 64,
        "detections": [
            {"label": "water", "confidence": 0.9, "box": [0.0, 0.0, 32.0, 32.0]},
            {"label": "water", "confidence": 0.25, "box": [0.0, 32.0, 64.0, 64.0]},
        ],
        "water_share": 0.25,
        "water_score": 0.9,
    }
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_model_without_water_says_nothing_of_it(tmp_path: Path) -> None:
    cars = model(tmp_path / "cars", onnx((8, 8, 16, 16, 0.9)), "car")

    result = run("--model", cars, "--json", picture(tmp_path))

    assert list(json.loads(result.stdout.splitlines()[1])) == ["file", "width", "height", "detections"]


@pytest.mark.parametrize("option", [("--zone", LOWER_HALF), ("--mask-dir", "masks")])
def test_a_model_without_water_takes_no_zone_and_makes_no_mask(tmp_path: Path, option: tuple[str]) -> None:
    cars = model(tmp_path / "cars", onnx((8, 8, 16, 16, 0.9)), "car")

    result = run("--model", cars, *option, picture(tmp_path))

    assert result.exit_code == 1
    assert "model cars finds no water" in words(result.stderr)


def test_a_zone_asks_for_its_own_share_and_score(tmp_path: Path) -> None:
    lines = [
        json.loads(run("--model", folder, "--json", "--zone", zone, picture(tmp_path)).stdout.splitlines()[1])
        for folder in [water(tmp_path)]
        for zone in ["0,0 1,0 1,0.5 0,0.5", LOWER_HALF]
    ]

    assert [(line["water_share"], line["water_score"]) for line in lines] == [(0.5, 0.9), (0.0, 0.25)]
    assert [len(line["detections"]) for line in lines] == [2, 2]


def test_a_wrong_zone_is_named_before_any_picture_is_looked_at(tmp_path: Path) -> None:
    result = run("--model", water(tmp_path), "--zone", "0,0 1,1", picture(tmp_path))

    assert (result.exit_code, result.stdout) == (2, "")
    assert "Invalid value for --zone: '0,0 1,1' has 2 corners, needed 3 or more" in words(result.stderr)


def test_a_mask_is_white_in_sure_boxes_and_has_the_size_of_its_picture(tmp_path: Path) -> None:
    result = run(
        "--model", water(tmp_path), "--json", "--mask-dir", tmp_path / "new" / "masks", picture(tmp_path)
    )

    expected = np.zeros((64, 64), np.uint8)
    expected[:32, :32] = 255
    file = tmp_path / "new" / "masks" / "street.png"
    mask = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
    assert mask is not None
    assert np.array_equal(mask, expected)
    assert json.loads(result.stdout.splitlines()[1])["mask"] == str(file)
    assert list(file.parent.iterdir()) == [file]


def test_pictures_of_one_name_get_files_of_their_own() -> None:
    pictures = [Path("a/x.jpg"), Path("b/X.jpg"), Path("b/x-2.jpg"), Path("c/y.tar.png")]

    files = name_beside(Path("masks"), pictures, ".png")

    assert [file.name for file in files] == ["x.png", "X-2.png", "x-2-2.png", "y.tar.png"]


def test_a_mask_never_overwrites_a_picture(tmp_path: Path) -> None:
    path = picture(tmp_path)
    before = path.read_bytes()

    result = run("--model", water(tmp_path), "--mask-dir", tmp_path, path)

    assert result.exit_code == 1
    assert "might be overwritten: name another folder than theirs" in words(result.stderr)
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    result = run("--model", water(tmp_path), "--mask-dir", tmp_path / "file" / "masks", picture(tmp_path))

    assert result.exit_code == 1
    assert "cannot be written: Not a directory" in words(result.stderr)


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


def test_a_picture_of_more_pixels_than_can_be_opened_is_named(tmp_path: Path) -> None:
    heading = struct.pack("<2sIIIIiiHHIIiiII", b"BM", 54, 0, 54, 40, 60000, 60000, 1, 24, 0, 0, 0, 0, 0, 0)
    (tmp_path / "vast.bmp").write_bytes(heading)

    with pytest.raises(PictureError, match=r"vast\.bmp: no picture"):
        predict(FakeDetector(), tmp_path / "vast.bmp")


def test_a_mask_that_cannot_be_written_leaves_nothing_half_done(tmp_path: Path) -> None:
    in_its_place = tmp_path / "masks" / "street.png"
    in_its_place.mkdir(parents=True)

    result = run("--model", water(tmp_path), "--mask-dir", tmp_path / "masks", picture(tmp_path))

    assert result.exit_code == 1
    assert "cannot be written: Is a directory" in words(result.stderr)
    assert list((tmp_path / "masks").iterdir()) == [in_its_place]


def test_people_get_a_table_of_what_is_sure(tmp_path: Path) -> None:
    result = run("--model", water(tmp_path), picture(tmp_path))

    assert "street.png, 64x64: 1 sure, 1 below the threshold" in words(result.stdout)
    assert "water 0.90 0.5 0, 0, 32, 32" in words(result.stdout)
    assert "water: score 0.90, share 25.0%" in result.stdout


def test_many_pictures_show_no_progress_where_nobody_watches(tmp_path: Path) -> None:
    pictures = [picture(tmp_path, f"{number}.png") for number in range(7)]

    result = run("--model", water(tmp_path), "--json", *pictures)

    assert len(result.stdout.splitlines()) == 8
    assert result.stderr == ""


def test_only_sure_boxes_are_drawn(tmp_path: Path) -> None:
    prediction = predict(FakeDetector(), picture(tmp_path))

    drawn = draw(prediction, {"water": 0.5})

    changed = np.flatnonzero((drawn != 0).any(axis=(0, 2)))
    assert (changed.min(), changed.max()) == (0, 33)
    assert not draw(prediction, {"water": 0.95}).any()


def test_the_label_of_a_box_at_the_upper_edge_is_drawn_inside(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "large.png"), np.zeros((640, 640, 3), np.uint8))

    drawn = draw(predict(FakeDetector(), tmp_path / "large.png"), {"water": 0.5})

    assert drawn[4:12, 10:60].any()


def test_drawings_are_written_under_the_pictures_names(tmp_path: Path) -> None:
    result = run("--model", water(tmp_path), "--draw", tmp_path / "seen", picture(tmp_path))

    assert result.exit_code == 0
    assert [file.name for file in (tmp_path / "seen").iterdir()] == ["street.jpg"]


def test_a_model_that_answers_with_no_number_is_refused(tmp_path: Path) -> None:
    broken = model(tmp_path / "water", onnx((8, 8, 16, 16, float("nan"))), "water")

    result = run("--model", broken, "--json", picture(tmp_path))

    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 1
    assert "model water 7 gave a value that is no number" in words(result.stderr)


def test_a_model_file_that_was_changed_is_refused(tmp_path: Path) -> None:
    changed = model(tmp_path / "water", onnx((8, 8, 16, 16, 0.9)), "water", sha256="0" * 64)

    result = run("--model", changed, "--json", picture(tmp_path))

    assert (result.exit_code, result.stdout) == (1, "")
    assert "model.onnx is not the file that its manifest names" in words(result.stderr)


def test_a_model_file_that_is_damaged_is_refused(tmp_path: Path) -> None:
    damaged = model(tmp_path / "water", onnx((8, 8, 16, 16, 0.9))[:-40], "water")

    result = run("--model", damaged, "--json", picture(tmp_path))

    assert (result.exit_code, result.stdout) == (1, "")
    assert "model.onnx is no model that onnxruntime" in words(result.stderr)


def test_a_variant_that_is_not_shipped_is_named(tmp_path: Path) -> None:
    result = run("--model", water(tmp_path), "--variant", "int8", picture(tmp_path))

    assert result.exit_code == 1
    assert "has no int8 file; it has: fp32" in words(result.stderr)


def test_the_list_says_of_each_file_whether_it_is_the_one_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model(tmp_path / "cars", onnx((8, 8, 16, 16, 0.9, 0.1)), "car", "bus", sha256="0" * 64)
    water(tmp_path)
    monkeypatch.setattr("models.detector.CATALOG", tmp_path)

    table, lines = (CliRunner().invoke(app, ["list", *json_too]) for json_too in ([], ["--json"]))

    heading, cars, water_file, *thresholds = table.stdout.splitlines()
    assert heading.split() == ["name", "version", "variant", "size", "input", "sha256", "verified", "licence"]
    assert cars.split() == ["cars", "7", "fp32", "0.0", "MB", "64", "px", "0" * 12, "NO", "AGPL-3.0-or-later"]
    assert water_file.split()[-2:] == ["yes", "AGPL-3.0-or-later"]
    assert thresholds == [
        "cars is sure of a label from this confidence on: car 0.5, bus 0.5",
        "water is sure of a label from this confidence on: water 0.5",
    ]
    assert [json.loads(line)["files"][0]["verified"] for line in lines.stdout.splitlines()] == [False, True]
    assert "is not the file that its manifest names" in words(table.stderr)
    assert (table.exit_code, lines.exit_code) == (1, 1)


def test_golden_pictures_hold_for_the_model_that_recorded_them_and_not_for_another(tmp_path: Path) -> None:
    picture(tmp_path)
    record_golden(FakeDetector(), tmp_path)

    same, other = (
        golden_differences(FakeDetector(), tmp_path),
        golden_differences(FakeDetector(0.7), tmp_path),
    )

    assert same == []
    assert [problem.split(" at ")[0] for problem in other] == [
        "street.png: water 0.90",
        "street.png: water 0.70",
    ]


def test_golden_pictures_show_a_box_that_was_not_there(tmp_path: Path) -> None:
    picture(tmp_path)
    thing, twin = ("thing", 0.9, (0.0, 0.0, 32.0, 64.0)), ("thing", 0.85, (1.0, 0.0, 32.0, 64.0))
    faint, new = ("thing", 0.2, (40.0, 0.0, 60.0, 20.0)), ("thing", 0.3, (40.0, 0.0, 60.0, 20.0))
    record_golden(Scripted(("thing",), [thing]), tmp_path)

    told = [
        [
            " ".join(problem.split()[1:3] + problem.split()[-2:])
            for problem in golden_differences(other, tmp_path)
        ]
        for other in (Scripted(("thing",), [thing, one]) for one in (faint, new, twin))
    ]

    assert told == [[], ["thing 0.30 is new"], ["thing 0.85 is new"]]


def test_a_model_that_is_not_there_is_one_line_and_a_failure() -> None:
    result = run("--model", "boats", "x.jpg")

    assert result.exit_code == 1
    assert "boats is no model" in words(result.output)
    assert "Traceback" not in result.output


def test_a_dataset_that_is_not_there_is_one_line_and_a_failure(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["dataset", "water", "--data", str(tmp_path), "--out", str(tmp_path / "out")]
    )

    assert result.exit_code == 1
    assert "source water_boxes: no pictures" in words(result.output)
