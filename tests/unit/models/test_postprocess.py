"""The raw output of a head becomes boxes."""

import numpy as np
from numpy.typing import NDArray

from models.postprocess import FLOOR, decode


def output(*anchors: tuple[float, ...]) -> NDArray[np.float32]:
    """Centre x, centre y, width, height, then the score of each class, an anchor each."""
    return np.array(anchors, np.float32).T


def test_a_centre_and_a_size_become_corners() -> None:
    boxes, confidences, class_ids = decode(output((50, 40, 20, 10, 0.1, 0.8)))

    assert boxes.tolist() == [[40, 35, 60, 45]]
    assert confidences.tolist() == [np.float32(0.8)]
    assert class_ids.tolist() == [1]


def test_of_two_boxes_on_one_thing_the_more_confident_stays() -> None:
    _, confidences, _ = decode(output((50, 50, 20, 20, 0.7), (51, 50, 20, 20, 0.9)))

    assert confidences.tolist() == [np.float32(0.9)]


def test_boxes_of_different_labels_do_not_suppress_each_other() -> None:
    _, _, class_ids = decode(output((50, 50, 20, 20, 0.7, 0.0), (50, 50, 20, 20, 0.0, 0.9)))

    assert class_ids.tolist() == [1, 0]


def test_boxes_side_by_side_both_stay() -> None:
    boxes, _, _ = decode(output((50, 50, 20, 20, 0.7), (70, 50, 20, 20, 0.9)))

    assert len(boxes) == 2


def test_what_is_below_the_floor_does_not_leave() -> None:
    just_below = float(np.nextafter(np.float32(FLOOR), np.float32(0)))

    boxes, confidences, class_ids = decode(output((50, 50, 20, 20, just_below)))

    assert (boxes.shape, confidences.shape, class_ids.shape) == ((0, 4), (0,), (0,))


def test_the_most_confident_come_first_however_many_there_are() -> None:
    anchors = [(40.0 * index, 50, 20, 20, 0.1 + 0.0005 * index) for index in range(1000)]

    _, confidences, _ = decode(output(*anchors))

    assert len(confidences) == len(anchors)
    assert np.all(np.diff(confidences) <= 0)
