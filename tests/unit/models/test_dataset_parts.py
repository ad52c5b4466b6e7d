"""Which pictures are trained on, which are kept for validation, and which are neither."""

from pathlib import Path

import cv2
import pytest

from models.picture import read_picture
from models.recipe import RecipeError
from models.samples import VALIDATION_PERCENT, choose_part
from tests.unit.models.datasets import put, recipe, run, scene


def test_pictures_of_one_scene_are_never_on_both_sides(tmp_path: Path) -> None:
    for place in range(30):
        for frame in range(3):
            put(tmp_path, f"s{place:02}_{frame}")

    _, out = run(recipe(group="^s\\d+"), tmp_path)

    parts = {
        part: {path.name.split("_")[0] for path in out.glob(f"images/{part}/*")} for part in ("train", "val")
    }
    assert parts["train"]
    assert parts["val"]
    assert not parts["train"] & parts["val"]


def test_a_group_that_nears_a_training_picture_is_trained_on_whole(tmp_path: Path) -> None:
    for number in range(40):
        put(tmp_path, f"s{number:02}_0", image=scene(number))
        put(tmp_path, f"s{number:02}_1", image=scene(100 + number))
    first, out = run(recipe(group="^s\\d+"), tmp_path)
    leak, *others = sorted({path.stem.split("_")[0] for path in out.glob("images/val/*")})
    trained = next(out.glob("images/train/*"))
    put(tmp_path, f"{leak.removeprefix('photos-')}_0", image=read_picture(trained)[:, ::-1])

    second, _ = run(recipe(group="^s\\d+"), tmp_path)

    assert first.moved_to_training == ()
    assert others
    assert {path.stem.split("_")[0] for path in out.glob("images/val/*")} == set(others)
    (pair,) = second.moved_to_training
    assert pair.startswith(f"{leak}_0 nears {trained.stem} (")


def test_what_nears_a_picture_apart_is_in_neither_part(tmp_path: Path) -> None:
    for number in range(4):
        put(tmp_path, f"p{number}", image=scene(number))
    (tmp_path / "apart" / "deep").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "apart" / "deep" / "x.jpg"), scene(2))

    summary, out = run(recipe(), tmp_path, apart=(tmp_path / "apart",))

    assert {path.stem for path in out.glob("images/*/*")} == {"photos-p0", "photos-p1", "photos-p3"}
    assert [one.split(" nears ")[0] for one in summary.left_out] == ["photos-p2"]


def test_a_group_that_is_in_no_name_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "a")

    with pytest.raises(RecipeError, match=r"source photos: group \^cam is in no name, such as a"):
        run(recipe(group="^cam"), tmp_path)


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


def test_a_source_to_repeat_is_listed_so_often_for_training_and_once_for_validation(tmp_path: Path) -> None:
    for number in range(30):
        put(tmp_path, f"p{number}")

    summary, out = run(recipe(repeat=3), tmp_path)

    listed = (out / "train.txt").read_text().split()
    assert len(listed) == 3 * summary.counts["train photos"]
    assert all((out / line).is_file() for line in listed)
    assert len(list(out.glob("images/val/*"))) == summary.counts["val photos"] > 0
