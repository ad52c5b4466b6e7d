"""A challenger against a champion on the same pictures."""

from collections.abc import Sequence

import pytest

from models.answers import Answer
from models.compare import Comparison, compare
from models.recipe import RecipeError
from tests.answers import Scripted, answer

THING, ELSEWHERE = (10.0, 10.0, 20.0, 20.0), (50.0, 50.0, 60.0, 60.0)
LABELS = ("thing",)


def looked(found: int, of: int, false: int = 0) -> list[Answer]:
    """``of`` pictures with a thing: the first ``found`` are found, the last ``false`` see another one."""
    return [
        answer(
            [("thing", 0.9, THING)] * (number < found) + [("thing", 0.8, ELSEWHERE)] * (number >= of - false),
            [("thing", THING)],
            LABELS,
        )
        for number in range(of)
    ]


def against(challenger: Sequence[Answer], champion: Sequence[Answer], tolerance: float = 0.01) -> Comparison:
    model = Scripted(LABELS, [])
    return compare((model, challenger), (model, champion), tolerance)


def test_a_challenger_that_finds_surely_more_replaces_the_champion() -> None:
    compared = against(looked(90, 100), looked(60, 100))

    assert compared.replaces
    assert compared.verdicts[0].word == "better"
    assert compared.reason == "better: thing; nowhere worse by more than 0.01"


def test_a_challenger_that_is_the_same_does_not() -> None:
    compared = against(looked(60, 100), looked(60, 100))

    assert not compared.replaces
    assert compared.verdicts[0].word == "the same"
    assert compared.verdicts[0].differences[0].interval == (0.0, 0.0)


def test_precision_lost_outweighs_recall_won() -> None:
    compared = against(looked(90, 100, false=40), looked(60, 100))

    assert not compared.replaces
    assert "precision -0.3" in compared.verdicts[0].reason


@pytest.mark.parametrize(("lost", "word"), [(1, "the same"), (2, "worse")])
def test_a_loss_is_borne_up_to_the_tolerance(lost: int, word: str) -> None:
    compared = against(looked(80 - lost, 100), looked(80, 100), tolerance=0.015)

    assert compared.verdicts[0].word == word


def test_too_few_things_decide_nothing() -> None:
    compared = against(looked(19, 19), looked(0, 19))

    assert compared.verdicts[0].word == "too few to tell"
    assert not compared.replaces


def test_labels_that_only_one_knows_are_named_and_not_compared() -> None:
    ours, theirs = ("new", "thing"), ("thing", "old")
    seen = [answer([("thing", 0.9, THING)], [("thing", THING)], ours)] * 30
    saw = [answer([], [("thing", THING)], theirs)] * 30

    compared = compare((Scripted(ours, []), seen), (Scripted(theirs, []), saw), 0.01)

    assert [one.label for one in compared.verdicts] == ["thing"]
    assert (compared.only_challenger, compared.only_champion) == (("new",), ("old",))
    assert not compared.replaces
    assert "the champion alone knows old" in compared.reason


def test_each_is_asked_at_its_own_threshold() -> None:
    seen = [answer([("thing", 0.4, THING)], [("thing", THING)], LABELS)] * 30

    compared = compare((Scripted(LABELS, [], at=0.3), seen), (Scripted(LABELS, [], at=0.5), seen), 0.01)

    recall = compared.verdicts[0].differences[2]
    assert (recall.measure, recall.challenger, recall.champion) == ("recall", 1.0, 0.0)


def test_pictures_that_only_one_has_answered_are_not_compared() -> None:
    first, second, third = (
        answer([("thing", 0.9, THING)], [("thing", THING)], LABELS, picture=f"{name}.jpg") for name in "abc"
    )

    compared = against([first, second], [second, third, third])

    assert compared.verdicts[0].truths == 1


def test_two_that_have_answered_no_picture_in_common_are_refused() -> None:
    first, second = (answer([], [], LABELS, picture=f"{name}.jpg") for name in "ab")

    with pytest.raises(RecipeError, match="no picture could be read for both"):
        against([first], [second])
