"""A frame: one decoded picture of a camera with the time it was captured."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """One picture. ``image`` is BGR, (height, width, 3), uint8, never written to.

    ``stream_s`` is seconds on the camera's own clock (presentation time made monotonic over reconnects):
    every duration is measured on it. ``captured_at`` is UTC, for people and messages only.
    """

    camera_id: str
    image: NDArray[np.uint8]
    stream_s: float
    captured_at: datetime
