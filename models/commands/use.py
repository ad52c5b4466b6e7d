"""Use a detector: what there is, and what it sees in pictures."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from models.commands.shared import AnyVariant, AsJson, notes, open_model, plain_errors
from models.manifest import load_manifest


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

        detector = open_model(model, variant)
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


def _pictures(files: list[Path]) -> Iterator[Path]:
    from models.picture import find_pictures

    for file in files:
        yield from find_pictures(file) if file.is_dir() else [file]
