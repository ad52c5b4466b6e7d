"""Views: a picture as other cameras might show it."""

import numpy as np
import pytest

from models.views import view_of

STREET = np.random.default_rng(7).integers(0, 256, (120, 160, 3), np.uint8)
EVERYWHERE = np.array([[0, 0.5, 0.5, 1, 1]], np.float32)
UPPER_HALF = np.array([[0, 0.5, 0.25, 1, 0.5]], np.float32)
NOWHERE = np.empty((0, 5), np.float32)


@pytest.mark.parametrize("seed", range(20))
def test_a_view_is_a_picture_and_tells_how_much_of_it_is_under_boxes(seed: int) -> None:
    seen, all_of_it = view_of(STREET, EVERYWHERE, np.random.default_rng(seed))
    _, none_of_it = view_of(STREET, NOWHERE, np.random.default_rng(seed))

    assert seen.dtype == np.uint8
    assert seen.shape[2] == 3
    assert min(seen.shape[:2]) >= 16
    assert all_of_it > 0.99
    assert none_of_it == 0


def test_a_closer_look_at_the_ground_loses_what_is_above() -> None:
    shares = [view_of(STREET, UPPER_HALF, np.random.default_rng(seed))[1] for seed in range(60)]

    assert min(shares) < 0.3
    assert 0.3 < float(np.median(shares)) <= 0.5


def test_the_same_dice_show_the_same_view_and_leave_the_picture_alone() -> None:
    before = STREET.copy()
    one, other = (view_of(STREET, UPPER_HALF, np.random.default_rng(3)) for _ in range(2))

    assert np.array_equal(one[0], other[0])
    assert one[1] == other[1]
    assert np.array_equal(STREET, before)


def test_views_differ_from_one_another() -> None:
    dice = np.random.default_rng(0)
    means = {round(float(view_of(STREET, NOWHERE, dice)[0].mean()), 3) for _ in range(12)}

    assert len(means) == 12


def test_a_whole_view_loses_nothing_but_its_rim() -> None:
    shares = [view_of(STREET, UPPER_HALF, np.random.default_rng(seed), whole=True)[1] for seed in range(60)]

    assert 0.4 < min(shares) <= max(shares) < 0.6
