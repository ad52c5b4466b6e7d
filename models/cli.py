"""`gridwarden models`: prepare, train, export, evaluate, calibrate, predict, list."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress, track

from models.manifest import ModelError, Variant, load_manifest, save_manifest
from models.recipe import RECIPES, Recipe, RecipeError, load_recipe
from models.synth.cli import app as synth_app

if TYPE_CHECKING:
    from models.detector import Detector
    from models.evaluate import Figures, Judged

app = typer.Typer(no_args_is_help=True, help="Detectors: use them, measure them, make them.")
app.add_typer(synth_app, name="synth")
notes = Console(stderr=True)

ModelName = Annotated[str, typer.Argument(help="A model of the catalog, or a folder with a manifest.toml.")]
RecipeName = Annotated[str, typer.Argument(help="A recipe by name (street, water), or a file.")]
DatasetFolder = Annotated[Path, typer.Option("--dataset", help="A folder that `models dataset` wrote.")]
Weights = Annotated[Path, typer.Option("--weights", help="Weights (.pt) to begin with.")]
AnyVariant = Annotated[Variant | None, typer.Option("--variant", help="fp32 or int8; int8 where shipped.")]
PerPicture = Annotated[bool, typer.Option("--per-picture", help="Ask of a picture, not of each box.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what a user can put right into one line and exit code 1."""
    from models.picture import PictureError

    try:
        yield
    except (ModelError, RecipeError, PictureError) as exc:
        notes.print(str(exc), style="red", markup=False, highlight=False)
        raise typer.Exit(1) from exc
    except ModuleNotFoundError as exc:
        text = f"{exc.name} is missing: pip install 'gridwarden[train]'"
        notes.print(text, style="red", markup=False, highlight=False)
        raise typer.Exit(1) from exc


@app.command("list")
def list_models() -> None:
    """Show the catalog, with every file's hash verified."""
    with plain_errors():
        from models.detector import CATALOG, load_detector

        for path in sorted(CATALOG.glob("*/manifest.toml")):
            manifest = load_manifest(path.parent)
            for variant in manifest.files:
                detector = load_detector(path.parent, variant=variant)
                info = detector.info
                typer.echo(
                    f"{info.name} {info.version} {variant} {manifest.input_px} px {info.sha256[:12]} ok"
                )
            typer.echo("  " + ", ".join(f"{name} {value:g}" for name, value in manifest.thresholds.items()))


@app.command("predict")
def predict_pictures(
    files: Annotated[list[Path], typer.Argument(help="Pictures, or folders of pictures.")],
    model: Annotated[str, typer.Option("--model", help="A model of the catalog, or a folder.")] = "street",
    variant: AnyVariant = None,
    as_json: AsJson = True,  # noqa: ARG001, FBT002  the only format there is
) -> None:
    """Print one JSON line a picture: every box above 0.05; exit code 1 when a picture cannot be read."""
    unreadable = 0
    with plain_errors():
        from models.picture import PictureError
        from models.predict import header, predict

        detector = _open(model, variant)
        typer.echo(header(detector))
        for picture in _pictures(files):
            try:
                typer.echo(predict(detector, picture))
            except PictureError as exc:
                unreadable += 1
                notes.print(f"skipped {exc}", markup=False, highlight=False)
    if unreadable:
        notes.print(f"{unreadable} skipped")
        raise typer.Exit(1)


@app.command()
def dataset(
    recipe: RecipeName,
    data: Annotated[Path, typer.Option("--data", help="The folder that the recipe's sources lie in.")],
    out: Annotated[Path, typer.Option("--out", help="Where the dataset is written.")],
    weights: Annotated[Path | None, typer.Option("--teacher", help="Base weights that label more.")] = None,
) -> None:
    """Gather, label and split the pictures of a recipe."""
    with plain_errors(), Progress(console=notes) as progress:
        from models.dataset import Summary, prepare

        loaded = _recipe(recipe)
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


@app.command()
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

        typer.echo(run(_recipe(recipe), data, weights, out, resume=resume))


@app.command()
def export(
    recipe: RecipeName,
    weights: Weights,
    out: Annotated[Path, typer.Option("--out", help="The model's folder, such as models/catalog/street.")],
    version: Annotated[str, typer.Option("--version", help="Of the model, such as 0.2.0.")],
    data: DatasetFolder,
) -> None:
    """Write ONNX and the manifest; INT8 too where it loses less than one point of AP50."""
    with plain_errors():
        from models.export import export as run

        typer.echo(run(_recipe(recipe), weights, out, version=version, dataset=data))


@app.command()
def evaluate(
    model: ModelName,
    data: Annotated[Path | None, typer.Option("--dataset", help="A dataset: its validation part.")] = None,
    pictures: Annotated[list[Path] | None, typer.Option("--pictures", help="Folders: shares only.")] = None,
    variant: AnyVariant = None,
    of_pictures: PerPicture = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Measure AP50, precision and recall with 95 % intervals; or the share of pictures with each label."""
    with plain_errors():
        from models.evaluate import measure, share_of_pictures

        detector = _open(model, variant)
        judged = _judge(detector, data, of_pictures=of_pictures) if data else []
        figures = [measure(one, detector.thresholds[one.label]) for one in judged]
        shares = {str(folder): share_of_pictures(detector, folder) for folder in pictures or ()}
    if as_json:
        typer.echo(json.dumps({"figures": [asdict(one) for one in figures], "shares": shares}))
        return
    for one in figures:
        typer.echo(_sentence(one))
    for folder, share in shares.items():
        typer.echo(f"{folder}: " + ", ".join(f"{name} {value:.1%}" for name, value in share.items() if value))


@app.command()
def calibrate(
    model: ModelName,
    data: DatasetFolder,
    target: Annotated[float, typer.Option("--target", min=0.5, max=1.0, help="Precision wanted.")] = 0.95,
    label: Annotated[list[str] | None, typer.Option("--label", help="These labels only.")] = None,
    of_pictures: PerPicture = False,  # noqa: FBT002
) -> None:
    """Choose each label's threshold on the validation part and write it into the manifest."""
    with plain_errors():
        from models.calibrate import choose_threshold

        judged = _judge(_open(model, "fp32"), data, of_pictures=of_pictures)
        manifest = load_manifest(_folder(model))
        thresholds = dict(manifest.thresholds)
        for one in judged:
            if not label or one.label in label:
                chosen = choose_threshold(one, target)
                thresholds[one.label] = chosen.threshold
                typer.echo(f"{chosen.label}: {chosen.threshold:g}, {chosen.reason}")
        save_manifest(manifest.model_copy(update={"thresholds": thresholds}), _folder(model))


def _folder(model: str) -> Path:
    from models.detector import CATALOG

    return CATALOG / model if (CATALOG / model).is_dir() else Path(model)


def _recipe(name: str) -> Recipe:
    shipped = RECIPES / f"{name}.toml"
    return load_recipe(shipped if shipped.exists() else Path(name))


def _open(model: str, variant: Variant | None) -> "Detector":
    from models.detector import load_detector

    return load_detector(_folder(model), variant=variant)


def _pictures(files: list[Path]) -> Iterator[Path]:
    from models.picture import find_pictures

    for file in files:
        yield from find_pictures(file) if file.is_dir() else [file]


def _judge(detector: "Detector", dataset: Path, *, of_pictures: bool) -> "list[Judged]":
    from models.evaluate import gather, judge, per_picture

    looked = list(track(judge(detector, dataset), "pictures", console=notes))
    boxes = [gather(label, class_id, looked) for class_id, label in enumerate(detector.labels)]
    return [per_picture(one) for one in boxes] if of_pictures else boxes


def _sentence(figures: "Figures") -> str:
    def spread(value: float, interval: tuple[float, float]) -> str:
        return f"{value:.3f} [{interval[0]:.3f}, {interval[1]:.3f}]"

    return (
        f"{figures.label:11} {figures.truths:5} AP50 {spread(figures.ap50, figures.ap50_interval)}"
        f"  at {figures.threshold:.3f}: precision {spread(figures.precision, figures.precision_interval)}"
        f" recall {spread(figures.recall, figures.recall_interval)}"
    )


if __name__ == "__main__":
    app()
