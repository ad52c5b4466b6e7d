"""Pictures of many sources become one dataset, which tells what is in it."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from models.cli import app
from models.picture import read_picture
from models.recipe import RecipeError
from tests.unit.models.datasets import put, recipe, run, scene
from tests.unit.models.predicting import words


def test_pictures_of_one_name_keep_a_label_each(tmp_path: Path) -> None:
    put(tmp_path, "a", "0 0.5 0.5 0.2 0.2\n")
    cv2.imwrite(str(tmp_path / "images" / "a.jpg"), scene(1))
    one = recipe(labels=("truck",))
    twice = one.model_copy(update={"sources": one.sources * 2})

    _, out = run(twice, tmp_path)

    names = {"photos-a", "photos-a_2", "photos-a_3", "photos-a_4"}
    assert {path.stem for path in out.glob("images/*/*")} == names
    assert {path.stem for path in out.glob("labels/*/*.txt")} == names


def test_boxes_are_tallied_by_label_and_size(tmp_path: Path) -> None:
    put(tmp_path, "a", "0 0.5 0.5 0.31 0.32\n0 0.5 0.5 0.33 0.33\n0 0.5 0.5 0.97 0.97\n")

    summary, out = run(recipe(labels=("truck",)), tmp_path)

    rows = {(one.part, one.label): one for one in summary.labels}
    part = summary.labels[0].part if rows["train", "truck"].boxes else "val"
    truck = rows[part, "truck"]
    assert (truck.boxes, truck.pictures, truck.small, truck.medium, truck.large) == (3, 1, 1, 1, 1)
    assert rows[part, "muck_truck"].boxes == 0
    assert json.loads((out / "summary.json").read_text())["labels"][0]["label"] == "truck"


def test_a_contact_sheet_shows_the_boxes_and_stays_small(tmp_path: Path) -> None:
    for number in range(60):
        put(tmp_path, f"p{number}", "0 0.5 0.5 0.5 0.5\n")

    _, out = run(recipe(labels=("truck",)), tmp_path)

    sheet = read_picture(out / "sheet-train.jpg")
    assert sheet.shape == (1440, 1920, 3)
    assert np.ptp(sheet[:240, :320].astype(int), axis=2).max() > 60
    assert (out / "sheet-val.jpg").exists()


def test_the_truth_of_a_rendered_picture_comes_along(tmp_path: Path) -> None:
    put(tmp_path, "a", "")
    (tmp_path / "truths").mkdir()
    (tmp_path / "truths" / "a.json").write_text('{"weather": "night_rain"}')

    _, out = run(recipe(labels=("truck",)), tmp_path)

    assert json.loads((out / "truths" / "photos-a.json").read_text()) == {"weather": "night_rain"}


def test_a_source_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="source photos: no pictures"):
        run(recipe(), tmp_path)


def test_the_training_id_changes_with_a_label_or_a_picture_and_only_then(tmp_path: Path) -> None:
    put(tmp_path, "a", "0 0.5 0.5 0.2 0.2\n")
    first, _ = run(recipe(labels=("truck",)), tmp_path)
    again, _ = run(recipe(labels=("truck",)), tmp_path)
    put(tmp_path, "a", "0 0.5 0.5 0.3 0.2\n")
    labelled, _ = run(recipe(labels=("truck",)), tmp_path)
    put(tmp_path, "a", "0 0.5 0.5 0.3 0.2\n", scene(1))
    shown, out = run(recipe(labels=("truck",)), tmp_path)

    assert first.training_id == again.training_id
    assert len({first.training_id, labelled.training_id, shown.training_id}) == 3
    assert json.loads((out / "summary.json").read_text())["training_id"] == shown.training_id


def test_a_dataset_that_is_not_there_is_one_line_and_a_failure(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["dataset", "water", "--data", str(tmp_path), "--out", str(tmp_path / "out")]
    )

    assert result.exit_code == 1
    assert "source water_boxes: no pictures" in words(result.output)
