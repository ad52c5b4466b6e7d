"""The folder of a dataset holds what its last run wrote, and never what is somebody else's."""

import errno
from pathlib import Path

import pytest

from models.dataset import prepare
from models.recipe import RecipeError
from tests.unit.models.datasets import put, recipe, run


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
