"""Replay: a clip through the very pipeline of ``run``, on the clip's own clock."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from edge.adapters.camera import VideoCamera
from edge.adapters.evidence import EvidenceFolder
from edge.adapters.outbox import SqliteOutbox
from edge.contract.messages import IncidentEvent
from edge.domain.frame import Frame
from edge.pipeline import CameraPlan, Pipeline
from edge.ports import EdgeError
from edge.recorder import Recorder
from edge.workers import See


def replay(  # noqa: PLR0913  what a box is told by its file, a replay is told here
    clip: Path,
    plan: CameraPlan,
    see: See,
    *,
    site: str,
    box: str,
    config_sha256: str,
    starts_at: datetime,
    on_frame: Callable[[Frame], None] = lambda _: None,
    keep: Path | None = None,
) -> Iterator[IncidentEvent]:
    """Yield the events of ``clip`` as if its first picture had been taken at ``starts_at``.

    Every look that is due is carried out, however long it takes. The ledger and the pictures go to
    ``keep``, or to a temporary folder. Raise ``EdgeError`` when the clip cannot be read.
    """
    with TemporaryDirectory(prefix="gridwarden-") as temporary:
        folder = keep or Path(temporary)
        evidence = EvidenceFolder(root=folder / "evidence")
        outbox = SqliteOutbox(folder / "outbox.sqlite", site=site, box=box, read_picture=evidence.read)
        recorder = Recorder(
            evidence=evidence,
            outbox=outbox,
            config_sha256=config_sha256,
            ground={plan.camera_id: plan.ground},
        )
        pipeline = Pipeline(plan)
        try:
            for frame in _frames(clip, plan.camera_id, starts_at):
                on_frame(frame)
                while look := pipeline.due(frame):
                    detections, model = see(frame, look)
                    for change in pipeline.absorb(frame, look, detections, model):
                        yield recorder.record(change)
        finally:
            outbox.close()


def _frames(clip: Path, camera_id: str, starts_at: datetime) -> Iterator[Frame]:
    arrived = threading.Event()
    camera = VideoCamera(camera_id, str(clip), pace="fast", on_frame=arrived.set, now=lambda: starts_at)
    camera.start()
    try:
        while True:
            reading = camera.reading()  # before the frame: after the last one it says that the clip has ended
            if frame := camera.take():
                yield frame
            elif reading.state == "ended":
                return
            elif reading.state == "backoff":
                raise EdgeError(reading.reason or f"{clip} cannot be played")
            else:
                arrived.wait(0.1)
                arrived.clear()
    finally:
        camera.stop()
