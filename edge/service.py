"""The box, put together: cameras, pipelines, workers, ledger and link in one process."""

import contextlib
import shutil
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import structlog

from edge.adapters.camera import VideoCamera
from edge.adapters.evidence import EvidenceFolder
from edge.adapters.mqtt import Broker, MqttLink
from edge.adapters.outbox import SqliteOutbox
from edge.config import EdgeConfig
from edge.contract.messages import CameraHealth, EdgeHealth, EdgeStatus
from edge.detectors import Detectors, load_detectors
from edge.logs import set_up_logging
from edge.pipeline import CameraPlan, Change, Pipeline
from edge.plan import plan_cameras
from edge.ports import EdgeError
from edge.recorder import Recorder
from edge.settings import BrokerSettings, CameraSettings
from edge.workers import Post, Workers
from models.manifest import ModelError

_TIDY_EVERY_S = 600.0
_DRAIN_S = 120.0

_log = structlog.get_logger("edge")


def run(
    config: EdgeConfig, *, config_sha256: str, once: bool = False, stop: threading.Event | None = None
) -> None:
    """Watch until ``stop`` or a signal; raise ``EdgeError`` if the box cannot start.

    With ``once``, watch until every file is over and the centre has acked everything; raise ``EdgeError``
    if that cannot be had.
    """
    set_up_logging()
    stop = stop or threading.Event()
    if once:
        config = config.model_copy(update={"cameras": tuple(_played_once(it) for it in config.cameras)})
    box = Box(config, config_sha256, load_detectors(config, spare_the_rest=True))
    with _stopping_on_signals(stop), box.running():
        if once:
            box.finish(stop)
        tidied_s = time.monotonic()
        while not once and not stop.wait(1.0):  # a signal that another thread took is seen at the latest now
            if time.monotonic() - tidied_s > _TIDY_EVERY_S:
                box.tidy()
                tidied_s = time.monotonic()


class Box:
    """Everything that runs on one box."""

    def __init__(self, config: EdgeConfig, config_sha256: str, detectors: Detectors) -> None:
        self._config, self._boot_id = config, uuid.uuid4().hex
        self._config_sha256 = config_sha256
        folder, plans = config.box.data_dir, plan_cameras(config, detectors.thresholds)
        self._evidence = EvidenceFolder(root=folder / "evidence")
        self._outbox = SqliteOutbox(
            folder / "outbox.sqlite3",
            site=config.box.site,
            box=config.box.id,
            read_picture=self._evidence.read,
        )
        self._recorder = Recorder(
            evidence=self._evidence,
            outbox=self._outbox,
            config_sha256=self._config_sha256,
            ground={plan.camera_id: plan.ground for plan in plans},
            pixelate=config.evidence.pixelate,
        )
        self._posts = [self._post(*pair, detectors) for pair in zip(config.cameras, plans, strict=True)]
        self._workers = Workers(self._posts, self._record, expected=(EdgeError, ModelError))
        self._link = MqttLink(
            _broker(config.broker),
            site=config.box.site,
            box=config.box.id,
            outbox=self._outbox,
            status=self._status(detectors),
            health=self._health,
        )

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Start every part; on leaving stop them in the order of the data, in less than two seconds."""
        self._link.start()
        self._workers.start()
        for post in self._posts:
            post.camera.start()
        _log.info("box started", box=self._config.box.id, cameras=len(self._posts))
        try:
            yield
        finally:
            for post in self._posts:
                post.camera.stop()
            self._workers.stop(0.7)
            self._link.stop(0.7)
            until_s = time.monotonic() + 0.3
            for post in self._posts:  # a thread that still decodes may hang the end of the process
                post.camera.join(max(0.0, until_s - time.monotonic()))
            self._outbox.close()
            _log.info("box stopped", box=self._config.box.id)

    def finish(self, stop: threading.Event) -> None:
        """Wait until all files are over and all is acked; raise ``EdgeError`` that says what is not."""
        while not self._workers.has_ended() and not stop.wait(0.2):
            pass
        until_s = time.monotonic() + _DRAIN_S
        while self._outbox.depth()[0] and time.monotonic() < until_s and not stop.wait(0.1):
            pass
        waiting, _, refused = self._outbox.depth()
        problems = [f"{waiting} events or pictures wait for the centre, they are kept"] if waiting else []
        problems += [f"the centre refused {refused}"] if refused else []
        problems += [
            f"camera {post.camera.camera_id}: {reason}"
            for post in self._posts
            if (reason := post.camera.reading().reason or post.reason)
        ]
        if problems:
            raise EdgeError("\n".join(problems))

    def tidy(self) -> None:
        """Remove what need not be kept: old pictures, finished incidents."""
        settings = self._config.evidence
        keep = timedelta(days=settings.keep_days)
        gone, left_bytes = self._evidence.expire(
            needed=self._outbox.needed_pictures(),
            keep=keep,
            keep_bytes=settings.keep_bytes,
            now=datetime.now(UTC),
        )
        self._outbox.forget(keep)
        _log.info("pictures tidied", removed=gone, left_bytes=left_bytes)

    def _post(self, settings: CameraSettings, plan: CameraPlan, detectors: Detectors) -> Post:
        camera = VideoCamera(
            settings.id,
            settings.url,
            pace=settings.pace,
            loop=settings.loop,
            on_frame=self._stir,
        )
        pipeline = Pipeline(plan)
        retracted = pipeline.restore(self._outbox.open_states(settings.id))
        return Post(
            camera=camera,
            pipeline=pipeline,
            see=detectors.see,
            is_paced=camera.is_paced,
            unrecorded=list(retracted),
        )

    def _stir(self) -> None:
        self._workers.stir()

    def _record(self, change: Change) -> None:
        event = self._recorder.record(change)
        self._link.wake()
        it = event.data
        _log.info(
            f"incident {it.phase}",
            incident=it.incident_id,
            camera=it.camera_id,
            rule=it.rule_id,
            kind=it.kind,
            severity=it.severity,
            reason=it.reason,
        )

    def _status(self, detectors: Detectors) -> EdgeStatus:
        return EdgeStatus(
            state="online",
            boot_id=self._boot_id,
            at=datetime.now(UTC),
            version=version("gridwarden"),
            config_sha256=self._config_sha256,
            models=detectors.refs,
        )

    def _health(self) -> EdgeHealth:
        queue, queue_age_s, refused = self._outbox.depth()
        return EdgeHealth(
            at=datetime.now(UTC),
            boot_id=self._boot_id,
            stretch=self._workers.stretch,
            queue=queue,
            queue_age_s=queue_age_s,
            refused=refused,
            disk_free_bytes=shutil.disk_usage(self._config.box.data_dir).free,
            cameras=[_camera_health(post) for post in self._posts],
        )


def _played_once(camera: CameraSettings) -> CameraSettings:
    return camera.model_copy(update={"loop": False})


def _camera_health(post: Post) -> CameraHealth:
    reading = post.camera.reading()
    return CameraHealth(
        camera_id=post.camera.camera_id,
        state=reading.state,
        reason=reading.reason or post.reason,
        fps=reading.fps,
        dropped=reading.dropped,
        coverage=dict(post.pipeline.coverage()),
    )


def _broker(settings: BrokerSettings) -> Broker:
    password = None
    if settings.password_file:
        try:
            password = settings.password_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as exc:
            raise EdgeError(f"[broker] password_file {settings.password_file} cannot be read: {exc}") from exc
    return Broker(
        host=settings.host,
        port=settings.port,
        username=settings.username,
        password=password,
        tls=settings.tls is not None,
        ca_file=settings.tls.ca_file if settings.tls else None,
    )


@contextlib.contextmanager
def _stopping_on_signals(stop: threading.Event) -> Iterator[None]:
    """Set ``stop`` on SIGINT and SIGTERM; elsewhere than on the main thread leave signals alone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
