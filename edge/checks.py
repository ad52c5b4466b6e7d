"""Checks over the raw file: names that must point at something, so that all mistakes are told at once."""

import difflib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.manifest import ModelError, load_manifest

EMPTY_VIEW = "empty_view"
"""The model name of rules that compare with the camera's approved empty view."""
_CATALOG = Path(__file__).parents[1] / "models" / "catalog"


def find_mismatches(raw: dict[str, Any], *, folder: Path) -> list[str]:
    """Return a line for each name that points at nothing, and each given twice.

    Works on what is there, whatever else is wrong with the file.
    """
    labels = dict(_labels(raw, folder))
    problems = [problem for known in labels.values() if isinstance(known, str) for problem in [known]]
    cameras = _tables(raw.get("cameras"))
    problems += _twice("cameras", cameras)
    for index, camera in enumerate(cameras):
        problems += _camera_mismatches(f"cameras.{index}", camera, labels)
    return problems


def nearest(name: str, valid: list[str]) -> str:
    """Return the hint for a wrong name."""
    near = difflib.get_close_matches(name, valid, n=1, cutoff=0.5)
    if near:
        return f", did you mean {near[0]}?"
    return f"; valid are: {', '.join(valid)}" if valid else "; there are none"


def _labels(raw: dict[str, Any], folder: Path) -> Iterator[tuple[str, list[str] | str]]:
    """Yield each model with its labels, or with what is wrong with it."""
    models = raw.get("models")
    for name, settings in models.items() if isinstance(models, dict) else ():
        path = settings.get("path") if isinstance(settings, dict) else None
        directory = folder / path if isinstance(path, str) else _CATALOG / name
        try:
            yield name, list(load_manifest(directory).labels)
        except ModelError as exc:
            yield name, f"models.{name}: {exc}"
    yield EMPTY_VIEW, ["object"]


def _camera_mismatches(
    where: str, camera: dict[str, Any], labels: dict[str, list[str] | str]
) -> Iterator[str]:
    zones, rules = _tables(camera.get("zones")), _tables(camera.get("rules"))
    yield from _twice(f"{where}.zones", zones)
    yield from _twice(f"{where}.rules", rules)
    names = [zone["id"] for zone in zones if isinstance(zone.get("id"), str)]
    for index, rule in enumerate(rules):
        yield from _rule_mismatches(f"{where}.rules.{index}", rule, names, labels)
        if rule.get("model") == EMPTY_VIEW and not camera.get("empty_view"):
            yield f"{where}.empty_view: is missing, rule {rule.get('id')} compares with it"


def _rule_mismatches(
    where: str, rule: dict[str, Any], zones: list[str], labels: dict[str, list[str] | str]
) -> Iterator[str]:
    zone, model = rule.get("zone"), rule.get("model")
    if isinstance(zone, str) and zone not in zones:
        yield f"{where}.zone: no zone {zone!r} at this camera{nearest(zone, zones)}"
    if not isinstance(model, str):
        return
    if model not in labels:
        yield f"{where}.model: no model {model!r} under [models]{nearest(model, list(labels))}"
        return
    known, wanted = labels[model], rule.get("labels")
    if isinstance(known, list) and isinstance(wanted, list):
        for label in wanted:
            if label not in known:
                yield f"{where}.labels: model {model} knows no label {label!r}{nearest(str(label), known)}"


def _twice(where: str, tables: list[dict[str, Any]]) -> Iterator[str]:
    counted = Counter(table["id"] for table in tables if isinstance(table.get("id"), str))
    yield from (
        f"{where}: id {name!r} is given {count} times" for name, count in counted.items() if count > 1
    )


def _tables(value: object) -> list[dict[str, Any]]:
    return [it for it in value if isinstance(it, dict)] if isinstance(value, list) else []
