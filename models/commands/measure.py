"""Measure a detector, and choose its thresholds."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import track

from models.commands.shared import (
    AnyVariant,
    AsJson,
    DatasetFolder,
    ModelName,
    PerPicture,
    model_folder,
    notes,
    open_model,
    plain_errors,
)
from models.manifest import load_manifest, save_manifest

if TYPE_CHECKING:
    from models.detector import Detector
    from models.evaluate import Figures, Judged


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

        detector = open_model(model, variant)
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

        judged = _judge(open_model(model, "fp32"), data, of_pictures=of_pictures)
        manifest = load_manifest(model_folder(model))
        thresholds = dict(manifest.thresholds)
        for one in judged:
            if not label or one.label in label:
                chosen = choose_threshold(one, target)
                thresholds[one.label] = chosen.threshold
                typer.echo(f"{chosen.label}: {chosen.threshold:g}, {chosen.reason}")
        save_manifest(manifest.model_copy(update={"thresholds": thresholds}), model_folder(model))


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
