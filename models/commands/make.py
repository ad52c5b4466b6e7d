"""Make a detector: train it, teach it scenes, export it, give it a second look."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from models.commands.shared import (
    DatasetFolder,
    ModelName,
    RecipeName,
    Weights,
    model_folder,
    notes,
    open_recipe,
    plain_errors,
)

if TYPE_CHECKING:
    from models.eye import Progress as Looked
    from models.learn_second import Learnt as SecondLearnt

Learnt = TypeVar("Learnt")


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
    with plain_errors():
        from models.learn_scene import learn_scene

        for learnt in _followed(learn_scene(open_recipe(recipe), data, out)):
            known = "" if learnt.auroc is None else f": AUROC {learnt.auroc:.3f}"
            typer.echo(f"{learnt.path}; validation, {learnt.shown} with and {learnt.free} without{known}")


def second(
    model: ModelName,
    recipe: Annotated[str, typer.Option("--recipe", help="One that asks for second looks, or a file.")],
    data: DatasetFolder,
    version: Annotated[str, typer.Option("--version", help="Of the model with its second look.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Where what was seen is kept; with --judges only beside --only."),
    ] = None,
    judges: Annotated[
        Path | None,
        typer.Option("--judges", help="A model's folder whose second look is taken over."),
    ] = None,
    only: Annotated[
        str, typer.Option("--only", help="The look at this label alone; the others are those of --judges.")
    ] = "",
) -> None:
    """Give an exported model a second look at what it is unsure of; then calibrate it again.

    The model's own boxes on the training pictures, seen closer, teach a small judge on what
    EfficientNet-Lite2 knows from ImageNet; the validation pictures say what box and look are each
    worth. With --judges and no --out nothing is learnt: that look is taken over and weighed anew. The
    model's thresholds stay what they were. Interrupt at will; the same again goes on.
    """
    with plain_errors():
        ours, folder = open_recipe(recipe), model_folder(model)
        if out and bool(judges) == bool(only):
            from models.learn_second import learn_second

            steps = learn_second(ours, data, folder, out, version=version, judges=judges, only=only)
        elif judges and not out:
            from models.weigh_second import weigh_second

            steps = weigh_second(ours, data, folder, judges, version=version, only=only)
        else:
            raise typer.BadParameter(
                "--out learns all looks; --out, --judges and --only one; --judges takes all over and weighs "
                "them, with --only one of them"
            )
        _tell(steps)


def tune(
    model: ModelName,
    recipe: Annotated[str, typer.Option("--recipe", help="One that asks for second looks, or a file.")],
    data: DatasetFolder,
    only: Annotated[str, typer.Option("--only", help="The label whose look is tuned, such as muck_truck.")],
    version: Annotated[str, typer.Option("--version", help="Of the model with its tuned look.")],
    out: Annotated[Path, typer.Option("--out", help="Where what was learnt so far is kept.")],
) -> None:
    """Let a second look learn to see with last blocks of its own; then calibrate the model again.

    For a look at whole things that `models second` gave the model. Regions of the training pictures teach,
    around the detector's boxes, the true ones and those of what is taken for them, in ever new views for six
    epochs (half an hour for 6,400 regions an epoch on two cores, with half a megabyte of memory for each
    region); 20 looks at validation pictures must show the thing and 20 not. Interrupt at will; the same
    again goes on.
    """
    with plain_errors():
        from models.tune_second import tune_second

        folder = model_folder(model)
        _tell(tune_second(open_recipe(recipe), data, folder, out, only=only, version=version))


def export(
    recipe: RecipeName,
    weights: Annotated[
        list[Path], typer.Option("--weights", help="Trained weights (.pt). Repeatable: their mean is taken.")
    ],
    out: Annotated[Path, typer.Option("--out", help="The model's folder, such as RUN/model.")],
    version: Annotated[str, typer.Option("--version", help="Of the model, such as 0.2.0.")],
    data: DatasetFolder,
    base: Annotated[
        Path | None,
        typer.Option(
            "--base",
            help="The base model where a recipe learns beside it: weights, or a model's folder that has it.",
        ),
    ] = None,
    judge: Annotated[
        Path | None,
        typer.Option(
            "--scene",
            help="Where a recipe judges one: what `models scene` wrote, or a model's folder that has it.",
        ),
    ] = None,
) -> None:
    """Write ONNX and the manifest; INT8 too where no label loses a point of AP50."""
    with plain_errors():
        from models.export import export as run

        done = ""
        with notes.status("reading") as status:
            for done in run(
                open_recipe(recipe), weights, out, version=version, dataset=data, base=base, scene=judge
            ):
                status.update(done)
        typer.echo(done)


def _tell(steps: "Iterator[Looked | SecondLearnt]") -> None:
    """Print how well each look that was learnt or weighed tells."""
    for learnt in _followed(steps):
        typer.echo(
            f"{', '.join(learnt.labels)}: AUROC of looks with ({learnt.shown}) against without "
            f"({learnt.free}) in validation {learnt.auroc_before:.3f} -> {learnt.auroc_after:.3f}"
        )


def _followed(steps: "Iterator[Looked | Learnt]") -> Iterator[Learnt]:
    """Show how far it has come; yield everything else."""
    from models.eye import Progress as Looked

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=notes) as progress:
        task = progress.add_task("looking and learning", total=None)
        for step in steps:
            if isinstance(step, Looked):
                progress.update(task, completed=step.done, total=step.total)
            else:
                yield step
