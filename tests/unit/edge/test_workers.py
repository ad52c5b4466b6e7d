from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pytest
from structlog.testing import capture_logs

from edge.cadence import Cadence
from edge.contract.messages import ModelRef
from edge.domain.candidate import Terms
from edge.domain.detection import Box, Detection
from edge.domain.frame import Frame
from edge.domain.ground import Ground
from edge.domain.incident import Origin
from edge.domain.look import Look
from edge.domain.zone import Zone
from edge.pipeline import CameraPlan, Change, Pipeline, RulePlan
from edge.ports import CameraReading, CameraState, DiskFullError, EdgeError
from edge.rules.presence import Presence
from edge.workers import Post, See, Workers, next_stretch
from tests.build import NOON, SHA
from tests.waiting import await_truth

MODEL = ModelRef(name="street", version="1", sha256=SHA)
THERE = Detection(label="stall", confidence=0.9, box=Box(left=0.3, top=0.3, right=0.6, bottom=0.6))


class FakeCamera:
    """Gives a frame for each second of a clip, then has ended."""

    def __init__(self, camera_id: str, seconds: int) -> None:
        self.camera_id = camera_id
        self._left = [self._frame(second) for second in range(seconds)]

    def _frame(self, second: int) -> Frame:
        image = np.full((72, 96, 3), 90, np.uint8)
        return Frame(camera_id=self.camera_id, image=image, stream_s=float(second), captured_at=NOON)

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def set_awake(self, is_awake: bool) -> None: ...

    def join(self, timeout_s: float) -> None: ...

    def take(self) -> Frame | None:
        return self._left.pop(0) if self._left else None

    def reading(self) -> CameraReading:
        state: CameraState = "live" if self._left else "ended"
        return CameraReading(state=state, reason=None, fps=1.0, dropped=0)


def see_a_stall(_frame: Frame, _look: Look) -> tuple[Sequence[Detection], ModelRef]:
    return [THERE], MODEL


def a_pipeline(camera_id: str) -> Pipeline:
    """Looks every second for a stall; open after three seconds."""
    zone = Zone(zone_id="pavement", polygon=((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)))
    terms = Terms(
        every_s=1.0,
        dwell_s=3.0,
        clear_s=3.0,
        confirm_k=2,
        confirm_n=3,
        clear_looks=2,
        open_score=0.5,
        keep_score=0.3,
    )
    rule = RulePlan(
        origin=Origin(box="box-1", camera_id=camera_id, rule_id="stalls", zone_id="pavement", kind="stall"),
        zone=zone,
        model="street",
        rule=Presence(zone=zone, labels=frozenset({"stall"}), terms=terms, severity=2),
        cadence=Cadence(every_s=1.0, max_age_s=1.0),
    )
    return Pipeline(CameraPlan(camera_id=camera_id, ground=Ground(lat=31.2, lon=121.4), rules=(rule,)))


def a_post(camera_id: str = "cam-1", *, seconds: int = 10, see: See = see_a_stall) -> Post:
    return Post(
        camera=FakeCamera(camera_id, seconds), pipeline=a_pipeline(camera_id), see=see, is_paced=False
    )


@contextmanager
def working(posts: Sequence[Post], record: Callable[[Change], object]) -> Iterator[Workers]:
    workers = Workers(posts, record, expected=(EdgeError,))
    workers.start()
    try:
        yield workers
    finally:
        workers.stop(2.0)


def test_a_clip_is_watched_to_its_end_and_its_incident_recorded() -> None:
    changes: list[Change] = []

    with working([a_post()], changes.append) as workers:
        await_truth(workers.has_ended, within_s=10)

    assert [change.incident.phase for change in changes] == ["opened"]
    assert changes[0].incident.standing.dwell_s >= 3


def test_every_camera_gets_its_looks() -> None:
    changes: list[Change] = []

    with working([a_post(f"cam-{n}") for n in range(6)], changes.append) as workers:
        await_truth(workers.has_ended, within_s=10)

    assert sorted(change.incident.origin.camera_id for change in changes) == [f"cam-{n}" for n in range(6)]


def test_a_camera_whose_looks_fail_stops_no_neighbour_and_is_said_once() -> None:
    def fail(_frame: Frame, _look: Look) -> tuple[Sequence[Detection], ModelRef]:
        raise EdgeError("the model gave a value that is no number")

    bad, good = a_post("bad", see=fail), a_post("good")
    changes: list[Change] = []

    with capture_logs() as logs, working([bad, good], changes.append):
        await_truth(lambda: bool(changes) and bad.failures >= 2, within_s=10)

    assert {change.incident.origin.camera_id for change in changes} == {"good"}
    assert [log["reason"] for log in logs] == ["the model gave a value that is no number"]
    assert "exc_info" not in logs[0]


def test_a_failure_that_nobody_expected_is_logged_with_its_traceback() -> None:
    def fail(_frame: Frame, _look: Look) -> tuple[Sequence[Detection], ModelRef]:
        raise ZeroDivisionError

    bad = a_post(see=fail)

    with capture_logs() as logs, working([bad], lambda _change: None):
        await_truth(lambda: bad.failures >= 1, within_s=10)

    assert logs[0]["exc_info"] is True
    assert logs[0]["camera"] == "cam-1"


def test_a_change_that_finds_no_room_is_tried_again_and_not_lost() -> None:
    changes: list[Change] = []
    attempts = 0

    def record(change: Change) -> None:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise DiskFullError("no room")
        changes.append(change)

    with working([a_post()], record) as workers:
        await_truth(lambda: workers.has_ended() and bool(changes), within_s=10)

    assert [change.incident.phase for change in changes] == ["opened"]
    assert attempts == 2


@pytest.mark.parametrize(
    ("stretch", "busy_share", "after"),
    [(1.0, 0.96, 1.25), (1.0, 0.5, 1.0), (1.25, 0.5, 1.0), (2.0, 0.9, 2.0), (16.0, 1.0, 16.0)],
)
def test_overload_stretches_and_ease_relaxes(stretch: float, busy_share: float, after: float) -> None:
    assert next_stretch(stretch, busy_share) == after
