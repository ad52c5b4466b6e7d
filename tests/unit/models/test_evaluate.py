"""Figures of a detector whose answers are known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from models.calibrate import CAUTIOUS, ENOUGH_TRUTHS, LOWEST, choose_threshold
from models.dataset import Boxes
from models.detections import Detections
from models.evaluate import Judged, gather, measure, per_picture

THING = (10.0, 10.0, 20.0, 20.0)
ELSEWHERE = (50.0, 50.0, 60.0, 60.0)
Looked = tuple[Detections, Boxes]


def look(found: list[tuple[float, tuple[float, ...]]], truth: list[tuple[float, ...]]) -> Looked:
    boxes = np.array([box for _, box in found], np.float32).reshape(-1, 4)
    confidences = np.array([confidence for confidence, _ in found], np.float32)
    wanted = np.array([(0.0, *box) for box in truth], np.float32).reshape(-1, 5)
    return Detections(boxes, confidences, np.zeros(len(found), np.intp), ("thing",)), wanted


def judged(confidences: list[float], correct: list[bool], truths: int) -> Judged:
    pictures = np.arange(len(confidences))
    counts: NDArray[np.intp] = np.zeros(max(len(confidences), truths), np.intp)
    counts[:truths] = 1
    return Judged(
        label="thing",
        confidences=np.array(confidences, np.float32),
        correct=np.array(correct),
        pictures=pictures,
        truths=counts,
    )


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


def test_the_lowest_threshold_that_is_precise_enough_is_chosen() -> None:
    right = [0.9 - 0.01 * index for index in range(19)]

    chosen = choose_threshold(judged([*right, 0.5, 0.4], [True] * 19 + [True, False], truths=20), target=0.95)

    assert chosen.threshold == pytest.approx(0.4)
    assert "precision 0.952 at recall 1.000 on 20" in chosen.reason


def test_a_wrong_box_more_than_allowed_is_left_out() -> None:
    right = [0.9 - 0.01 * index for index in range(20)]

    chosen = choose_threshold(
        judged([*right, 0.5, 0.4], [True] * 20 + [False, False], truths=20), target=0.95
    )

    assert chosen.threshold == pytest.approx(0.5)


def test_no_threshold_is_lower_than_the_lowest() -> None:
    chosen = choose_threshold(judged([0.1] * 20, [True] * 20, truths=20), target=0.95)

    assert chosen.threshold == LOWEST


def test_too_few_truths_calibrate_nothing() -> None:
    few = ENOUGH_TRUTHS - 1

    chosen = choose_threshold(judged([0.9] * few, [True] * few, truths=few), target=0.95)

    assert chosen.threshold == CAUTIOUS
    assert chosen.reason.startswith("not calibrated: 19")


def test_a_precision_that_is_never_reached_is_told() -> None:
    chosen = choose_threshold(judged([0.9] * 30, [False] * 30, truths=30), target=0.95)

    assert chosen.reason == "precision 0.95 is never reached, 0.00 at best"
