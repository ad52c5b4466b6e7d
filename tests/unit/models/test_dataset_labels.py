"""Labels come into a dataset as they were meant, and nothing wrong slips in silently."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.boxes import Boxes, read_boxes
from models.picture import read_picture
from models.preprocess import GREY
from models.recipe import RecipeError
from tests.unit.models.datasets import label_of, put, recipe, run


def test_ids_of_a_source_become_ids_of_the_recipe_and_other_labels_are_dropped(tmp_path: Path) -> None:
    put(tmp_path, "a", "0 0.5 0.5 0.2 0.2\n1 0.2 0.2 0.1 0.1\n")

    _, out = run(recipe(labels=("muck_truck", "boat")), tmp_path)

    assert label_of(out, "a") == "1 0.500000 0.500000 0.200000 0.200000\n"


def test_a_region_to_ignore_is_painted_grey(tmp_path: Path) -> None:
    put(tmp_path, "a", "0 0.5 0.5 0.2 0.4\n")

    _, out = run(recipe(labels=("ignore",)), tmp_path)

    (picture,) = out.glob("images/*/photos-a.png")
    image = read_picture(picture)
    assert (image[30:70, 40:60] == GREY).all()
    assert (image[:, :40] == 200).all()
    assert label_of(out, "a") == ""


def test_a_labelled_thing_within_a_region_to_ignore_stays_in_sight(tmp_path: Path) -> None:
    put(tmp_path, "a", "1 0.5 0.5 0.4 0.4\n0 0.5 0.5 0.2 0.2\n")

    _, out = run(recipe(labels=("truck", "ignore")), tmp_path)

    (picture,) = out.glob("images/*/photos-a.png")
    image = read_picture(picture)
    assert (image[40:60, 40:60] == 200).all()
    assert (image[30:40, 30:70] == GREY).all()
    assert label_of(out, "a") == "0 0.500000 0.500000 0.200000 0.200000\n"


def test_a_hand_label_wins_over_the_teacher(tmp_path: Path) -> None:
    put(tmp_path, "a", "0 0.5 0.5 0.2 0.2\n")

    def teach(_: NDArray[np.uint8]) -> Boxes:
        return np.array([[0, 0.51, 0.5, 0.22, 0.2], [0, 0.1, 0.1, 0.1, 0.1]], np.float32)

    _, out = run(recipe(labels=("muck_truck",), teacher=True), tmp_path, teach)

    assert [line.split()[0:2] for line in label_of(out, "a").splitlines()] == [
        ["1", "0.500000"],
        ["0", "0.100000"],
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("0 0.5 0.5 0.2", "not a class and a box"),
        ("0 0.5 1.5 0.2 0.2", "not a class and a box"),
        ("0 0.5 0.5 0 0.2", "not a class and a box"),
        ("0 0.5 nan 0.2 0.2", "not a class and a box"),
        ("zero 0.5 0.5 0.2 0.2", "not five numbers"),
        ("3 0.5 0.5 0.2 0.2", "class 3 is not in 0 to 1"),
        ("0.5 0.5 0.5 0.2 0.2", "class 0.5 is not in 0 to 1"),
    ],
)
def test_a_wrong_label_names_file_and_line(tmp_path: Path, line: str, problem: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"1 0.5 0.5 0.1 0.1\n{line}\n")

    with pytest.raises(RecipeError, match=rf"a\.txt:2: {problem}.*; make the dataset again"):
        read_boxes(path, classes=2)


def test_what_cannot_be_read_is_skipped_and_named(tmp_path: Path) -> None:
    put(tmp_path, "good", "")
    put(tmp_path, "unlabelled")
    put(tmp_path, "wrong", "9 0.5 0.5 0.1 0.1\n")
    put(tmp_path, "broken", "")
    (tmp_path / "images" / "broken.png").write_bytes(b"no picture")

    summary, _ = run(recipe(labels=("truck",)), tmp_path)

    assert sum(summary.counts.values()) == 1
    assert sorted(problem.split("/")[-1].split(":")[0].split(".")[0] for problem in summary.skipped) == [
        "broken",
        "unlabelled",
        "wrong",
    ]


def test_a_missing_label_file_is_named_and_an_empty_one_is_a_picture_without_anything(tmp_path: Path) -> None:
    put(tmp_path, "unlabelled")
    put(tmp_path, "nothing", "")

    summary, _ = run(recipe(labels=("truck",)), tmp_path)

    (problem,) = summary.skipped
    assert "unlabelled.txt is missing" in problem
    assert summary.counted == {"pictures labelled as showing nothing": 1}
    assert sum(summary.without_labels.values()) == 1


def test_a_label_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    put(tmp_path, "a", "")
    put(tmp_path, "b", "")
    (tmp_path / "labels" / "a.txt").write_bytes(b"0 0.5 \xff")

    summary, _ = run(recipe(labels=("truck",)), tmp_path)

    (problem,) = summary.skipped
    assert problem.endswith("a.txt: not UTF-8 from byte 6 on")


def test_a_box_over_the_edge_is_clipped_and_counted(tmp_path: Path) -> None:
    put(tmp_path, "a", "0 0.9 0.5 0.4 0.2\n")

    summary, out = run(recipe(labels=("truck",)), tmp_path)

    assert label_of(out, "a") == "0 0.850000 0.500000 0.300000 0.200000\n"
    assert summary.counted == {"boxes clipped to their picture": 1}
