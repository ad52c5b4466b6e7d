"""Pictures that can be used, and files that only look like pictures."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from models.picture import PictureError, find_pictures, read_picture


@pytest.fixture
def jpeg() -> bytes:
    noise = np.random.default_rng(2).integers(0, 255, (60, 80, 3), np.uint8)
    return bytes(cv2.imencode(".jpg", noise)[1])


def test_a_whole_picture_is_read(jpeg: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg)

    assert read_picture(path).shape == (60, 80, 3)


def test_bytes_after_the_end_do_no_harm(jpeg: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg + b"maker's notes")

    assert read_picture(path).shape == (60, 80, 3)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_a_jpeg_that_was_cut_short_is_refused(share: float, jpeg: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg[: int(len(jpeg) * share)])

    with pytest.raises(PictureError, match=r"a\.jpg: cut short"):
        read_picture(path)


@pytest.mark.parametrize("garbage", [b"", b"Z" * 800, bytes(800)])
def test_a_jpeg_that_is_damaged_in_its_middle_is_refused(
    garbage: bytes, jpeg: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.jpg"
    middle = len(jpeg) // 2
    path.write_bytes(jpeg[:middle] + garbage + jpeg[middle + 800 :])

    with pytest.raises(PictureError, match=r"a\.jpg: damaged \("):
        read_picture(path)
    assert capfd.readouterr().err == ""


def test_a_jpeg_with_a_few_bytes_too_many_is_read(
    jpeg: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg[:-2] + bytes(7) + jpeg[-2:])

    assert read_picture(path).shape == (60, 80, 3)
    assert "extraneous bytes" in capfd.readouterr().err


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(content)

    with pytest.raises(PictureError, match=r"a\.jpg"):
        read_picture(path)


@pytest.mark.parametrize("suffix", [".tif", ".TIFF", ".webp", ".bmp", ".gif"])
def test_a_picture_of_any_known_suffix_is_found(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"street{suffix}"
    cv2.imwrite(str(path), np.full((9, 9, 3), 77, np.uint8))

    assert list(find_pictures(tmp_path)) == [path]
    assert read_picture(path).mean() == pytest.approx(77, abs=1)


def test_a_jpeg_called_jfif_is_found(jpeg: bytes, tmp_path: Path) -> None:
    path = tmp_path / "street.jfif"
    path.write_bytes(jpeg)

    assert list(find_pictures(tmp_path)) == [path]
    assert read_picture(path).shape == (60, 80, 3)
