"""Clips that are whole, and clips that only look so."""

from pathlib import Path

import av
import pytest

from models.clips import check_clip
from models.frames import read_frames
from models.picture import PictureError
from tests.clips import write_clip


def overwrite(clip: Path, first: float, last: float) -> None:
    """Overwrite a part of the file, its begin and end in fractions."""
    content = clip.read_bytes()
    begin, end = (int(len(content) * at) for at in (first, last))
    clip.write_bytes(content[:begin] + b"\xff" * (end - begin) + content[end:])


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "mov", "avi"])
def test_a_whole_clip_lasts_as_long_as_it_was_written(tmp_path: Path, suffix: str) -> None:
    clip = write_clip(tmp_path / f"whole.{suffix}", seconds=4)

    assert check_clip(clip) == pytest.approx(4.0, abs=0.1)


def test_a_clip_with_overwritten_pictures_is_named_and_gives_no_frame(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "street.mp4", seconds=6)
    overwrite(clip, 0.15, 0.75)

    with pytest.raises(PictureError, match=r"street\.mp4: damaged or cut off, only \d\.\d s of 6\.0 s"):
        next(read_frames(clip))


def test_a_clip_that_was_cut_off_is_named(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "street.mkv", seconds=6)
    content = clip.read_bytes()
    clip.write_bytes(content[: len(content) * 6 // 10])

    with pytest.raises(PictureError, match=r"street\.mkv: damaged or cut off"):
        check_clip(clip)


def test_a_lost_moment_is_forgiven(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "street.mp4", seconds=6, keyframe_every_s=0.4)
    overwrite(clip, 0.50, 0.51)

    assert check_clip(clip) == pytest.approx(6.0, abs=0.1)


@pytest.mark.parametrize("content", [b"", b"no clip" * 100])
def test_what_is_no_clip_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.mp4").write_bytes(content)

    with pytest.raises(PictureError, match=r"bad\.mp4: no clip that can be decoded"):
        check_clip(tmp_path / "bad.mp4")


def test_sound_alone_is_no_clip(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "sound.mkv"), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame(format="s16", layout="mono", samples=800)
        frame.rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())

    with pytest.raises(PictureError, match=r"sound\.mkv: no clip"):
        check_clip(tmp_path / "sound.mkv")
