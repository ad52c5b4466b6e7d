"""Training: Ultralytics' trainer on a prepared dataset, keeping what the base weights know."""

from pathlib import Path
from typing import Any

import torch
from torch import nn
from ultralytics.models.yolo.detect import DetectionTrainer

from models.recipe import Recipe, RecipeError

RARE = -6.0
"""The bias of a class that nothing is known of: a confidence of 0.002 everywhere."""


def train(recipe: Recipe, dataset: Path, weights: Path, out: Path, *, resume: bool) -> Path:
    """Train in ``out/run`` and return the last weights; ``resume`` goes on from the last finished epoch."""
    last = out / "run" / "weights" / "last.pt"
    if resume and not last.exists():
        raise RecipeError(f"nothing to resume: {last} is missing; start without --resume")
    threads = torch.get_num_threads()  # before Ultralytics leaves one core idle
    overrides = {
        "model": str(last if resume else weights),
        "resume": str(last) if resume else False,
        "data": str(dataset / "data.yaml"),
        "project": str(out.resolve()),
        "name": "run",
        "exist_ok": True,
        "epochs": recipe.epochs,
        "imgsz": recipe.train_px,
        "batch": 16,
        "nbs": 16,
        "cache": "ram",
        "device": 0 if torch.cuda.is_available() else "cpu",
        "optimizer": "AdamW",
        "lr0": recipe.learning_rate,
        "lrf": 0.02,
        "cos_lr": True,
        "warmup_epochs": 0.5,
        "freeze": recipe.frozen_layers,
        "mosaic": 0.6,
        "close_mosaic": max(1, recipe.epochs // 4),
        "scale": 0.5,
        "degrees": 3.0,
        "hsv_v": 0.5,
        "plots": False,
        "val": False,  # `models evaluate` measures what will run: the exported file
    }
    trainer = DetectionTrainer(overrides=overrides)
    trainer.get_model = lambda cfg, weights, verbose: transplant(weights, recipe).to(  # noqa: ARG005
        memory_format=torch.channels_last  # a fifth faster on a CPU
    )
    trainer.add_callback("on_train_start", lambda _: torch.set_num_threads(threads))
    trainer.train()
    return Path(trainer.last)


def transplant(model: Any, recipe: Recipe) -> Any:  # noqa: ANN401  ultralytics ships no types
    """Give ``model`` the recipe's labels, each beginning with the head's row of its start class.

    Only the last convolution of each class branch changes, so the branches' features are kept, which a model
    built anew for another number of classes would lose.
    """
    labels = dict(enumerate(recipe.labels))
    if model.names == labels:
        return model
    known = {name: index for index, name in model.names.items()}
    starts = {label: recipe.start_class(label) for label in recipe.labels}
    unknown = {start for start in starts.values() if start and start not in known}
    if unknown:
        raise RecipeError(
            f"the base model has no class {', '.join(sorted(unknown))}; it has: {', '.join(known)}"
        )
    head = model.model[-1]
    for branch in head.cv3:
        branch[-1] = _rows(branch[-1], [known.get(start or "") for start in starts.values()])
    model.nc = head.nc = model.yaml["nc"] = len(labels)
    head.no = head.nc + head.reg_max * 4
    model.names = labels
    return model


def _rows(old: nn.Conv2d, rows: list[int | None]) -> nn.Conv2d:
    new = nn.Conv2d(old.in_channels, len(rows), kernel_size=1)
    with torch.no_grad():
        new.weight.normal_(std=float(old.weight.std()) / 4)
        new.bias.fill_(RARE)
        for index, row in enumerate(rows):
            if row is not None:
                new.weight[index], new.bias[index] = old.weight[row], old.bias[row]
    return new
