"""The commands of the box."""

import hashlib
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from edge.contract.messages import IncidentEvent
    from edge.domain.frame import Frame

app = typer.Typer(
    help="The box by the camera: frames in, incident events out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

_MOMENT_S = 2.0
DEFAULT_CONFIG = Path("configs/edge.toml")
JUDGED_BY = Path("configs/events.toml")
ConfigOption = Annotated[Path, typer.Option("--config", "-c", help="The settings of the box.")]


@app.command()
def run(
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    once: Annotated[
        bool, typer.Option("--once", help="End when the clips are over and all is acknowledged.")
    ] = False,
) -> None:
    """Watch the cameras and send what is found. Ctrl-C stops it; it may be killed."""
    with _plain_errors():
        from edge import ending, service
        from edge.config import load_config

        service.run(load_config(config), config_sha256=_sha256(config), once=once)
        ending.leave_behind_what_hangs()


@app.command("check-config")
def check_config(file: Annotated[Path, typer.Argument(help="The settings to check.")]) -> None:
    """Check FILE, its models and pictures; say every problem at once. Touches no camera and no network."""
    with _plain_errors():
        from edge.config import load_config
        from edge.detectors import load_detectors
        from edge.plan import plan_cameras

        config = load_config(file)
        plans = plan_cameras(config, load_detectors(config).thresholds)
        rules = sum(len(plan.rules) for plan in plans)
    typer.echo(f"{file}: ok: {len(plans)} cameras, {rules} rules, {len(config.models)} models")


@app.command()
def replay(
    clip: Annotated[Path, typer.Argument(help="A video file.")],
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    camera: Annotated[
        str | None, typer.Option("--camera", help="Whose zones and rules; the first camera if not given.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json/--text", help="One CloudEvent a line, or lines for people.")
    ] = False,
    starts_at: Annotated[
        datetime | None, typer.Option("--starts-at", help="When the clip begins, UTC; now if not given.")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option("--keep", help="A folder for the pictures; else they are thrown away.")
    ] = None,
) -> None:
    """Run CLIP through the rules of a camera on the clip's own clock, and print the incident events."""
    with _plain_errors():
        from edge.config import load_config
        from edge.detectors import load_detectors
        from edge.plan import plan_cameras
        from edge.ports import EdgeError
        from edge.replay import replay as play

        _log_to_stderr()
        loaded = load_config(config)
        detectors = load_detectors(loaded)
        plans = {plan.camera_id: plan for plan in plan_cameras(loaded, detectors.thresholds)}
        name = camera or loaded.cameras[0].id
        if name not in plans:
            raise EdgeError(f"{config} has no camera {name!r}; it has: {', '.join(plans)}")
        with _progress() as show:
            for event in play(
                clip,
                plans[name],
                detectors.see,
                site=loaded.box.site,
                box=loaded.box.id,
                config_sha256=_sha256(config),
                starts_at=(starts_at or datetime.now(UTC)).replace(tzinfo=UTC),
                on_frame=show,
                keep=keep,
            ):
                typer.echo(event.to_json().decode() if as_json else _line(event))


@app.command()
def approve(
    camera: Annotated[str, typer.Argument(help="The id of a camera in the settings.")],
    out: Annotated[Path, typer.Argument(help="The picture to write, PNG.")],
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    pictures: Annotated[int, typer.Option(min=3, help="How many are taken.")] = 9,
    apart: Annotated[float, typer.Option(min=0.0, help="Seconds between two of them.")] = 2.0,
) -> None:
    """Take the approved empty view of CAMERA: the median of some pictures, so that passers-by are left out.

    Who stands still stays: look at the picture before you approve it, and at whose faces it shows.
    Have the street in order first. Name it as the camera's empty_view: what a model takes for stalls or goods
    there, unchanged, belongs there. It knows the light of its hour best.
    """
    with _plain_errors():
        from edge.adapters.camera import VideoCamera
        from edge.approve import collect, without_what_moves, write_picture
        from edge.config import load_camera_urls
        from edge.ports import EdgeError

        _log_to_stderr()
        urls = load_camera_urls(config)
        if camera not in urls:
            raise EdgeError(f"{config} has no camera {camera!r}; it has: {', '.join(urls)}")
        if not out.parent.is_dir():
            raise EdgeError(f"{out} cannot be written: there is no folder {out.parent}")
        taken = []
        for picture in collect(VideoCamera(camera, urls[camera], pace="fast"), count=pictures, apart_s=apart):
            taken.append(picture)
            typer.echo(f"picture {len(taken)} of {pictures}", err=True)
        write_picture(out, without_what_moves(taken))
        folder = config.resolve().parent
        named = out.resolve()
        named = named.relative_to(folder) if named.is_relative_to(folder) else named
    typer.echo(
        f"{out}: the median of {len(taken)} pictures. Look at it; if all there is in order, "
        f"set empty_view = {json.dumps(str(named))} for camera {camera}"
    )


def judge_events(
    clips: Annotated[Path, typer.Option("--clips", help="A folder of labelled clips.")],
    config: Annotated[
        Path, typer.Option("--config", "-c", help="Whose rules and models; the first camera counts.")
    ] = JUDGED_BY,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, or a table for people.")] = False,
) -> None:
    """Replay labelled clips through a box, and tell event precision and recall, kind by kind.

    Beside each clip lie NAME.events.json and NAME.scene.json; no two rules may look for one kind.
    Pictures of incidents stay in CLIPS/.judged. What cannot be judged is named and left out: exit code 1.
    """
    with _plain_errors():
        from rich.console import Console
        from rich.progress import Progress, TimeElapsedColumn

        from edge.config import load_config
        from edge.labelled import find_clips, judge_clips
        from edge.verdicts import as_lines, as_object

        _log_to_stderr()
        loaded, found = load_config(config), find_clips(clips)
        columns = (*Progress.get_default_columns(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True)) as bar:
            done = judge_clips(bar.track(found, description="clips"), loaded, keep=clips / ".judged")
        for kind, logs in done.unasked.items():
            line = f"not judged: {len(logs)} {kind}, as in {logs[0]}; no rule of {config} looks for it"
            typer.echo(line, err=True)
        for problem in done.skipped:
            typer.echo(f"skipped {problem}", err=True)
        if done.skipped:
            typer.echo(f"{len(done.skipped)} of {len(found)} clips skipped", err=True)
        if done.judgements:
            told = as_object(done.judgements, clips=len(found) - len(done.skipped))
            _print(json.dumps(told) if as_json else "\n".join(as_lines(done.judgements)))
    raise typer.Exit(1 if done.skipped else 0)


def _print(text: str) -> None:
    """Print a result; raise ``EdgeError`` where it cannot be written."""
    from edge.ports import EdgeError

    try:
        typer.echo(text)
    except BrokenPipeError:  # whoever reads it has seen enough
        raise
    except OSError as exc:
        raise EdgeError(f"the result cannot be printed: {exc.strerror}") from exc


def _log_to_stderr() -> None:
    """What is printed is events alone; only warnings are worth a line beside them."""
    import structlog

    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
    )


def _line(event: "IncidentEvent") -> str:
    it = event.data
    return (
        f"{event.time:%H:%M:%S} {it.phase:<9} {it.kind} at {it.camera_id}/{it.zone_id} "
        f"severity {it.severity}, seen {it.dwell_s:.0f} s, confidence {it.confidence:.2f}"
        + (f" ({it.reason})" if it.reason else "")
    )


@contextmanager
def _progress() -> "Iterator[Callable[[Frame], None]]":
    """Show on a terminal how far the clip is, once it lasts longer than a moment."""
    from rich.console import Console

    began_s = time.monotonic()
    with Console(stderr=True).status("") as status:

        def show(frame: "Frame") -> None:
            if time.monotonic() - began_s > _MOMENT_S:
                status.update(f"{frame.stream_s:.0f} s of the clip are done")

        yield show


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn a problem of the world into its words and exit code 1, Ctrl-C into one word and 130."""
    from edge.ports import EdgeError

    try:
        yield
    except (EdgeError, KeyboardInterrupt) as exc:
        typer.echo(str(exc) or "stopped", err=True)
        raise typer.Exit(1 if isinstance(exc, EdgeError) else 130) from exc


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
