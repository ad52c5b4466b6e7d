"""The folder of a dataset holds what its last run wrote, and never what is somebody else's."""

import errno
import shutil
from pathlib import Path

import pytest

from models.dataset import prepare
from models.recipe import RecipeError
from tests.unit.models.datasets import put, recipe, run, scene


def test_a_second_run_removes_what_the_first_wrote_and_gives_the_same(tmp_path: Path) -> None:
    put(tmp_path, "a", "0 0.5 0.5 0.2 0.2\n")
    first, out = run(recipe(labels=("truck",)), tmp_path)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    put(tmp_path, "b", "")
    run(recipe(labels=("truck",)), tmp_path)
    for name in ("images/b.png", "labels/b.txt"):
        (tmp_path / name).unlink()

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


@pytest.mark.parametrize(
    ("data", "apart", "reason"),
    [
        ("mistyped", (), "no pictures"),
        (".", ("none",), "kept apart"),
        (".", ("apart",), "no picture can be used"),
    ],
)
def test_a_run_that_finds_nothing_to_write_leaves_the_earlier_dataset(
    tmp_path: Path, data: str, apart: tuple[str, ...], reason: str
) -> None:
    put(tmp_path, "a", "0 0.5 0.5 0.2 0.2\n", scene(1))
    shutil.copytree(tmp_path / "images", tmp_path / "apart")
    _, out = run(recipe(labels=("truck",)), tmp_path)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    again = prepare(
        recipe(labels=("truck",)), tmp_path / data, out, teacher=None, apart=[tmp_path / one for one in apart]
    )

    with pytest.raises(RecipeError, match=reason):
        list(again)

    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_a_dataset_is_the_same_wherever_it_lies(tmp_path: Path) -> None:
    put(tmp_path, "a", "0 0.5 0.5 0.2 0.2\n")
    here, there = tmp_path / "here", tmp_path / "there"

    for out in (here, there):
        list(prepare(recipe(labels=("truck",)), tmp_path, out, teacher=None))

    files = [path.relative_to(here) for path in here.rglob("*") if path.is_file()]
    assert [(there / name).read_bytes() for name in files] == [(here / name).read_bytes() for name in files]


def test_a_full_disk_is_told_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a", "")

    def fill(path: Path, _: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", fill)

    with pytest.raises(RecipeError, match=r"photos-a\.txt: No space left .*out is unfinished: make room"):
        run(recipe(labels=("truck",)), tmp_path)


def test_a_place_that_cannot_be_written_is_told_before_a_picture_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a", "")

    def refuse(*, dir: Path) -> None:  # noqa: A002  tempfile's name
        raise PermissionError(errno.EACCES, "Permission denied", str(dir / "unnamed"))

    monkeypatch.setattr("models.dataset_folder.TemporaryFile", refuse)

    with pytest.raises(RecipeError, match=r"out: Permission denied; .*out is as it was: .* choose another"):
        next(prepare(recipe(labels=("truck",)), tmp_path, tmp_path / "out", teacher=None))


@pytest.mark.parametrize("out", [".", "images", "images/out"])
def test_a_folder_with_a_sources_pictures_is_refused(tmp_path: Path, out: str) -> None:
    put(tmp_path, "a", "")

    with pytest.raises(RecipeError, match="choose a folder of its own"):
        list(prepare(recipe(), tmp_path, tmp_path / out, teacher=None))
    assert (tmp_path / "images" / "a.png").exists()


def test_a_folder_with_pictures_of_somebody_else_is_refused_before_a_picture_is_read(tmp_path: Path) -> None:
    put(tmp_path, "a", "")
    (tmp_path / "out" / "images").mkdir(parents=True)

    with pytest.raises(RecipeError, match="choose a new folder"):
        next(prepare(recipe(labels=("truck",)), tmp_path, tmp_path / "out", teacher=None))
