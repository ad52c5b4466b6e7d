"""What is shown: how much of a region of a picture is under the boxes of what is truly there."""

import numpy as np
from numpy.typing import NDArray

from models.boxes import Boxes
from models.overlaps import area_under, areas_of, iou
from models.second_look import Region

UNSEEN = 0.1
"""A region shows none of a label with less than this part of what counts as showing it."""
HALF = 0.5
ASIDE = 0.4
"""A box that overlaps none of the true ones (IoU) by this is beside them, or a part of one."""


def shows(truths: NDArray[np.float32], region: Region, seen: float) -> bool | None:
    """Return whether a region shows one of ``truths`` (n, 4), in pixels; none where nobody can say.

    It does if so much of it is under them, and half of one lies in it or one fills half of it.
    """
    inside = _inside(truths, region)
    whole = (region[2] - region[0]) * (region[3] - region[1])
    told = enough(area_under(inside) / whole, seen)
    most = areas_of(inside) >= HALF * np.minimum(areas_of(truths), whole)
    return None if told and not most.any() else told


def enough(share: float, seen: float) -> bool | None:
    """Return whether a view shows a thing if so much of it is under its boxes; none where nobody can say."""
    if share >= seen:
        return True
    return False if share < seen * UNSEEN else None


def matches(truths: NDArray[np.float32], box: NDArray[np.float32]) -> bool | None:
    """Return whether a box (4,) overlaps one of ``truths`` (n, 4) by half; none where nobody can say."""
    nearest = iou(box[None], truths).max(initial=0)
    return True if nearest >= HALF else False if nearest < ASIDE else None


def rows_in(truths: NDArray[np.float32], region: Region) -> Boxes:
    """Return ``truths`` (n, 4), in pixels, as label rows of a region by itself."""
    size = np.array([region[2] - region[0], region[3] - region[1]] * 2, np.float32)
    corners = (_inside(truths, region) - np.array(region[:2] * 2, np.float32)) / size
    starts, ends = corners[:, :2], corners[:, 2:]
    return np.hstack([np.zeros((len(truths), 1), np.float32), (starts + ends) / 2, ends - starts])


def _inside(truths: NDArray[np.float32], region: Region) -> NDArray[np.float32]:
    """Return what of each of ``truths`` (n, 4) lies in a region; what lies beside it has no area."""
    return np.asarray(np.clip(truths, region[:2] * 2, region[2:] * 2), np.float32)
