"""Labels of four formats become the same boxes, and what is wrong in them is named."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from models.dataset import Summary, prepare
from models.picture import read_picture
from models.preprocess import GREY
from models.recipe import Recipe, RecipeError, Source

VOC = (
    "<annotation><size><width>200</width><height>100</height></size><object><name>{name}</name>"
    "<difficult>{difficult}</difficult><bndbox><xmin>20</xmin><ymin>30</ymin><xmax>60</xmax><ymax>50</ymax>"
    "</bndbox></object></annotation>"
)
CVAT = (
    '<annotations><version>1.1</version><image id="0" name="a.png" width="200" height="100">{shape}</image>'
    "</annotations>"
)
BOX = '<box label="lorry" xtl="20" ytl="30" xbr="60" ybr="50"/>'
TRUCK = "0 0.200000 0.400000 0.200000 0.200000\n"
ALL_FORMATS = pytest.mark.parametrize("form", ["coco", "voc", "cvat", "yolo"])


def coco(**changes: Any) -> dict[str, Any]:
    return {
        "images": [{"id": 7, "file_name": "a.png", "width": 200, "height": 100}],
        "annotations": [{"id": 1, "image_id": 7, "category_id": 3, "bbox": [20, 30, 40, 20], "iscrowd": 0}],
        "categories": [{"id": 3, "name": "lorry"}],
        **changes,
    }


def source(form: str, **changes: Any) -> Source:
    files = {"coco": {"labels_file": "coco.json"}, "cvat": {"labels_file": "cvat.xml"}}.get(form, {})
    labels = {"labels": ("lorry",)} if form == "yolo" else {}
    fields: dict[str, Any] = {"name": "yard", "pictures": "images", "licence": "ours", "format": form}
    return Source.model_validate({**fields, "map": {"lorry": "truck"}, **files, **labels, **changes})


def fill(data: Path, form: str) -> None:
    (data / "images").mkdir()
    cv2.imwrite(str(data / "images" / "a.png"), np.full((100, 200, 3), 200, np.uint8))
    for name, text in {
        "yolo": ("labels/a.txt", "0 0.2 0.4 0.2 0.2\n"),
        "voc": ("annotations/a.xml", VOC.format(name="lorry", difficult=0)),
        "coco": ("coco.json", json.dumps(coco())),
        "cvat": ("cvat.xml", CVAT.format(shape=BOX)),
    }.values():
        (data / name).parent.mkdir(exist_ok=True)
        if form in name or form in ("yolo", "voc"):
            (data / name).write_text(text)


def run(data: Path, one: Source) -> tuple[Summary, str | None]:
    recipe = Recipe(
        name="street",
        input_px=64,
        train_px=64,
        epochs=1,
        learning_rate=1e-3,
        frozen_layers=0,
        labels={"truck": ("truck",), "bus": ("bus",)},
        start={},
        sources=(one,),
    )
    *_, summary = prepare(recipe, data, data / "out", teacher=None)
    return summary, next((path.read_text() for path in (data / "out").glob("labels/*/yard-a.txt")), None)


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


def test_a_picture_that_cvat_lists_twice_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, "cvat")
    text = CVAT.format(shape=BOX)
    image = text[text.index("<image") : text.index("</annotations>")]
    (tmp_path / "cvat.xml").write_text(text.replace(image, image + image))

    with pytest.raises(RecipeError, match=r"an image named a\.png is there twice"):
        run(tmp_path, source("cvat"))


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


@pytest.mark.parametrize(("form", "name"), [("coco", "coco.json"), ("cvat", "cvat.xml")])
def test_a_broken_labels_file_is_refused_by_name(tmp_path: Path, form: str, name: str) -> None:
    fill(tmp_path, form)
    for text in (b"{<", b"{}", b"\xff\xfe"):
        (tmp_path / name).write_bytes(text)
        with pytest.raises(RecipeError, match=rf"source yard: .*{name} cannot be read"):
            run(tmp_path, source(form))


def test_broken_xml_of_one_picture_is_skipped_by_name(tmp_path: Path) -> None:
    fill(tmp_path, "voc")
    cv2.imwrite(str(tmp_path / "images" / "b.png"), np.zeros((12, 12, 3), np.uint8))
    (tmp_path / "annotations" / "b.xml").write_text("<annotation><object>")

    summary, label = run(tmp_path, source("voc"))

    (said,) = summary.skipped
    assert "b.xml: " in said
    assert label == TRUCK


@pytest.mark.parametrize("width", ["inf", "nan"])
def test_a_size_that_is_no_number_is_skipped_by_name(tmp_path: Path, width: str) -> None:
    fill(tmp_path, "voc")
    text = VOC.format(name="lorry", difficult=0).replace("<width>200", f"<width>{width}")
    (tmp_path / "annotations" / "a.xml").write_text(text)

    with pytest.raises(RecipeError, match=r"a\.xml: .*not all of these are numbers"):
        run(tmp_path, source("voc"))


def test_a_picture_that_the_trainer_would_drop_is_skipped_by_name(tmp_path: Path) -> None:
    fill(tmp_path, "voc")
    cv2.imwrite(str(tmp_path / "images" / "b.png"), np.zeros((9, 12, 3), np.uint8))
    (tmp_path / "annotations" / "b.xml").write_text(
        "<annotation><size><width>12</width><height>9</height></size></annotation>"
    )

    summary, _ = run(tmp_path, source("voc"))

    (said,) = summary.skipped
    assert "b.png: 12x9, too small to train on" in said


def test_a_polygon_becomes_its_box_and_other_shapes_are_named(tmp_path: Path) -> None:
    fill(tmp_path, "cvat")
    polygon = '<polygon label="lorry" points="20,30;60,40;40,50"/>'
    (tmp_path / "cvat.xml").write_text(CVAT.format(shape=polygon))
    assert run(tmp_path, source("cvat"))[1] == TRUCK

    (tmp_path / "cvat.xml").write_text(CVAT.format(shape='<polyline label="lorry" points="1,1;2,2"/>'))
    with pytest.raises(RecipeError, match=r"a\.png: a polyline of lorry is no upright box"):
        run(tmp_path, source("cvat"))


@pytest.mark.parametrize(
    ("form", "changes", "problem"),
    [
        ("coco", {"labels_file": None}, "coco needs labels_file"),
        ("voc", {"labels_file": "x.xml"}, "voc has no labels_file"),
        ("cvat", {"labels_folder": "x"}, "cvat has no labels_folder"),
        ("voc", {"labels": ("truck",)}, "labels is for yolo"),
    ],
)
def test_labels_are_where_the_format_has_them(form: str, changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        source(form, **changes)


def test_a_dataset_without_any_picture_is_refused_with_the_reason(tmp_path: Path) -> None:
    fill(tmp_path, "cvat")
    (tmp_path / "cvat.xml").write_text("<annotations/>")

    with pytest.raises(RecipeError, match=r"no picture can be used; .*a\.png: .*cvat\.xml does not name it"):
        run(tmp_path, source("cvat"))


def test_labels_may_lie_in_a_folder_of_their_own(tmp_path: Path) -> None:
    fill(tmp_path, "yolo")
    (tmp_path / "labels").rename(tmp_path / "mine")

    assert run(tmp_path, source("yolo", labels_folder="mine"))[1] == TRUCK
