"""Datasets made on the spot: what their labels are numbered."""

from collections.abc import Iterable
from pathlib import Path


def number(folder: Path, labels: Iterable[str]) -> None:
    """Write the `data.yaml` of a dataset whose label files mean ``labels``."""
    lines = "".join(f"  {index}: {label}\n" for index, label in enumerate(labels))
    (folder / "data.yaml").write_text(f"names:\n{lines}", encoding="utf-8")
