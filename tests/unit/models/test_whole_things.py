"""A second look at whole things: what was taken for another is looked at too, and a part is no second one."""

from dataclasses import dataclass

import numpy as np

from models.detections import Detections
from models.manifest import Closer
from models.postprocess import FLOOR
from models.second_look import FAINT, MOST, SURE, combine, regions_of
from tests.unit.models.test_second_look import LABELS, PICTURE, regions_seen, second_look

CARTS = Closer(
    labels=("stall", "goods"), scale=1.5, least=0, worth=(1.0, 1.0, 0.0), also=("truck",), whole=True
)


@dataclass
class Carts:
    """A look at stalls and goods that looks at trucks too; it gives the same logit for every region."""

    logit: float
    regions: int = 0

    def look(self, *boxes: tuple[list[float], float, int], asked: str = "stall") -> list[tuple[str, float]]:
        """What becomes of boxes with confidence and class."""
        corners, confidences, classes = (np.array(column) for column in zip(*boxes, strict=True))
        found = Detections(
            corners.astype(np.float32), confidences.astype(np.float32), classes.astype(np.intp), LABELS
        )
        carts = second_look(CARTS, self.logit)
        seen = carts.look_again(PICTURE, found, {asked})
        self.regions = regions_seen(carts)
        return [(seen.label_of(one), round(float(seen.confidences[one]), 3)) for one in range(len(seen))]


def carts(
    logit: float, *boxes: tuple[list[float], float, int], asked: str = "stall"
) -> list[tuple[str, float]]:
    return Carts(logit).look(*boxes, asked=asked)


def test_what_was_taken_for_another_thing_may_be_one_of_ours() -> None:
    box, as_seen = [0.0, 0.0, 40.0, 20.0], combine(np.array([FAINT], np.float32), 4.0, CARTS.worth)

    assert carts(4.0, (box, 0.8, 0)) == [("stall", round(float(as_seen[0]), 3)), ("truck", 0.8)]
    assert carts(-4.0, (box, 0.8, 0)) == [("truck", 0.8)]
    assert carts(4.0, (box, 0.8, 0), asked="truck") == [("truck", 0.8)]  # nobody asked for stalls
    assert carts(4.0, (box, SURE - 0.01, 0)) == [("truck", 0.19)]


def test_what_has_a_box_of_ours_is_not_looked_at_twice() -> None:
    truck, stall, seen = ([0.0, 0.0, 40.0, 20.0], 0.8, 0), ([2.0, 1.0, 41.0, 20.0], 0.5, 1), Carts(0.0)

    assert seen.look(truck, stall) == [("truck", 0.8), ("stall", 0.5)]
    assert seen.regions == 1


def test_of_more_trucks_than_are_looked_at_none_becomes_ours_unseen() -> None:
    trucks = [([9.0 * one, 0.0, 9.0 * one + 8, 8.0], 0.8, 0) for one in range(MOST + 3)]

    assert [label for label, _ in carts(9.0, *trucks)].count("stall") == MOST


def test_a_part_of_a_whole_thing_is_not_another() -> None:
    whole, part, beside = [0.0, 0.0, 40.0, 20.0], [1.0, 1.0, 21.0, 19.0], [30.0, 0.0, 60.0, 20.0]

    assert carts(0.0, (whole, 0.9, 1), (part, 0.7, 1), (beside, 0.6, 1)) == [("stall", 0.9), ("stall", 0.6)]
    assert carts(0.0, (part, 0.9, 1), (whole, 0.7, 1)) == [("stall", 0.9), ("stall", 0.7)]
    assert carts(0.0, (part, 0.8, 1), (whole, 0.7, 1)) == [("stall", 0.7)]  # the larger is nearly as sure
    assert carts(0.0, (whole, 0.9, 1), (part, 0.1, 1)) == [("stall", 0.9)]  # too faint to be looked at
    assert (
        carts(0.0, (whole, 0.9, 1), (part, 0.7, 1), asked="truck") == [("stall", FLOOR)] * 2
    )  # nobody asked


def test_what_lies_in_a_part_only_is_no_part() -> None:
    whole, part, beyond = [0.0, 0.0, 40.0, 20.0], [20.0, 0.0, 44.0, 20.0], [33.0, 1.0, 45.0, 19.0]

    found = carts(0.0, (whole, 0.9, 1), (part, 0.8, 1), (beyond, 0.7, 1))

    assert [sure for _, sure in found] == [0.9, 0.7]


def test_whole_things_are_judged_each_by_itself() -> None:
    boxes = np.array([[40, 40, 80, 60], [50, 42, 60, 50]], np.float32)

    assert [len(members) for _, members in regions_of(boxes, CARTS, 200, 100)] == [1, 1]
