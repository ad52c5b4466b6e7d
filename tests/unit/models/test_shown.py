"""What a region shows of things: how much of it is under them, each place counted once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.overlaps import area_under
from models.shown import enough, matches, rows_in, shows

corner = st.integers(0, 20)


@pytest.mark.parametrize(
    ("region", "told"),
    [
        ((0, 0, 100, 100), True),  # the thing fills a quarter
        ((0, 0, 200, 100), None),  # an eighth: nobody can say
        ((300, 0, 400, 100), False),
        ((0, 0, 50, 50), True),  # nothing but the thing
        ((40, 40, 140, 140), False),  # its corner: one in a hundred
        ((30, 0, 100, 70), None),  # less than half of it
    ],
)
def test_what_a_region_shows(region: tuple[int, int, int, int], told: bool | None) -> None:
    assert shows(np.array([[0, 0, 50, 50]], np.float32), region, 0.2) is told


def test_what_two_boxes_cover_counts_once() -> None:
    twice = np.array([[0, 0, 100, 15], [0, 0, 100, 15]], np.float32)

    assert shows(twice, (0, 0, 100, 100), 0.2) is None


def test_without_truths_nothing_is_shown() -> None:
    assert shows(np.empty((0, 4), np.float32), (0, 0, 10, 10), 0.2) is False
    assert len(rows_in(np.empty((0, 4), np.float32), (0, 0, 10, 10))) == 0


@pytest.mark.parametrize(("share", "told"), [(0.2, True), (0.19, None), (0.021, None), (0.019, False)])
def test_a_little_of_a_thing_tells_nothing(share: float, told: bool | None) -> None:
    assert enough(share, 0.2) is told


@given(st.lists(st.tuples(corner, corner, corner, corner), max_size=6))
def test_the_area_under_boxes_is_that_of_the_pixels_that_they_cover(
    rows: list[tuple[int, int, int, int]],
) -> None:
    boxes = [(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in rows]
    pixels = np.zeros((20, 20), bool)
    for left, top, right, bottom in boxes:
        pixels[top:bottom, left:right] = True

    assert area_under(np.array(boxes, np.float32).reshape(-1, 4)) == pixels.sum()


@pytest.mark.parametrize(
    ("box", "told"),
    [((0, 0, 50, 100), True), ((0, 0, 45, 100), None), ((0, 0, 39, 100), False), ((200, 0, 300, 100), False)],
)
def test_a_box_is_a_thing_if_it_overlaps_it_by_half(box: tuple[float, ...], told: bool | None) -> None:
    assert matches(np.array([[0, 0, 100, 100]], np.float32), np.array(box, np.float32)) is told
    assert matches(np.empty((0, 4), np.float32), np.array(box, np.float32)) is False


def test_truths_become_rows_of_their_region() -> None:
    truths = np.array([[10, 10, 30, 30], [90, 90, 99, 99]], np.float32)

    inside, beside = rows_in(truths, (20, 0, 60, 40)).tolist()

    assert inside == pytest.approx([0, 0.125, 0.5, 0.25, 0.5])
    assert beside[3:] == [0, 0]
