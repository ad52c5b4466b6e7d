"""What `predict` writes beside its lines: masks of the water, drawings of the boxes."""

import json
from pathlib import Path

import cv2
import numpy as np

from models.predict import draw, name_beside, predict
from tests.answers import Scripted
from tests.unit.models.predicting import picture, run, water, words

WET = Scripted(("water",), [("water", 0.9, (0, 0, 32, 64)), ("water", 0.4, (0, 0, 64, 64))])


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


def test_a_mask_that_cannot_be_written_leaves_nothing_half_done(tmp_path: Path) -> None:
    in_its_place = tmp_path / "masks" / "street.png"
    in_its_place.mkdir(parents=True)

    result = run("--model", water(tmp_path), "--mask-dir", tmp_path / "masks", picture(tmp_path))

    assert result.exit_code == 1
    assert "cannot be written: Is a directory" in words(result.stderr)
    assert list((tmp_path / "masks").iterdir()) == [in_its_place]


def test_only_sure_boxes_are_drawn(tmp_path: Path) -> None:
    prediction = predict(WET, picture(tmp_path))

    drawn = draw(prediction, {"water": 0.5})

    changed = np.flatnonzero((drawn != 0).any(axis=(0, 2)))
    assert (changed.min(), changed.max()) == (0, 33)
    assert not draw(prediction, {"water": 0.95}).any()


def test_the_label_of_a_box_at_the_upper_edge_is_drawn_inside(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "large.png"), np.zeros((640, 640, 3), np.uint8))

    drawn = draw(predict(WET, tmp_path / "large.png"), {"water": 0.5})

    assert drawn[4:12, 10:60].any()


def test_drawings_are_written_under_the_pictures_names(tmp_path: Path) -> None:
    result = run("--model", water(tmp_path), "--draw", tmp_path / "seen", picture(tmp_path))

    assert result.exit_code == 0
    assert [file.name for file in (tmp_path / "seen").iterdir()] == ["street.jpg"]
