"""Use a detector on pictures."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from models.commands.shared import AnyVariant, AsJson, notes, open_model, plain_errors, show
from models.manifest import ModelError

if TYPE_CHECKING:
    from models.detector import Detector
    from models.predict import Prediction
    from models.water import Zone

FEW = 5
"""So many pictures need no progress bar."""

ZoneCorners = Annotated[
    list[str] | None,
    typer.Option("--zone", help='Look for water only here: "x,y x,y x,y", fractions. Repeatable.'),
]
MaskDir = Annotated[
    Path | None,
    typer.Option("--mask-dir", help="Write a PNG a picture here: 255 in a sure box of water, else 0."),
]
DrawDir = Annotated[
    Path | None, typer.Option("--draw", help="Write each picture here (JPEG) with its sure boxes.")
]


def predict_pictures(
    files: Annotated[list[Path], typer.Argument(help="Pictures, or folders of pictures.", readable=False)],
    model: Annotated[str, typer.Option("--model", help="A model of the catalog, or a folder.")] = "street",
    variant: AnyVariant = None,
    zone: ZoneCorners = None,
    mask_dir: MaskDir = None,
    draw_dir: DrawDir = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Show what a model finds in pictures. A box is sure from its label's threshold on.

    With --json: a line with the thresholds, then a line a picture with every box
    above 0.05 as left, top, right, bottom in pixels. A model of water also says, 0 to 1,
    water_share: the part of the picture, or of its zones, under sure boxes of water;
    water_score: the confidence of the surest box, with --zone of those that meet one.
    A box is a rectangle around the water, so the share overstates its area.

    What cannot be read is named, counted and left out; the exit code is then 1.
    """
    with plain_errors():
        from models.picture import PictureError
        from models.predict import header, line, name_beside, predict

        detector = open_model(model, variant)
        zones = _zones(detector, zone or [], mask_dir)
        pictures = list(_pictures(files))
        masks = name_beside(mask_dir, pictures, ".png") if mask_dir else [None] * len(pictures)
        drawings = name_beside(draw_dir, pictures, ".jpg") if draw_dir else [None] * len(pictures)
        if as_json:
            typer.echo(header(detector))
        skipped = 0
        for picture, mask, drawing in zip(_watched(pictures), masks, drawings, strict=True):
            try:
                prediction = predict(detector, picture, zones)
                _write(prediction, detector, mask, drawing)
            except PictureError as exc:
                skipped += 1
                notes.print(f"skipped {exc}", markup=False, highlight=False, soft_wrap=True)
                continue
            if as_json:
                typer.echo(line(prediction, mask))
            else:
                _tell(prediction, detector)
    if skipped:
        notes.print(f"{skipped} of {len(pictures)} skipped")
        raise typer.Exit(1)


def _zones(detector: "Detector", corners: list[str], mask_dir: Path | None) -> "list[Zone]":
    from models.water import WATER, read_zone

    if (corners or mask_dir) and WATER not in detector.labels:
        raise ModelError(
            f"model {detector.info.name} finds no water: --zone and --mask-dir need one that does"
        )
    try:
        return [read_zone(text) for text in corners]
    except ValueError as exc:
        raise typer.BadParameter(str(exc), param_hint="--zone") from exc


def _pictures(files: list[Path]) -> Iterator[Path]:
    from models.picture import find_pictures

    for file in files:
        try:
            found = list(find_pictures(file))
        except OSError:  # named when it is read
            found = []
        yield from found or [file]


def _watched(pictures: list[Path]) -> Iterator[Path]:
    """Yield ``pictures`` under a progress bar, unless they are few or the lines themselves scroll by."""
    hidden = len(pictures) <= FEW or not notes.is_terminal or sys.stdout.isatty()
    with Progress(console=notes, transient=True, redirect_stdout=False, disable=hidden) as progress:
        yield from progress.track(pictures, description="pictures")


def _write(prediction: "Prediction", detector: "Detector", mask: Path | None, drawing: Path | None) -> None:
    from models.predict import draw, write_picture

    try:
        if mask and prediction.water:
            write_picture(mask, prediction.water.mask)
        if drawing:
            write_picture(drawing, draw(prediction, detector.thresholds))
    except OSError as exc:
        raise ModelError(f"{exc.filename or mask or drawing} cannot be written: {exc.strerror}") from exc


def _tell(prediction: "Prediction", detector: "Detector") -> None:
    sure = prediction.found.above(detector.thresholds)
    height, width = prediction.image.shape[:2]
    unsure = len(prediction.found) - len(sure)
    name = os.fsencode(prediction.picture).decode(errors="backslashreplace")  # also one that is not UTF-8
    heading = f"{name}, {width}x{height}: {len(sure)} sure, {unsure} below the threshold"
    table = Table(
        "label", "confidence", "threshold", "left, top, right, bottom", box=None, padding=(0, 1, 0, 0)
    )
    for index, box in enumerate(sure.boxes):
        label = sure.label_of(index)
        sides = ", ".join(f"{side:.0f}" for side in box)
        table.add_row(label, f"{sure.confidences[index]:.2f}", f"{detector.thresholds[label]:g}", sides)
    water = prediction.water
    about_water = [f"water: score {water.score:.2f}, share {water.share:.1%}"] if water else []
    show(heading, *([table] if len(sure) else []), *about_water, "")
