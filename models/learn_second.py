"""Learning the second look: regions around a detector's own boxes teach which of them show the thing."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from models import second_look, seen_regions, shown, views
from models.alarms import auroc
from models.backed import weigh
from models.boxes import Boxes
from models.dataset_folder import training_id_of
from models.detector import OnnxDetector, load_detector
from models.eye import PARTS, Progress, claim, constants_of, look_at_all, open_eye
from models.golden import record_golden
from models.learn_scene import teach
from models.looks_again import write_look
from models.manifest import Closer, Second, load_manifest, save_manifest
from models.recipe import Lesson, Recipe, RecipeError
from models.scene import MAPS, Judge
from models.seen_regions import AS_IT_IS, BOX_LOGIT, FEATURES, TOLD, WHICH, closer_of, look
from models.taken_over import second_of, take_over
from models.teachable import check_teachable


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """How well one look tells regions of the validation part with the thing from others, before and after."""

    labels: tuple[str, ...]
    shown: int
    free: int
    auroc_before: float
    auroc_after: float


def learn_second(
    recipe: Recipe,
    dataset: Path,
    model: Path,
    out: Path,
    *,
    version: str,
    judges: Path | None = None,
    only: str = "",
) -> Iterator[Progress | Learnt]:
    """Give the model in ``model`` its second look; what was seen lies in ``out``, to go on with.

    With ``only`` the look at that label is learnt; the others are those in ``judges``.
    """
    check_teachable(recipe, dataset)
    if not recipe.second:
        raise RecipeError(f"recipe {recipe.name} takes no second look: give it [[second]]")
    detector = detector_for(recipe, model)
    seconds, whole = _kept(recipe, only, judges) if judges else {}, recipe.second
    recipe = recipe.model_copy(update={"second": tuple(lesson for lesson in whole if lesson not in seconds)})
    lessons = ", ".join(map(repr, recipe.second))
    constants = constants_of(views, shown, second_look, seen_regions)
    claim(out, f"{training_id_of(dataset)} {detector.info.sha256} {lessons} {constants}")
    eye = open_eye(out / "features.onnx")
    rows = {part: [np.empty((0, FEATURES + 2 * MAPS), np.float32)] for part in PARTS}

    def see(picture: NDArray[np.uint8], boxes: Boxes, part: str) -> NDArray[np.float32]:
        return look(eye, detector, recipe, picture, boxes, part)

    for progress, seen in look_at_all(dataset, len(recipe.labels), out, see):
        for part, rows_of in seen:
            rows[part].append(rows_of)
        yield progress
    train, val = (np.concatenate(rows[part]) for part in PARTS)
    taught: dict[Lesson, tuple[Closer, Judge]] = {}
    for which, lesson in enumerate(recipe.second):
        ours = train[train[:, WHICH] == which]
        judge = teach(np.delete(ours, (WHICH, AS_IT_IS, BOX_LOGIT), axis=1))
        asked = val[(val[:, WHICH] == which) & (val[:, AS_IT_IS] > 0)]
        with torch.no_grad():
            seen = judge(torch.from_numpy(asked[:, FEATURES:])).numpy()
        closer, learnt = weighed(lesson, asked[:, TOLD] > 0, asked[:, BOX_LOGIT], seen)
        taught[lesson] = closer, judge
        yield learnt
    for second in seconds.values():
        take_over(judges or model, second, model)
    training_id = f"{recipe.name}-{training_id_of(dataset)}"
    seconds |= {
        lesson: write_look(model, closer, training_id, judge) for lesson, (closer, judge) in taught.items()
    }
    name_second(model, tuple(seconds[lesson] for lesson in whole), version)


def detector_for(recipe: Recipe, model: Path) -> OnnxDetector:
    """Return the detector in ``model``; raise ``RecipeError`` where it lacks labels to be looked at again."""
    detector = load_detector(model, variant="fp32", second_look=False)
    unknown = {name for look in recipe.second for name in look.labels + look.also} - set(detector.labels)
    if unknown:
        raise RecipeError(
            f"{detector.info.name} {detector.info.version} in {model} knows {', '.join(detector.labels)}, "
            f"not {', '.join(sorted(unknown))}: export it by the same recipe"
        )
    return detector


def check_looked_at(recipe: Recipe, only: str) -> None:
    """Raise ``RecipeError`` for a label that the recipe does not look at again."""
    if only and not any(only in lesson.labels for lesson in recipe.second):
        raise RecipeError(f"recipe {recipe.name} does not look again at {only}")


def _kept(recipe: Recipe, only: str, judges: Path) -> dict[Lesson, Second]:
    """Return the looks that are not learnt again, whose files are as their manifest says."""
    check_looked_at(recipe, only)
    load_detector(judges, variant="fp32")
    return {lesson: second_of(judges, lesson) for lesson in recipe.second if only not in lesson.labels}


def weighed(
    lesson: Lesson, told: NDArray[np.bool_], sure: NDArray[np.float32], seen: NDArray[np.float32]
) -> tuple[Closer, Learnt]:
    """Return the look with what its parts are worth, fitted on what it saw (n,) of the validation part.

    ``told`` is the truth, ``sure`` the logit of the surest box judged and ``seen`` that of the look.
    """
    columns = torch.from_numpy(np.stack([sure, seen, np.ones_like(sure)], axis=1))
    fitted = weigh(columns, torch.from_numpy(told.astype(np.float32)), ", ".join(lesson.labels)).tolist()
    of_box, of_look, of_neither = (round(value, 4) for value in fitted)
    closer = closer_of(lesson, (of_box, of_look, of_neither))
    both = of_box * sure + of_look * seen
    before, after = (
        auroc(scores[told], scores[~told], np.ones(told.sum()), np.ones((~told).sum()))
        for scores in (sure.astype(np.float64), both.astype(np.float64))
    )
    return closer, Learnt(
        labels=lesson.labels,
        shown=int(told.sum()),
        free=int((~told).sum()),
        auroc_before=before,
        auroc_after=after,
    )


def name_second(model: Path, seconds: tuple[Second, ...], version: str) -> None:
    """Name the networks that look again, which are there, in the manifest; record what is found with them.

    Those that it named before go.
    """
    manifest = load_manifest(model)
    save_manifest(manifest.model_copy(update={"second": seconds, "version": version}), model)
    for stale in {*model.glob("model.second*.onnx")} - {model / second.path for second in seconds}:
        stale.unlink()
    golden = model / "golden"
    if golden.is_dir():
        record_golden(load_detector(model, variant="fp32"), golden)
