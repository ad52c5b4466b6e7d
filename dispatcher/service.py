"""The dispatcher, put together: store, subscriber, sweeper and web in one process."""

import functools
import hashlib
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
import uvicorn

from dispatcher.adapters.evidence import PictureFolder
from dispatcher.adapters.store import Database, open_store
from dispatcher.adapters.subscriber import Broker, Subscriber
from dispatcher.config import Config
from dispatcher.domain.district import District
from dispatcher.handlers import audit, sweep
from dispatcher.handlers.intake import Intake
from dispatcher.ports import DispatchError
from dispatcher.web.app import create_app
from dispatcher.web.auth import hash_password
from dispatcher.web.site import Site

FIRST_ACCOUNT = "admin"
_SWEEP_S = 1.0
_AUDIT_EVERY = timedelta(minutes=1)
_BACKOFF_S = (1.0, 30.0)
_STOP_S = 5.0
_LOG = structlog.get_logger("dispatcher")


def run(config: Config, *, say: Callable[[str], None] = print, stop: threading.Event | None = None) -> None:
    """Serve until ``stop`` or a signal; raise ``DispatchError`` if the store or the port cannot be had."""
    _set_up_logging()
    stop = stop or threading.Event()
    _stop_on_signals(stop)
    settings, district = config.settings, config.district
    store = open_store(settings.store.url, cells_below=district.grid.below, zone=district.zone)
    store.migrate(say)
    secret = _first_account(store, say)
    pictures = PictureFolder(settings.evidence.folder)
    subscriber = Subscriber(
        Broker(**settings.broker.model_dump(exclude={"password_file"}), password=settings.broker.password()),
        take_in=Intake(store=store, pictures=pictures, district=district).take_in,
        clock=_now,
    )
    app = create_app(Site(store=store, evidence=pictures, district=district, clock=_now), secret=secret)
    door = _open_door(settings.web.host, settings.web.port)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    workers = [
        _start("subscriber", functools.partial(subscriber.run, stop), stop),
        _start("sweeper", functools.partial(_sweep, store, district, stop), stop),
        _start("stopper", functools.partial(_stop_server, server, stop), stop),
    ]
    host, port = door.getsockname()[:2]
    say(f"console: http://{host}:{port}/")
    try:
        server.run(sockets=[door])
    finally:
        stop.set()
        for worker in workers:
            worker.join(_STOP_S)
        store.close()
    say("stopped")


def _now() -> datetime:
    return datetime.now(UTC)


def _set_up_logging() -> None:
    shape = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            shape,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _stop_on_signals(stop: threading.Event) -> None:
    if threading.current_thread() is not threading.main_thread():
        return
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())


def _first_account(store: Database, say: Callable[[str], None]) -> str:
    """Make the first account if there is none; return the secret that signs sessions.

    The secret follows from the account's hash: it survives a restart and changes with the password.
    """
    with store.read() as reader:
        password_hash = reader.password_hash(FIRST_ACCOUNT)
    if password_hash is None:
        password = secrets.token_urlsafe(12)
        password_hash = hash_password(password)
        with store.write() as tx:
            tx.put_account(FIRST_ACCOUNT, password_hash, now=_now())
        say(f"first start: sign in as {FIRST_ACCOUNT} with the password {password} (it is shown only now)")
    return hashlib.sha256(f"session {password_hash}".encode()).hexdigest()


def _open_door(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port))
    except OSError as exc:
        raise DispatchError(
            f"web: cannot listen on {host}:{port}: {exc.strerror}; set web.port to a free one"
        ) from exc


def _start(name: str, work: Callable[[], None], stop: threading.Event) -> threading.Thread:
    thread = threading.Thread(target=_supervise, args=(name, work, stop), name=name, daemon=True)
    thread.start()
    return thread


def _supervise(name: str, work: Callable[[], None], stop: threading.Event) -> None:
    """Run ``work`` until it ends; a failure is told, and it starts again with growing patience."""
    wait_s = _BACKOFF_S[0]
    while True:
        try:
            work()
        except DispatchError as exc:
            _LOG.warning(f"{name} stopped, starting it again", reason=str(exc))
        except Exception:  # noqa: BLE001 - a worker that dies takes no other with it
            _LOG.exception(f"{name} failed, starting it again")
        else:
            return
        if stop.wait(wait_s):
            return
        wait_s = min(wait_s * 2, _BACKOFF_S[1])


def _sweep(store: Database, district: District, stop: threading.Event) -> None:
    audit_at = _now()
    while not stop.wait(_SWEEP_S):
        now = _now()
        with store.write() as tx:
            fired = sweep(tx, district=district, now=now)
            unwatched = audit(tx) if now >= audit_at else ()
        for one in fired:
            if one.failure is not None:
                _LOG.error("timer failed", ticket=one.timer.ticket_id, exc_info=one.failure)
            else:
                _LOG.info("timer", ticket=one.timer.ticket_id, step=one.timer.wait.step)
        if now >= audit_at:
            audit_at = now + _AUDIT_EVERY
        for ticket_id in unwatched:
            _LOG.error("no timer watches over a live ticket: report this", ticket=ticket_id)


def _stop_server(server: uvicorn.Server, stop: threading.Event) -> None:
    stop.wait()
    server.should_exit = True
