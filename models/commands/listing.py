"""The list of detectors that there are."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import typer
from rich.table import Column, Table

from models.commands.shared import AsJson, notes, plain_errors, show
from models.manifest import Manifest, ModelError, Second, Variant, load_manifest


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
        show(table, *labels)
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
