"""What Ultralytics' trainer reads of a prepared dataset; needs the extra `train` (`make test-train`)."""

import shutil
from pathlib import Path

import pytest
from ultralytics.data import YOLODataset
from ultralytics.data.utils import check_det_dataset

from models.teachable import check_teachable
from tests.unit.models.datasets import put, recipe, run, scene


def _read(dataset: Path, part: str) -> set[Path]:
    """The pictures of a part, as the trainer finds them."""
    described = check_det_dataset(str(dataset / "data.yaml"))
    found = YOLODataset(img_path=described[part], data=described, task="detect", imgsz=64)
    return {Path(path) for path in found.im_files}


def _dataset(data: Path) -> Path:
    for number in range(20):  # enough for both parts
        put(data, f"p{number}", "0 0.5 0.5 0.2 0.2\n", scene(number))
    _, out = run(recipe(labels=("truck",)), data)
    return out


@pytest.mark.parametrize("part", ["train", "val"])
def test_a_copied_dataset_is_trained_on_with_its_own_pictures(tmp_path: Path, part: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(_dataset(tmp_path), copy)

    assert _read(copy, part) == set((copy / "images" / part).iterdir()) != set()


def test_a_dataset_that_says_where_it_lies_is_trained_on_too(tmp_path: Path) -> None:
    out = _dataset(tmp_path)
    description = out / "data.yaml"
    description.write_text(f'path: "{out}"\n{description.read_text()}')

    check_teachable(recipe(), out)

    assert _read(out, "train") == set((out / "images" / "train").iterdir())
