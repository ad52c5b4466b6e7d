"""Builders of what a look sees: a test names only what it is about."""

from datetime import timedelta
from typing import Any

import numpy as np

from edge.contract.messages import ModelRef
from edge.domain.candidate import Terms
from edge.domain.detection import Box, Detection
from edge.domain.frame import Frame
from edge.domain.look import Seen
from edge.domain.zone import Zone
from tests.build import NOON, SHA

MODEL = ModelRef(name="street", version="1", sha256=SHA)
LEFT_HALF = Zone(zone_id="pavement", polygon=((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))


def some_terms(**changes: Any) -> Terms:
    """Looks every 10 s; ripe after 30 s in 3 of 5 looks; over after 2 misses in 10 s."""
    fields: dict[str, Any] = {
        "every_s": 10.0,
        "dwell_s": 30.0,
        "clear_s": 10.0,
        "confirm_k": 3,
        "confirm_n": 5,
        "clear_looks": 2,
        "open_score": 0.5,
        "keep_score": 0.3,
    }
    return Terms(**(fields | changes))


def a_box(x: float = 0.2, y: float = 0.5, size: float = 0.1) -> Box:
    """A square box whose bottom centre is ``(x, y)``."""
    return Box(left=x - size / 2, top=y - size, right=x + size / 2, bottom=y)


def a_thing(
    x: float = 0.2, y: float = 0.5, *, label: str = "stall", score: float = 0.8, size: float = 0.1
) -> Detection:
    return Detection(label=label, confidence=score, box=a_box(x, y, size))


def a_frame(at_s: float, level: int = 100) -> Frame:
    image = np.full((200, 200, 3), level, np.uint8)
    return Frame(camera_id="cam-1", image=image, stream_s=at_s, captured_at=NOON + timedelta(seconds=at_s))


def a_look_at(at_s: float, *things: Detection, still_s: float = 0.0) -> Seen:
    return Seen(frame=a_frame(at_s), detections=things, still_s=still_s)
