"""Where water is, which share of a picture or its zones it covers, and how sure a model is."""

import re

import numpy as np
import pytest

from models.detections import Detections
from models.water import Water, find_water, read_zone


def water(
    *boxes: tuple[float, ...], zones: tuple[str, ...] = (), width: int = 100, height: int = 20
) -> Water:
    """Boxes of left, top, right, bottom, confidence; the threshold is 0.5."""
    rows = np.array(boxes, np.float32).reshape(-1, 5)
    found = Detections(rows[:, :4], rows[:, 4], np.ones(len(rows), np.intp), ("car", "water"))
    return find_water(found, 0.5, width=width, height=height, zones=[read_zone(zone) for zone in zones])


def test_a_dry_picture_scores_nothing() -> None:
    found = water()

    assert (found.share, found.score) == (0.0, 0.0)
    assert not found.mask.any()


def test_other_labels_are_no_water() -> None:
    found = Detections(
        np.array([[0, 0, 9, 9]], np.float32), np.ones(1, np.float32), np.zeros(1, np.intp), ("car", "water")
    )

    assert find_water(found, 0.5, width=10, height=10, zones=()).score == 0.0


def test_overlapping_boxes_cover_their_common_part_once() -> None:
    assert water((0, 0, 60, 10, 0.9), (40, 0, 100, 10, 0.6)).share == 0.5


@pytest.mark.parametrize(("confidence", "share"), [(0.5, 1.0), (0.4999, 0.0)])
def test_the_mask_begins_at_the_threshold_and_the_score_at_any_box(confidence: float, share: float) -> None:
    found = water((0, 0, 100, 20, confidence))

    assert found.share == share
    assert found.score == pytest.approx(confidence)


def test_a_box_thinner_than_a_pixel_masks_nothing_and_still_scores() -> None:
    found = water((10.1, 0, 10.4, 20, 0.9))

    assert found.share == 0.0
    assert found.score == pytest.approx(0.9)


def test_a_box_without_width_scores_where_no_zone_asks_for_its_place() -> None:
    box = (100, 0, 100, 20, 0.9)

    assert water(box).score == pytest.approx(0.9)
    assert water(box, zones=("0,0 1,0 1,1 0,1",)).score == 0.0


def test_a_pixel_is_in_the_zone_that_holds_its_centre() -> None:
    assert water((0, 0, 1, 1, 0.9), zones=("0.04,0 0.16,0 0.16,1 0.04,1",), width=10, height=1).share == 0.5


def test_the_mask_is_not_cut_to_the_zone() -> None:
    found = water((0, 0, 100, 20, 0.9), zones=("0,0 0.5,0 0.5,1 0,1",))

    assert found.share == 1.0
    assert (found.mask == 255).all()


def test_two_zones_count_as_one_area_and_their_common_part_once() -> None:
    zones = ("0,0 0.5,0 0.5,1 0,1", "0.3,0 1,0 1,1 0.3,1")

    assert water((0, 0, 40, 20, 0.9), zones=zones).share == 0.4


def test_a_slanting_zone_holds_half_the_picture() -> None:
    assert water((0, 0, 100, 10, 0.9), zones=("0,0 1,0 0,1",)).share == pytest.approx(0.75, abs=0.01)


@pytest.mark.parametrize(("left", "score"), [(49.5, 0.9), (50.0, 0.0)])
def test_a_box_beside_the_zone_is_not_in_the_score(left: float, score: float) -> None:
    found = water((left, 0, 100, 20, 0.9), zones=("0,0 0.5,0 0.5,1 0,1",))

    assert found.score == pytest.approx(score)


def test_a_picture_too_small_for_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="hold no pixel of a picture of 2x2"):
        water(zones=("0,0 0.2,0 0.2,0.2 0,0.2",), width=2, height=2)


def test_a_zone_may_be_closed_by_its_first_corner() -> None:
    assert water((0, 0, 50, 20, 0.9), zones=("0,0 0.5,0 0.5,1 0,1 0,0",)).share == 1.0


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "has 0 corners"),
        ("0,0 1,0", "has 2 corners"),
        ("0,0 1,0 1", "is no zone: write corners like"),
        ("0,0 1,0 1,a", "is no zone: write corners like"),
        ("0,0 1,0 1,2", "leaves the picture"),
        ("0,0 1,0 1,nan", "leaves the picture"),
        ("0,0 1,1 1,0 0,1", "crosses itself"),
        ("0,0 0.5,0 1,0", "crosses itself"),
        ("0,0 0.01,0 0.01,0.01", "covers 0.0050% of the picture, needed 0.1%"),
    ],
)
def test_a_wrong_zone_is_named_with_what_is_wrong(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"{re.escape(repr(text))} .*{problem}"):
        read_zone(text)
