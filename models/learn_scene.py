"""Learning a scene: the features of many views of the training pictures teach its judge."""

import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from models import views
from models.alarms import auroc
from models.boxes import Boxes
from models.dataset_folder import training_id_of
from models.eye import PARTS, Eye, Progress, claim, constants_of, look_at_all, open_eye
from models.preprocess import letterbox
from models.recipe import Recipe, RecipeError
from models.scene import MAPS, Judge, save_judge
from models.teachable import check_teachable
from models.views import view_of

VIEWS = 5
"""The picture itself and four more views of it."""
SEEN = 0.03
"""A view of a picture with the thing counts if so much of it is under boxes; with less, nobody knows."""
EPOCHS = 25
BATCH = 64
RATE = 1e-3
DECAY = 0.1
FEWEST = 20
"""Of pictures with and without the thing, in training: fewer teach nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """A judge was written; how well it tells the validation pictures with the thing from those without."""

    path: Path
    shown: int
    free: int
    auroc: float | None  # none where the validation part lacks one of them


def learn_scene(recipe: Recipe, dataset: Path, out: Path) -> Iterator[Progress | Learnt]:
    """Write ``out/scene.pt``; what was looked at before an interruption is not looked at again."""
    check_teachable(recipe, dataset)
    if recipe.scene is None:
        raise RecipeError(f'recipe {recipe.name} judges no scene: give it scene = "LABEL"')
    constants = constants_of(views, sys.modules[__name__])
    claim(out, f"{training_id_of(dataset)} {recipe.scene} {recipe.input_px} {constants}")
    eye = open_eye(out / "features.onnx")
    looks = {part: [np.empty((0, 1 + 2 * MAPS), np.float32)] for part in PARTS}

    def see(picture: NDArray[np.uint8], boxes: Boxes, part: str) -> NDArray[np.float32]:
        return look(eye, recipe, picture, boxes, VIEWS if part == "train" else 1)

    for progress, seen in look_at_all(dataset, len(recipe.labels), out, see):
        for part, looks_of in seen:
            looks[part].append(looks_of)
        yield progress
    judge = teach(np.concatenate(looks["train"]))
    path = out / "scene.pt"
    save_judge(judge, path)
    yield _measured(path, judge, looks["val"])


def look(
    eye: Eye, recipe: Recipe, picture: NDArray[np.uint8], boxes: Boxes, most: int
) -> NDArray[np.float32]:
    """Return (n, 1 + features) of ``most`` views or fewer; the first column is 1 where the thing is shown."""
    label = list(recipe.labels).index(str(recipe.scene))
    boxes = boxes[boxes[:, 0] == label]
    dice = np.random.default_rng(zlib.crc32(picture.tobytes()))
    seen = [picture]
    for _ in range(most - 1):
        view, share = view_of(picture, boxes, dice)
        if not len(boxes) or share >= SEEN:
            seen.append(view)
    told = np.full((len(seen), 1), float(len(boxes) > 0))
    features = [eye(letterbox(one, recipe.input_px).blob) for one in seen]
    return np.hstack([told, np.concatenate(features)]).astype(np.float32)


def teach(looks: NDArray[np.float32]) -> Judge:
    """Return a judge taught by (n, 1 + features); with and without weigh the same."""
    truths, features = torch.from_numpy(looks[:, 0]), torch.from_numpy(looks[:, 1:])
    shown = int(truths.sum())
    if min(shown, len(truths) - shown) < FEWEST:
        raise RecipeError(
            f"{shown} training views show the thing, {len(truths) - shown} do not: {FEWEST} of each are "
            "needed"
        )
    torch.manual_seed(0)
    judge = Judge()
    judge.mean.copy_(features.mean(0))
    judge.deviation.copy_(features.std(0) + 1e-3)
    weights = torch.where(truths > 0, len(truths) / (2 * shown), len(truths) / (2 * (len(truths) - shown)))
    optimizer = torch.optim.AdamW(judge.parameters(), lr=RATE, weight_decay=DECAY)
    schedule: Any = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 1 / EPOCHS, total_iters=EPOCHS)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(truths)).split(BATCH):
            loss = binary_cross_entropy_with_logits(judge(features[batch]), truths[batch], weights[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        schedule.step()
    judge.eval()
    return judge


def _measured(path: Path, judge: nn.Module, looks: list[NDArray[np.float32]]) -> Learnt:
    told = np.concatenate(looks)
    with torch.no_grad():
        scores = judge(torch.from_numpy(told[:, 1:])).numpy()
    shown, free = scores[told[:, 0] > 0], scores[told[:, 0] == 0]
    weights = np.ones(len(shown)), np.ones(len(free))
    measured = auroc(shown, free, *weights) if len(shown) and len(free) else None
    return Learnt(path=path, shown=len(shown), free=len(free), auroc=measured)
