"""Answers: what a detector finds in the labelled pictures of a dataset, beside the truth."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.boxes import Boxes, corners_of, read_boxes
from models.dataset_folder import check_finished, labels_of
from models.detections import Detections
from models.detector import Detector
from models.picture import PictureError, find_pictures, read_picture
from models.recipe import RecipeError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """What a detector found in one picture (``width``, ``height`` in pixels), and the truth beside it."""

    picture: Path
    width: int
    height: int
    brightness: float  # mean of the grey picture, 0 to 255
    found: Detections
    truth: Boxes  # (n, 5): class id, left, top, right, bottom in pixels


def validation_pictures(dataset: Path) -> list[Path]:
    """Return the pictures of the validation part; raise ``RecipeError`` where there are none."""
    check_finished(dataset)
    pictures = list(find_pictures(dataset / "images" / "val"))
    if not pictures:
        raise RecipeError(f"no pictures in {dataset / 'images' / 'val'}: make the dataset first")
    return pictures


def judge(detector: Detector, dataset: Path, skipped: list[str]) -> Iterator[Answer]:
    """Yield the answer to each validation picture; what cannot be read is named in ``skipped`` instead."""
    ours = [
        detector.labels.index(name) if name in detector.labels else -1
        for name in label_names(dataset, detector)
    ]
    for picture in validation_pictures(dataset):
        try:
            image = read_picture(picture)
            boxes = read_boxes(dataset / "labels" / "val" / f"{picture.stem}.txt", len(ours))
            boxes[:, 0] = [ours[int(class_id)] for class_id in boxes[:, 0]]
        except FileNotFoundError as exc:
            skipped.append(f"{picture}: {exc.filename} is missing; an empty file says that it shows nothing")
        except (PictureError, OSError, ValueError) as exc:
            skipped.append(str(exc))
        else:
            yield _answer(detector, picture, image, boxes[boxes[:, 0] >= 0])


def label_names(dataset: Path, detector: Detector) -> Sequence[str]:
    """Return the labels that the dataset numbers; without a `data.yaml`, those of the detector."""
    return labels_of(dataset) or detector.labels


def check_numbering(dataset: Path, *detectors: Detector) -> None:
    """Raise ``RecipeError`` where the class ids of a dataset would mean other labels for each detector."""
    validation_pictures(dataset)  # where there are none, a description would not help
    if labels_of(dataset) is None and len({detector.labels for detector in detectors}) > 1:
        raise RecipeError(
            f"{dataset} has no data.yaml, and the models number their labels differently: "
            "write one (`names:`, then a line `  0: label` each)"
        )


def shown_labels(dataset: Path, detector: Detector) -> tuple[str, ...]:
    """Return the labels of the detector that have a truth anywhere in the dataset, its training part too."""
    names = label_names(dataset, detector)
    shown: set[str] = set()
    for path in (dataset / "labels").glob("*/*.txt"):
        with suppress(OSError, ValueError):  # `judge` names what cannot be read of the validation part
            shown |= {names[int(class_id)] for class_id in read_boxes(path, len(names))[:, 0]}
    return tuple(label for label in detector.labels if label in shown)


def _answer(detector: Detector, picture: Path, image: NDArray[np.uint8], boxes: Boxes) -> Answer:
    height, width = image.shape[:2]
    return Answer(
        picture=picture,
        width=width,
        height=height,
        brightness=float(image.mean(axis=(0, 1)) @ (0.114, 0.587, 0.299)),  # BGR to luma, ITU-R BT.601
        found=detector.detect(image),
        truth=np.hstack([boxes[:, :1], corners_of(boxes, width, height)]),
    )
