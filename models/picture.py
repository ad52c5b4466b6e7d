"""Pictures come from disk here, and are refused by name when they cannot be read."""

import os
import re
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

SUFFIXES = frozenset({".jpg", ".jpeg", ".jfif", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"})
_DAMAGE = re.compile(
    rb"Corrupt JPEG data: ((?:premature|bad|found|\d\d+ extraneous bytes before marker 0xd[9a]).*)\n"
)
"""What libjpeg says of a damaged picture; some cameras leave a few bytes too many in whole ones."""
_LISTENING = threading.Lock()


class PictureError(Exception):
    """A file is no readable picture; the text names it."""


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Return the picture, of a GIF the first, as (h, w, 3) BGR; raise ``PictureError`` naming the file."""
    try:
        content = path.read_bytes()
    except IsADirectoryError as exc:
        raise PictureError(f"{path}: no pictures in this folder") from exc
    except OSError as exc:
        raise PictureError(f"{path}: {exc.strerror}") from exc
    if _is_cut_short(content):
        raise PictureError(f"{path}: cut short, its end is missing")
    try:
        image, damage = _decode_jpeg(content) if content[:2] == b"\xff\xd8" else (_decode(content), None)
    except cv2.error as exc:
        raise PictureError(f"{path}: no picture that can be decoded ({exc.err})") from exc
    if image is None:
        raise PictureError(f"{path}: no picture that can be decoded")
    if damage:
        raise PictureError(f"{path}: damaged ({damage[1].decode()})")
    return image.astype(np.uint8, copy=False)


def find_pictures(folder: Path) -> Iterator[Path]:
    """Yield the pictures directly in ``folder``, by name."""
    return (path for path in sorted(folder.glob("*")) if path.suffix.lower() in SUFFIXES)


def evenly(paths: Sequence[Path], count: int) -> Sequence[Path]:
    """Return ``count`` of ``paths``, or all if there are fewer, evenly spaced."""
    taken = min(count, len(paths))
    return [paths[index * len(paths) // taken] for index in range(taken)]


def _is_cut_short(content: bytes) -> bool:
    """Whether a JPEG has no end after its picture began; OpenCV 4 shows the rest as grey."""
    at = 2
    while content[:2] == b"\xff\xd8" and content[at : at + 1] == b"\xff":
        if content[at + 1 : at + 2] == b"\xda":  # start of scan: within it, ff d9 is always the end
            return content.find(b"\xff\xd9", at) < 0
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return False


def _decode(content: bytes) -> cv2.typing.MatLike | None:
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) if content else None


def _decode_jpeg(content: bytes) -> tuple[cv2.typing.MatLike | None, re.Match[bytes] | None]:
    """Return the picture and what is damaged: libjpeg fills in false colours and says so on stderr only."""
    with _LISTENING, tempfile.TemporaryFile() as heard:
        stderr = os.dup(2)
        os.dup2(heard.fileno(), 2)
        try:
            image = _decode(content)
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
        heard.seek(0)
        said = heard.read()
    os.write(2, _DAMAGE.sub(b"", said))
    return image, _DAMAGE.search(said)
