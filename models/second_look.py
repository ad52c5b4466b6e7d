"""The second look: what a detector found is seen again, closer, by a network that knows more."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from models.detections import Detections
from models.manifest import Closer, Manifest, ModelError, Second, read_verified
from models.overlaps import areas_of, iou, shared
from models.postprocess import FLOOR
from models.preprocess import letterbox
from models.session import answer_to, open_session, unlike

Region = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""
FAINTEST = 1e-4
"""A confidence below this counts as this."""
FAINT = 0.15
"""A box fainter than this is not looked at: what was hardly seen at all is not to become sure."""
SMALL = 0.5
"""A box that is smaller than this part of a region is one thing among others there."""
MOST = 12
"""No picture has more regions of a kind looked at: a look must not take as long as a market has wares."""
SURE = 0.2
"""What another label is given for from this confidence on may be looked at as one of ours."""
SAME = 0.55
"""Boxes that overlap by more than this (IoU) are of one thing."""
PART = 0.8
"""A box of which this share lies in a surer one is a part of the same thing,"""
NEARLY = 1.0
"""and where the other is larger, its logit may be so much lower."""


@dataclass(frozen=True, slots=True, eq=False)
class SecondLook:
    """Judges regions around boxes of some labels; how sure these are changes, where they are does not.

    Boxes of labels that are looked at ``also`` come once more as ours, parts of ``whole`` things go.
    """

    model: str
    second: Second
    session: ort.InferenceSession

    def __post_init__(self) -> None:
        if has := unlike(self.session, 1):
            raise ModelError(
                f"model {self.model}: a second look has input 1 x 3 x height x width and one logit, "
                f"{self.second.path} has {has}; learn it again (`models second`)"
            )

    def look_again(
        self, image: NDArray[np.uint8], found: Detections, asked: Collection[str] | None = None
    ) -> Detections:
        """Return ``found``, most confident first, with what a second look at ``image`` makes of it.

        What is left to judge, of a kind that nobody ``asked`` for or beyond the MOST regions of one, counts
        as little as a box can: it says that something is there, not how sure that is.
        """
        look = self.second.look
        wanted = asked is None or bool(set(look.labels) & set(asked))
        seen = with_others(look, found) if wanted else found
        chosen, confidences = chosen_for(look, seen), seen.confidences.copy()
        confidences[chosen] = FLOOR
        confidences[len(found) :] = 0
        regions = regions_of(seen.boxes[chosen], look, image.shape[1], image.shape[0]) if wanted else ()
        for region, members in regions:
            there = chosen[members]
            confidences[there] = combine(seen.confidences[there], self.judge(image, region), look.worth)
        if look.whole and wanted:
            ours = chosen_for(look, seen, FLOOR)
            confidences[ours[parts_of(seen.boxes[ours], confidences[ours])]] = 0
        order = np.argsort(-confidences, kind="stable")
        order = order[confidences[order] >= FLOOR]
        return Detections(seen.boxes[order], confidences[order], seen.class_ids[order], seen.labels)

    def judge(self, image: NDArray[np.uint8], region: Region) -> float:
        """Return the logit of the thing being in a region; raise ``ModelError`` where it is no number."""
        left, top, right, bottom = region
        fitted = letterbox(np.ascontiguousarray(image[top:bottom, left:right]), self.second.input_px)
        (seen,) = answer_to(fitted.blob, self.session, f"{self.model}, {self.second.path},")
        if not np.isfinite(seen):
            raise ModelError(
                f"{self.second.path} of model {self.model} gave a value that is no number: it is refused; "
                "go back a version"
            )
        return float(seen)


def open_second_look(
    directory: Path, manifest: Manifest, second: Second, providers: Sequence[str]
) -> SecondLook:
    """Return one of the second looks of a model directory after verifying its hash."""
    session = open_session(read_verified(directory, second), directory / second.path, providers)
    return SecondLook(f"{manifest.name} {manifest.version}", second, session)


def chosen_for(look: Closer, found: Detections, faint: float = FAINT) -> NDArray[np.intp]:
    """Return which boxes of ``found`` a look judges, of its labels from ``faint`` on, the surest first."""
    ids = [found.labels.index(label) for label in look.labels]
    chosen = np.flatnonzero(np.isin(found.class_ids, ids) & (found.confidences >= faint))
    return chosen[np.argsort(-found.confidences[chosen], kind="stable")]


def with_others(look: Closer, found: Detections) -> Detections:
    """Return ``found``, and once more as the first label of a look the boxes that it looks at ``also``.

    Those count as hardly seen; what already has a box of the look's labels is not added again.
    """
    ids = [found.labels.index(label) for label in look.also]
    others = np.flatnonzero(np.isin(found.class_ids, ids) & (found.confidences >= SURE))
    ours = chosen_for(look, found)
    others = others[~(iou(found.boxes[others], found.boxes[ours]) > SAME).any(axis=1)]
    return Detections(
        np.concatenate([found.boxes, found.boxes[others]]),
        np.concatenate([found.confidences, np.full(len(others), FAINT, np.float32)]),
        np.concatenate([found.class_ids, np.full(len(others), found.labels.index(look.labels[0]), np.intp)]),
        found.labels,
    )


def parts_of(boxes: NDArray[np.float32], confidences: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return which boxes (n, 4) are parts: in a surer one, or in a larger one nearly as sure, that stays.

    A thing's front, seen by itself, may be surer than the thing.
    """
    sizes, sure, parts = areas_of(boxes), logit(confidences), list[int]()
    within = shared(boxes, boxes) / np.maximum(sizes[:, None], 1e-9)
    for one in np.argsort(-sizes, kind="stable"):
        others = [other for other in range(len(boxes)) if other not in parts]
        less = np.where(sizes[others] > sizes[one], NEARLY, 0.0)
        if ((within[one, others] > PART) & (sure[others] > sure[one] - less)).any():
            parts.append(int(one))
    return np.array(parts, np.intp)


def regions_of(
    boxes: NDArray[np.float32], look: Closer, width: int, height: int
) -> Iterator[tuple[Region, NDArray[np.intp]]]:
    """Yield what to look at for boxes (n, 4), most confident first, and which of them it judges.

    A small box inside a region is judged with it: of a stall's fifty oranges, one look is enough; not where
    each is one ``whole`` thing. What is not in the first MOST regions is in none.
    """
    left = np.arange(len(boxes))
    for _ in range(MOST):
        if not len(left):
            return
        region = region_of(boxes[left[0]], look, width, height)
        middles = (boxes[left, :2] + boxes[left, 2:]) / 2
        within = ((middles >= region[:2]) & (middles <= region[2:])).all(axis=1)
        sides = np.max(boxes[left, 2:] - boxes[left, :2], axis=1)
        judged = within & (sides < SMALL * max(region[2] - region[0], region[3] - region[1]))
        judged &= not look.whole
        judged[0] = True
        yield region, left[judged]
        left = left[~judged]


def region_of(box: NDArray[np.float32], look: Closer, width: int, height: int) -> Region:
    """Return the square around a box, moved into the picture; what is larger than it ends at its edges."""
    side = max(look.scale * float(np.max(box[2:] - box[:2])), look.least * min(width, height))
    starts = [
        min(max(0.0, float(box[axis] + box[axis + 2]) / 2 - side / 2), max(0.0, length - side))
        for axis, length in enumerate((width, height))
    ]
    left, top = (min(int(start), length - 1) for start, length in zip(starts, (width, height), strict=True))
    right, bottom = (
        min(max(round(start + side), first + 1), length)
        for start, first, length in zip(starts, (left, top), (width, height), strict=True)
    )
    return left, top, right, bottom


def combine(
    confidences: NDArray[np.float32], seen: float, worth: tuple[float, float, float]
) -> NDArray[np.float32]:
    """Return the confidences (n,) of a box and a second look together, by logistic regression.

    Wolpert, Stacked generalization, 1992.
    """
    of_box, of_look, of_neither = worth
    together = of_box * logit(confidences) + of_look * seen + of_neither
    return np.asarray(1 / (1 + np.exp(-together)), np.float32)


def logit(confidences: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the logits of confidences, 0 and 1 kept finite."""
    kept = np.clip(confidences.astype(np.float64), FAINTEST, 1 - FAINTEST)
    return np.asarray(np.log(kept / (1 - kept)))
