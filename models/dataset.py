"""The dataset: pictures of many sources with their labels, split by source scene, written for the trainer."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.boxes import Boxes, Teacher, overlap
from models.contact_sheet import draw_sheet
from models.dataset_folder import TAUGHT, DatasetFolder
from models.picture import PictureError, read_picture
from models.preprocess import GREY
from models.recipe import Recipe, RecipeError
from models.samples import Notes, Sample, gather, split
from models.tally import Counted, Tally, tally, without_labels

SAME_THING_IOU = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What `prepare` did so far, and each thing that it skipped, moved or left out, in words."""

    training_id: str = ""
    counts: dict[str, int] = field(default_factory=dict)  # "part source" → pictures
    skipped: tuple[str, ...] = ()
    counted: dict[str, int] = field(default_factory=dict)  # what was wrong with how many
    moved_to_training: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    without_labels: dict[str, int] = field(default_factory=dict)
    labels: tuple[Tally, ...] = ()
    step: str = ""
    done: int = 0
    total: int = 0


def prepare(
    recipe: Recipe, data: Path, out: Path, *, teacher: Teacher | None, apart: Sequence[Path] = ()
) -> Iterator[Summary]:
    """Write the trainer's files and `summary.json` below ``out``; yield the summary so far.

    What nears a picture below a folder of ``apart`` gets into neither part.
    An earlier dataset in ``out`` stays until it is known what to write.
    """
    _refuse_own_pictures(out, [data / source.pictures for source in recipe.sources], apart)
    notes, samples, folder = Notes(), list[Sample](), DatasetFolder(path=out)
    state = "as it was"
    try:
        folder.check()
        for done, total in gather(recipe, data, samples, notes):
            yield Summary(step="reading", done=done, total=total)
        chosen = split(samples, apart, notes)
        if not chosen:
            raise RecipeError("; ".join(["no picture can be used", *notes.skipped[:3], *notes.left_out[:3]]))
        state = "unfinished"
        folder.begin()
        yield from _write_all(recipe, folder, chosen, notes, teacher)
    except OSError as exc:
        raise RecipeError(
            f"{exc.filename or out}: {exc.strerror or exc}; {out} is {state}: "
            "make room or choose another --out, then run the same again"
        ) from exc


def _refuse_own_pictures(out: Path, sources: Sequence[Path], apart: Sequence[Path]) -> None:
    own = out.resolve()
    for folder in (path.resolve() for path in (*sources, *apart)):
        if folder.is_relative_to(own) or own.is_relative_to(folder):
            raise RecipeError(f"--out {out} and the pictures in {folder} overlap; choose a folder of its own")


def _write_all(
    recipe: Recipe, folder: DatasetFolder, samples: Sequence[Sample], notes: Notes, teacher: Teacher | None
) -> Iterator[Summary]:
    labels = list(recipe.labels)
    listed: list[str] = []
    counts: Counter[str] = Counter()
    written: list[Counted] = []
    shown: list[tuple[Path, Boxes]] = []
    digest = hashlib.sha256(recipe.model_dump_json().encode())
    for done, sample in enumerate(samples, 1):
        try:
            image = read_picture(sample.picture)
        except PictureError as exc:
            notes.skipped.append(str(exc))
            continue
        labelled = _teach(sample, image, teacher) if teacher and sample.source.teacher else sample
        content = _write(folder, labelled, image)
        if sample.part == "train":
            listed += [f"./images/train/{sample.file_name}"] * sample.source.repeat
        digest.update(f"{sample.part}/{sample.name}\n".encode() + content)
        counts[f"{sample.part} {sample.source.name}"] += 1
        height, width = image.shape[:2]
        written.append(Counted(part=sample.part, boxes=labelled.boxes, size=(width, height)))
        shown.append((folder.path / "images" / sample.part / sample.file_name, labelled.boxes))
        yield Summary(step="writing", done=done, total=len(samples))
    summary = Summary(
        training_id=digest.hexdigest()[:12],
        counts=dict(counts),
        skipped=tuple(notes.skipped),
        counted=dict(notes.counted),
        moved_to_training=tuple(notes.moved),
        left_out=tuple(notes.left_out),
        without_labels=without_labels(written),
        labels=tally(written, labels),
        step="written",
        done=len(written),
        total=len(samples),
    )
    for part in ("train", "val"):
        sheet = [one for one, counted in zip(shown, written, strict=True) if counted.part == part]
        folder.put(f"sheet-{part}.jpg", draw_sheet(sheet, labels))
    names = "".join(f"  {index}: {_quoted(label)}\n" for index, label in enumerate(labels))
    description = f"train: {TAUGHT}\nval: images/val\nnames:\n{names}"  # no path: it may be moved
    folder.put(TAUGHT, ("\n".join(listed) + "\n").encode())
    folder.put("data.yaml", description.encode())
    folder.put("summary.json", (json.dumps(asdict(summary), indent=1) + "\n").encode())
    folder.finish()
    yield summary


def _teach(sample: Sample, image: NDArray[np.uint8], teacher: Teacher) -> Sample:
    """Add what the teacher is sure of; hand labels win where both speak of one thing."""
    taught = teacher(image)
    hand = np.concatenate([sample.boxes, sample.ignored])
    new = [box for box in taught if not any(overlap(box, other) > SAME_THING_IOU for other in hand)]
    return replace(sample, boxes=np.concatenate([sample.boxes, np.array(new, np.float32).reshape(-1, 5)]))


def _write(folder: DatasetFolder, sample: Sample, image: NDArray[np.uint8]) -> bytes:
    """Write a picture, its label file and its truth file where it has one; return the first two."""
    text = "".join(f"{row[0]:.0f} {' '.join(f'{value:.6f}' for value in row[1:])}\n" for row in sample.boxes)
    label = text.encode()
    folder.put(f"labels/{sample.part}/{sample.name}.txt", label)
    seen, suffix = image.copy(), Path(sample.file_name).suffix
    for area in _areas(sample.ignored, image):
        image[area] = GREY
    for area in _areas(sample.boxes, image):  # a labelled thing is seen, also within what is ignored
        image[area] = seen[area]
    is_new = len(sample.ignored) or suffix != sample.picture.suffix.lower()
    content = cv2.imencode(suffix, image)[1].tobytes() if is_new else sample.picture.read_bytes()
    folder.put(f"images/{sample.part}/{sample.file_name}", content)
    truth = sample.picture.parent.parent / "truths" / f"{sample.picture.stem}.json"
    if truth.is_file():
        folder.put(f"truths/{sample.name}.json", truth.read_bytes())
    return label + content


def _areas(boxes: Boxes, image: NDArray[np.uint8]) -> Iterator[tuple[slice, slice]]:
    """Yield the rows and columns of ``image`` that each box covers."""
    size = np.array(image.shape[1::-1] * 2)
    for _, x, y, width, height in boxes:
        corners = np.array([x - width / 2, y - height / 2, x + width / 2, y + height / 2]) * size
        left, top, right, bottom = np.rint(np.clip(corners, 0, size)).astype(int)
        yield slice(top, bottom), slice(left, right)


def _quoted(text: str) -> str:
    """Return ``text`` as YAML, which quotes as JSON does."""
    return json.dumps(text, ensure_ascii=False)
