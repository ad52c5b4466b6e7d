"""Near-duplicates are found, and no group is on both sides of one."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from models.duplicates import ROWS, find_near, fingerprint, move_leaks


def scene(seed: int) -> NDArray[np.uint8]:
    blocks = np.random.default_rng(seed).integers(0, 255, (12, 12, 3), np.uint8)
    return np.asarray(cv2.resize(blocks, (160, 120), interpolation=cv2.INTER_CUBIC), np.uint8)


def near(image: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    return bool(find_near([fingerprint(image)], [fingerprint(other)]))


@pytest.mark.parametrize(
    "changed",
    [
        scene(1)[:, ::-1],
        np.asarray(cv2.resize(scene(1), (80, 60), interpolation=cv2.INTER_AREA), np.uint8),
        np.asarray(scene(1) * 0.5 + 20, np.uint8),
    ],
    ids=["mirrored", "smaller", "darker"],
)
def test_a_picture_nears_itself_in_other_shape(changed: NDArray[np.uint8]) -> None:
    assert near(scene(1), changed)


def test_other_scenes_and_flat_pictures_near_nothing() -> None:
    flat = np.full((120, 160, 3), 90, np.uint8)

    assert not near(scene(1), scene(2))
    assert not near(flat, flat)


def test_pairs_are_found_in_every_block_of_rows() -> None:
    ours = [fingerprint(scene(number)) for number in range(ROWS + 2)]

    pairs = find_near(ours, [ours[3], ours[ROWS + 1]])

    assert [pair[:2] for pair in pairs] == [(3, 0), (ROWS + 1, 1)]


def test_leaks_move_until_nothing_moves() -> None:
    groups = ["train", "a", "b", "c"]
    pairs = [(1, 0, 0.9), (2, 1, 0.8)]  # b nears only a, which nears training

    assert move_leaks(groups, {"a", "b", "c"}, pairs) == {"c"}
