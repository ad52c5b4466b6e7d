"""Pictures of many sources become one dataset, and nothing wrong slips in silently."""

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from models.dataset import VALIDATION_PERCENT, Boxes, Summary, choose_part, prepare, read_boxes
from models.picture import read_picture
from models.preprocess import GREY
from models.recipe import Recipe, RecipeError, Source


def recipe(**source: object) -> Recipe:
    one = Source.model_validate({"name": "photos", "pictures": "images", "licence": "ours", **source})
    return Recipe(
        name="street",
        input_px=64,
        train_px=64,
        epochs=1,
        learning_rate=1e-3,
        frozen_layers=0,
        labels={"truck": ("truck",), "muck_truck": ()},
        start={"muck_truck": "truck"},
        sources=(one,),
    )


def put(data: Path, name: str, label: str | None = None) -> None:
    for folder in ("images", "labels"):
        (data / folder).mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(data / "images" / f"{name}.png"), np.full((100, 100, 3), 200, np.uint8))
    if label is not None:
        (data / "labels" / f"{name}.txt").write_text(label)


def run(
    recipe: Recipe, data: Path, teacher: Callable[[NDArray[np.uint8]], Boxes] | None = None
) -> tuple[Summary, Path]:
    out = data / "out"
    *_, summary = prepare(recipe, data, out, teacher=teacher)
    return summary, out


def label_of(out: Path, name: str) -> str:
    (path,) = out.glob(f"labels/*/photos-{name}.txt")
    return path.read_text()


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

    with pytest.raises(ValueError, match=rf"a\.txt:2: {problem}"):
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


def test_a_source_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="source photos: no pictures"):
        run(recipe(), tmp_path)


def test_pictures_of_one_scene_are_never_on_both_sides(tmp_path: Path) -> None:
    for scene in range(30):
        for frame in range(3):
            put(tmp_path, f"s{scene:02}_{frame}")

    _, out = run(recipe(group="^s\\d+"), tmp_path)

    parts = {
        part: {path.name.split("_")[0] for path in out.glob(f"images/{part}/*")} for part in ("train", "val")
    }
    assert parts["train"]
    assert parts["val"]
    assert not parts["train"] & parts["val"]


def test_the_share_for_validation_is_about_what_it_says() -> None:
    parts = [choose_part(str(number), share=0.001) for number in range(3000)]

    assert abs(parts.count("val") / 3000 - VALIDATION_PERCENT / 100) < 0.03


def test_a_look_that_would_dominate_validation_is_trained_on() -> None:
    assert {choose_part(str(number), share=0.11) for number in range(300)} == {"train"}


def test_a_limit_keeps_that_many(tmp_path: Path) -> None:
    for number in range(8):
        put(tmp_path, f"p{number}")

    summary, _ = run(recipe(limit=5), tmp_path)

    assert sum(summary.counts.values()) == 5


def test_the_training_id_changes_with_a_label_and_only_then(tmp_path: Path) -> None:
    put(tmp_path, "a", "0 0.5 0.5 0.2 0.2\n")
    first, _ = run(recipe(labels=("truck",)), tmp_path)
    again, out = run(recipe(labels=("truck",)), tmp_path)
    put(tmp_path, "a", "0 0.5 0.5 0.3 0.2\n")
    changed, _ = run(recipe(labels=("truck",)), tmp_path)

    assert first.training_id == again.training_id != changed.training_id
    assert json.loads((out / "summary.json").read_text())["training_id"] == changed.training_id


def test_a_source_to_repeat_is_listed_so_often_for_training_and_once_for_validation(tmp_path: Path) -> None:
    for number in range(30):
        put(tmp_path, f"p{number}")

    summary, out = run(recipe(repeat=3), tmp_path)

    listed = (out / "train.txt").read_text().split()
    assert len(listed) == 3 * summary.counts["train photos"]
    assert all((out / line).is_file() for line in listed)
    assert len(list(out.glob("images/val/*"))) == summary.counts["val photos"] > 0
