"""Our labels of photos in public repositories go with the clones of these."""

from pathlib import Path
from typing import Any

import cv2
import pytest

from models.recipe import RecipeError
from tests.unit.models.datasets import scene
from tests.unit.models.formats import TRUCK, fill, photo, run, source

A = Path("images/owner/name/a.png")  # the photo that fill writes


def label(data: Path, *lines: str) -> None:
    """Replace the lines of the labels file."""
    (data / "photos.jsonl").write_text("".join(lines))


def test_a_photo_of_other_bytes_is_another_picture_than_was_labelled(tmp_path: Path) -> None:
    fill(tmp_path, "photos")
    other = tmp_path / A.with_name("b.png")
    cv2.imwrite(str(other), scene(1))
    label(tmp_path, photo(tmp_path / A), photo(other, sha256="0" * 64))

    summary, mine = run(tmp_path, source("photos"))

    assert mine == TRUCK
    assert summary.skipped == (f"{other}: is another picture than was labelled",)


def test_what_no_line_names_is_passed_over_without_a_word(tmp_path: Path) -> None:
    fill(tmp_path, "photos")
    (tmp_path / A.with_name("caf\udce9.png")).write_bytes((tmp_path / A).read_bytes())
    cv2.imwrite(str(tmp_path / A.with_name("logo.png")), scene(1))

    summary, mine = run(tmp_path, source("photos"))

    assert mine == TRUCK
    assert summary.skipped == ()
    assert summary.counts == {"train yard": 1}


def test_what_is_evaluated_only_is_never_imported(tmp_path: Path) -> None:
    fill(tmp_path, "photos")
    other = tmp_path / A.with_name("b.png")
    cv2.imwrite(str(other), scene(1))
    gone = photo(other, part="evaluated only", path="gone.png")
    label(tmp_path, photo(tmp_path / A), photo(other, part="evaluated only"), gone)

    summary, _ = run(tmp_path, source("photos"))

    assert summary.skipped == ()
    assert summary.counts == {"train yard": 1}


def test_photos_that_are_not_there_are_told_in_one_line(tmp_path: Path) -> None:
    fill(tmp_path, "photos")
    away = [
        photo(tmp_path / A, repository=name, path=path)
        for name, path in (("x/y", "a.jpg"), ("x/y", "b.jpg"), ("x/z", "a.jpg"))
    ]
    label(tmp_path, photo(tmp_path / A), *away)

    summary, mine = run(tmp_path, source("photos"))

    assert mine == TRUCK
    (said,) = summary.skipped
    assert said == (
        f"{tmp_path / 'images'}: 3 of 4 photos, of 2 repositories, are missing; "
        "clone each repository as OWNER/NAME below it (in a clone that is there, look at older commits)"
    )


def test_a_source_without_a_photo_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, "photos")
    (tmp_path / A).unlink()

    with pytest.raises(
        RecipeError, match=r"source yard: no photo can be used; .*: 1 of 1 photos.* clone each"
    ):
        run(tmp_path, source("photos"))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"repository": "name"}, "repository: String should match"),
        ({"repository": "../.."}, "repository: String should match"),
        ({"path": "../../owner/name/a.png"}, "path: Value error, is no plain path in a repository"),
        ({"path": "/a.png"}, "path: Value error, is no plain path"),
        ({"path": "./a.png"}, "path: Value error, is no plain path"),
        ({"part": "test"}, "part: Input should be 'train', 'val' or 'evaluated only'"),
        ({"boxes": [["lorry", 20, 30, 60, 50]]}, "boxes: 0: 1: Input should be less than or equal to 1"),
        ({"boxes": [["lorry", 0.1, 0.3, 0.3]]}, "boxes: 0: 4: Field required"),
    ],
)
def test_a_malformed_line_is_named_with_its_number(
    tmp_path: Path, changes: dict[str, Any], problem: str
) -> None:
    fill(tmp_path, "photos")
    label(tmp_path, photo(tmp_path / A), "\n", photo(tmp_path / A, **changes))

    summary, mine = run(tmp_path, source("photos"))

    assert mine == TRUCK
    (said,) = summary.skipped
    assert said.startswith(f"{tmp_path / 'photos.jsonl'}:3: {problem}")


@pytest.mark.parametrize("line", [b"{<\n", b"\xff\xfe\n"])
def test_a_line_that_is_no_json_is_named_too(tmp_path: Path, line: bytes) -> None:
    fill(tmp_path, "photos")
    with (tmp_path / "photos.jsonl").open("ab") as file:
        file.write(line)

    (said,) = run(tmp_path, source("photos"))[0].skipped

    assert said.startswith(f"{tmp_path / 'photos.jsonl'}:2: Invalid JSON")


def test_a_labels_file_that_is_missing_or_names_a_photo_twice_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, "photos")
    label(tmp_path, photo(tmp_path / A), photo(tmp_path / A, part="evaluated only"))
    with pytest.raises(RecipeError, match=r"cannot be read: a photo named owner/name/a\.png is there twice"):
        run(tmp_path, source("photos"))

    (tmp_path / "photos.jsonl").unlink()
    with pytest.raises(RecipeError, match=r"source yard: .*photos\.jsonl cannot be read"):
        run(tmp_path, source("photos"))


def test_unknown_names_are_refused_with_the_nearest_label(tmp_path: Path) -> None:
    fill(tmp_path, "photos")
    label(tmp_path, photo(tmp_path / A, boxes=[["Trucks", 0.1, 0.3, 0.3, 0.5]]))

    with pytest.raises(RecipeError, match=r"no label Trucks \(nearest: truck\)"):
        run(tmp_path, source("photos"))


def test_a_photo_stays_in_the_part_that_it_was_in(tmp_path: Path) -> None:
    """Without that word of the file the hash of each owner would say."""
    owners = [f"o{number}" for number in range(6)]
    pictures = [tmp_path / "images" / owner / "name" / "a.png" for owner in owners]
    for seed, picture in enumerate(pictures):
        picture.parent.mkdir(parents=True)
        cv2.imwrite(str(picture), scene(seed))
    label(tmp_path, *(photo(picture, part="val") for picture in pictures[:4]), *map(photo, pictures[4:]))

    summary, _ = run(tmp_path, source("photos", group="^[^/]+/"))
    whatever, _ = run(tmp_path, source("photos", group="^."))

    assert summary.counts == whatever.counts == {"train yard": 2, "val yard": 4}
