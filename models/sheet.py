"""Picture sheets: small pictures with one box each, as text that a page can hold."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.picture import PictureError, find_pictures, read_picture
from models.recipe import RecipeError
from models.worst import Case

WIDTH, HEIGHT = 360, 240
ORANGE = (30, 120, 255)
RENDERS = 48
"""So many rendered pictures are shown, evenly chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A small picture as a data address, and the words below it."""

    source: str
    caption: str
    picture: str


def tiles_of(cases: Sequence[Case], unit: str) -> list[Tile]:
    """Return a tile for each case: the box and what lies around it; ``unit`` says what its weight is."""
    tiles = []
    for case in cases:
        near = _near(read_picture(Path(case.picture)), case.box)
        caption = f"{case.label}, {case.weight:.0%} {unit}"
        tiles.append(Tile(source=_encoded(near), caption=caption, picture=Path(case.picture).name))
    return tiles


def pictures_in(folder: Path) -> list[Path]:
    """Return a folder's pictures or those of its `images`; raise ``RecipeError`` where there are none."""
    pictures = list(find_pictures(folder)) or list(find_pictures(folder / "images"))
    if not pictures:
        raise RecipeError(f"no pictures in {folder}")
    return pictures


def tiles_in(folder: Path) -> list[Tile]:
    """Return tiles of a folder's pictures or of its `images`; raise ``RecipeError`` where there are none."""
    pictures = pictures_in(folder)
    tiles = []
    for index in np.unique(np.linspace(0, len(pictures) - 1, RENDERS).astype(int)).tolist():
        try:
            small = _small(read_picture(pictures[index]))
        except PictureError:
            continue
        tiles.append(Tile(source=_encoded(small), caption="", picture=pictures[index].name))
    return tiles


def _near(image: NDArray[np.uint8], box: tuple[float, float, float, float]) -> NDArray[np.uint8]:
    left, top, right, bottom = (round(side) for side in box)
    side = max(right - left, bottom - top, 96)
    shown = min(3 * side, image.shape[1])
    drawn = cv2.rectangle(
        image.copy(), (left, top), (right, bottom), ORANGE, max(1, round(shown * 2 / WIDTH))
    )
    x, y = (left + right) // 2, (top + bottom) // 2
    cut = drawn[max(0, y - side) : y + side, max(0, x - 3 * side // 2) : x + 3 * side // 2]
    return _small(np.asarray(cut, np.uint8))


def _small(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    scale = min(WIDTH / width, HEIGHT / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _encoded(image: NDArray[np.uint8]) -> str:
    _, content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 82])
    return "data:image/jpeg;base64," + base64.b64encode(content.tobytes()).decode()
