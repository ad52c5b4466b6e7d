"""Boxes: labelled things become rows of the trainer's label files, under the recipe's labels."""

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.recipe import DROP, IGNORE, RecipeError, Source

Boxes = NDArray[np.float32]  # (n, 5): class id, centre x, centre y, width, height in fractions
Teacher = Callable[[NDArray[np.uint8]], Boxes]
"""A picture (h, w, 3) to what is labelled in it."""
ROUNDING = 1e-4
"""A box that leaves its picture by less than this fraction was only rounded."""
LEAST = 1e-6
"""A narrower box (fraction of the picture) is written as none."""
UNKNOWN_SIZE = (0, 0)


class LabelError(RecipeError, ValueError):
    """A label file of a dataset is wrong; the text says where and the way out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One labelled thing; corners are left, top, right, bottom."""

    name: str
    corners: tuple[float, ...]
    ignored: bool = False  # a crowd, or too difficult to judge


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """What hands labelled in one picture, and the width and height in pixels that it was labelled at."""

    things: tuple[Thing, ...]
    size: tuple[int, int] | None = None  # none: the corners are fractions
    part: Literal["train", "val"] | None = None  # where the labels say so; none: by the hash of its group


def read_boxes(path: Path, classes: int) -> Boxes:
    """Return the boxes of a label file of a dataset; raise ``LabelError`` naming the first wrong line."""
    try:
        return parse_boxes(path, classes)
    except ValueError as exc:
        raise LabelError(f"{exc}; make the dataset again") from exc


def parse_boxes(path: Path, classes: int) -> Boxes:
    """Return the boxes of a YOLO label file; raise ``ValueError`` naming the first wrong line."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as exc:
        raise ValueError(f"{path}: not UTF-8 from byte {exc.start} on") from exc
    boxes = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            values = [float(word) for word in line.split()]
        except ValueError as exc:
            raise ValueError(f"{path}:{number}: not five numbers: {line!r}") from exc
        if len(values) != 5 or not all(0 <= value <= 1 for value in values[1:]) or not min(values[3:]) > 0:  # noqa: PLR2004
            raise ValueError(f"{path}:{number}: not a class and a box in fractions: {line!r}")
        if values[0] not in range(classes):
            raise ValueError(f"{path}:{number}: class {values[0]:g} is not in 0 to {classes - 1}")
        boxes.append(values)
    return np.array(boxes, np.float32).reshape(-1, 5)


def choose_labels(source: Source, labelled: Iterable[Labelled], labels: Sequence[str]) -> dict[str, str]:
    """Return for each name of a source a label, `ignore` or `drop`; refuse all unknown names at once."""
    known = {*labels, IGNORE}
    names = {thing.name for one in labelled for thing in one.things}
    rest = source.map.get("*", DROP if source.format == "yolo" else "")
    chosen = {name: source.map.get(name) or (name if name in known else rest) for name in sorted(names)}
    odd = {name for name, target in chosen.items() if not target}
    odd |= set(source.map.values()) - known - {DROP}
    if odd:
        nearest = [f"{name} (nearest: {_nearest(name, labels)})" for name in sorted(odd)]
        raise RecipeError(
            f"source {source.name}: the recipe has no label {', '.join(nearest)}; "
            'add it, or map it to a label, "ignore" or "drop"'
        )
    return chosen


def place(
    labelled: Labelled,
    chosen: dict[str, str],
    labels: Sequence[str],
    size: tuple[int, int],
    counted: Counter[str],
) -> tuple[Boxes, Boxes]:
    """Return the boxes of the recipe's labels and those to ignore, clipped to a picture of this size.

    Raises ``ValueError`` for a box without area, and for labels that were made at another size.
    """
    if labelled.size not in (None, UNKNOWN_SIZE, size):
        raise ValueError(f"labelled at {labelled.size} pixels, but the picture has {size}")
    kept: list[list[float]] = []
    ignored: list[list[float]] = []
    for thing in labelled.things:
        target = chosen[thing.name]
        if target == DROP:
            counted["boxes dropped by name"] += 1
            continue
        row = _inside(thing, (1, 1) if labelled.size is None else size, counted)
        if row and (thing.ignored or target == IGNORE):
            ignored.append([0, *row])
        elif row:
            kept.append([labels.index(target), *row])
    return np.array(kept, np.float32).reshape(-1, 5), np.array(ignored, np.float32).reshape(-1, 5)


def overlap(box: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return the intersection of two label rows over the smaller area: a part of a thing is the thing."""
    half, other_half = box[3:] / 2, other[3:] / 2
    right_bottom = np.minimum(box[1:3] + half, other[1:3] + other_half)
    left_top = np.maximum(box[1:3] - half, other[1:3] - other_half)
    sides = right_bottom - left_top
    return float(np.prod(np.clip(sides, 0, None)) / min(np.prod(box[3:]), np.prod(other[3:])))


def corners_of(boxes: Boxes, width: int, height: int) -> NDArray[np.float32]:
    """Return label rows as corners (n, 4) in pixels."""
    size = np.array([width, height], np.float32)
    middles, halves = boxes[:, 1:3] * size, boxes[:, 3:] * size / 2
    return np.hstack([middles - halves, middles + halves]).astype(np.float32)


def _inside(thing: Thing, size: tuple[int, int], counted: Counter[str]) -> list[float]:
    """Return centre and size in fractions of what lies in the picture; nothing where nothing does."""
    corners = np.array(thing.corners, np.float64) / (size * 2)
    if not np.isfinite(corners).all() or not (corners[2:] > corners[:2]).all():
        raise ValueError(f"a box of {thing.name} without area: {thing.corners}")
    inside = np.clip(corners, 0, 1)
    if not (inside[2:] - inside[:2] >= LEAST).all():
        counted["boxes outside their picture"] += 1
        return []
    if np.abs(inside - corners).max() > ROUNDING:
        counted["boxes clipped to their picture"] += 1
    return [*((inside[:2] + inside[2:]) / 2).tolist(), *(inside[2:] - inside[:2]).tolist()]


def _nearest(name: str, labels: Sequence[str]) -> str:
    return difflib.get_close_matches(name.lower(), labels, 1, 0)[0]
