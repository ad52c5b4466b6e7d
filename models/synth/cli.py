"""`gridwarden models synth`: rendered pictures and clips with their truth."""

import functools
import importlib.util
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from models.synth.clip_scenes import ALL, SCENES, choose_scenes
from models.synth.demo_scenes import CLIPS, plan_clip
from models.synth.renderers import run_apart
from models.synth.stills import WEATHER_SHARES
from models.synth.streets import STREETS

TAKES = 3
"""Pictures of one scene: building it is a good part of the work."""

COUNT = 32
"""Clips of a set."""
GO_ON = "Run the same command again: it goes on where it stopped."

app = typer.Typer(
    no_args_is_help=True, help="Render streets with exact labels (needs Blender, the extra `synth`)."
)
console = Console(stderr=True)

Seed = Annotated[int, typer.Option(min=0, help="First seed; the same seed gives the same labels.")]
Samples = Annotated[int, typer.Option(min=1, help="Light paths a pixel, before the denoiser.")]


@app.command()
def images(  # noqa: PLR0913, PLR0917  a command takes what it offers
    out: Annotated[Path, typer.Option(help="Folder of the data set; what is there is kept.")],
    count: Annotated[int, typer.Option(min=1, help="How many pictures.")] = 12,
    scenes: Annotated[
        str,
        typer.Option(
            help=f"Street types, with commas: {', '.join(STREETS)}; moments of labelled clips: "
            f"{', '.join(SCENES)}; or all."
        ),
    ] = ",".join(STREETS),
    weathers: Annotated[
        str, typer.Option(help=f"Only these, with commas: {', '.join(WEATHER_SHARES)}.")
    ] = ",".join(WEATHER_SHARES),
    seed: Seed = 1,
    samples: Samples = 6,
    takes: Annotated[
        int, typer.Option(min=1, max=10, help="Pictures of each scene, three seconds apart.")
    ] = TAKES,
    workers: Annotated[int, typer.Option(min=1, help="Processes; each takes one core.")] = 1,
) -> None:
    """Render labelled pictures: images/, labels/ (YOLO), truths/ (names, camera), masks/ (water)."""
    wanted = all_known(weathers, tuple(WEATHER_SHARES), "weather")
    streets = named_scenes(scenes, wanted)
    need_blender()
    from models.synth.images import plan_scenes, prepare, render_scene

    with plain_ends(out):
        prepare(out)
        work = list(plan_scenes(streets, wanted, count, seed, takes, out))
        missing = sum(len(scene.missing()) for scene in work)
        console.print(f"{count - missing} of {count} pictures are in {out} already")
        with progress("pictures", missing) as advance:
            jobs = [functools.partial(render_scene, one, samples, 1) for one in work if one.missing()]
            for written in run_apart(jobs, workers):
                advance(written)


@app.command()
def clip(
    out: Annotated[Path, typer.Option(help="The .mp4 to write, or the folder for --scenes.")],
    scene: Annotated[str | None, typer.Option(help=f"A scene of the demo: {', '.join(CLIPS)}.")] = None,
    scenes: Annotated[
        str | None, typer.Option(help=f"Labelled scenes, with commas: all, {', '.join(SCENES)}.")
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(min=1, show_default=str(COUNT), help="How many clips of --scenes, which take turns."),
    ] = None,
    seed: Seed = 1,
    samples: Samples = 6,
    workers: Annotated[int, typer.Option(min=1, help="Cores to use.")] = 1,
) -> None:
    """Render a clip, or a set of labelled ones, with event logs and the geometry of their cameras."""
    if (scene is None) == (scenes is None):
        raise typer.BadParameter("give either --scene or --scenes")
    if scene is not None and count is not None:
        raise typer.BadParameter("--count goes with --scenes: --scene is one clip")
    with plain_ends(out):
        if scenes is not None:
            _clips(scenes, count or COUNT, seed, out, samples=samples, workers=workers)
        else:
            _clip(known(str(scene), CLIPS, "scene"), seed, out, samples=samples, workers=workers)


def named_scenes(scenes: str, weathers: tuple[str, ...]) -> tuple[str, ...]:
    """Return the scenes of pictures by name; all are those that some of ``weathers`` can be had in."""
    every = (*STREETS, *SCENES)
    without = {name for name in SCENES if not set(SCENES[name].weathers) & set(weathers)}
    if scenes == "all":
        return tuple(name for name in every if name not in without)
    chosen = all_known(scenes, every, "scene")
    for name in chosen:
        if name in without:
            raise typer.BadParameter(f"scene {name} has only the weathers {', '.join(SCENES[name].weathers)}")
    return chosen


def _clip(scene: str, seed: int, out: Path, *, samples: int, workers: int) -> None:
    if out.is_dir():
        raise typer.BadParameter(f"{out} is a folder; name the .mp4 to write")
    need_blender()
    from models.synth.clip import missing_frames, render_clip

    plan, folder = plan_clip(scene, seed), out.parent / f".{scene}-{seed}-frames"
    left = len(missing_frames(plan, folder))
    with progress("frames", left) as advance:
        for _ in run_apart([functools.partial(render_clip, plan, folder, out, samples, workers)], 1):
            before, left = left, len(missing_frames(plan, folder))
            advance(before - left)
    console.print(f"{out}: {out.stat().st_size / 1024:.0f} KiB, {plan.duration_s:g} s")


def _clips(scenes: str, count: int, seed: int, out: Path, *, samples: int, workers: int) -> None:
    names = ALL if scenes == "all" else all_known(scenes, tuple(SCENES), "scene")
    chosen = tuple(choose_scenes(names, count, seed))
    need_blender()
    from models.synth.clip_set import missing_clips, render_one

    missing = missing_clips(out, chosen)
    console.print(f"{count - len(missing)} of {count} clips are in {out} already")
    out.mkdir(parents=True, exist_ok=True)
    with progress("clips", len(missing)) as advance:
        jobs = [functools.partial(render_one, out, name, one, samples) for name, one in missing]
        for done in run_apart(jobs, workers):
            advance(done)


def known(name: str, names: tuple[str, ...], what: str) -> str:
    """The name, if it is one of the names; else a usage error that lists them."""
    if name not in names:
        raise typer.BadParameter(f"there is no {what} {name!r}; there are {', '.join(names)}")
    return name


def all_known(listed: str, names: tuple[str, ...], what: str) -> tuple[str, ...]:
    """The names between commas, each of them one of ``names``."""
    return tuple(known(name.strip(), names, what) for name in listed.split(","))


def need_blender() -> None:
    """Leave with a way out where Blender's module is not installed."""
    if importlib.util.find_spec("bpy") is None:
        way_out = (
            "Rendering needs Blender's Python module (Python 3.11 only): "
            "in a clone, pip install -e '.[synth]'"
        )
        console.print(way_out, markup=False)
        raise typer.Exit(code=2)


@contextmanager
def plain_ends(out: Path) -> Iterator[None]:
    """Turn what stops rendering, an error or Ctrl-C, into one line that says how to go on."""
    try:
        yield
    except KeyboardInterrupt as exc:
        console.print(f"Stopped. {GO_ON}")
        raise typer.Exit(code=130) from exc
    except BrokenProcessPool as exc:
        console.print(f"A renderer died (out of memory?). {GO_ON}")
        raise typer.Exit(code=1) from exc
    except OSError as exc:
        reason = f"{exc.filename or out} cannot be written: {exc.strerror}. Make room or give another --out."
        console.print(reason, markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(code=1) from exc


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar with the time that is left."""
    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(what, total=total)
        yield lambda written: bar.advance(task, written)
