"""Clips that are whole, and clips that only look so."""

import struct
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from models.clips import check_clip
from models.frames import read_frames
from models.picture import PictureError
from tests.clips import HEIGHT, WIDTH, a_picture, write_clip

TICKS_S = 1000
UPRIGHT = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
CLOCKWISE = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
"""How a track is shown: the matrix of ISO/IEC 14496-12, 8.3.2."""


def write_uneven(path: Path, times_s: Iterable[float]) -> Path:
    """Write a clip with a picture at each of these seconds, its square 10 pixels further each second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"preset": "ultrafast", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS_S)
        for at_s in times_s:
            picture = av.VideoFrame.from_ndarray(a_picture(round(at_s * 10)), format="bgr24")
            picture.pts, picture.time_base = round(at_s * TICKS_S), Fraction(1, TICKS_S)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def squares_in(clip: Path) -> list[int]:
    """The left edges of the square in the frames of a clip."""
    return [int(np.argmax(frame.image[120, :, 0] > 160)) for frame in read_frames(clip)]


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


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "mov"])
def test_a_second_is_a_second_however_many_pictures_it_has(tmp_path: Path, suffix: str) -> None:
    quiet, busy = np.arange(0, 8, 0.5), np.arange(8, 10, 0.04)  # a camera that slows down while nothing moves
    clip = write_uneven(tmp_path / f"uneven.{suffix}", [*quiet, *busy, *(quiet + 10)])

    assert squares_in(clip) == pytest.approx([10 * second for second in range(18)], abs=2)


def test_each_picture_of_a_slow_clip_is_a_frame_wherever_the_clip_begins(tmp_path: Path) -> None:
    times_s = [0.1, 1.1, 2.1, 3.1, 4.1, 7.1]

    clip = write_uneven(tmp_path / "slow.mkv", times_s)

    assert squares_in(clip) == pytest.approx([10 * at_s for at_s in times_s], abs=2)


def test_a_clip_of_a_phone_held_on_its_side_is_turned_upright(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "phone.mp4", seconds=1, square_left=lambda _: 10)
    before, of_track, after = clip.read_bytes().rpartition(UPRIGHT)
    assert of_track
    clip.write_bytes(before + CLOCKWISE + after)

    (frame,) = read_frames(clip)

    assert frame.image.shape == (WIDTH, HEIGHT, 3)
    assert frame.image[:, 120, 0].argmax() == pytest.approx(10, abs=2)


def test_a_picture_that_cannot_be_decoded_costs_no_frame_after_it(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "street.mp4", seconds=6, square_left=lambda at_s: int(at_s * 10))
    with av.open(str(clip)) as container:
        lost = next(one for one in container.demux(video=0) if one.pts and one.pts * one.time_base >= 2.5)
    content = clip.read_bytes()
    assert lost.pos is not None
    begin, end = lost.pos + 4, lost.pos + lost.size  # what follows the length of the unit
    clip.write_bytes(content[:begin] + b"\xff" * (end - begin) + content[end:])

    assert squares_in(clip) == pytest.approx([0, 10, 20, 30, 40, 50], abs=2)


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
