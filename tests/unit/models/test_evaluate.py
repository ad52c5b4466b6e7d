"""Figures of a detector whose answers are known."""

import numpy as np
import pytest

from models.evaluate import IOUS, gather, measure, per_picture
from tests.answers import look

THING = (10.0, 10.0, 20.0, 20.0)
ELSEWHERE = (50.0, 50.0, 60.0, 60.0)


def test_a_detector_that_finds_all_and_nothing_else_reaches_one() -> None:
    figures = measure(gather("thing", 0, [look([(0.9, THING)], [THING])] * 5), threshold=0.5)

    assert (figures.ap50, figures.precision, figures.recall) == (1.0, 1.0, 1.0)
    assert figures.truths == 5


def test_a_second_box_on_the_same_thing_is_wrong() -> None:
    one = gather("thing", 0, [look([(0.9, THING), (0.8, THING)], [THING])])

    assert one.correct.tolist() == [True, False]


def test_a_box_just_below_the_wanted_overlap_is_wrong() -> None:
    wanted, shifted = (0.0, 0.0, 30.0, 10.0), (10.0, 0.0, 40.0, 10.0)
    just_off = (10.1, 0.0, 40.1, 10.0)

    on, off = (gather("thing", 0, [look([(0.9, box)], [wanted])]).correct[0] for box in (shifted, just_off))

    assert on  # intersection 20, union 40
    assert not off


def test_average_precision_is_the_area_under_the_best_precision_at_each_recall() -> None:
    looked = [look([(0.9, THING)], [THING]), look([(0.8, ELSEWHERE)], []), look([(0.7, THING)], [THING])]

    figures = measure(gather("thing", 0, looked), threshold=0.75)

    assert figures.ap50 == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert (figures.precision, figures.recall) == (0.5, 0.5)


def test_intervals_hold_the_figure_and_are_not_empty_when_pictures_differ() -> None:
    looked = [look([(0.9, THING)], [THING])] * 10 + [look([(0.9, ELSEWHERE)], [THING])] * 10

    figures = measure(gather("thing", 0, looked), threshold=0.5)

    assert figures.precision_interval[0] < figures.precision < figures.precision_interval[1]


def test_nothing_found_is_zero_recall_and_no_precision() -> None:
    figures = measure(gather("thing", 0, [look([], [THING])]), threshold=0.5)

    assert (figures.ap50, figures.recall) == (0.0, 0.0)
    assert np.isnan(figures.precision)


def test_of_a_picture_the_surest_box_answers_wherever_it_lies() -> None:
    looked = [
        look([(0.9, ELSEWHERE), (0.2, THING)], [THING]),
        look([(0.6, THING)], []),
        look([], [THING, THING]),
    ]

    answers = per_picture(gather("thing", 0, looked))

    assert answers.confidences.tolist() == pytest.approx([0.9, 0.6])
    assert answers.correct.tolist() == [True, False]
    assert answers.truths.tolist() == [1, 0, 1]


def test_a_box_counts_for_every_overlap_that_it_reaches() -> None:
    wanted, found = (0.0, 0.0, 100.0, 10.0), (0.0, 0.0, 78.0, 10.0)

    one = gather("thing", 0, [look([(0.9, found)], [wanted])])

    assert [least for least, hit in zip(IOUS, one.hits[:, 0], strict=True) if hit] == [
        *(0.5, 0.55, 0.6, 0.65, 0.7, 0.75)
    ]
    assert measure(one, threshold=0.5).ap50_95 == pytest.approx(0.6)


def test_of_one_size_neither_other_truths_nor_the_boxes_on_them_count() -> None:
    large, small = (0.0, 0.0, 100.0, 100.0), (200.0, 0.0, 210.0, 10.0)
    false_small, false_large = (300.0, 0.0, 310.0, 10.0), (300.0, 100.0, 400.0, 200.0)
    looked = [look([(0.9, large), (0.8, small), (0.7, false_small), (0.6, false_large)], [large, small])]

    one = gather("thing", 0, looked, areas=(0.0, 32.0**2))

    assert one.confidences.tolist() == pytest.approx([0.8, 0.7])
    assert one.correct.tolist() == [True, False]
    assert one.truths.tolist() == [1]


def test_the_intervals_are_the_same_every_time() -> None:
    looked = [look([(0.9, THING)], [THING]), look([(0.9, ELSEWHERE)], [THING])]

    first, second = (measure(gather("thing", 0, looked), threshold=0.5) for _ in range(2))

    assert first == second
