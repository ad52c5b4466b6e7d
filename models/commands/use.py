"""Use a detector: what there is, and what it sees in pictures."""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Column, Table

from models.commands.shared import AnyVariant, AsJson, notes, open_model, plain_errors
from models.manifest import Manifest, ModelError, Second, Variant, load_manifest

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    variant: Variant | Literal["second"]
    path: str
    bytes: int
    input_px: int
    sha256: str
    verified: bool
    labels: tuple[str, ...]


@plain_errors()
def list_models(as_json: AsJson = False) -> None:  # noqa: FBT002
    """Show the catalog: every file opened and its hash verified, every label with its threshold."""
    from models.detector import CATALOG

    columns = (
        "name",
        "version",
        Column("variant", no_wrap=True),
        "size",
        "input",
        "sha256",
        "verified",
    )
    table, labels, bad = Table(*columns, box=None, padding=(0, 1, 0, 0)), [], 0
    for path in sorted(CATALOG.glob("*/manifest.toml")):
        try:
            manifest = load_manifest(path.parent)
        except ModelError as exc:
            notes.print(str(exc), style="red", markup=False, highlight=False, soft_wrap=True)
            bad += 1
            continue
        files = [_verify(path.parent, manifest, variant) for variant in manifest.files]
        files += [_second(path.parent, manifest, second) for second in manifest.second]
        bad += sum(not file.verified for file in files)
        if as_json:
            typer.echo(
                json.dumps(manifest.model_dump(mode="json") | {"files": [asdict(file) for file in files]})
            )
        for file in files:
            about = (f"{file.bytes / 1e6:.1f} MB", f"{file.input_px} px", file.sha256[:8])
            verified = "yes" if file.verified else "NO"
            labels_of = f" {', '.join(file.labels)}" if file.variant == "second" else ""
            table.add_row(manifest.name, manifest.version, file.variant + labels_of, *about, verified)
        found = ", ".join(f"{name} {value:g}" for name, value in manifest.thresholds.items())
        labels.append(
            f"{manifest.name} ({manifest.licence}) is sure of a label from this confidence on: {found}"
        )
    if not as_json:
        _show(table, *labels)
    if bad:
        raise typer.Exit(1)


def _verify(folder: Path, manifest: Manifest, variant: Variant) -> _File:
    from models.detector import load_detector

    file, verified = manifest.files[variant], True
    path = folder / file.path
    try:
        load_detector(folder, variant=variant, second_look=False)
    except ModelError as exc:
        notes.print(str(exc), style="red", markup=False, highlight=False, soft_wrap=True)
        verified = False
    return _File(
        variant=variant,
        path=str(path),
        bytes=_bytes_of(path),
        input_px=manifest.input_px,
        sha256=file.sha256,
        verified=verified,
        labels=manifest.labels,
    )


def _second(folder: Path, manifest: Manifest, second: Second) -> _File:
    from models.second_look import open_second_look

    path, verified = folder / second.path, True
    try:
        open_second_look(folder, manifest, second, ("CPUExecutionProvider",))
    except ModelError as exc:
        notes.print(str(exc), style="red", markup=False, highlight=False, soft_wrap=True)
        verified = False
    return _File(
        variant="second",
        path=str(path),
        bytes=_bytes_of(path),
        input_px=second.input_px,
        sha256=second.sha256,
        verified=verified,
        labels=second.look.labels,
    )


def _bytes_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


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
    _show(heading, *([table] if len(sure) else []), *about_water, "")


def _show(*parts: str | Table) -> None:
    console = Console()
    for part in parts:
        console.print(part, markup=False, highlight=False, soft_wrap=isinstance(part, str))
