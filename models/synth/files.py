"""A file is there as a whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file as a whole; raise an ``OSError`` that names it where it cannot be written."""
    with whole(path) as half:
        half.write_bytes(content)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a path to write to that becomes ``path`` at the end, and is gone after an error.

    An ``OSError`` names ``path``.
    """
    half = path.with_name(f".{path.name}.part")  # no picture or clip by its name, whatever is left of it
    try:
        yield half
        half.replace(path)
    except OSError as exc:
        raise OSError(exc.errno, exc.strerror, str(path)) from exc
    finally:
        with suppress(OSError):
            half.unlink()
