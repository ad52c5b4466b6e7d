"""Make a detector: train it, teach it scenes, export it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from models.commands.shared import DatasetFolder, RecipeName, Weights, notes, open_recipe, plain_errors


def train(
    recipe: RecipeName,
    data: DatasetFolder,
    weights: Weights,
    out: Annotated[Path, typer.Option("--out", help="Where the run is kept.")],
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the last finished epoch.")] = False,  # noqa: FBT002
) -> None:
    """Train; interrupt at will and go on with --resume."""
    with plain_errors():
        from models.train import train as run

        typer.echo(run(open_recipe(recipe), data, weights, out, resume=resume))


def scene(
    recipe: RecipeName,
    data: DatasetFolder,
    out: Annotated[Path, typer.Option("--out", help="Where scene.pt goes, and what was looked at.")],
) -> None:
    """Learn to judge whole pictures, for a recipe that names a scene.

    Boxes say where, a scene says whether: many views of each training picture teach a small judge on
    what EfficientNet-Lite2 knows from ImageNet. Interrupt at will; the same again goes on.
    """
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with plain_errors(), Progress(*columns, console=notes) as progress:
        from models.learn_scene import Learnt, learn_scene

        task = progress.add_task("looking at pictures", total=None)
        for step in learn_scene(open_recipe(recipe), data, out):
            if isinstance(step, Learnt):
                known = "" if step.auroc is None else f": AUROC {step.auroc:.3f}"
                typer.echo(f"{step.path}; validation, {step.shown} with and {step.free} without{known}")
            else:
                progress.update(task, completed=step.done, total=step.total)


def export(
    recipe: RecipeName,
    weights: Annotated[
        list[Path], typer.Option("--weights", help="Trained weights (.pt). Repeatable: their mean is taken.")
    ],
    out: Annotated[Path, typer.Option("--out", help="The model's folder, such as models/catalog/street.")],
    version: Annotated[str, typer.Option("--version", help="Of the model, such as 0.2.0.")],
    data: DatasetFolder,
    base: Annotated[
        Path | None, typer.Option("--base", help="The base model's weights, where a recipe learns beside it.")
    ] = None,
    judge: Annotated[
        Path | None, typer.Option("--scene", help="What `models scene` wrote, where a recipe judges one.")
    ] = None,
) -> None:
    """Write ONNX and the manifest; INT8 too where no label loses a point of AP50."""
    with plain_errors():
        from models.export import export as run

        typer.echo(
            run(open_recipe(recipe), weights, out, version=version, dataset=data, base=base, scene=judge)
        )
