"""Prepare what a detector learns from."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from models.commands.shared import RecipeName, notes, open_recipe, plain_errors

if TYPE_CHECKING:
    from models.dataset import Summary

Apart = Annotated[
    list[Path] | None,
    typer.Option(
        "--apart",
        help="A folder never to train on: near-duplicates of its pictures are left out. Repeatable.",
    ),
]


def dataset(
    recipe: RecipeName,
    data: Annotated[Path, typer.Option("--data", help="The folder that the recipe's sources lie in.")],
    out: Annotated[Path, typer.Option("--out", help="A folder of its own; a second run replaces the first.")],
    weights: Annotated[Path | None, typer.Option("--teacher", help="Base weights that label more.")] = None,
    apart: Apart = None,
) -> None:
    """Gather, check, label and split the pictures of a recipe.

    Each table under sources in the recipe is a folder of pictures with YOLO, COCO, VOC or CVAT labels,
    or of cloned repositories with our labels of their photos (README.md):

    \b
    name = "yard"
    pictures = "yard/images"
    format = "coco"
    labels_file = "yard/instances.json"
    map = { lorry = "truck", unknown = "ignore", "*" = "drop" }
    licence = "ours"

    Pictures of one group, and near-duplicates, are on one side of the split.
    What cannot be used is named and counted.

    Then look at OUT/sheet-train.jpg and OUT/sheet-val.jpg; OUT/summary.json has all figures.
    While OUT/UNFINISHED is there, run the same again.
    """  # noqa: D301  # \b is typer's sign to leave lines as they are
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    summary: Summary | None = None
    with plain_errors(), Progress(*columns, console=notes) as progress:
        from models.dataset import prepare

        loaded = open_recipe(recipe)
        task = progress.add_task("pictures", total=None)
        teacher = None
        if weights:
            from models.teach import load_teacher

            teacher = load_teacher(weights, loaded)
            if not any(source.teacher for source in loaded.sources):
                text = f"--teacher labels nothing: no source of recipe {loaded.name} has teacher = true"
                notes.print(text, markup=False, highlight=False)
        for summary in prepare(loaded, data, out, teacher=teacher, apart=apart or []):
            progress.update(task, description=summary.step, completed=summary.done, total=summary.total)
    if summary:
        _tell(summary)


def _tell(summary: "Summary") -> None:
    for verb, things in (
        ("skipped", summary.skipped),
        ("left out:", summary.left_out),
        ("trained on, not validated:", summary.moved_to_training),
    ):
        for thing in things:
            notes.print(f"{verb} {thing}", markup=False, highlight=False, soft_wrap=True)
    for what, count in summary.counted.items():
        notes.print(f"{count} {what}", markup=False, highlight=False)
    table = Table("part", "label", "boxes", "pictures", "small", "medium", "large")
    for one in summary.labels:
        sizes = (one.boxes, one.pictures, one.small, one.medium, one.large)
        table.add_row(one.part, one.label, *map(str, sizes))
    for part, count in summary.without_labels.items():
        table.add_row(part, "(none)", "", str(count))
    notes.print(table)
    if not any(name.startswith("val ") for name in summary.counts):
        notes.print("no picture is left to validate with: add sources, or groups to them", style="red")
    typer.echo(f"training id {summary.training_id}: {summary.counts}, {len(summary.skipped)} skipped")
