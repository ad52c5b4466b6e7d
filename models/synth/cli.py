"""`gridwarden models synth`: rendered pictures and clips with their truth."""

import importlib.util
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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

from models.synth.demo_scenes import CLIPS, plan_clip
from models.synth.streets import STREETS

if TYPE_CHECKING:
    from models.synth.images import Scene

TAKES = 3
"""Pictures of one scene: building it is a good part of the work."""

app = typer.Typer(
    no_args_is_help=True, help="Render streets with exact labels (needs Blender, the extra `synth`)."
)
console = Console(stderr=True)

Seed = Annotated[int, typer.Option(min=0, help="First seed; the same seed gives the same labels.")]
Samples = Annotated[int, typer.Option(min=1, help="Light paths a pixel, before the denoiser.")]


@app.command()
def images(
    out: Annotated[Path, typer.Option(help="Folder of the data set; what is there is kept.")],
    count: Annotated[int, typer.Option(min=1, help="How many pictures.")] = 12,
    scenes: Annotated[str, typer.Option(help=f"Street types, with commas: {', '.join(STREETS)}.")] = ",".join(
        STREETS
    ),
    seed: Seed = 1,
    samples: Samples = 6,
    workers: Annotated[int, typer.Option(min=1, help="Processes; each takes one core.")] = 1,
) -> None:
    """Render labelled pictures: images/, labels/ (YOLO), truths/ (names, camera), masks/ (water)."""
    streets = tuple(known(name.strip(), tuple(STREETS), "street type") for name in scenes.split(","))
    need_blender()
    from models.synth.images import plan_scenes, prepare

    prepare(out)
    work = list(plan_scenes(streets, count, seed, TAKES, out))
    missing = sum(len(scene.missing()) for scene in work)
    console.print(f"{count - missing} of {count} pictures are in {out} already")
    with progress("pictures", missing) as advance:
        for written in _rendered([scene for scene in work if scene.missing()], samples, workers):
            advance(written)


@app.command()
def clip(
    scene: Annotated[str, typer.Option(help=f"What happens: {', '.join(CLIPS)}.")],
    out: Annotated[Path, typer.Option(help="The .mp4 to write; .events.json and .scene.json go beside it.")],
    seed: Seed = 1,
    samples: Samples = 6,
    threads: Annotated[int, typer.Option(min=0, help="Cores to use; 0 takes all.")] = 0,
    frames: Annotated[
        Path | None, typer.Option(help="Folder for single frames; a second run goes on there.")
    ] = None,
) -> None:
    """Render a clip with its event log and the geometry of its camera."""
    known(scene, CLIPS, "scene")
    need_blender()
    from models.synth.clip import encode, missing_frames, render_frames, write_empty_view, write_truth

    plan, folder = plan_clip(scene, seed), frames or out.parent / f".{scene}-{seed}-frames"
    with progress("frames", len(missing_frames(plan, folder))) as advance:
        for _ in render_frames(plan, folder, samples, threads):
            advance(1)
    out.parent.mkdir(parents=True, exist_ok=True)
    encode(plan, folder, out)
    write_empty_view(plan, folder, out)
    write_truth(scene, seed, out)
    console.print(f"{out}: {out.stat().st_size / 1024:.0f} KiB, {plan.duration_s:g} s")


def known(name: str, names: tuple[str, ...], what: str) -> str:
    """The name, if it is one of the names; else a usage error that lists them."""
    if name not in names:
        raise typer.BadParameter(f"there is no {what} {name!r}; there are {', '.join(names)}")
    return name


def need_blender() -> None:
    """Leave with a way out where Blender's module is not installed."""
    if importlib.util.find_spec("bpy") is None:
        way_out = (
            "Rendering needs Blender's Python module (Python 3.11 only): pip install 'gridwarden[synth]'"
        )
        console.print(way_out, markup=False)
        raise typer.Exit(code=2)


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


def _rendered(scenes: "list[Scene]", samples: int, workers: int) -> Iterator[int]:
    """Render scenes in processes of their own; a process that dies names the way on."""
    from models.synth.images import render_scene

    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            for done in as_completed([pool.submit(render_scene, scene, samples, 1) for scene in scenes]):
                yield done.result()
    except BrokenProcessPool as exc:
        console.print(
            "A renderer died (out of memory?). Run the same command again: it goes on where it stopped."
        )
        raise typer.Exit(code=1) from exc
