"""Contact sheets: some pictures of a part with their boxes, side by side in one picture."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.boxes import Boxes
from models.picture import read_picture
from models.preprocess import GREY

COLUMNS, ROWS = 6, 6
WIDTH, HEIGHT = 320, 240


def draw_sheet(pictures: Sequence[tuple[Path, Boxes]], labels: Sequence[str]) -> bytes:
    """Return a JPEG of at most COLUMNS x ROWS of the pictures, evenly chosen."""
    last = len(pictures) - 1
    chosen = np.unique(np.linspace(0, last, COLUMNS * ROWS).astype(int)).tolist() if pictures else []
    rows = max(1, -(-len(chosen) // COLUMNS))
    sheet = np.full((rows * HEIGHT, COLUMNS * WIDTH, 3), GREY, np.uint8)
    for place, index in enumerate(chosen):
        top, left = place // COLUMNS * HEIGHT, place % COLUMNS * WIDTH
        path, boxes = pictures[index]
        tile = _tile(path, boxes, labels)
        sheet[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    return cv2.imencode(".jpg", sheet, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()


def _tile(path: Path, boxes: Boxes, labels: Sequence[str]) -> NDArray[np.uint8]:
    image = read_picture(path)
    scale = min(WIDTH / image.shape[1], HEIGHT / image.shape[0])
    width, height = (max(1, round(side * scale)) for side in image.shape[1::-1])
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    for class_id, x, y, box_width, box_height in boxes.tolist():
        colour = _colour(int(class_id))
        left, top = round((x - box_width / 2) * width), round((y - box_height / 2) * height)
        right, bottom = round((x + box_width / 2) * width), round((y + box_height / 2) * height)
        cv2.rectangle(small, (left, top), (right, bottom), colour, 1)
        cv2.putText(small, labels[int(class_id)], (left, max(10, top - 2)), 0, 0.35, colour, 1, cv2.LINE_AA)
    return np.asarray(small, np.uint8)


def _colour(class_id: int) -> list[int]:
    """Return a colour of its own for each label: the golden angle around the wheel."""
    hue = np.array([[[class_id * 111 % 180, 220, 255]]], np.uint8)
    return [int(value) for value in cv2.cvtColor(hue, cv2.COLOR_HSV2BGR)[0, 0]]
