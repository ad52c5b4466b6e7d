import itertools
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.adapters.camera import Mailbox, StreamClock, VideoCamera
from edge.adapters.video import open_video, public_name
from edge.domain.frame import Frame
from edge.ports import EdgeError
from tests.build import NOON
from tests.clips import write_clip

SECONDS = st.floats(min_value=0, max_value=1e6)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clip") / "two.mp4", seconds=2, keyframe_every_s=0.48)


def a_frame(stream_s: float = 0.0) -> Frame:
    return Frame(camera_id="cam-1", image=np.zeros((2, 2, 3), np.uint8), stream_s=stream_s, captured_at=NOON)


def watch(camera: VideoCamera, until: Callable[[list[Frame]], bool]) -> list[Frame]:
    """Take the camera's frames until they satisfy ``until``; fail after ten seconds."""
    frames: list[Frame] = []
    camera.start()
    end_s = time.monotonic() + 10
    while not until(frames):
        assert time.monotonic() < end_s, f"{len(frames)} frames, {camera.reading()}"
        if frame := camera.take():
            frames.append(frame)
        else:
            time.sleep(0.002)
    camera.stop()
    camera.join(5)
    return frames


@given(st.lists(st.tuples(SECONDS, st.floats(min_value=0.01, max_value=60)), min_size=2))
def test_stream_time_only_rises_whatever_the_camera_says(steps: list[tuple[float, float]]) -> None:
    clock = StreamClock()

    line = [clock.at(pts_s, elapsed_s=gap_s, max_step_s=gap_s + 10) for pts_s, gap_s in steps]

    assert all(before < after for before, after in itertools.pairwise(line))
    assert all(
        after - before <= gap_s + 10.001
        for before, after, (_, gap_s) in zip(line, line[1:], steps[1:], strict=False)
    )


def test_an_outage_counts_by_the_boxs_clock_and_then_presentation_time_goes_on() -> None:
    clock = StreamClock()
    clock.at(100.0, elapsed_s=0.0)
    before_s = clock.at(100.5, elapsed_s=0.5)

    clock.splice()
    after_s = clock.at(7.0, elapsed_s=30.0)
    next_s = clock.at(7.25, elapsed_s=9.0)

    assert (before_s, after_s, next_s) == (0.5, 30.5, 30.75)


def test_the_newest_frame_wins_and_the_lost_one_is_counted() -> None:
    mailbox = Mailbox()
    for stream_s in (1.0, 2.0):
        mailbox.put(a_frame(stream_s), wait=False, stop=threading.Event())

    taken, again = mailbox.take(), mailbox.take()

    assert taken is not None
    assert (taken.stream_s, again, mailbox.overwritten) == (2.0, None, 1)


def test_a_fast_clip_gives_every_fifth_of_a_second_and_drops_nothing(clip: Path) -> None:
    camera = VideoCamera("cam-1", str(clip), pace="fast", now=lambda: NOON)

    frames = watch(camera, lambda frames: camera.reading().state == "ended" and len(frames) == 10)

    assert [round(frame.stream_s, 2) for frame in frames] == [round(0.2 * n, 2) for n in range(10)]
    assert camera.reading().dropped == 0
    assert frames[0].image.shape == (240, 320, 3)


def test_a_frame_of_a_clip_is_captured_as_long_after_the_first_as_it_is_shown(clip: Path) -> None:
    camera = VideoCamera("cam-1", str(clip), pace="fast", now=lambda: NOON)

    frames = watch(camera, lambda frames: len(frames) == 10)

    assert frames[0].captured_at == NOON
    assert (frames[9].captured_at - NOON).total_seconds() == pytest.approx(frames[9].stream_s)


def test_a_clip_at_its_own_pace_takes_as_long_as_it_is(clip: Path) -> None:
    camera = VideoCamera("cam-1", str(clip), pace="real")
    began_s = time.monotonic()

    watch(camera, lambda _frames: camera.reading().state == "ended")

    assert 1.8 < time.monotonic() - began_s < 4


def test_a_clip_that_loops_goes_on_in_time(clip: Path) -> None:
    camera = VideoCamera("cam-1", str(clip), pace="fast", loop=True)

    frames = watch(camera, lambda frames: len(frames) == 25)

    steps = np.diff([frame.stream_s for frame in frames])
    assert steps.min() > 0.15
    assert steps.max() < 0.25


def test_an_idle_camera_decodes_keyframes_only(clip: Path) -> None:
    with open_video(str(clip)) as video:
        times = [at_s for at_s, _ in video.pictures(lambda: False)]

    # everything until the distance of keyframes is known, keyframes from then on
    assert times[:12] == pytest.approx(np.arange(12) / 25)
    assert times[12:] == pytest.approx([0.48, 0.96, 1.44, 1.92])


def test_a_camera_with_rare_keyframes_stays_awake(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "rare.mp4", seconds=7, keyframe_every_s=3)

    with open_video(str(clip)) as video:
        count = sum(1 for _ in video.pictures(lambda: False))

    assert count == 7 * 25


def test_waking_takes_effect_at_the_next_keyframe(clip: Path) -> None:
    packet = itertools.count()

    with open_video(str(clip)) as video:
        times = [at_s for at_s, _ in video.pictures(lambda: next(packet) >= 30)]

    woken_s = 30 / 25
    assert [at_s for at_s in times if at_s and at_s > woken_s] == pytest.approx(np.arange(36, 50) / 25)


def test_a_missing_clip_waits_with_a_reason(tmp_path: Path) -> None:
    camera = VideoCamera("cam-1", str(tmp_path / "no.mp4"))

    watch(camera, lambda _frames: camera.reading().state == "backoff")

    assert camera.reading().reason == f"file missing: {tmp_path}/no.mp4"


def test_a_clip_that_appears_later_is_played(tmp_path: Path, clip: Path) -> None:
    later = tmp_path / "later.mp4"
    camera = VideoCamera("cam-1", str(later), pace="fast")
    camera.start()
    while camera.reading().state != "backoff":
        time.sleep(0.002)

    later.write_bytes(clip.read_bytes())

    end_s = time.monotonic() + 5
    while camera.take() is None:
        assert time.monotonic() < end_s
        time.sleep(0.01)
    camera.stop()


@pytest.mark.parametrize(
    "content", [b"", b"no video at all" * 100, b"\x00\x00\x00\x20ftypisom" + b"\x00" * 500]
)
def test_a_corrupt_clip_waits_with_a_reason(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "corrupt.mp4"
    path.write_bytes(content)

    with pytest.raises(EdgeError, match=r"corrupt\.mp4: no video that can be read"), open_video(str(path)):
        pass


def test_a_clip_with_a_hole_is_played_around_it(tmp_path: Path, clip: Path) -> None:
    content = bytearray(clip.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 400] = b"\x00" * 400
    path = tmp_path / "hole.mp4"
    path.write_bytes(content)
    camera = VideoCamera("cam-1", str(path), pace="fast")

    frames = watch(camera, lambda _frames: camera.reading().state == "ended")

    assert len(frames) >= 4


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("rtsp://installer:secret@127.0.0.1:1/live", "rtsp://127.0.0.1:1/live: refused"),
        ("rtsp://installer:secret@camera.invalid/live", "rtsp://camera.invalid/live: DNS"),
        ("http://installer:secret@127.0.0.1:1/video?token=secret", "http://127.0.0.1:1/video: refused"),
    ],
)
def test_a_stream_that_cannot_be_had_is_named_without_its_password(url: str, reason: str) -> None:
    with pytest.raises(EdgeError) as caught, open_video(url):
        pass

    assert str(caught.value).startswith(reason)
    assert "secret" not in str(caught.value)


def test_a_public_name_keeps_what_an_installer_needs() -> None:
    assert public_name("rtsp://u:p@10.0.0.8:554/ch/1?key=p") == "rtsp://10.0.0.8:554/ch/1"
    assert public_name("/clips/street.mp4") == "/clips/street.mp4"
