import errno
import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.adapters.evidence import EvidenceFolder, write_durably
from edge.ports import DiskFullError, EdgeError

JPEG = b"\xff\xd8 a picture \xff\xd9"
DAY = timedelta(days=1)
NOW = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)


def full_disk(path: Path, content: bytes) -> None:
    path.with_suffix(".half").write_bytes(content[:5])
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def put_aged(folder: EvidenceFolder, content: bytes, *, days: float) -> str:
    sha256 = folder.put(content, kind="snapshot").sha256
    at_s = (NOW - days * DAY).timestamp()
    os.utime(folder.root / sha256[:2] / f"{sha256}.jpg", (at_s, at_s))
    return sha256


def test_a_picture_is_named_by_its_content_and_read_back(tmp_path: Path) -> None:
    folder = EvidenceFolder(root=tmp_path)

    ref = folder.put(JPEG, kind="after")

    assert (ref.kind, ref.sha256, ref.bytes) == ("after", hashlib.sha256(JPEG).hexdigest(), len(JPEG))
    assert folder.read(ref.sha256) == JPEG


def test_the_same_picture_twice_is_one_file(tmp_path: Path) -> None:
    folder = EvidenceFolder(root=tmp_path)

    assert folder.put(JPEG, kind="snapshot").sha256 == folder.put(JPEG, kind="crop").sha256

    assert len(list(tmp_path.rglob("*.jpg"))) == 1


def test_a_full_disk_is_said_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    folder = EvidenceFolder(root=tmp_path, write=full_disk)

    with pytest.raises(DiskFullError, match="keep_bytes"):
        folder.put(JPEG, kind="snapshot")

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_after_a_full_disk_the_picture_can_be_stored_again(tmp_path: Path) -> None:
    with pytest.raises(DiskFullError):
        EvidenceFolder(root=tmp_path, write=full_disk).put(JPEG, kind="snapshot")

    ref = EvidenceFolder(root=tmp_path, write=write_durably).put(JPEG, kind="snapshot")

    assert EvidenceFolder(root=tmp_path).read(ref.sha256) == JPEG


def test_a_picture_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(EdgeError, match="abcd"):
        EvidenceFolder(root=tmp_path).read("abcd")


def test_a_picture_that_was_changed_on_disk_is_refused(tmp_path: Path) -> None:
    folder = EvidenceFolder(root=tmp_path)
    ref = folder.put(JPEG, kind="snapshot")
    next(tmp_path.rglob("*.jpg")).write_bytes(b"another")

    with pytest.raises(EdgeError, match="hash"):
        folder.read(ref.sha256)


def test_old_pictures_go_and_needed_ones_stay(tmp_path: Path) -> None:
    folder = EvidenceFolder(root=tmp_path)
    needed, old, fresh = (
        put_aged(folder, content, days=days) for content, days in ((b"1", 9), (b"2", 8), (b"3", 1))
    )

    gone, left_bytes = folder.expire(needed={needed}, keep=7 * DAY, keep_bytes=1000, now=NOW)

    assert (gone, left_bytes) == (1, 2)
    assert {path.stem for path in tmp_path.rglob("*.jpg")} == {needed, fresh}
    assert old not in {needed, fresh}


def test_above_the_budget_the_oldest_that_is_not_needed_goes_first(tmp_path: Path) -> None:
    folder = EvidenceFolder(root=tmp_path)
    needed, old, fresh = (
        put_aged(folder, content * 100, days=days) for content, days in ((b"1", 3), (b"2", 2), (b"3", 1))
    )

    folder.expire(needed={needed}, keep=7 * DAY, keep_bytes=200, now=NOW)

    left = {path.stem for path in tmp_path.rglob("*.jpg")}
    assert left == {needed, fresh}
    assert old not in left
