"""Clips made on the spot: a bright square on a grey picture, H.264."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

FPS = 25
WIDTH, HEIGHT = 320, 240


def a_picture(square_left: int | None) -> NDArray[np.uint8]:
    """A grey picture (240, 320, 3), with a square of 60 pixels at ``square_left`` if it is there."""
    image = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    if square_left is not None:
        image[90:150, square_left : square_left + 60] = 230
    return image


def write_clip(
    path: Path,
    *,
    seconds: float,
    keyframe_every_s: float = 1.0,
    square_left: Callable[[float], int | None] = lambda at_s: int(at_s * 20) % 260,
) -> Path:
    """Write a clip at 25 fps; ``square_left`` says where the square is at a second. Return ``path``."""
    options = {"g": str(round(keyframe_every_s * FPS)), "bf": "0", "preset": "ultrafast", "sc_threshold": "0"}
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(round(seconds * FPS)):
            image = a_picture(square_left(number / FPS))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode())
    return path
