"""Frames of a folder: its pictures, and one a second of its clips."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.clips import check_clip, one_a_second
from models.picture import find_pictures, read_picture
from models.recipe import RecipeError

CLIPS = frozenset({".mp4", ".avi", ".mkv", ".mov"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """One picture (h, w, 3, BGR) and the file that it came from."""

    file: Path
    image: NDArray[np.uint8]


def frame_files(folder: Path) -> list[Path]:
    """Return the pictures and clips directly in ``folder``; raise ``RecipeError`` where there are none."""
    clips = sorted(path for path in folder.glob("*") if path.suffix.lower() in CLIPS)
    files = [*find_pictures(folder), *clips]
    if not files:
        raise RecipeError(f"no pictures or clips in {folder}")
    return files


def read_frames(file: Path) -> Iterator[Frame]:
    """Yield the picture, or one frame a second of the clip.

    Raise ``PictureError`` naming what is neither, or a damaged clip, before its first frame.
    """
    if file.suffix.lower() not in CLIPS:
        yield Frame(file=file, image=read_picture(file))
        return
    check_clip(file)
    for image in one_a_second(file):
        yield Frame(file=file, image=image)
