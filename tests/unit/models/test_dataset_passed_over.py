"""Whatever lies in a source and does not get into the dataset is named."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from models.picture import read_picture
from models.recipe import RecipeError
from tests.unit.models.datasets import FLAT, put, recipe
from tests.unit.models.datasets import run as run_yolo
from tests.unit.models.formats import TRUCK, VOC, fill, run, source

FOLDERS = pytest.mark.parametrize(("form", "label"), [("yolo", "labels/b.txt"), ("voc", "annotations/b.xml")])
LORRY = {"b.txt": "0 0.2 0.4 0.2 0.2\n", "b.xml": VOC.format(name="lorry", difficult=0)}


@FOLDERS
def test_a_label_without_a_picture_is_named(tmp_path: Path, form: str, label: str) -> None:
    fill(tmp_path, form)
    path = tmp_path / label
    path.write_text(LORRY[path.name])

    summary, mine = run(tmp_path, source(form))

    assert summary.skipped == (f"{path}: no picture of this name is in {tmp_path / 'images'}",)
    assert mine == TRUCK


@FOLDERS
def test_a_labelled_picture_of_a_kind_that_is_not_read_is_named(
    tmp_path: Path, form: str, label: str
) -> None:
    fill(tmp_path, form)
    (tmp_path / label).write_text(LORRY[Path(label).name])
    (tmp_path / "images" / "b.heic").write_bytes(b"a picture")

    summary, _ = run(tmp_path, source(form))

    (said,) = summary.skipped
    assert said.startswith(f"{tmp_path / 'images' / 'b.heic'}: labelled, but no kind of picture that is read")


def test_the_list_of_classes_beside_yolo_labels_is_no_label(tmp_path: Path) -> None:
    fill(tmp_path, "yolo")
    (tmp_path / "labels" / "classes.txt").write_text("lorry\n")

    summary, _ = run(tmp_path, source("yolo"))

    assert summary.skipped == ()


def test_pictures_beyond_the_limit_leave_no_label_without_a_picture(tmp_path: Path) -> None:
    for name in "abc":
        put(tmp_path, name, "")

    summary, _ = run_yolo(recipe(labels=("truck",), limit=1), tmp_path)

    assert summary.skipped == ()


@pytest.mark.parametrize("labels", [(), ("truck",)])
def test_pictures_in_folders_below_a_source_are_counted(tmp_path: Path, labels: tuple[str, ...]) -> None:
    put(tmp_path, "a", "")
    deep = tmp_path / "images" / "more"
    deep.mkdir()
    for name in ("b.jpg", "c.jpg"):
        cv2.imwrite(str(deep / name), FLAT)

    summary, out = run_yolo(recipe(labels=labels), tmp_path)

    assert summary.skipped == (f"{deep}: its pictures (2) are not read; make it a source",)
    assert len(list(out.glob("images/*/*"))) == 1


def test_a_source_with_pictures_only_below_is_refused_with_the_reason(tmp_path: Path) -> None:
    deep = tmp_path / "images" / "more"
    deep.mkdir(parents=True)
    cv2.imwrite(str(deep / "b.jpg"), FLAT)

    with pytest.raises(
        RecipeError, match=r"no pictures in .*images; .*more: its pictures \(1\) are not read"
    ):
        run_yolo(recipe(), tmp_path)


def test_xml_of_another_kind_makes_no_negative(tmp_path: Path) -> None:
    fill(tmp_path, "voc")
    cv2.imwrite(str(tmp_path / "images" / "b.png"), np.zeros((12, 12, 3), np.uint8))
    (tmp_path / "annotations" / "b.xml").write_text("<html></html>")

    summary, _ = run(tmp_path, source("voc"))

    (said,) = summary.skipped
    assert said.endswith("b.xml: no VOC file: <html> instead of <annotation>")
    assert "pictures labelled as showing nothing" not in summary.counted


def test_a_picture_whose_name_is_not_utf_8_is_named(tmp_path: Path) -> None:
    put(tmp_path, "a", "")
    strange = tmp_path / "images" / "\udcb3\udcb5.png"  # the bytes of a Chinese word in GBK
    (tmp_path / "images" / "a.png").rename(tmp_path / "a.png")
    strange.write_bytes((tmp_path / "a.png").read_bytes())

    with pytest.raises(RecipeError, match=r"no pictures in .*its name is not UTF-8; rename it"):
        run_yolo(recipe(labels=("truck",)), tmp_path)

    put(tmp_path, "b", "")
    summary, out = run_yolo(recipe(), tmp_path)

    assert summary.skipped == (f"{strange}: its name is not UTF-8; rename it",)
    assert [path.stem for path in out.glob("images/*/*")] == ["photos-b"]


@pytest.mark.parametrize(("kind", "name"), [(".jpg", "a.jfif"), (".gif", "a.GIF")])
def test_a_picture_of_a_kind_that_the_trainer_passes_over_becomes_a_png(
    tmp_path: Path, kind: str, name: str
) -> None:
    fill(tmp_path, "yolo")
    picture = tmp_path / "images" / "a.png"
    content = cv2.imencode(kind, read_picture(picture))[1].tobytes()
    picture.unlink()
    (tmp_path / "images" / name).write_bytes(content)

    summary, mine = run(tmp_path, source("yolo"))

    (written,) = (tmp_path / "out").glob("images/*/*")
    assert (summary.skipped, mine, written.name) == ((), TRUCK, "yard-a.png")
    assert written.read_bytes().startswith(b"\x89PNG")
