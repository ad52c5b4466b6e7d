"""The workers: over all cameras the most overdue look goes first; no camera's trouble reaches another."""

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from edge.contract.messages import ModelRef
from edge.domain.detection import Detection
from edge.domain.frame import Frame
from edge.domain.look import Look
from edge.pipeline import Change, Pipeline
from edge.ports import Camera

_WORKERS = 2
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 60.0
_STRETCH_EVERY_S = 10.0
_MOST_STRETCH = 16.0

_log = structlog.get_logger("edge.workers")

See = Callable[[Frame, Look], tuple[Sequence[Detection], ModelRef]]
"""Carries out a look: crop, model run, boxes in fractions of the whole picture."""


@dataclass(slots=True, kw_only=True)
class Post:
    """One camera with its pipeline. A worker owns it while ``is_busy``, the workers' lock otherwise.

    ``unrecorded`` changes could not be written yet (a full disk); they are tried again, in order.
    """

    camera: Camera
    pipeline: Pipeline
    see: See
    is_paced: bool = True
    frame: Frame | None = None
    look: Look | None = None
    unrecorded: list[Change] = field(default_factory=list)
    is_busy: bool = False
    failures: int = 0
    reason: str | None = None
    resumes_s: float = 0.0


class Workers:
    """Two threads that carry out the looks of all posts."""

    def __init__(
        self,
        posts: Sequence[Post],
        record: Callable[[Change], object],
        *,
        expected: tuple[type[Exception], ...],
    ) -> None:
        self._posts, self._record, self._expected = posts, record, expected
        self._changed = threading.Condition()
        self._is_stopped = False
        self.stretch = 1.0
        self._busy_s, self._measured_s = 0.0, time.monotonic()
        self._threads = [
            threading.Thread(target=self._work, name=f"worker {n}", daemon=True) for n in range(_WORKERS)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stir(self) -> None:
        """Say that a camera has something new."""
        with self._changed:
            self._changed.notify()

    def stop(self, timeout_s: float) -> None:
        """End after the looks under way."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()
        until_s = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, until_s - time.monotonic()))

    def has_ended(self) -> bool:
        """Whether no camera can give another frame and every look is done."""
        with self._changed:
            return all(self._is_over(post) for post in self._posts)

    def _is_over(self, post: Post) -> bool:
        gives_none = post.camera.reading().state in {
            "ended",
            "backoff",
        }  # read before the last frame is taken
        if not post.is_busy:
            self._refresh(post)
        return gives_none and not (post.is_busy or post.look or post.unrecorded)

    def _work(self) -> None:
        while post := self._next():
            began_s = time.monotonic()
            with self._supervised(post):
                self._carry_out(post)
            with self._changed:
                post.is_busy = False
                self._measure(time.monotonic() - began_s)
                self._changed.notify()

    def _next(self) -> Post | None:
        """Wait for the post whose look is most overdue and claim it; None when it is time to end."""
        with self._changed:
            while not self._is_stopped:
                now_s = time.monotonic()
                free = [post for post in self._posts if not post.is_busy and post.resumes_s <= now_s]
                for post in free:
                    self._refresh(post)
                chosen = max(free, key=_urgency, default=None)
                if chosen and _urgency(chosen) > -math.inf:
                    chosen.is_busy = True
                    return chosen
                self._changed.wait(1.0)
        return None

    def _refresh(self, post: Post) -> None:
        """Let a new frame take the place of the last one and ask what is due on it."""
        if not post.is_paced and post.look:
            return  # a clip that waits for its looks: each is carried out
        with self._supervised(post):
            if frame := post.camera.take():
                post.frame = frame
                post.look = self._due(post, frame)

    def _due(self, post: Post, frame: Frame) -> Look | None:
        look = post.pipeline.due(frame, self.stretch if post.is_paced else 1.0)
        post.camera.set_awake(post.pipeline.is_awake)
        return look

    def _carry_out(self, post: Post) -> None:
        if post.look and post.frame:
            look, post.look = post.look, None
            detections, model = post.see(post.frame, look)
            post.unrecorded += post.pipeline.absorb(post.frame, look, detections, model)
            post.look = self._due(post, post.frame)
        while post.unrecorded:
            self._record(post.unrecorded[0])
            del post.unrecorded[0]
        post.failures, post.reason = 0, None

    @contextmanager
    def _supervised(self, post: Post) -> Iterator[None]:
        """The per-camera supervisor: whatever fails is said, counted, and keeps only this camera waiting."""
        try:
            yield
        except Exception as exc:  # noqa: BLE001  one camera's fault must not stop the others
            post.failures += 1
            wait_s = min(_FIRST_WAIT_S * 2 ** (post.failures - 1), _LONGEST_WAIT_S)
            post.resumes_s = time.monotonic() + wait_s
            post.look = None
            if str(exc) != post.reason:  # once a change, not once an attempt
                known = isinstance(exc, self._expected)
                tell = _log.error if known else _log.exception
                tell("looks of a camera fail", camera=post.camera.camera_id, reason=str(exc))
            post.reason = str(exc)

    def _measure(self, busy_s: float) -> None:
        self._busy_s += busy_s
        passed_s = time.monotonic() - self._measured_s
        if passed_s >= _STRETCH_EVERY_S:
            self.stretch = next_stretch(self.stretch, self._busy_s / passed_s / _WORKERS)
            self._busy_s, self._measured_s = 0.0, time.monotonic()


def next_stretch(stretch: float, busy_share: float) -> float:
    """Return the factor for all intervals after the workers were busy for ``busy_share`` of a period."""
    if busy_share > 0.95:  # noqa: PLR2004
        return min(stretch * 1.25, _MOST_STRETCH)
    if busy_share < 0.75:  # noqa: PLR2004
        return max(stretch / 1.25, 1.0)
    return stretch


def _urgency(post: Post) -> float:
    if post.unrecorded:
        return math.inf
    return post.look.overdue_s if post.look else -math.inf
