"""Thresholds by what is known of the precision above them."""

import numpy as np
import pytest

from models.calibrate import CAUTIOUS, ENOUGH_TRUTHS, LOWEST, Calibration, choose_threshold, raise_threshold
from tests.answers import judged

MANY = 200


def falling(count: int, first: float = 0.9, last: float = 0.5) -> list[float]:
    return [float(one) for one in np.linspace(first, last, count)]


def test_the_lowest_threshold_whose_interval_begins_at_the_target_is_chosen() -> None:
    right = falling(MANY)

    chosen = choose_threshold(
        judged([*right, 0.4], [True] * MANY + [False], truths=MANY), target=0.95, present=0.5
    )

    low = 0.9722  # Wilson's for 200 of 201, worked out by hand
    assert chosen.threshold == pytest.approx(0.4, abs=0.001)
    assert f"[{low:.3f}" in chosen.reason
    assert "too wide" not in chosen.reason


def test_the_interval_decides_and_not_the_precision_alone() -> None:
    right = falling(MANY)
    wrong = [0.4] * 8  # 200 of 208: precision 0.962, its interval from 0.926 on

    chosen = choose_threshold(
        judged([*right, *wrong], [True] * MANY + [False] * 8, truths=MANY), target=0.95, present=0.5
    )

    assert chosen.threshold == pytest.approx(0.5, abs=0.001)


def test_few_boxes_need_only_the_precision_and_it_is_told() -> None:
    right = falling(19)

    chosen = choose_threshold(
        judged([*right, 0.4, 0.3], [True] * 19 + [False] * 2, truths=20), target=0.95, present=0.5
    )

    assert chosen.threshold == pytest.approx(0.4)
    assert "precision 0.950 [0.764, 0.991] at recall 0.950 on 20; interval too wide" in chosen.reason


@pytest.mark.parametrize(("right", "wide"), [(73, False), (72, True)])
def test_73_right_boxes_of_73_are_the_fewest_that_make_95_percent_sure(right: int, wide: bool) -> None:
    chosen = choose_threshold(judged(falling(right), [True] * right, truths=right), target=0.95, present=0.5)

    assert ("too wide" in chosen.reason) == wide


def test_a_threshold_never_loses_the_box_that_decided_it() -> None:
    confidences = [*falling(MANY), 0.4321987]

    chosen = choose_threshold(
        judged(confidences, [True] * (MANY + 1), truths=MANY + 1), target=0.95, present=0.5
    )

    assert chosen.threshold <= 0.4321987


def test_no_threshold_is_lower_than_the_lowest() -> None:
    confidences = [*falling(MANY), *[LOWEST - 0.1] * 20]

    chosen = choose_threshold(
        judged(confidences, [True] * (MANY + 20), truths=MANY + 20), target=0.95, present=0.5
    )

    assert chosen.threshold >= LOWEST


def test_too_few_truths_leave_the_threshold_as_it_is() -> None:
    few = ENOUGH_TRUTHS - 1

    chosen = choose_threshold(judged([0.9] * few, [True] * few, truths=few), target=0.95, present=0.83)

    assert chosen.threshold == 0.83
    assert chosen.reason.startswith("not calibrated: 19")


def test_a_precision_that_is_never_reached_is_told() -> None:
    chosen = choose_threshold(judged([0.9] * 30, [False] * 30, truths=30), target=0.95, present=0.5)

    assert chosen.threshold == CAUTIOUS
    assert chosen.reason == "precision 0.95 is never reached, 0.00 at best"


def chosen_at(threshold: float) -> Calibration:
    return Calibration(label="thing", threshold=threshold, reason="so")


def test_a_threshold_rises_until_few_enough_empty_pictures_alarm() -> None:
    scores = np.array([0.9, 0.8, 0.7, *[0.1] * 97])

    raised = raise_threshold(chosen_at(0.5), scores, share=0.02)

    assert raised.threshold == pytest.approx(0.701)
    assert raised.reason == "so; raised from 0.5, 2 of 100 pictures without it alarm"


def test_a_threshold_that_is_high_enough_stays() -> None:
    scores = np.array([0.9, 0.8, *[0.1] * 98])

    raised = raise_threshold(chosen_at(0.5), scores, share=0.02)

    assert raised.threshold == 0.5
    assert raised.reason == "so; 2 of 100 pictures without it alarm"


def test_equal_scores_at_the_limit_are_all_kept_out() -> None:
    raised = raise_threshold(chosen_at(0.5), np.array([0.8] * 5 + [0.0] * 95), share=0.02)

    assert raised.threshold == pytest.approx(0.801)
    assert "0 of 100" in raised.reason
