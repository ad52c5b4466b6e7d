"""Near-duplicates belong to one group."""

from pathlib import Path

import cv2
import numpy as np

from models.looks import group_by_look


def test_pictures_that_look_alike_share_a_group_and_others_do_not(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    street = cv2.resize(rng.integers(0, 255, (6, 6, 3), np.uint8), (120, 90), interpolation=cv2.INTER_CUBIC)
    square = cv2.resize(rng.integers(0, 255, (6, 6, 3), np.uint8), (120, 90), interpolation=cv2.INTER_CUBIC)
    grain = rng.normal(0, 12, street.shape)
    for name, image in {
        "a": street,
        "b": np.clip(street + grain, 0, 255).astype(np.uint8),
        "c": square,
    }.items():
        cv2.imwrite(str(tmp_path / f"{name}.png"), image)
    (tmp_path / "d.png").write_bytes(b"unreadable")

    groups = group_by_look(sorted(tmp_path.iterdir()))

    assert {path.stem: group for path, group in groups.items()} == {"a": "a", "b": "a", "c": "c", "d": "d"}
