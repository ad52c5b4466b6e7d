"""The dataset: pictures of many sources with their labels, split by source scene, written for the trainer."""

import hashlib
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from models.looks import group_by_look
from models.picture import PictureError, find_pictures, read_picture
from models.preprocess import GREY
from models.recipe import IGNORE, Recipe, RecipeError, Source

Boxes = NDArray[np.float32]  # (n, 5): class id, centre x, centre y, width, height in fractions
Part = Literal["train", "val"]
Teacher = Callable[[NDArray[np.uint8]], Boxes]
VALIDATION_PERCENT = 18
DOMINANT_SHARE = 0.1
"""A group with more of its source's pictures than this is trained on."""
SAME_THING_IOU = 0.4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """One picture with what a person or the renderer labelled in it."""

    source: Source
    picture: Path
    part: Part
    boxes: Boxes
    ignored: Boxes

    @property
    def name(self) -> str:
        return f"{self.source.name}-{self.picture.stem}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What `prepare` wrote, and each thing that it skipped, in words."""

    training_id: str
    counts: dict[str, int]  # "part source" → pictures
    skipped: tuple[str, ...]


def prepare(recipe: Recipe, data: Path, out: Path, *, teacher: Teacher | None) -> Iterator[Summary]:
    """Write the trainer's files and `summary.json` below ``out``; yield the summary so far."""
    skipped: list[str] = []
    listed: list[str] = []
    counts: Counter[str] = Counter()
    digest = hashlib.sha256(recipe.model_dump_json().encode())
    for sample in _gather(recipe, data, skipped):
        try:
            image = read_picture(sample.picture)
        except PictureError as exc:
            skipped.append(str(exc))
            continue
        labelled = _teach(sample, image, teacher) if teacher and sample.source.teacher else sample
        label = _write(out, labelled, image)
        if sample.part == "train":
            listed += [f"./images/train/{_file_name(sample)}"] * sample.source.repeat
        digest.update(f"{sample.part}/{sample.name}\n{label}".encode())
        counts[f"{sample.part} {sample.source.name}"] += 1
        yield Summary(training_id=digest.hexdigest()[:12], counts=dict(counts), skipped=tuple(skipped))
    summary = Summary(training_id=digest.hexdigest()[:12], counts=dict(counts), skipped=tuple(skipped))
    names = "".join(f"  {index}: {label}\n" for index, label in enumerate(recipe.labels))
    description = f"path: {out.resolve()}\ntrain: train.txt\nval: images/val\nnames:\n{names}"
    (out / "train.txt").write_text("\n".join(listed) + "\n", encoding="utf-8")
    (out / "data.yaml").write_text(description, encoding="utf-8")
    (out / "summary.json").write_text(json.dumps(asdict(summary), indent=1) + "\n", encoding="utf-8")
    yield summary


def choose_part(group: str, share: float) -> Part:
    """Return the part of a group: always the same, and never `val` for a look that would dominate it."""
    return "val" if share <= DOMINANT_SHARE and _hash(group) % 100 < VALIDATION_PERCENT else "train"


def read_boxes(path: Path, classes: int) -> Boxes:
    """Return the boxes of a YOLO label file; raise ``ValueError`` naming the first wrong line."""
    boxes = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
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


def _gather(recipe: Recipe, data: Path, skipped: list[str]) -> Iterator[Sample]:
    for source in recipe.sources:
        pictures = list(find_pictures(data / source.pictures))
        if not pictures:
            raise RecipeError(
                f"source {source.name}: no pictures in {data / source.pictures}; "
                "fetch them or take the source out of the recipe"
            )
        groups = _groups(source, pictures)
        sizes = Counter(groups.values())
        chosen = set(sorted(sizes, key=_hash)[: source.limit])
        for picture, group in groups.items():
            if group in chosen:
                part = choose_part(f"{source.name}/{group}", sizes[group] / len(pictures))
                try:
                    yield _read_sample(recipe, source, picture, part)
                except (OSError, ValueError) as exc:
                    skipped.append(str(exc))


def _groups(source: Source, pictures: list[Path]) -> dict[Path, str]:
    if source.group == "look":
        return group_by_look(pictures)
    pattern = re.compile(source.group or ".*")
    matches = {picture: pattern.search(picture.stem) for picture in pictures}
    return {picture: match.group() if match else picture.stem for picture, match in matches.items()}


def _read_sample(recipe: Recipe, source: Source, picture: Path, part: Part) -> Sample:
    boxes = np.empty((0, 5), np.float32)
    if source.labels:
        boxes = read_boxes(picture.parent.parent / "labels" / f"{picture.stem}.txt", len(source.labels))
    ours = list(recipe.labels)
    names = [source.labels[int(class_id)] for class_id in boxes[:, 0]]
    known = np.array([name in recipe.labels for name in names], bool)
    ignored = np.array([name == IGNORE for name in names], bool)
    kept = boxes[known].copy()
    kept[:, 0] = [ours.index(name) for name in names if name in recipe.labels]
    return Sample(source=source, picture=picture, part=part, boxes=kept, ignored=boxes[ignored])


def _teach(sample: Sample, image: NDArray[np.uint8], teacher: Teacher) -> Sample:
    """Add what the teacher is sure of; hand labels win where both speak of one thing."""
    taught = teacher(image)
    hand = np.concatenate([sample.boxes, sample.ignored])
    new = [box for box in taught if not any(overlap(box, other) > SAME_THING_IOU for other in hand)]
    return replace(sample, boxes=np.concatenate([sample.boxes, np.array(new, np.float32).reshape(-1, 5)]))


def overlap(box: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return the intersection of two label rows over the smaller area: a part of a thing is the thing."""
    half, other_half = box[3:] / 2, other[3:] / 2
    right_bottom = np.minimum(box[1:3] + half, other[1:3] + other_half)
    left_top = np.maximum(box[1:3] - half, other[1:3] - other_half)
    sides = right_bottom - left_top
    return float(np.prod(np.clip(sides, 0, None)) / min(np.prod(box[3:]), np.prod(other[3:])))


def _write(out: Path, sample: Sample, image: NDArray[np.uint8]) -> str:
    picture = out / "images" / sample.part / _file_name(sample)
    label = out / "labels" / sample.part / f"{sample.name}.txt"
    for path in (picture, label):
        path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{row[0]:.0f} {' '.join(f'{value:.6f}' for value in row[1:])}\n" for row in sample.boxes)
    label.write_text(text, encoding="utf-8")
    if len(sample.ignored):
        _paint_grey(image, sample.ignored)
        if not cv2.imwrite(str(picture), image):
            raise RecipeError(f"{picture} cannot be written: is the disk full?")
    else:
        shutil.copyfile(sample.picture, picture)
    return text


def _file_name(sample: Sample) -> str:
    return f"{sample.name}{sample.picture.suffix.lower()}"


def _paint_grey(image: NDArray[np.uint8], boxes: Boxes) -> None:
    size = np.array(image.shape[1::-1] * 2)
    for _, x, y, width, height in boxes:
        corners = np.array([x - width / 2, y - height / 2, x + width / 2, y + height / 2]) * size
        left, top, right, bottom = np.rint(np.clip(corners, 0, size)).astype(int)
        image[top:bottom, left:right] = GREY


def _hash(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)
