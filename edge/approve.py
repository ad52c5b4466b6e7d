"""The approved empty view of a camera, taken from its own pictures: what moves is left out."""

import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.adapters.camera import VideoCamera
from edge.ports import EdgeError

LEAST = 3
"""From so many pictures on the median leaves out who is in one of them."""
SILENT_S = 20.0
"""A camera that shows nothing for so long has failed."""
_POLL_S = 0.02


def collect(camera: VideoCamera, *, count: int, apart_s: float) -> Iterator[NDArray[np.uint8]]:
    """Yield up to ``count`` pictures (h, w, 3, BGR), at least ``apart_s`` of the camera's time apart.

    A clip may end before, a camera fall silent. Raises ``EdgeError`` when no picture comes at all.
    """
    taken, next_s, heard_s = 0, 0.0, time.monotonic()
    camera.start()
    try:
        while taken < count:
            reading = camera.reading()  # before the frame: after the last one it says that the clip has ended
            if frame := camera.take():
                heard_s = time.monotonic()
                if not taken or frame.stream_s >= next_s:
                    taken, next_s = taken + 1, frame.stream_s + apart_s
                    yield frame.image
            elif (
                reading.state == "ended"
                or (reading.state == "backoff" and not camera.is_paced)
                or time.monotonic() - heard_s > SILENT_S
            ):
                if not taken:
                    why = reading.reason or reading.state
                    raise EdgeError(f"camera {camera.camera_id} shows no picture: {why}")
                return
            else:
                time.sleep(_POLL_S)
    finally:
        camera.stop()
        camera.join(1)


def without_what_moves(pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Return the median of those pictures (h, w, 3) that have the most frequent size; others are left out.

    Raises ``EdgeError`` when they are too few to leave out who walks through.
    """
    sizes = Counter(picture.shape for picture in pictures)
    shape, many = sizes.most_common(1)[0]
    if many < LEAST:
        raise EdgeError(
            f"{many} of {LEAST} pictures of one size: let the camera run longer, or lower --apart"
        )
    same = [picture for picture in pictures if picture.shape == shape]
    return np.asarray(np.median(np.stack(same), axis=0), np.uint8)


def write_picture(out: Path, picture: NDArray[np.uint8]) -> None:
    """Write ``picture`` as PNG, whole or not at all."""
    beside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        beside.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
        beside.replace(out)
    except OSError as exc:
        beside.unlink(missing_ok=True)
        raise EdgeError(f"{out} cannot be written: {exc.strerror}") from exc
