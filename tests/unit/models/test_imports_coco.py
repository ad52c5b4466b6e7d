"""One COCO file names the pictures of a source and their boxes."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from models.picture import read_picture
from models.recipe import RecipeError
from tests.unit.models.formats import TRUCK, coco, fill, run, source


def test_a_crowd_of_what_is_dropped_hides_nothing(tmp_path: Path) -> None:
    fill(tmp_path, "coco")
    crowd = [{"image_id": 7, "category_id": 3, "bbox": [20, 30, 40, 20], "iscrowd": 1}]
    (tmp_path / "coco.json").write_text(json.dumps(coco(annotations=crowd)))

    run(tmp_path, source("coco", map={"lorry": "drop"}))

    (picture,) = (tmp_path / "out").glob("images/*/*")
    assert (read_picture(picture) == 200).all()


@pytest.mark.parametrize(
    ("changes", "problem", "kept"),
    [
        ({"annotations": [{"image_id": 7, "category_id": 9, "bbox": [1, 1, 5, 5]}]}, "no category", False),
        ({"annotations": [{"image_id": 8, "category_id": 3, "bbox": [1, 1, 5, 5]}]}, "no image has", True),
        ({"annotations": [{"image_id": 7, "category_id": 3, "bbox": [1, 1, 0, 5]}]}, "without area", False),
        (
            {"annotations": [{"image_id": 7, "category_id": 3, "bbox": [1, 1, float("nan"), 5]}]},
            "without area",
            False,
        ),
        ({"images": [{"id": 7, "file_name": "a.png", "width": 100, "height": 200}]}, "labelled at", False),
    ],
)
def test_what_is_wrong_in_a_coco_file_is_named_once(
    tmp_path: Path, changes: dict[str, Any], problem: str, *, kept: bool
) -> None:
    fill(tmp_path, "coco")
    cv2.imwrite(str(tmp_path / "images" / "b.png"), np.zeros((12, 12, 3), np.uint8))
    wrong = coco(**changes)
    wrong["images"].append({"id": 99, "file_name": "b.png"})
    (tmp_path / "coco.json").write_text(json.dumps(wrong))

    summary, label = run(tmp_path, source("coco"))

    (said,) = summary.skipped
    assert problem in said
    assert (label is not None) == kept


def test_pictures_that_file_or_folder_lack_are_named(tmp_path: Path) -> None:
    fill(tmp_path, "coco")
    images = [*coco()["images"], {"id": 8, "file_name": "gone.png"}]
    (tmp_path / "coco.json").write_text(json.dumps(coco(images=images)))
    cv2.imwrite(str(tmp_path / "images" / "more.png"), np.zeros((12, 12, 3), np.uint8))

    summary, label = run(tmp_path, source("coco"))

    unnamed, gone = summary.skipped
    assert "more.png: " in unnamed
    assert "gone.png is not in" in gone
    assert label == TRUCK


def test_pictures_below_the_folder_of_a_coco_file_keep_a_label_each(tmp_path: Path) -> None:
    fill(tmp_path, "coco")
    (tmp_path / "images" / "deep").mkdir()
    cv2.imwrite(str(tmp_path / "images" / "deep" / "a.png"), np.zeros((100, 200, 3), np.uint8))
    images = [*coco()["images"], {"id": 8, "file_name": "deep/a.png"}]
    (tmp_path / "coco.json").write_text(json.dumps(coco(images=images)))

    run(tmp_path, source("coco"))

    labels = {path.stem: path.read_text() for path in (tmp_path / "out").glob("labels/*/*.txt")}
    assert labels == {"yard-a": TRUCK, "yard-a_2": ""}


def test_a_camera_may_be_a_folder(tmp_path: Path) -> None:
    images: list[dict[str, Any]] = []
    for camera in range(20):
        (tmp_path / "images" / f"cam{camera}").mkdir(parents=True)
        for number in range(2):
            name = f"cam{camera}/{number}.png"
            noise = np.random.default_rng(len(images)).integers(0, 255, (8, 8, 3), np.uint8)
            cv2.imwrite(str(tmp_path / "images" / name), cv2.resize(noise, (96, 96)))
            images.append({"id": len(images), "file_name": name})
    (tmp_path / "coco.json").write_text(json.dumps(coco(images=images, annotations=[])))

    _, _ = run(tmp_path, source("coco", group="^cam\\d+"))

    counts = {part: len(list((tmp_path / "out" / "images" / part).glob("*"))) for part in ("train", "val")}
    assert counts["train"] + counts["val"] == 40
    assert counts["val"] > 0
    assert counts["val"] % 2 == 0


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            {"images": [{"id": 7, "file_name": "a.png"}, {"id": "7", "file_name": "b.png"}]},
            "image of the id 7",
        ),
        ({"images": [{"id": 7, "file_name": "a.png"}, {"id": 8, "file_name": "a.png"}]}, "image named a.png"),
        ({"categories": [{"id": 3, "name": "lorry"}, {"id": 3, "name": "bus"}]}, "category of the id 3"),
    ],
)
def test_what_is_there_twice_in_a_coco_file_is_refused(
    tmp_path: Path, changes: dict[str, Any], problem: str
) -> None:
    fill(tmp_path, "coco")
    (tmp_path / "coco.json").write_text(json.dumps(coco(**changes)))

    with pytest.raises(RecipeError, match=f"{problem} is there twice"):
        run(tmp_path, source("coco"))


def test_an_id_is_the_same_as_number_and_as_text(tmp_path: Path) -> None:
    fill(tmp_path, "coco")
    box = {"image_id": "7", "category_id": "3", "bbox": [20, 30, 40, 20]}
    (tmp_path / "coco.json").write_text(json.dumps(coco(annotations=[box])))

    _, label = run(tmp_path, source("coco"))

    assert label == TRUCK


def test_a_bare_name_is_not_given_to_one_of_several_pictures(tmp_path: Path) -> None:
    for camera in ("cam1", "cam2"):
        (tmp_path / "images" / camera).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "images" / camera / "a.png"), np.zeros((100, 200, 3), np.uint8))
    cv2.imwrite(str(tmp_path / "images" / "b.png"), np.zeros((12, 12, 3), np.uint8))
    listed = coco(images=[*coco()["images"], {"id": 8, "file_name": "b.png"}])
    (tmp_path / "coco.json").write_text(json.dumps(listed))

    summary, label = run(tmp_path, source("coco"))

    assert label is None
    assert len([said for said in summary.skipped if "does not name it" in said]) == 2
