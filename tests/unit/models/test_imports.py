"""Labels of five formats become the same boxes, and what is wrong in them is named."""

import json
from pathlib import Path
from typing import Any

import pytest

from models.picture import read_picture
from models.preprocess import GREY
from models.recipe import RecipeError
from tests.unit.models.formats import BOX, CVAT, TRUCK, VOC, coco, fill, run, source

ALL_FORMATS = pytest.mark.parametrize("form", ["coco", "voc", "cvat", "yolo", "photos"])


@ALL_FORMATS
def test_a_box_of_any_format_is_the_same_box(tmp_path: Path, form: str) -> None:
    fill(tmp_path, form)

    summary, label = run(tmp_path, source(form))

    assert label == TRUCK
    assert summary.skipped == ()


@ALL_FORMATS
def test_a_name_mapped_to_ignore_is_painted_grey(tmp_path: Path, form: str) -> None:
    fill(tmp_path, form)

    _, label = run(tmp_path, source(form, map={"lorry": "ignore"}))

    (picture,) = (tmp_path / "out").glob("images/*/*")
    image = read_picture(picture)
    assert label == ""
    assert (image[30:50, 20:60] == GREY).all()
    assert (image != GREY).all(axis=2).sum() == 200 * 100 - 40 * 20


@ALL_FORMATS
def test_a_star_stands_for_all_other_names(tmp_path: Path, form: str) -> None:
    fill(tmp_path, form)

    summary, label = run(tmp_path, source(form, map={"*": "drop", "van": "truck"}))

    assert label == ""
    assert summary.counted == {"boxes dropped by name": 1}


@pytest.mark.parametrize("form", ["coco", "voc", "cvat"])
def test_unknown_names_are_refused_with_the_nearest_label(tmp_path: Path, form: str) -> None:
    fill(tmp_path, form)
    (tmp_path / "coco.json").write_text(json.dumps(coco(categories=[{"id": 3, "name": "Trucks"}])))
    (tmp_path / "cvat.xml").write_text(CVAT.format(shape=BOX.replace("lorry", "Trucks")))
    (tmp_path / "annotations" / "a.xml").write_text(VOC.format(name="Trucks", difficult=0))

    with pytest.raises(RecipeError, match=r"no label Trucks \(nearest: truck\), buss \(nearest: bus\)"):
        run(tmp_path, source(form, map={"van": "buss"}))


def test_a_crowd_and_a_difficult_thing_are_ignored(tmp_path: Path) -> None:
    fill(tmp_path, "coco")
    crowd = [{"image_id": 7, "category_id": 3, "bbox": [20, 30, 40, 20], "iscrowd": 1}]
    (tmp_path / "coco.json").write_text(json.dumps(coco(annotations=crowd)))
    (tmp_path / "annotations" / "a.xml").write_text(VOC.format(name="lorry", difficult=1))

    for form in ("coco", "voc"):
        _, label = run(tmp_path, source(form))
        (picture,) = (tmp_path / "out").glob("images/*/*")
        assert label == ""
        assert (read_picture(picture)[30:50, 20:60] == GREY).all()


@pytest.mark.parametrize(("form", "name"), [("coco", "coco.json"), ("cvat", "cvat.xml")])
def test_a_broken_labels_file_is_refused_by_name(tmp_path: Path, form: str, name: str) -> None:
    fill(tmp_path, form)
    for text in (b"{<", b"{}", b"\xff\xfe"):
        (tmp_path / name).write_bytes(text)
        with pytest.raises(RecipeError, match=rf"source yard: .*{name} cannot be read"):
            run(tmp_path, source(form))


@pytest.mark.parametrize(
    ("form", "changes", "problem"),
    [
        ("coco", {"labels_file": None}, "coco needs labels_file"),
        ("voc", {"labels_file": "x.xml"}, "voc has no labels_file"),
        ("cvat", {"labels_folder": "x"}, "cvat has no labels_folder"),
        ("photos", {"labels_file": None}, "photos needs labels_file"),
        ("voc", {"labels": ("truck",)}, "labels is for yolo"),
    ],
)
def test_labels_are_where_the_format_has_them(form: str, changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        source(form, **changes)


def test_labels_may_lie_in_a_folder_of_their_own(tmp_path: Path) -> None:
    fill(tmp_path, "yolo")
    (tmp_path / "labels").rename(tmp_path / "mine")

    assert run(tmp_path, source("yolo", labels_folder="mine"))[1] == TRUCK
