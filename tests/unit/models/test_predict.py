"""The lines that `predict` prints, and what the command does with what it cannot read."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from models.cli import app
from models.detections import Detections
from models.detector import ModelInfo
from models.golden import golden_differences, record_golden
from models.picture import PictureError
from models.predict import covered_share, header, predict


class FakeDetector:
    """Finds the same two boxes of water in every picture."""

    labels = ("water",)
    info = ModelInfo("water", "1", "ab" * 32)
    thresholds = {"water": 0.5}

    def __init__(self, surest: float = 0.9) -> None:
        self.surest = surest

    def detect(self, image: NDArray[np.uint8]) -> Detections:
        height, width = image.shape[:2]
        boxes = np.array([[0, 0, width / 2, height], [0, 0, width, height]], np.float32)
        return Detections(boxes, np.array([self.surest, 0.4], np.float32), np.zeros(2, np.intp), self.labels)


def picture(folder: Path) -> Path:
    path = folder / "street.png"
    cv2.imwrite(str(path), np.zeros((40, 100, 3), np.uint8))
    return path


def test_the_first_line_says_what_the_model_is_and_its_thresholds() -> None:
    line = json.loads(header(FakeDetector()))

    assert line == {"model": "water 1", "sha256": "ab" * 32, "thresholds": {"water": 0.5}}


def test_a_line_holds_every_box_in_pixels_and_how_much_water_there_surely_is(tmp_path: Path) -> None:
    path = picture(tmp_path)

    line = json.loads(predict(FakeDetector(), path))

    assert line == {
        "file": str(path),
        "width": 100,
        "height": 40,
        "detections": [
            {"label": "water", "confidence": 0.9, "box": [0.0, 0.0, 50.0, 40.0]},
            {"label": "water", "confidence": 0.4, "box": [0.0, 0.0, 100.0, 40.0]},
        ],
        "water_score": 0.9,
        "water_share": 0.5,
    }


def test_overlapping_boxes_cover_their_common_part_once() -> None:
    boxes = np.array([[0, 0, 60, 10], [40, 0, 100, 10]], np.float32)

    assert covered_share(boxes, width=100, height=20) == 0.5


def test_an_unreadable_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"")

    with pytest.raises(PictureError, match=r"bad\.jpg: no picture"):
        predict(FakeDetector(), tmp_path / "bad.jpg")


def test_golden_pictures_hold_for_the_model_that_recorded_them_and_not_for_another(tmp_path: Path) -> None:
    picture(tmp_path)
    record_golden(FakeDetector(), tmp_path)

    same, other = (
        golden_differences(FakeDetector(), tmp_path),
        golden_differences(FakeDetector(0.7), tmp_path),
    )

    assert same == []
    assert [problem.split(" at ")[0] for problem in other] == ["street.png: water 0.90"]


def test_a_model_that_is_not_there_is_one_line_and_a_failure() -> None:
    result = CliRunner().invoke(app, ["predict", "--model", "boats", "x.jpg"])

    assert result.exit_code == 1
    assert "boats is no model" in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_a_dataset_that_is_not_there_is_one_line_and_a_failure(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["dataset", "water", "--data", str(tmp_path), "--out", str(tmp_path / "out")]
    )

    assert result.exit_code == 1
    assert "source water_boxes: no pictures" in " ".join(result.output.split())
