"""Samples: the pictures of a recipe with their labels, in parts that share no scene."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.boxes import Boxes, choose_labels, place
from models.duplicates import Fingerprint, find_near, fingerprint, move_leaks
from models.imports import load_labels
from models.imports_photos import load_photos
from models.looks import group_by_look
from models.picture import SUFFIXES, PictureError, read_picture
from models.recipe import Recipe, RecipeError, Source

Part = Literal["train", "val"]
VALIDATION_PERCENT = 18
SMALLEST_PX = 10
"""The trainer leaves out pictures with a shorter side, without a word."""
UNKNOWN = frozenset({".gif", ".jfif"})
"""It leaves out pictures of these kinds too: they become PNG."""
DOMINANT_SHARE = 0.1
"""A group with more of its source's pictures than this is trained on."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """One picture with what a person or the renderer labelled in it."""

    source: Source
    picture: Path
    name: str  # its own in the whole dataset
    group: str
    part: Part
    boxes: Boxes
    ignored: Boxes
    look: Fingerprint

    @property
    def file_name(self) -> str:
        suffix = self.picture.suffix.lower()
        return f"{self.name}{'.png' if suffix in UNKNOWN else suffix}"


@dataclass(frozen=True, slots=True)
class Notes:
    """What is found out on the way."""

    skipped: list[str] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    moved: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def gather(recipe: Recipe, data: Path, samples: list[Sample], notes: Notes) -> Iterator[tuple[int, int]]:
    """Fill ``samples``; yield how many pictures of how many of a source were read."""
    taken: set[str] = set()
    labels = list(recipe.labels)
    for source in recipe.sources:
        photos = load_photos(source, data, notes.skipped) if source.format == "photos" else None
        pictures = (
            _pictures(source, data / source.pictures, notes.skipped) if photos is None else list(photos)
        )
        groups = _groups(source, data / source.pictures, pictures)
        sizes = Counter(groups.values())
        kept = set(sorted(sizes, key=_hash)[: source.limit])
        chosen = [picture for picture, group in groups.items() if group in kept]
        asked = pictures if source.labels_file else chosen
        labelled = load_labels(source, data, asked, notes.skipped) if photos is None else photos
        names = choose_labels(source, labelled.values(), labels)
        for done, picture in enumerate((one for one in chosen if one in labelled), 1):
            said = labelled[picture].part
            group = f"{source.name}/{groups[picture]}{f' ({said})' if said else ''}"
            try:
                image = read_picture(picture)
                size = _size(image, picture)
                boxes, ignored = place(labelled[picture], names, labels, size, notes.counted)
            except (PictureError, ValueError) as exc:
                notes.skipped.append(str(exc) if str(picture) in str(exc) else f"{picture}: {exc}")
                continue
            sample = Sample(
                source=source,
                picture=picture,
                name=_free_name(f"{source.name}-{picture.stem}", taken),
                group=group,
                part=said or choose_part(group, sizes[groups[picture]] / len(pictures)),
                boxes=boxes,
                ignored=ignored,
                look=fingerprint(image),
            )
            samples.append(sample)
            if not labelled[picture].things and (source.labels or source.format != "yolo"):
                notes.counted["pictures labelled as showing nothing"] += 1
            yield done, len(chosen)


def _size(image: NDArray[np.uint8], picture: Path) -> tuple[int, int]:
    height, width = image.shape[:2]
    if min(width, height) < SMALLEST_PX:
        raise PictureError(f"{picture}: {width}x{height}, too small to train on")
    return width, height


def _pictures(source: Source, folder: Path, skipped: list[str]) -> list[Path]:
    """Return the pictures of a source; those that are passed over are named in ``skipped``."""
    deep = _deep(folder)
    below = Counter(path.parent for path in deep if path.parent != folder and not source.labels_file)
    odd = [f"{path}: its pictures ({count}) are not read; make it a source" for path, count in below.items()]
    pictures = []
    for path in (path for path in deep if path.parent not in below):
        if _is_text(path.relative_to(folder).as_posix()):
            pictures.append(path)
        else:
            odd.append(f"{path}: its name is not UTF-8; rename it")
    skipped += odd
    if not pictures:
        raise RecipeError(
            f"source {source.name}: no pictures in {'; '.join([str(folder), *odd[:3]])}; "
            "fetch them or take the source out of the recipe"
        )
    return pictures


def _is_text(name: str) -> bool:
    """Whether the bytes of a file's name are UTF-8: others are kept as lone surrogates."""
    return name == name.encode(errors="ignore").decode()


def split(samples: Sequence[Sample], apart: Sequence[Path], notes: Notes) -> list[Sample]:
    """Return the samples that near no picture apart, with no near-duplicates on both sides."""
    kept = _without(samples, apart, notes)
    own = [one for one in range(len(kept)) if kept[one].part == "val"]
    near = find_near([kept[one].look for one in own], [one.look for one in kept])
    pairs = [(own[ours], theirs, alike) for ours, theirs, alike in near]
    groups = [one.group for one in kept]
    stay = move_leaks(groups, {groups[one] for one in own}, pairs)
    notes.moved.extend(
        f"{kept[ours].name} nears {kept[theirs].name} ({alike:.2f})"
        for ours, theirs, alike in pairs
        if groups[ours] not in stay and groups[ours] != groups[theirs]
    )
    return [replace(one, part="val" if one.group in stay else "train") for one in kept]


def _without(samples: Sequence[Sample], apart: Sequence[Path], notes: Notes) -> list[Sample]:
    paths, looks = [], []
    for folder in apart:
        if not _deep(folder):
            raise RecipeError(f"no pictures in {folder}, which were to be kept apart")
    for path in (path for folder in apart for path in _deep(folder)):
        try:
            looks.append(fingerprint(read_picture(path)))
            paths.append(path)
        except PictureError as exc:
            notes.skipped.append(str(exc))
    near = {ours: (theirs, alike) for ours, theirs, alike in find_near([one.look for one in samples], looks)}
    notes.left_out.extend(
        f"{samples[ours].name} nears {paths[theirs]} ({alike:.2f})" for ours, (theirs, alike) in near.items()
    )
    return [one for index, one in enumerate(samples) if index not in near]


def _deep(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES]


def _groups(source: Source, folder: Path, pictures: list[Path]) -> dict[Path, str]:
    if source.group == "look":
        return group_by_look(pictures)
    pattern = re.compile(source.group or ".*")
    names = {picture: picture.relative_to(folder).with_suffix("").as_posix() for picture in pictures}
    matches = {picture: pattern.search(name) for picture, name in names.items()}
    if not any(matches.values()):
        raise RecipeError(
            f"source {source.name}: group {source.group} is in no name, such as {names[pictures[0]]}"
        )
    return {picture: match.group() if match else names[picture] for picture, match in matches.items()}


def _free_name(name: str, taken: set[str]) -> str:
    """Return the name, numbered where it is taken: a.jpg and a.png have labels of their own."""
    free, number = name, 1
    while free.lower() in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free.lower())
    return free


def choose_part(group: str, share: float) -> Part:
    """Return the part of a group: always the same, and never `val` for a look that would dominate it."""
    return "val" if share <= DOMINANT_SHARE and _hash(group) % 100 < VALIDATION_PERCENT else "train"


def _hash(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)
