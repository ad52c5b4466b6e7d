"""Views: one picture as other cameras might show it, and how much of it is then under boxes."""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from models.boxes import Boxes

Picture = NDArray[np.uint8]
NIGHT_SHARE = 0.35
GREY_SHARE = 0.2
ROTATED_SHARE = 0.15
BLURRED_SHARE = 0.3
COMPRESSED_SHARE = 0.7
CLOSEST = 0.6
"""The closest look shows about this part of the width and the height."""
COARSEST = 0.3
"""The coarsest camera has this part of the width's and height's pixels."""
SMALLEST_PX = 48


def view_of(picture: Picture, boxes: Boxes, dice: Generator, *, whole: bool = False) -> tuple[Picture, float]:
    """Return another view of a BGR picture, and the share of it that is under ``boxes``, 0 to 1.

    What shows the thing and what does not go through the same: a view must not tell by itself. A ``whole``
    view is never of a part of the picture.
    """
    marked = np.dstack([picture, _under(boxes, picture.shape[0], picture.shape[1])])
    marked = _stretched(marked[:, ::-1] if dice.random() < 0.5 else marked, dice)  # noqa: PLR2004  half of them
    if dice.random() < 0.5 and not whole:  # noqa: PLR2004  half of them
        marked = _closer(marked, dice)
    if dice.random() < ROTATED_SHARE:
        marked = _turned(marked, dice)
    light = marked[..., :3].astype(np.float32)
    light = _by_night(light, dice) if dice.random() < NIGHT_SHARE else _by_day(light, dice)
    if dice.random() < GREY_SHARE:
        light[:] = light.mean(2, keepdims=True)
    seen = _through_a_cheap_camera(np.clip(light, 0, 255).astype(np.uint8), dice)
    return seen, float((marked[..., 3] > 127).mean())  # noqa: PLR2004  half of a byte


def _under(boxes: Boxes, height: int, width: int) -> Picture:
    mask = np.zeros((height, width), np.uint8)
    for _, x, y, wide, high in boxes:
        left, right = int((x - wide / 2) * width), int((x + wide / 2) * width)
        top, bottom = int((y - high / 2) * height), int((y + high / 2) * height)
        mask[max(top, 0) : bottom, max(left, 0) : right] = 255
    return mask


def _stretched(picture: Picture, dice: Generator) -> Picture:
    height, width = picture.shape[:2]
    wider = max(SMALLEST_PX, round(width * np.exp(dice.uniform(-0.3, 0.3))))
    return cv2.resize(np.ascontiguousarray(picture), (wider, height)).astype(np.uint8, copy=False)


def _closer(picture: Picture, dice: Generator) -> Picture:
    """Crop, rather from the lower part of the picture, where the ground is."""
    height, width = picture.shape[:2]
    part = dice.uniform(CLOSEST, 1)
    across, down = (min(1.0, part * dice.uniform(0.8, 1.25)) for _ in range(2))
    left, top = int(dice.random() * (1 - across) * width), int(dice.beta(2, 1) * (1 - down) * height)
    return picture[top : top + max(16, int(down * height)), left : left + max(16, int(across * width))]


def _turned(picture: Picture, dice: Generator) -> Picture:
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), dice.uniform(-12, 12), 1.15)
    return cv2.warpAffine(picture, turn, (width, height), borderMode=cv2.BORDER_REFLECT).astype(np.uint8)


def _by_day(light: NDArray[np.float32], dice: Generator) -> NDArray[np.float32]:
    contrast, brightness = dice.uniform(0.5, 1.25), dice.uniform(-35, 35)
    tint = dice.uniform(0.85, 1.15, 3)
    return (((light - 127) * contrast + 127 + brightness) * tint).astype(np.float32)


def _by_night(light: NDArray[np.float32], dice: Generator) -> NDArray[np.float32]:
    dark = 255 * (light / 255) ** dice.uniform(1.2, 2.2) * dice.uniform(0.35, 0.8)
    tint = dice.uniform((0.6, 0.85, 0.95), (1.05, 1.0, 1.2))  # blue, green, red: lamps
    return (dark * tint + dice.normal(0, dice.uniform(2, 10), light.shape)).astype(np.float32)


def _through_a_cheap_camera(picture: Picture, dice: Generator) -> Picture:
    """Lose detail, sharpness and what a strong compression drops."""
    size = max(dice.uniform(COARSEST, 1), SMALLEST_PX / min(picture.shape[:2]))
    if size < 1:
        picture = cv2.resize(picture, None, fx=size, fy=size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    if dice.random() < BLURRED_SHARE:
        picture = cv2.GaussianBlur(picture, (0, 0), dice.uniform(0.5, 1.5)).astype(np.uint8)
    if dice.random() < COMPRESSED_SHARE:
        quality = int(dice.integers(20, 90))
        coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        picture = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    return picture
