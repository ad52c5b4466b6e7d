"""Pictures of many sources become one dataset, and nothing wrong slips in silently."""

import errno
import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from models.cli import app
from models.dataset import VALIDATION_PERCENT, Boxes, Summary, choose_part, prepare, read_boxes
from models.picture import read_picture
from models.preprocess import GREY
from models.recipe import Recipe, RecipeError, Source
from tests.unit.models.predicting import words


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


FLAT = np.full((100, 100, 3), 200, np.uint8)


def put(data: Path, name: str, label: str | None = None, image: NDArray[np.uint8] = FLAT) -> None:
    for folder in ("images", "labels"):
        (data / folder).mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(data / "images" / f"{name}.png"), image)
    if label is not None:
        (data / "labels" / f"{name}.txt").write_text(label)


def scene(seed: int) -> NDArray[np.uint8]:
    blocks = np.random.default_rng(seed).integers(0, 255, (12, 12, 3), np.uint8)
    return np.asarray(cv2.resize(blocks, (96, 96), interpolation=cv2.INTER_CUBIC), np.uint8)


def run(
    recipe: Recipe,
    data: Path,
    teacher: Callable[[NDArray[np.uint8]], Boxes] | None = None,
    apart: tuple[Path, ...] = (),
) -> tuple[Summary, Path]:
    out = data / "out"
    *_, summary = prepare(recipe, data, out, teacher=teacher, apart=apart)
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


def test_pictures_of_one_name_keep_a_label_each(tmp_path: Path) -> None:
    put(tmp_path, "a", "0 0.5 0.5 0.2 0.2\n")
    cv2.imwrite(str(tmp_path / "images" / "a.jpg"), scene(1))
    one = recipe(labels=("truck",))
    twice = one.model_copy(update={"sources": one.sources * 2})

    _, out = run(twice, tmp_path)

    names = {"photos-a", "photos-a_2", "photos-a_3", "photos-a_4"}
    assert {path.stem for path in out.glob("images/*/*")} == names
    assert {path.stem for path in out.glob("labels/*/*.txt")} == names


def test_a_second_run_removes_what_the_first_wrote_and_gives_the_same(tmp_path: Path) -> None:
    put(tmp_path, "a", "0 0.5 0.5 0.2 0.2\n")
    first, out = run(recipe(labels=("truck",)), tmp_path)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    put(tmp_path, "b", "")
    run(recipe(labels=("truck",)), tmp_path)
    (tmp_path / "images" / "b.png").unlink()

    again, _ = run(recipe(labels=("truck",)), tmp_path)

    assert again == first
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_a_run_that_breaks_off_leaves_no_dataset_and_the_next_run_tidies_up(tmp_path: Path) -> None:
    put(tmp_path, "a", "")
    put(tmp_path, "b", "")
    _, out = run(recipe(labels=("truck",)), tmp_path)
    for summary in prepare(recipe(labels=("truck",)), tmp_path, out, teacher=None):
        if summary.step == "writing":
            break

    assert (out / "UNFINISHED").exists()
    assert not (out / "data.yaml").exists()
    (tmp_path / "images" / "a.png").unlink()
    run(recipe(labels=("truck",)), tmp_path)
    assert not (out / "UNFINISHED").exists()
    assert [path.stem for path in out.glob("images/*/*")] == ["photos-b"]


def test_a_full_disk_is_told_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a", "")

    def fill(path: Path, _: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", fill)

    with pytest.raises(RecipeError, match=r"photos-a\.txt: No space left on device; .* make room"):
        run(recipe(labels=("truck",)), tmp_path)


@pytest.mark.parametrize("out", [".", "images", "images/out"])
def test_a_folder_with_a_sources_pictures_is_refused(tmp_path: Path, out: str) -> None:
    put(tmp_path, "a", "")

    with pytest.raises(RecipeError, match="choose a folder of its own"):
        list(prepare(recipe(), tmp_path, tmp_path / out, teacher=None))
    assert (tmp_path / "images" / "a.png").exists()


def test_a_folder_with_pictures_of_somebody_else_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "a")
    (tmp_path / "out" / "images").mkdir(parents=True)

    with pytest.raises(RecipeError, match="choose a new folder"):
        run(recipe(), tmp_path)


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


def test_a_dataset_that_is_not_there_is_one_line_and_a_failure(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["dataset", "water", "--data", str(tmp_path), "--out", str(tmp_path / "out")]
    )

    assert result.exit_code == 1
    assert "source water_boxes: no pictures" in words(result.output)
