"""Make a detector: train it, export it."""

from pathlib import Path
from typing import Annotated

import typer

from models.commands.shared import DatasetFolder, RecipeName, Weights, open_recipe, plain_errors


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
) -> None:
    """Write ONNX and the manifest; INT8 too where no label loses a point of AP50."""
    with plain_errors():
        from models.export import export as run

        typer.echo(run(open_recipe(recipe), weights, out, version=version, dataset=data, base=base))
