"""A camera: one decoding thread that keeps its newest frame ready and comes back after every failure."""

import math
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

import av
import structlog

from edge.adapters.video import Video, is_stream, open_video, public_name, to_bgr
from edge.domain.frame import Frame
from edge.ports import CameraReading, CameraState, EdgeError

MAX_FPS = 5.0
"""More pictures a second may be decoded, but are not handed on: no rule looks more often."""
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 60.0
_HEALTHY_AFTER_S = 10.0
_JUMP_S = 10.0
_FILE_STEP_S = 0.04

_log = structlog.get_logger("edge.camera")


class StreamClock:
    """Presentation times as one rising line, over reconnects, loops, and streams whose clock jumps."""

    def __init__(self) -> None:
        self._offset_s = math.nan
        self.last_s: float | None = None

    def splice(self) -> None:
        """The next presentation time belongs to a new count."""
        self._offset_s = math.nan

    def at(self, pts_s: float, *, elapsed_s: float, max_step_s: float = math.inf) -> float:
        """Return ``pts_s`` on the line, in seconds.

        Where it falls back or steps further than ``max_step_s`` the line goes on by ``elapsed_s`` instead.
        """
        line_s = self._offset_s + pts_s
        if self.last_s is None:
            line_s = 0.0
        elif not self.last_s < line_s <= self.last_s + max_step_s:  # no number (spliced) fails too
            line_s = self.last_s + elapsed_s
        self._offset_s, self.last_s = line_s - pts_s, line_s
        return line_s


class Mailbox:
    """One slot for the newest frame; overwriting an untaken one is counted, unless putting waits."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self.overwritten = 0

    def put(self, frame: Frame, *, wait: bool, stop: threading.Event) -> None:
        with self._changed:
            while wait and self._frame is not None and not stop.is_set():
                self._changed.wait(1.0)
            self.overwritten += self._frame is not None
            self._frame = frame

    def take(self) -> Frame | None:
        with self._changed:
            frame, self._frame = self._frame, None
            self._changed.notify()
        return frame


class VideoCamera:
    """The ``Camera`` of a stream or a file.

    A file plays at its own pace (``real``), or as fast as its frames are taken, none dropped (``fast``).
    ``on_frame`` is called on the decoding thread whenever there is a frame to take.
    """

    def __init__(
        self,
        camera_id: str,
        url: str,
        *,
        pace: Literal["real", "fast"] = "real",
        loop: bool = False,
        on_frame: Callable[[], None] = lambda: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.camera_id = camera_id
        self._url, self._loop, self._on_frame, self._now = url, loop, on_frame, now
        self._is_live, self._is_fast = is_stream(url), pace == "fast" and not is_stream(url)
        self._mailbox = Mailbox()
        self._clock = StreamClock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"camera {camera_id}", daemon=True)
        self._state: CameraState = "connecting"
        self._reason: str | None = None
        self._told: tuple[CameraState, str | None] | None = None
        self._is_awake = True
        self._stall_after_s = math.inf
        self._pts_s: float | None = None
        self._picture_at_s = self._progress_at_s = time.monotonic()
        self._next_frame_s = self._fps = 0.0
        self._zero_s = -math.inf
        self._zero_at: datetime | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end; a read that hangs is left behind, it holds nothing but its socket."""
        self._stop.set()

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)

    def take(self) -> Frame | None:
        return self._mailbox.take()

    def set_awake(self, is_awake: bool) -> None:  # noqa: FBT001  it is the value that is set
        """Decode everything, or only keyframes where they are close enough together."""
        self._is_awake = is_awake

    @property
    def is_paced(self) -> bool:
        """Whether time passes by itself; otherwise the source waits until its frame is taken."""
        return not self._is_fast

    def reading(self) -> CameraReading:
        state = self._state
        silent_s = time.monotonic() - self._progress_at_s
        if state == "live" and self._is_live and silent_s > self._stall_after_s:
            return CameraReading(
                state="stalled",
                reason=f"no new picture for {silent_s:.0f} s",
                fps=0.0,
                dropped=self._mailbox.overwritten,
            )
        fps = self._fps if state == "live" else 0.0
        return CameraReading(state=state, reason=self._reason, fps=fps, dropped=self._mailbox.overwritten)

    def _run(self) -> None:
        wait_s = _FIRST_WAIT_S
        while not self._stop.is_set() and self._state != "ended":
            opened_s = time.monotonic()
            try:
                self._play()
            except EdgeError as exc:
                reason = str(exc)
            except Exception as exc:  # noqa: BLE001  a thread must not die unseen: this is its supervisor
                _log.exception("camera failed unexpectedly", camera=self.camera_id)
                reason = f"unexpected: {exc!r}"
            else:
                continue
            if time.monotonic() - opened_s > _HEALTHY_AFTER_S:
                wait_s = _FIRST_WAIT_S
            self._enter("backoff", reason)
            self._stop.wait(wait_s * random.uniform(0.8, 1.2))  # noqa: S311  jitter
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)

    def _play(self) -> None:
        """Play the source once; return when a file is over, raise ``EdgeError`` when a stream is."""
        self._state = "connecting"
        self._clock.splice()
        with open_video(self._url) as video:
            for pts_s, picture in video.pictures(lambda: self._is_awake or self._is_fast):
                if self._stop.is_set():
                    return
                self._show(video, pts_s, picture)
        if self._is_live:
            raise EdgeError(f"{public_name(self._url)}: the other side ended the stream", retryable=True)
        if not self._loop:
            self._enter("ended", None)
            self._on_frame()

    def _show(self, video: Video, pts_s: float | None, picture: av.VideoFrame) -> None:
        self._stall_after_s = 3 * (video.gop_s or 2.0) + 2
        stream_s = self._stream_s(pts_s)
        self._enter("live", None)
        if not self._is_live and not self._is_fast:
            self._keep_pace(stream_s)
        if stream_s < self._next_frame_s:
            return
        self._next_frame_s = stream_s + 1 / MAX_FPS - _FILE_STEP_S / 2
        captured_at = self._now() if self._is_live else self._captured_at(stream_s)
        frame = Frame(
            camera_id=self.camera_id, image=to_bgr(picture), stream_s=stream_s, captured_at=captured_at
        )
        self._mailbox.put(frame, wait=self._is_fast, stop=self._stop)
        self._on_frame()

    def _stream_s(self, pts_s: float | None) -> float:
        now_s, before_s = time.monotonic(), self._clock.last_s
        elapsed_s = now_s - self._picture_at_s if self._is_live else _FILE_STEP_S
        max_step_s = elapsed_s + _JUMP_S if self._is_live else math.inf
        if pts_s is None:
            self._clock.splice()
        elif pts_s == self._pts_s and self._is_live and now_s - self._progress_at_s > self._stall_after_s:
            raise EdgeError(f"{public_name(self._url)}: its clock stands still", retryable=True)
        stream_s = self._clock.at(pts_s or 0.0, elapsed_s=elapsed_s, max_step_s=max_step_s)
        if pts_s is None or pts_s != self._pts_s:
            self._progress_at_s = now_s
        if before_s is not None:
            self._fps += (0.1 if self._fps else 1.0) * (1 / (stream_s - before_s) - self._fps)
        self._pts_s, self._picture_at_s = pts_s, now_s
        return stream_s

    def _keep_pace(self, stream_s: float) -> None:
        """Wait until a picture of a file is due; after more than a second of delay the pace starts anew."""
        ahead_s = self._zero_s + stream_s - time.monotonic()
        if ahead_s < -1:
            self._zero_s = time.monotonic() - stream_s
        self._stop.wait(max(0.0, ahead_s))

    def _captured_at(self, stream_s: float) -> datetime:
        """When a picture of a file is said to be taken: as if the file had begun when it was opened."""
        self._zero_at = self._zero_at or self._now() - timedelta(seconds=stream_s)
        return self._zero_at + timedelta(seconds=stream_s)

    def _enter(self, state: CameraState, reason: str | None) -> None:
        self._state, self._reason = state, reason
        if (state, reason) != self._told:  # once a change, not once an attempt
            self._told = state, reason
            tell = _log.warning if reason else _log.info
            tell(f"camera {state}", camera=self.camera_id, reason=reason)
