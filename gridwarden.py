"""The `gridwarden` command: the doors to edge, models and dispatcher, and the demo that joins them."""

import contextlib
import functools
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

import dispatcher.cli
import edge.cli
import models.cli

if TYPE_CHECKING:
    from dispatcher.adapters.store import Database
    from dispatcher.domain.log import LogEntry
    from edge.contract.messages import IncidentEvent

DEMO = Path(__file__).parent / "configs" / "demo"
STATE = Path(__file__).parent / ".work" / "demo"
_POLL_S = 0.3
_TOLD = {"cell_code": "cell", "assignee_id": "to", "outcome": "outcome"}

app = typer.Typer(
    help="Street cameras that find what is wrong, and a dispatcher that has it put right.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
models.cli.app.command("events")(edge.cli.judge_events)
app.add_typer(edge.cli.app, name="edge")
app.add_typer(models.cli.app, name="models")
app.add_typer(dispatcher.cli.app, name="dispatcher")


@app.command()
def demo(
    *,
    once: Annotated[
        bool,
        typer.Option(
            "--once", help="Play each clip once; fail unless each incident became one closed ticket."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Events and moves as JSON, one a line.")] = False,
) -> None:
    """Show it all on this machine: broker, dispatcher and a box with three cameras on rendered clips.

    Ctrl-C stops it. What it made stays in .work/demo until the next demo.
    """
    if not DEMO.is_dir():
        _fail("the demo plays clips of the repository: run it in a clone")
    shutil.rmtree(STATE, ignore_errors=True)
    STATE.mkdir(parents=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        is_fine = _play(once=once, as_json=as_json)
    except KeyboardInterrupt:
        is_fine = not once
        typer.echo("\nstopped", err=True)
    raise typer.Exit(0 if is_fine else 1)


def _play(*, once: bool, as_json: bool) -> bool:
    """Run the parts until the box ends or a key stops them; return whether all went as the clips hold."""
    say = functools.partial(typer.echo, err=as_json)
    say("starting a broker, the dispatcher and a box with three cameras …")
    _see_that_the_port_is_free()
    broker = ["-m", "amqtt.scripts.broker_script", "-c", str(DEMO / "broker.yaml")]
    centre = [__file__, "dispatcher", "run", "--config", str(DEMO / "dispatcher.toml")]
    box = [__file__, "edge", "run", "--config", str(DEMO / "edge.toml"), *(["--once"] if once else [])]
    with (
        _running("broker", broker),
        _running("dispatcher", centre) as dispatcher,
        _open_ledger(dispatcher, say) as ledger,
        _running("box", box) as process,
    ):
        news = _News(ledger, as_json=as_json)
        while process.poll() is None and dispatcher.poll() is None:
            time.sleep(_POLL_S)
            news.tell()
        if process.returncode != 0:
            name = "dispatcher" if process.returncode is None else "box"
            _fail(f"the {name} ended early:\n{_tail(name)}")
        news.tell()
        return _balance(ledger, as_json=as_json)


def _see_that_the_port_is_free() -> None:
    port: int = tomllib.loads((DEMO / "edge.toml").read_text("utf-8"))["broker"]["port"]
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as exc:
        _fail(f"port {port}, the broker's, cannot be had ({exc.strerror}): is another demo running?")


@contextlib.contextmanager
def _running(name: str, arguments: list[str]) -> Iterator[subprocess.Popen[str]]:
    """Run Python with ``arguments`` as a process of its own that logs to a file, and end it."""
    with (STATE / f"{name}.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(  # noqa: S603  ourselves
            [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=log, text=True
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


@contextlib.contextmanager
def _open_ledger(centre: subprocess.Popen[str], say: Callable[[str], None]) -> Iterator["Database"]:
    """Wait until the dispatcher serves, passing on what it says, then read the store that it writes."""
    from dispatcher.adapters.store import open_store
    from dispatcher.config import load_config

    assert centre.stdout is not None  # noqa: S101  it is a pipe
    for line in centre.stdout:
        say(line.rstrip())
        if line.startswith("console: "):
            break
    else:
        _fail(f"the dispatcher ended early:\n{_tail('dispatcher')}")
    config = load_config(DEMO / "dispatcher.toml")
    district = config.district
    store = open_store(config.settings.store.url, cells_below=district.grid.below, zone=district.zone)
    try:
        yield store
    finally:
        store.close()


class _News:
    """Prints what the ledger has that was not printed yet."""

    def __init__(self, ledger: "Database", *, as_json: bool) -> None:
        self._ledger, self._as_json = ledger, as_json
        self._event_id = self._log_id = 0

    def tell(self) -> None:
        with self._ledger.read() as reader:
            events = reader.events(ticket_id=None, after_id=self._event_id, limit=100)
            entries = reader.log_since(self._log_id, 100)
        for received in events:
            self._event_id = received.event_id
            event = received.event
            typer.echo(
                json.dumps({"event": json.loads(event.to_json())}) if self._as_json else _event_line(event)
            )
        for entry in entries:
            self._log_id = entry.log_id
            typer.echo(
                json.dumps({"move": asdict(entry)}, default=str) if self._as_json else _move_line(entry)
            )


def _event_line(event: "IncidentEvent") -> str:
    reason = f": {event.data.reason}" if event.data.reason else ""
    return f"{event.time:%H:%M:%S}  {event.data.camera_id:<14} {event.data.kind} {event.data.phase}{reason}"


def _move_line(entry: "LogEntry") -> str:
    news = entry.data.get("set")
    facts = [
        f", {name} {news[key]}" for key, name in _TOLD.items() if isinstance(news, dict) and news.get(key)
    ]
    return f"{entry.at:%H:%M:%S}      {entry.ticket_id} {entry.verb} → {entry.to_state}{''.join(facts)}"


def _balance(ledger: "Database", *, as_json: bool) -> bool:
    """Set what the clips hold against the tickets; return whether each incident has one, closed."""
    from dispatcher.domain.ticket import Outcome, State
    from dispatcher.ports import TicketFilter

    with ledger.read() as reader:
        views = [reader.ticket(ticket.ticket_id) for ticket in reader.tickets(TicketFilter(limit=1000))]
    found: Counter[tuple[str, str]] = Counter()
    closed: Counter[tuple[str, str]] = Counter()
    for view in filter(None, views):
        by_camera = view.ticket.state is State.CLOSED and view.ticket.outcome is not Outcome.PERSON_VERIFIED
        for incident in view.incidents:
            found[incident.camera_id, incident.kind] += 1
            closed[incident.camera_id, incident.kind] += by_camera
    expected = _expected()
    rows = [
        {
            "camera": at[0],
            "kind": at[1],
            "expected": expected[at],
            "incidents": found[at],
            "closed_by_camera": closed[at],
        }
        for at in sorted(expected.keys() | found.keys())
    ]
    is_fine = expected == found == closed
    if as_json:
        typer.echo(json.dumps({"result": {"is_fine": is_fine, "tickets": len(views), "rows": rows}}))
    else:
        for row in rows:
            typer.echo("  ".join(f"{name} {value}" for name, value in row.items()))
        typer.echo(
            f"{len(views)} tickets; "
            + ("every incident has one, closed by its camera" if is_fine else "NOT as expected")
        )
    return is_fine


def _expected() -> Counter[tuple[str, str]]:
    """How many incidents the clips hold by their event logs; what overlaps in time is one of its kind."""
    expected: Counter[tuple[str, str]] = Counter()
    for camera in tomllib.loads((DEMO / "edge.toml").read_text("utf-8"))["cameras"]:
        log = json.loads((DEMO / camera["url"]).with_suffix(".events.json").read_text("utf-8"))
        over_s: dict[str, float] = {}
        for event in sorted(log["events"], key=lambda event: event["from_s"]):
            kind = event["kind"]
            expected[camera["id"], kind] += event["from_s"] > over_s.get(kind, -1)
            over_s[kind] = max(over_s.get(kind, -1), event["to_s"])
    return expected


def _tail(name: str) -> str:
    return (STATE / f"{name}.log").read_text("utf-8")[-2000:]


def _fail(text: str) -> NoReturn:
    typer.echo(f"Error: {text}", err=True)
    raise typer.Exit(1)


def main() -> None:
    """Run the command that the command line names."""
    app()


if __name__ == "__main__":
    main()
