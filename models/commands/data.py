"""Prepare what a detector learns from."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from models.commands.shared import RecipeName, notes, open_recipe, plain_errors


def dataset(
    recipe: RecipeName,
    data: Annotated[Path, typer.Option("--data", help="The folder that the recipe's sources lie in.")],
    out: Annotated[Path, typer.Option("--out", help="Where the dataset is written.")],
    weights: Annotated[Path | None, typer.Option("--teacher", help="Base weights that label more.")] = None,
) -> None:
    """Gather, label and split the pictures of a recipe."""
    with plain_errors(), Progress(console=notes) as progress:
        from models.dataset import Summary, prepare

        loaded = open_recipe(recipe)
        task = progress.add_task("pictures", total=None)
        summary: Summary | None = None
        teacher = None
        if weights:
            from models.teach import load_teacher

            teacher = load_teacher(weights, loaded)
        for summary in prepare(loaded, data, out, teacher=teacher):
            progress.update(task, completed=sum(summary.counts.values()))
    if summary:
        for problem in summary.skipped:
            notes.print(f"skipped {problem}", markup=False, highlight=False)
        typer.echo(f"training id {summary.training_id}: {summary.counts}, {len(summary.skipped)} skipped")
