"""Evidence on disk: pictures named by the hash of their content, durable before anyone hears of them."""

import errno
import hashlib
import os
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from edge.contract.messages import EvidenceRef
from edge.ports import DiskFullError, EdgeError

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


def write_durably(path: Path, content: bytes) -> None:
    """Write ``content`` and its directory entry to the disk: after this a power cut cannot take them."""
    half = path.with_suffix(".half")
    with half.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFolder:
    """A folder of JPEGs, two hexadecimal digits a subfolder; the same picture twice is one file."""

    root: Path
    write: Callable[[Path, bytes], None] = write_durably

    def put(self, jpeg: bytes, *, kind: Literal["snapshot", "crop", "after"]) -> EvidenceRef:
        """Store ``jpeg`` durably before returning; raise ``DiskFullError`` when there is no room."""
        ref = EvidenceRef(kind=kind, sha256=hashlib.sha256(jpeg).hexdigest(), bytes=len(jpeg))
        path = self._path(ref.sha256)
        if path.exists():
            os.utime(path)  # its days begin again
            return ref
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.write(path, jpeg)
        except OSError as exc:
            path.with_suffix(".half").unlink(missing_ok=True)
            if exc.errno in _NO_ROOM:
                raise DiskFullError(
                    f"no room for a picture of {len(jpeg)} bytes in {self.root}: free some space, "
                    "or lower [evidence] keep_bytes"
                ) from exc
            raise EdgeError(f"cannot write {path}: {exc.strerror}", retryable=True) from exc
        return ref

    def read(self, sha256: str) -> bytes:
        """Return the bytes; raise ``EdgeError`` when they are gone or are no longer what they were."""
        path = self._path(sha256)
        try:
            jpeg = path.read_bytes()
        except OSError as exc:
            raise EdgeError(f"picture {sha256} cannot be read from {path}: {exc.strerror}") from exc
        if hashlib.sha256(jpeg).hexdigest() != sha256:
            raise EdgeError(f"picture {path} was changed on disk: its hash is no longer its name")
        return jpeg

    def expire(
        self, *, needed: Collection[str], keep: timedelta, keep_bytes: int, now: datetime
    ) -> tuple[int, int]:
        """Remove what is older than ``keep``, then the oldest above ``keep_bytes``, never what is ``needed``.

        Return how many pictures went and how many bytes are left.
        """
        pictures = sorted((stat.st_mtime, stat.st_size, path) for path, stat in self._pictures())
        left_bytes = sum(size for _, size, _ in pictures)
        oldest = (now - keep).timestamp()
        gone = 0
        for changed_at, size, path in pictures:
            if changed_at >= oldest and left_bytes <= keep_bytes:
                break
            if path.stem not in needed:
                path.unlink(missing_ok=True)
                left_bytes -= size
                gone += 1
        return gone, left_bytes

    def _pictures(self) -> list[tuple[Path, os.stat_result]]:
        found = []
        for path in self.root.glob("??/*.jpg"):
            with suppress(FileNotFoundError):  # removed since it was listed
                found.append((path, path.stat()))
        return found

    def _path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / f"{sha256}.jpg"
