"""What was seen of a picture is kept, and seen again where that is damaged; needs the extra `train`."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from models.boxes import Boxes
from models.eye import look_at_all
from models.recipe import RecipeError


def _dataset(folder: Path, label: str = "") -> Path:
    for kind in ("images", "labels"):
        (folder / kind / "val").mkdir(parents=True)
    cv2.imwrite(str(folder / "images" / "val" / "a.png"), np.zeros((12, 12, 3), np.uint8))
    (folder / "labels" / "val" / "a.txt").write_text(label)
    (folder / "train.txt").write_text("")
    return folder


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"no numbers", b"\x93NUMPY\1\0\3\0({\n", None])
def test_what_was_kept_and_is_damaged_is_looked_at_again(tmp_path: Path, content: bytes | None) -> None:
    dataset, out, looks = _dataset(tmp_path / "dataset"), tmp_path / "run", []

    def see(_: NDArray[np.uint8], __: Boxes, part: str) -> NDArray[np.float32]:
        looks.append(part)
        return np.ones((2, 3), np.float32)

    list(look_at_all(dataset, 1, out, see))
    list(look_at_all(dataset, 1, out, see))
    assert looks == ["val"]
    (kept,) = out.rglob("*.npy")
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-1] if content is None else content)

    ((_, ((part, rows),)),) = look_at_all(dataset, 1, out, see)

    assert looks == ["val", "val"]
    assert (part, rows.tolist()) == ("val", [[1, 1, 1]] * 2)
    assert kept.read_bytes() == whole


def test_a_wrong_label_is_named_with_the_way_out(tmp_path: Path) -> None:
    dataset = _dataset(tmp_path / "dataset", "9 0.5 0.5 0.2 0.2\n")

    with pytest.raises(RecipeError, match=r"a\.txt:1: class 9 is not in 0 to 0; make the dataset again"):
        list(look_at_all(dataset, 1, tmp_path / "run", lambda *_: np.ones((1, 1), np.float32)))
