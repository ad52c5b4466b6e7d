"""Tuning: the last blocks that a second look sees with learn too, from regions around a detector's boxes."""

import math
import pickle
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from models import region_examples, second_look, seen_regions, shown, views
from models import tail as tail_of_scene
from models.dataset_folder import training_id_of
from models.eye import Progress, claim, constants_of, open_eye
from models.learn_second import Learnt, check_looked_at, detector_for, name_second
from models.looks_again import write_look
from models.manifest import load_manifest
from models.recipe import Lesson, Recipe, RecipeError
from models.region_examples import Example, batches, examples_of
from models.scene import Judge, Scene
from models.tail import EARLY, Tail
from models.taken_over import judged_in, second_of
from models.teachable import check_teachable
from models.weigh_second import check_judges, check_looks, weigh_second

EPOCHS = 6
BATCH = 32
RATE, JUDGE_RATE = 2e-4, 1e-3
WARM, LAST = 100, 0.02
"""The rates rise for so many steps, then fall to this part of what they were along a cosine."""
DECAY = 0.03
OTHERS = 1.5
"""So many regions without the thing an epoch for each with it."""
UNSURE = 0.02
"""So far from certain is what is taught: labels err."""
FEWEST = 20
"""Of regions with and without the thing: fewer teach nothing."""


class Early(Scene):
    """EfficientNet-Lite2 up to where a tail begins."""

    def forward(self, images: Tensor) -> Tensor:
        """Return maps (n, 120, h / 16, w / 16) of images (n, 3, h, w)."""
        self.features(images)
        return self.maps[EARLY]


class Learner(nn.Module):  # type: ignore[misc]
    """A judge and its tail, what makes them learn, and how far that has come."""

    def __init__(self, judge: Judge, tail: Tail, steps: int) -> None:
        super().__init__()
        self.judge, self.tail, self.steps, self.epochs = judge, tail, steps, 0
        self.to(memory_format=torch.channels_last)  # a third faster on a CPU
        groups = ((tail.parameters(), RATE), (judge.parameters(), JUDGE_RATE))
        self.optimizer = torch.optim.AdamW(
            [{"params": list(of), "lr": rate} for of, rate in groups], weight_decay=DECAY
        )
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimizer, self._part_of_rate)

    def step(self, maps: Tensor, told: Tensor) -> None:
        """Learn from maps (n, 120, h, w) and the truth (n,)."""
        logits = self.judge(self.tail(maps.contiguous(memory_format=torch.channels_last)))
        loss = binary_cross_entropy_with_logits(logits, told * (1 - 2 * UNSURE) + UNSURE)
        if not torch.isfinite(loss):
            raise RecipeError("the loss is no number: the second look holds what is none; learn it again")
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.schedule.step()

    def save(self, path: Path) -> None:
        """Write everything that is needed to go on."""
        part = path.with_suffix(".part")
        torch.save({"epochs": self.epochs, **{key: one.state_dict() for key, one in self._states()}}, part)
        part.replace(path)

    def load(self, path: Path) -> None:
        """Go on from ``path``, if it is there."""
        if not path.exists():
            return
        try:
            saved = torch.load(path, map_location="cpu", weights_only=True)
            for key, one in self._states():
                one.load_state_dict(saved[key])
            self.epochs = saved["epochs"]
        except OSError as exc:
            raise RecipeError(f"{path} cannot be read ({exc}): remove it, or name another --out") from exc
        except (RuntimeError, EOFError, KeyError, ValueError, pickle.UnpicklingError) as exc:
            raise RecipeError(f"{path} is damaged: remove it, or name another --out") from exc

    def _states(self) -> tuple[tuple[str, Any], ...]:
        return ("network", self), ("optimizer", self.optimizer), ("schedule", self.schedule)

    def _part_of_rate(self, step: int) -> float:
        fallen = 0.5 * (1 + math.cos(math.pi * min(1.0, step / (EPOCHS * self.steps))))
        return min(1.0, (step + 1) / WARM) * (LAST + (1 - LAST) * fallen)


def tune_second(
    recipe: Recipe, dataset: Path, model: Path, out: Path, *, only: str, version: str
) -> Iterator[Progress | Learnt]:
    """Let the look at ``only`` of the model in ``model`` learn to see; what it learnt so far lies in ``out``.

    Its judge goes on learning, with a tail that begins as ImageNet's; the network before it and all other
    looks stay as they are (Yosinski et al., How transferable are features in deep neural networks?, 2014).
    """
    check_teachable(recipe, dataset)
    lesson, staged = _whole_thing(recipe, only), out / "model"
    detector, second = detector_for(recipe, model), second_of(model, lesson)
    check_judges(recipe, model, only)
    if staged.resolve() == model.resolve() or out.resolve().is_relative_to(model.resolve()):
        raise RecipeError(f"{out} would hold the model itself: name another --out, beside {model}")
    yield from check_looks(recipe, lesson, dataset, detector)
    judge, tail = judged_in(model, second)
    constants = constants_of(
        views, shown, second_look, seen_regions, region_examples, tail_of_scene, sys.modules[__name__]
    )
    claim(out, f"{training_id_of(dataset)} {load_manifest(model).sha256_of('fp32')} {lesson!r} {constants}")
    examples = list[Example]()
    for progress, found in examples_of(recipe, lesson, dataset, detector):
        examples += found
        yield progress
    tail = tail or Tail()
    yield from learn(judge, tail, examples, out)
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(model, staged, ignore=shutil.ignore_patterns("golden"))
    training_id = f"{recipe.name}-{training_id_of(dataset)}"
    tuned = write_look(staged, second.look, training_id, judge, tail)
    seconds = load_manifest(model).second
    name_second(staged, tuple(tuned if one == second else one for one in seconds), version)
    yield from weigh_second(recipe, dataset, model, staged, version=version, only=only)


def learn(judge: Judge, tail: Tail, examples: Sequence[Example], out: Path) -> Iterator[Progress]:
    """Teach a judge and its tail; epochs that are in ``out`` are not learnt again."""
    shown, free = ([one for one in examples if one.told is told] for told in (True, False))
    if min(len(shown), len(free)) < FEWEST:
        raise RecipeError(
            f"{len(shown)} regions of training pictures show the thing, {len(free)} do not: {FEWEST} of each "
            "are needed"
        )
    others = min(len(free), round(OTHERS * len(shown)))
    steps = (len(shown) + others) // BATCH
    learner, kept = Learner(judge, tail, steps), out / "tail.pt"
    early = open_eye(out / "early.onnx", Early().eval())
    learner.load(kept)
    learner.train()
    while learner.epochs < EPOCHS:
        dice = np.random.default_rng(learner.epochs)
        torch.manual_seed(learner.epochs)
        chosen = [*shown, *(free[one] for one in dice.permutation(len(free))[:others])]
        order = [chosen[one] for one in dice.permutation(len(chosen))]
        for step, (maps, told) in enumerate(batches(order, BATCH, early, learner.epochs), 1):
            learner.step(torch.from_numpy(maps), torch.from_numpy(told))
            yield Progress(done=learner.epochs * steps + step, total=EPOCHS * steps)
        learner.epochs += 1
        learner.save(kept)
    learner.eval()


def _whole_thing(recipe: Recipe, only: str) -> Lesson:
    """Return the lesson of the look that judges the boxes of ``only``, each one whole thing."""
    check_looked_at(recipe, only)
    lesson = next((lesson for lesson in recipe.second if only in lesson.labels), None)
    if lesson is None or not lesson.whole:
        raise RecipeError(
            f"recipe {recipe.name} looks at no {only or 'label'} as one whole thing (whole = true): "
            "only such a look can be tuned"
        )
    return lesson
