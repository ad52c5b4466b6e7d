"""Let a detector look at many pictures, with a bar that says how long it takes; what fails is named."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from models.commands.shared import notes

if TYPE_CHECKING:
    from models.alarms import Folder
    from models.answers import Answer
    from models.detector import Detector
    from models.evaluate import Judged


def look_at(detector: "Detector", dataset: Path, skipped: list[str]) -> "list[Answer]":
    """Return the answers to the validation part of a dataset."""
    from models.answers import judge, label_names, validation_pictures
    from models.recipe import RecipeError

    total = len(validation_pictures(dataset))
    unknown = [name for name in label_names(dataset, detector) if name not in detector.labels]
    if unknown:
        notes.print(f"not asked: {', '.join(unknown)}; {detector.info.name} does not know them")
    answers = _watched(judge(detector, dataset, skipped), total, "pictures")
    if not answers:
        raise RecipeError(f"none of {total} pictures could be read, such as {skipped[0]}")
    return answers


def judge_labels(detector: "Detector", answers: "Sequence[Answer]", *, of_pictures: bool) -> "list[Judged]":
    """Return the judged boxes of each label, or the judged pictures."""
    from models.evaluate import gather, per_picture

    boxes = [gather(label, class_id, answers) for class_id, label in enumerate(detector.labels)]
    return [per_picture(one) for one in boxes] if of_pictures else boxes


def look_into(detector: "Detector", folder: Path, skipped: list[str]) -> "Folder":
    """Return what is found in the pictures and clips of a folder."""
    import numpy as np

    from models.alarms import Folder
    from models.frames import frame_files, read_frames
    from models.picture import PictureError

    found, files = [], []
    paths = frame_files(folder)
    with progress_bar() as progress:
        for number, path in enumerate(progress.track(paths, description=folder.name)):
            try:
                for frame in read_frames(path):
                    found.append(detector.detect(frame.image))
                    files.append(number)
            except PictureError as exc:
                skipped.append(str(exc))
    return Folder(name=str(folder), found=tuple(found), files=np.array(files, np.intp))


def known_labels(detector: "Detector", wanted: Sequence[str] | None) -> tuple[str, ...]:
    """Return the labels that were asked for, or all; refuse what the model does not know."""
    odd = [label for label in wanted or () if label not in detector.labels]
    if odd:
        names = ", ".join(detector.labels)
        raise typer.BadParameter(f"{detector.info.name} has no {', '.join(odd)}; it has {names}")
    return tuple(wanted or detector.labels)


def tell_skipped(skipped: Sequence[str]) -> None:
    """Name and count what was left out."""
    for problem in skipped:
        notes.print(f"skipped {problem}", markup=False, highlight=False, soft_wrap=True)
    if skipped:
        notes.print(f"{len(skipped)} skipped")


def progress_bar() -> Progress:
    """Return a bar with the time that is left."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=notes, transient=True, disable=not notes.is_terminal)


def _watched(answers: "Iterable[Answer]", total: int, name: str) -> "list[Answer]":
    with progress_bar() as progress:
        return list(progress.track(answers, total=total, description=name))
