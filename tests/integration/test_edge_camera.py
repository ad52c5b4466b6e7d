import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from structlog.testing import capture_logs

from edge.adapters.camera import VideoCamera
from edge.approve import collect, without_what_moves
from tests.parts import RtspServer
from tests.waiting import await_truth


@contextmanager
def watching(url: str) -> Iterator[VideoCamera]:
    camera = VideoCamera("cam-1", url)
    camera.start()
    try:
        yield camera
    finally:
        camera.stop()


def frames_in(camera: VideoCamera, seconds: float) -> int:
    end_s, count = time.monotonic() + seconds, 0
    while time.monotonic() < end_s:
        count += camera.take() is not None
        time.sleep(0.01)
    return count


def newest_s(camera: VideoCamera) -> float:
    """Return the stream time of the next frame."""
    end_s = time.monotonic() + 15
    while (frame := camera.take()) is None:
        assert time.monotonic() < end_s, camera.reading()
        time.sleep(0.01)
    return frame.stream_s


def test_a_stream_is_live_with_five_frames_a_second_and_one_while_idle(rtsp_server: RtspServer) -> None:
    with watching(rtsp_server.url("open")) as camera:
        await_truth(lambda: camera.reading().state == "live", within_s=10)
        awake = frames_in(camera, 3)
        camera.set_awake(False)
        camera.take()
        idle = frames_in(camera, 4)

    assert 12 <= awake <= 18
    assert 3 <= idle <= 6  # a keyframe a second


@pytest.mark.parametrize(
    ("path", "login", "reason"),
    [
        ("closed", "", "401: user or password is wrong"),
        ("closed", "installer:wrong@", "401: user or password is wrong"),
        ("nowhere", "", "404: the camera answers, but knows no such path"),
    ],
)
def test_a_camera_that_refuses_says_why(rtsp_server: RtspServer, path: str, login: str, reason: str) -> None:
    with watching(rtsp_server.url(path, login)) as camera:
        await_truth(lambda: camera.reading().state == "backoff", within_s=10)

        assert camera.reading().reason == f"{rtsp_server.url(path)}: {reason}"


def test_the_right_password_is_let_in_and_never_logged(rtsp_server: RtspServer) -> None:
    with capture_logs() as logs, watching(rtsp_server.url("closed", "installer:right@")) as camera:
        await_truth(lambda: camera.reading().state == "live", within_s=10)

    assert logs
    assert "right" not in str(logs)


def test_a_stream_that_freezes_is_seen_within_ten_seconds_and_named(rtsp_server: RtspServer) -> None:
    with watching(rtsp_server.url("open")) as camera:
        await_truth(lambda: camera.reading().state == "live" and camera.take() is not None, within_s=10)
        rtsp_server.freeze()

        await_truth(lambda: camera.reading().state != "live", within_s=10)
        await_truth(lambda: camera.reading().state == "backoff", within_s=15)

        assert camera.reading().reason == f"{rtsp_server.url('open')}: timeout: silent for 4 s"


def test_a_stream_comes_back_by_itself_and_time_went_on(rtsp_server: RtspServer) -> None:
    with watching(rtsp_server.url("open")) as camera:
        before_s = newest_s(camera)
        began_s = time.monotonic()
        rtsp_server.restart()
        await_truth(lambda: camera.reading().state == "backoff", within_s=10)
        camera.take()

        after_s = newest_s(camera)

    ahead_s = after_s - before_s - (time.monotonic() - began_s)
    assert -1 < ahead_s < 3  # a server begins with a burst of up to a second or two


def test_the_approved_empty_view_is_taken_from_a_stream(rtsp_server: RtspServer) -> None:
    camera = VideoCamera("cam-1", rtsp_server.url("open"), pace="fast")

    pictures = list(collect(camera, count=4, apart_s=0.5))

    assert len(pictures) == 4
    assert without_what_moves(pictures).shape == pictures[0].shape
