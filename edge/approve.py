"""The approved empty view of a camera, taken from its own pictures: what moves is left out."""

import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from edge.adapters.camera import VideoCamera
from edge.ports import EdgeError

SILENT_S = 20.0
"""A camera that shows nothing for so long has failed."""
_POLL_S = 0.02


def collect(camera: VideoCamera, *, count: int, apart_s: float) -> Iterator[NDArray[np.uint8]]:
    """Yield up to ``count`` pictures (h, w, 3, BGR), at least ``apart_s`` of the camera's time apart.

    A clip may end before. Raises ``EdgeError`` when no picture comes.
    """
    taken, next_s, heard = 0, 0.0, time.monotonic()
    camera.start()
    try:
        while taken < count:
            frame = camera.take()
            if frame is None:
                reading = camera.reading()
                if reading.state == "ended" and taken:
                    return
                if reading.state == "ended" or time.monotonic() - heard > SILENT_S:
                    why = reading.reason or reading.state
                    raise EdgeError(f"camera {camera.camera_id} shows no picture: {why}")
                time.sleep(_POLL_S)
                continue
            heard = time.monotonic()
            if not taken or frame.stream_s >= next_s:
                taken, next_s = taken + 1, frame.stream_s + apart_s
                yield frame.image
    finally:
        camera.stop()
        camera.join(1)


def without_what_moves(pictures: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Return the median of pictures (h, w, 3) of one size: who walks through is in few of them."""
    same = [picture for picture in pictures if picture.shape == pictures[-1].shape]
    return np.asarray(np.median(np.stack(same), axis=0), np.uint8)
