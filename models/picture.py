"""Pictures come from disk here, and are refused by name when they cannot be read."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})


class PictureError(Exception):
    """A file is no readable picture; the text names it."""


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Return the picture as (h, w, 3) BGR; raise ``PictureError`` naming the file."""
    try:
        content = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as exc:
        raise PictureError(f"{path}: {exc.strerror}") from exc
    image = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    if image is None:
        raise PictureError(f"{path}: no picture that can be decoded")
    return image.astype(np.uint8, copy=False)


def find_pictures(folder: Path) -> Iterator[Path]:
    """Yield the pictures directly in ``folder``, by name."""
    return (path for path in sorted(folder.glob("*")) if path.suffix.lower() in SUFFIXES)
