"""What a detector is asked, and what becomes of its answer."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from edge.detectors import Detectors
from edge.domain.detection import Box
from edge.domain.look import Look
from models.detections import Detections
from tests.answers import Scripted
from tests.unit.edge.scene import a_frame


class Attentive(Scripted):
    """Remembers what it was asked about."""

    asked: Collection[str] | None = None

    def detect(self, image: NDArray[np.uint8], asked: Collection[str] | None = None) -> Detections:
        self.asked = asked
        return super().detect(image)


def test_a_detector_hears_what_the_rules_look_for() -> None:
    street = Attentive(("stall", "muck_truck"), [("stall", 0.05, (0.0, 0.0, 10.0, 10.0))])
    look = Look(
        camera_id="cam-1",
        rule_ids=("lorries",),
        model="street",
        labels=frozenset({"muck_truck"}),
        region=Box(left=0.0, top=0.0, right=1.0, bottom=1.0),
        cause="first",
        overdue_s=0.0,
        stretch=1.0,
    )

    seen, _ = Detectors({"street": street}, {}).see(a_frame(0.0), look)

    assert street.asked == {"muck_truck"}
    assert [detection.label for detection in seen] == ["stall"]  # it may stand before the lorry
