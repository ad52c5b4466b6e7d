"""What a detector is asked, and what becomes of its answer."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge.detectors import Detectors, widened
from edge.domain.detection import Box
from edge.domain.look import Look
from models.detections import Detections
from tests.answers import Scripted
from tests.unit.edge.scene import a_frame

WHOLE = Box(left=0.0, top=0.0, right=1.0, bottom=1.0)


class Attentive(Scripted):
    """Remembers what it was asked about."""

    asked: Collection[str] | None = None

    def detect(self, image: NDArray[np.uint8], asked: Collection[str] | None = None) -> Detections:
        self.asked = asked
        return super().detect(image)


def a_look(region: Box) -> Look:
    return Look(
        camera_id="cam-1",
        rule_ids=("lorries",),
        model="street",
        labels=frozenset({"muck_truck"}),
        region=region,
        cause="first",
        overdue_s=0.0,
        stretch=1.0,
    )


def test_a_detector_hears_what_the_rules_look_for() -> None:
    street = Attentive(("stall", "muck_truck"), [("stall", 0.05, (0.0, 0.0, 10.0, 10.0))])

    seen, _ = Detectors({"street": street}, {}).see(a_frame(0.0), a_look(WHOLE))

    assert street.asked == {"muck_truck"}
    assert [detection.label for detection in seen] == ["stall"]  # it may stand before the lorry


def test_a_small_region_is_widened_to_what_the_model_sees_and_a_large_one_is_not() -> None:
    corner = Box(left=0.0, top=0.5, right=0.25, bottom=1.0)

    assert widened(corner, (1080, 1920, 3), 480) == corner
    assert widened(corner, (1080, 1920, 3), 0) == corner
    grown = widened(corner, (600, 1000, 3), 600)  # its longer side held 300 pixels
    assert (grown.left, grown.top, grown.right, grown.bottom) == pytest.approx((0.0, 0.0, 0.5, 1.0))
    assert widened(corner, (270, 480, 3), 640) == Box(left=0.0, top=0.0, right=1.0, bottom=1.0)


def test_what_stands_in_a_widened_region_keeps_its_place_in_the_picture() -> None:
    frame = a_frame(0.0)
    height, width = frame.image.shape[:2]
    street = Scripted(("stall",), [("stall", 0.9, (0.0, 0.0, width / 2, height / 2))])
    street.input_px = 4 * width
    region = Box(left=0.6, top=0.6, right=0.9, bottom=0.9)

    (seen,), _ = Detectors({"street": street}, {}).see(frame, a_look(region))

    assert (seen.box.left, seen.box.top) == (0.0, 0.0)
    assert (seen.box.right, seen.box.bottom) == pytest.approx((0.5, 0.5))


def test_each_box_says_how_much_of_it_differs_from_the_approved_empty_view(tmp_path: Path) -> None:
    empty = np.random.default_rng(3).integers(90, 160, a_frame(0.0).image.shape, np.uint8)
    height, width = empty.shape[:2]
    now = empty.copy()
    cv2.rectangle(now, (width // 2, height // 2), (width, height), (20, 60, 190), cv2.FILLED)
    cv2.imwrite(str(tmp_path / "empty.png"), empty)
    street = Scripted(
        ("stall",),
        [
            ("stall", 0.9, (0.0, 0.0, width * 0.4, height * 0.4)),
            ("stall", 0.9, (width * 0.6, height * 0.6, float(width), float(height))),
        ],
    )
    detectors = Detectors({"street": street}, {"cam-1": tmp_path / "empty.png"})

    (same, other), _ = detectors.see(replace(a_frame(0.0), image=now), a_look(WHOLE))

    assert same.changed == 0
    assert other.changed > 0.9
    (alone, _), _ = Detectors({"street": street}, {}).see(a_frame(0.0), a_look(WHOLE))
    assert alone.changed == 1
