"""Lifts: what the base model sees faintly is made as loud as ordinary pictures and blank ones allow."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from models.preprocess import letterbox
from models.recipe import Recipe, RecipeError

SELDOM = 0.01
"""In so many pictures without the label, each class of the base model reaches a confidence of a half."""
ENOUGH = 100
"""Fewer pictures do not tell what is seldom."""
BLANK = 0.2
"""In a picture of nothing at all, a covered lens or a dead sensor, no class reaches more."""
SLOPE = 40
"""How far a blank picture is darker at its top and brighter at its bottom than in the middle: fog, a wall."""
Lifts = dict[str, tuple[float, ...]]


def measure_lifts(base: Any, pictures: Iterable[NDArray[np.uint8]], recipe: Recipe) -> Lifts:  # noqa: ANN401  ultralytics ships no types
    """Return for each faint label what its classes' logits lack, from ``pictures`` that show no faint label.

    ``base`` is ready for export: it gives (1, 4 + classes, anchors).
    """
    ordinary = _surest(base, pictures, recipe)
    if len(ordinary) < ENOUGH:
        raise RecipeError(
            f"{len(ordinary)} training pictures show none of {', '.join(recipe.faint)}: {ENOUGH} are needed "
            "to lift them"
        )
    known = {name: index for index, name in base.names.items()}
    missing = {name for label in recipe.faint for name in recipe.start_classes(label)} - set(known)
    if missing:
        raise RecipeError(
            f"the base model has no class {', '.join(sorted(missing))}; it has: {', '.join(known)}"
        )
    lacking = lift_of(ordinary, _surest(base, _blanks(), recipe))
    return {
        label: tuple(float(lacking[known[name]]) for name in recipe.start_classes(label))
        for label in recipe.faint
    }


def lift_of(ordinary: NDArray[np.float32], blank: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return for confidences (pictures, classes) what to add to each class's logits."""
    seldom = np.quantile(ordinary.astype(float), 1 - SELDOM, axis=0)
    return np.asarray(np.minimum(-_logit(seldom), _logit(BLANK) - _logit(blank.max(axis=0).astype(float))))


def _surest(base: Any, pictures: Iterable[NDArray[np.uint8]], recipe: Recipe) -> NDArray[np.float32]:  # noqa: ANN401  ultralytics ships no types
    """Return the highest confidence (pictures, classes) of each class in each picture."""
    surest = []
    for picture in pictures:
        with torch.no_grad():
            answer = base(torch.from_numpy(letterbox(picture, recipe.input_px).blob))
        surest.append(answer[0, 4:].amax(1).numpy())
    return np.array(surest)


def _blanks() -> Iterator[NDArray[np.uint8]]:
    """Yield pictures without anything in them: every 16th grey, flat and as a slope, at three shapes."""
    for height, width in (360, 640), (480, 640), (640, 360):
        slope = np.linspace(-SLOPE, SLOPE, height)[:, None, None]
        for grey in range(0, 256, 16):
            for field in grey + 0 * slope, grey + slope:
                flat = np.clip(field, 0, 255).astype(np.uint8)
                yield np.broadcast_to(flat, (height, width, 3)).copy()


def _logit(confidence: float | NDArray[np.float64]) -> Any:  # noqa: ANN401  a float gives a float, an array an array
    kept = np.clip(confidence, 1e-6, 1 - 1e-6)
    return np.log(kept / (1 - kept))
