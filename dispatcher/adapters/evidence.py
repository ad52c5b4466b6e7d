"""Pictures on disk, named by their content."""

import hashlib
import os
import tempfile
from pathlib import Path

from dispatcher.ports import DispatchError, EvidenceFiles


class PictureFolder:
    """A folder of pictures; a file that is there is whole, and is what its name says."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, sha256: str, payload: bytes) -> None:
        """Store durably: whole or not at all, also if the power goes."""
        found = hashlib.sha256(payload).hexdigest()
        if found != sha256:
            raise DispatchError(f"picture {sha256}: its bytes hash to {found}; it was damaged on the way")
        path = self._path(sha256)
        if path.exists():
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_durably(path, payload)
        except OSError as exc:
            raise DispatchError(f"picture {path}: {exc.strerror}: make room", retryable=True) from exc

    def read(self, sha256: str) -> bytes | None:
        try:
            return self._path(sha256).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise DispatchError(f"picture {self._path(sha256)}: {exc.strerror}") from exc

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / f"{sha256}.jpg"


def _write_durably(path: Path, payload: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".part-", delete=False) as part:
        try:
            part.write(payload)
            part.flush()
            os.fsync(part.fileno())
        except OSError:
            Path(part.name).unlink(missing_ok=True)
            raise
    Path(part.name).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


_: type[EvidenceFiles] = PictureFolder
