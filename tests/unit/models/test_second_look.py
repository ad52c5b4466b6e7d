"""A second look changes how sure a box is: what is looked at, what is made of it, what is refused."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.detections import Detections
from models.manifest import (
    Closer,
    ModelError,
    Second,
)
from models.postprocess import FLOOR
from models.second_look import MOST, SecondLook, combine, region_of, regions_of

LABELS = ("truck", "stall", "goods")
STALLS = Closer(labels=("stall", "goods"), scale=3, least=0.5, worth=(1.0, 2.0, 0.0))
TRUCKS = Closer(labels=("truck",), scale=1.5, least=0, worth=(0.5, 1.0, -0.25))
PICTURE = np.zeros((100, 200, 3), np.uint8)


@dataclass
class FakeSession:
    """Gives the same answer for every region."""

    answer: NDArray[np.float32]
    seen: list[tuple[int, ...]] = field(default_factory=list)

    def get_inputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name="images", type="tensor(float)", shape=[1, 3, "height", "width"])]

    def get_outputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(type="tensor(float)", shape=list(self.answer.shape))]

    def run(self, _names: None, feeds: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        self.seen.append(feeds["images"].shape)
        return [self.answer]


def second_of(look: Closer) -> Second:
    return Second(path="model.second.onnx", sha256="0" * 64, input_px=64, look=look)


def second_look(look: Closer, logit: float) -> SecondLook:
    return SecondLook("street 7", second_of(look), FakeSession(np.array([logit], np.float32)))


def regions_seen(look: SecondLook) -> int:
    assert isinstance(look.session, FakeSession)
    return len(look.session.seen)


def look_again(found: Detections, at_truck: float, at_stall: float) -> Detections:
    for look in (second_look(TRUCKS, at_truck), second_look(STALLS, at_stall)):
        found = look.look_again(PICTURE, found)
    return found


def detections(*boxes: tuple[float, int]) -> Detections:
    """Boxes of 20 x 10 pixels far from each other, with confidence and class."""
    corners = [[60 * index, 40, 60 * index + 20, 50] for index in range(len(boxes))]
    confidences, classes = zip(*boxes, strict=True)
    return Detections(
        np.array(corners, np.float32), np.array(confidences, np.float32), np.array(classes, np.intp), LABELS
    )


def test_a_second_look_weighs_the_box_and_what_it_sees() -> None:
    found = look_again(detections((0.5, 0)), 2.0, 0.0)

    assert found.confidences[0] == pytest.approx(1 / (1 + np.exp(-(2.0 - 0.25))))
    assert found.boxes.tolist() == [[0, 40, 20, 50]]


def test_what_is_seen_turns_the_order_and_what_is_doubted_goes() -> None:
    found = look_again(detections((0.9, 0), (0.6, 1), (0.3, 2)), -1.0, 1.5)

    assert [found.label_of(index) for index in range(3)] == ["stall", "goods", "truck"]
    assert len(look_again(detections((0.9, 0), (0.6, 1)), -8.0, -8.0)) == 0


def test_a_label_that_no_look_is_for_stays_as_it_is() -> None:
    trucks = second_look(TRUCKS, -9.0)

    assert trucks.look_again(PICTURE, detections((0.7, 1))).confidences.tolist() == pytest.approx([0.7])
    assert regions_seen(trucks) == 0


def test_what_was_hardly_seen_does_not_become_sure() -> None:
    assert look_again(detections((0.14, 0)), 9.0, 0.0).confidences.tolist() == pytest.approx([0.14])


def test_what_nobody_asked_about_is_not_looked_at_and_counts_least() -> None:
    trucks, stalls = second_look(TRUCKS, 9.0), second_look(STALLS, 9.0)

    found = detections((0.9, 1), (0.8, 2), (0.5, 0))
    for look in (trucks, stalls):
        found = look.look_again(PICTURE, found, {"truck"})

    assert (regions_seen(trucks), regions_seen(stalls)) == (1, 0)
    assert [found.label_of(index) for index in range(3)] == ["truck", "stall", "goods"]
    assert found.confidences[0] > 0.9
    assert found.confidences[1:].tolist() == pytest.approx([FLOOR, FLOOR])


def test_goods_asked_about_are_judged_as_if_all_were() -> None:
    stalls, boxes = second_look(STALLS, 1.0), detections((0.9, 1), (0.8, 2))

    everything, goods = stalls.look_again(PICTURE, boxes), stalls.look_again(PICTURE, boxes, {"goods"})

    assert goods.confidences.tolist() == everything.confidences.tolist()


def test_beyond_the_bound_nothing_is_looked_at_and_nothing_outranks_what_was() -> None:
    corners = np.array([[30 * index, 0, 30 * index + 20, 10] for index in range(MOST + 5)], np.float32)
    sure = np.linspace(0.95, 0.9, len(corners), dtype=np.float32)
    trucks = second_look(TRUCKS, -3.0)
    wide = np.zeros((100, 1000, 3), np.uint8)

    found = trucks.look_again(wide, Detections(corners, sure, np.zeros(len(corners), np.intp), LABELS))

    assert regions_seen(trucks) == MOST
    assert found.boxes.tolist() == corners.tolist()
    assert found.confidences[:MOST].min() > FLOOR
    assert found.confidences[MOST:].tolist() == pytest.approx([FLOOR] * 5)


def test_nothing_found_is_not_looked_at() -> None:
    assert len(look_again(Detections.empty(LABELS), 1.0, 1.0)) == 0


@pytest.mark.parametrize("poison", [np.nan, np.inf])
def test_an_answer_that_is_no_number_is_refused(poison: float) -> None:
    with pytest.raises(ModelError, match=r"model.second.onnx of model street 7 gave .* go back a version"):
        look_again(detections((0.5, 0)), poison, 0.0)


@pytest.mark.parametrize("answer", [[0.0, 0.0], [[0.0]], [[0.0, 0.0]], []])
def test_a_file_that_answers_with_anything_but_one_logit_is_refused(answer: list[object]) -> None:
    session = FakeSession(np.array(answer, np.float32))
    with pytest.raises(ModelError, match=r"street 7: a second look has .* one logit, .*; learn it again"):
        SecondLook("street 7", second_of(TRUCKS), session)


def test_many_small_things_in_one_place_are_one_look() -> None:
    dice = np.random.default_rng(1)
    corners = dice.uniform((40, 40), (60, 55), (50, 2))
    boxes = np.hstack([corners, corners + 3]).astype(np.float32)

    assert [len(members) for _, members in regions_of(boxes, STALLS, 200, 100)] == [50]


def test_a_thing_as_large_as_the_region_gets_its_own() -> None:
    boxes = np.array([[40, 40, 50, 50], [30, 20, 70, 60]], np.float32)

    assert len(list(regions_of(boxes, STALLS, 200, 100))) == 2


corner = st.floats(0, 1000, width=32)
boxes_drawn = st.lists(st.tuples(corner, corner, corner, corner), max_size=MOST).map(
    lambda rows: np.array(
        [[min(a, c), min(b, d), max(a, c), max(b, d)] for a, b, c, d in rows], np.float32
    ).reshape(-1, 4)
)


@given(
    boxes=boxes_drawn,
    width=st.integers(1, 1000),
    height=st.integers(1, 1000),
    scale=st.floats(1, 8),
    least=st.floats(0, 1),
)
def test_every_box_is_judged_once_by_a_region_in_the_picture(
    boxes: NDArray[np.float32], width: int, height: int, scale: float, least: float
) -> None:
    look = Closer(labels=("stall",), scale=scale, least=least, worth=(1, 1, 0))
    boxes = np.clip(boxes, 0, [width, height, width, height]).astype(np.float32)
    judged = list(regions_of(boxes, look, width, height))

    assert sorted(int(one) for _, members in judged for one in members) == list(range(len(boxes)))
    for (left, top, right, bottom), _ in judged:
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height


def test_a_region_is_a_square_around_the_box_moved_into_the_picture() -> None:
    box = np.array([90, 40, 110, 50], np.float32)

    assert region_of(box, TRUCKS, 200, 100) == (85, 30, 115, 60)
    assert region_of(box, STALLS, 200, 100) == (70, 15, 130, 75)
    assert region_of(np.array([0, 90, 20, 100], np.float32), STALLS, 200, 100) == (0, 40, 60, 100)
    assert region_of(np.array([0, 0, 200, 100], np.float32), STALLS, 200, 100) == (0, 0, 200, 100)


def test_what_is_worth_nothing_changes_nothing() -> None:
    confidences = np.array([0.05, 0.5, 0.99], np.float32)

    assert combine(confidences, 3.0, (1.0, 0.0, 0.0)) == pytest.approx(confidences, abs=1e-6)
