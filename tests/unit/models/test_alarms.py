"""Pictures with a thing against pictures without it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.alarms import Folder, ask, auroc, scores_of
from models.detections import Detections
from models.shares import share_of
from tests.answers import detections

LABELS = ("stall", "goods", "person")
AT = dict.fromkeys(LABELS, 0.5)
BOX = (0.0, 0.0, 10.0, 10.0)
SCORES = st.lists(st.sampled_from([0.0, 0.1, 0.5, 0.9]), min_size=1, max_size=12)


def seen(*found: tuple[str, float]) -> Detections:
    return detections(LABELS, [(label, confidence, BOX) for label, confidence in found])


def folder(name: str, *found: Detections, files: list[int] | None = None) -> Folder:
    return Folder(name=name, found=found, files=np.array(files or range(len(found)), np.intp))


def test_the_score_of_a_picture_is_its_surest_box_of_the_labels() -> None:
    found = [seen(("person", 0.9), ("goods", 0.7), ("stall", 0.3)), seen(("person", 0.9))]

    assert scores_of(["stall", "goods"], found).tolist() == pytest.approx([0.7, 0.0])


def test_any_of_the_labels_at_its_threshold_is_an_alarm() -> None:
    shown = folder("stalls", seen(("stall", 0.6)), seen(("goods", 0.5)), seen(("stall", 0.4)))
    free = folder("empty", seen(("person", 0.9)), seen(("stall", 0.6)))

    question = ask(("stall", "goods"), AT, [shown], [free])

    (found,), (false,) = question.found, question.false
    assert (found.folder, found.alarms.count, found.alarms.total) == ("stalls", 2, 3)
    assert (false.folder, false.alarms.count, false.alarms.total) == ("empty", 1, 2)


def test_pictures_that_all_score_higher_are_told_apart_without_fail() -> None:
    question = ask(
        ("stall",), AT, [folder("a", seen(("stall", 0.9)), seen(("stall", 0.6)))], [folder("b", seen())]
    )

    assert question.auroc == 1.0
    assert question.auroc_interval == (1.0, 1.0)


def test_a_clip_is_drawn_as_a_whole_and_widens_the_interval() -> None:
    frames = [seen(("stall", 0.9 if number % 2 else 0.2)) for number in range(40)]
    free = folder("b", *[seen(("stall", 0.5))] * 40)
    apart = folder("apart", *frames)
    clips = folder("clips", *frames[::2], *frames[1::2], files=[0] * 20 + [1] * 20)

    narrow, wide = (ask(("stall",), AT, [one], [free]) for one in (apart, clips))

    assert narrow.auroc == wide.auroc == 0.5
    assert wide.auroc_interval == (0.0, 1.0)
    assert narrow.auroc_interval[0] > 0.2


def test_without_the_other_side_nothing_can_be_told_apart() -> None:
    question = ask(("stall",), AT, [folder("a", seen(("stall", 0.9)))], [])

    assert np.isnan(question.auroc)


@given(yes=SCORES, no=SCORES)
def test_the_area_is_the_share_of_pairs_in_order_ties_half(yes: list[float], no: list[float]) -> None:
    pairs = [1.0 if one > other else 0.5 if one == other else 0.0 for one in yes for other in no]

    area = auroc(np.array(yes), np.array(no), np.ones(len(yes)), np.ones(len(no)))

    assert area == pytest.approx(np.mean(pairs))


def test_a_share_of_none_still_has_an_upper_bound() -> None:
    share = share_of(0, 100)

    assert share.interval == pytest.approx((0.0, 0.0370), abs=1e-4)  # Wilson (1927)


def test_of_nothing_nothing_is_known() -> None:
    assert share_of(0, 0).interval == pytest.approx((0.0, 1.0))
