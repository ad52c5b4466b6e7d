"""Boxes (n, 4) as left, top, right, bottom: how far they overlap, how large they are."""

import numpy as np
from numpy.typing import NDArray


def iou(boxes: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (n, m): intersection over union of boxes (n, 4) with others (m, 4)."""
    both = shared(boxes, others)
    union = areas_of(boxes)[:, None] + areas_of(others)[None, :] - both
    ratio: NDArray[np.float32] = both / np.maximum(union, np.float32(1e-9))
    return ratio


def shared(boxes: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (n, m): the area that each of boxes (n, 4) has in common with each of others (m, 4)."""
    left_top = np.maximum(boxes[:, None, :2], others[None, :, :2])
    right_bottom = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    return np.asarray(np.prod(np.clip(right_bottom - left_top, 0, None), axis=2), np.float32)


def areas_of(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the areas (n,)."""
    return np.asarray(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))


def area_under(boxes: NDArray[np.float32]) -> float:
    """Return the area that boxes (n, 4) cover together; where several lie on each other it counts once."""
    across, down = np.unique(boxes[:, ::2]), np.unique(boxes[:, 1::2])
    columns = (boxes[:, :1] <= across[:-1]) & (across[:-1] < boxes[:, 2:3])
    rows = (boxes[:, 1:2] <= down[:-1]) & (down[:-1] < boxes[:, 3:])
    covered = (columns[:, :, None] & rows[:, None, :]).any(axis=0)
    return float(np.diff(across) @ covered @ np.diff(down))
