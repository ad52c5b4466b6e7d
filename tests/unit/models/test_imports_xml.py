"""Labels in XML: a file a picture of VOC, one file of CVAT."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from models.recipe import RecipeError
from tests.unit.models.formats import BOX, CVAT, TRUCK, VOC, fill, run, source


def test_a_picture_that_cvat_lists_twice_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, "cvat")
    text = CVAT.format(shape=BOX)
    image = text[text.index("<image") : text.index("</annotations>")]
    (tmp_path / "cvat.xml").write_text(text.replace(image, image + image))

    with pytest.raises(RecipeError, match=r"an image named a\.png is there twice"):
        run(tmp_path, source("cvat"))


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


def test_a_dataset_without_any_picture_is_refused_with_the_reason(tmp_path: Path) -> None:
    fill(tmp_path, "cvat")
    (tmp_path / "cvat.xml").write_text("<annotations/>")

    with pytest.raises(RecipeError, match=r"no picture can be used; .*a\.png: .*cvat\.xml does not name it"):
        run(tmp_path, source("cvat"))
