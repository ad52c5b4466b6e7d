"""Training: Ultralytics' trainer on a prepared dataset, keeping what the base weights know."""

import pickle
from pathlib import Path
from typing import Any

import torch
from ultralytics.models.yolo.detect import DetectionTrainer
from ultralytics.utils.torch_utils import strip_optimizer

from models.heads import transplant
from models.informed import check_hints, inform, is_informed, takes_hints
from models.night import darkened
from models.picture import evenly, find_pictures, read_picture
from models.recipe import Recipe, RecipeError
from models.teachable import check_teachable
from models.thaw import thaw
from models.weights import load_weights

STEP_PICTURES = 16
"""Pictures of one step of learning."""

THAWING_PICTURES = 200
"""So many training pictures say what a published model's layers see."""


def train(recipe: Recipe, dataset: Path, weights: Path, out: Path, *, resume: bool) -> Path:
    """Train in ``out/run`` and return the last weights; ``resume`` goes on from the last finished epoch."""
    check_teachable(recipe, dataset)
    last = out / "run" / "weights" / "last.pt"
    data = str(dataset / "data.yaml")
    if resume:
        _check_unfinished(last, data, recipe)
    elif last.exists():
        raise RecipeError(f"{last} is there from an earlier run: go on with --resume, or name another --out")
    if not resume:
        weights = _begin(recipe, dataset, weights, out)
    threads = torch.get_num_threads()  # before Ultralytics leaves one core idle
    overrides = {
        "model": str(last if resume else weights),
        "resume": str(last) if resume else False,
        "data": data,
        "project": str(out.resolve()),
        "name": "run",
        "exist_ok": True,
        "epochs": recipe.epochs,
        "imgsz": recipe.train_px,
        "batch": STEP_PICTURES,
        "nbs": STEP_PICTURES,  # else Ultralytics takes a step every 64 pictures: too few steps
        "cache": "ram",
        "device": 0 if torch.cuda.is_available() else "cpu",
        "optimizer": "AdamW",
        "lr0": recipe.learning_rate,
        "lrf": 0.02,
        "cos_lr": True,
        "warmup_epochs": 1.0,
        "warmup_bias_lr": 0.0,  # Ultralytics' 0.1 is for SGD: AdamW would move each bias by that a step
        "freeze": recipe.frozen_layers,
        "mosaic": recipe.mosaic,
        "close_mosaic": max(1, recipe.epochs // 4),
        "scale": 0.5,
        "degrees": 3.0,
        "hsv_v": 0.5,
        "plots": False,
        "val": False,  # `models evaluate` measures what will run: the exported file
    }
    trainer = Trainer(recipe, overrides)
    trainer.add_callback("on_train_start", lambda _: torch.set_num_threads(threads))
    trainer.add_callback("on_pretrain_routine_end", use_bfloat16)
    trainer.add_callback("on_train_batch_end", check_loss)
    trainer.train()
    return Path(trainer.last)


def use_bfloat16(trainer: Any) -> None:  # noqa: ANN401  ultralytics ships no types
    """Let the layers compute in bfloat16 on a CPU that has it, in 0.6 of the time; the loss stays in float32.

    With 8 bits the corners of a box would lie on a raster of up to 2 pixels of 352.
    """
    has_it = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    if trainer.device.type == "cpu" and has_it():
        trainer.amp = True  # on a CPU, torch's autocast means bfloat16
        trainer.model.model[-1].register_forward_hook(widened)


def widened(_head: Any, _maps: Any, answer: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
    """Return what a head answers in training, tensors and lists of them, in float32."""
    return {
        name: value.float() if isinstance(value, torch.Tensor) else [one.float() for one in value]
        for name, value in answer.items()
    }


def check_loss(trainer: Any) -> None:  # noqa: ANN401  ultralytics ships no types
    """Raise ``RecipeError`` where Ultralytics would put back the last checkpoint and go on."""
    if not torch.isfinite(trainer.loss).all():
        raise RecipeError(
            "the loss is no number: the weights hold what is none, or learning_rate is too high; "
            "start anew with other weights or a lower rate, and another --out"
        )


def _begin(recipe: Recipe, dataset: Path, weights: Path, out: Path) -> Path:
    """Return the file of weights to begin with; of a model's folder it is made, in ``out``."""
    if not weights.is_dir():
        check_hints(load_weights(weights), recipe)  # told before the run's folder is made
        return weights
    pictures = evenly(list(find_pictures(dataset / "images" / "train")), THAWING_PICTURES)
    network = thaw(recipe, weights, map(read_picture, pictures))
    check_hints(network, recipe)
    out.mkdir(parents=True, exist_ok=True)
    path = out / "thawed.pt"
    torch.save({"model": network, "epoch": -1}, path)
    return path


def _check_unfinished(last: Path, data: str, recipe: Recipe) -> None:
    if not last.exists():
        raise RecipeError(f"nothing to resume: {last} is missing; start without --resume")
    try:
        begun = torch.load(last, map_location="cpu", weights_only=False)
        epoch, theirs, informed = begun["epoch"], begun["train_args"]["data"], is_informed(begun.get("ema"))
    except (OSError, RuntimeError, EOFError, KeyError, pickle.UnpicklingError) as exc:
        raise RecipeError(f"{last} cannot be read ({exc}): start anew with another --out") from exc
    if epoch < 0:
        raise RecipeError(
            f"{last} is finished: export it, or train on from it with --weights and another --out"
        )
    if Path(theirs).resolve() != Path(data).resolve():
        raise RecipeError(f"{last} was begun on {theirs}: resume with that dataset, or name another --out")
    if informed != takes_hints(recipe):
        raise RecipeError(
            f"{last} was begun {'with' if informed else 'without'} hints of a scene, unlike the recipe: "
            "train on from it with --weights and another --out"
        )


class Trainer(DetectionTrainer):  # type: ignore[misc]
    """Ultralytics' trainer with the recipe's labels, and its nights."""

    def __init__(self, recipe: Recipe, overrides: dict[str, Any]) -> None:
        super().__init__(overrides=overrides)
        self.recipe = recipe

    def get_model(self, cfg: Any = None, weights: Any = None, verbose: bool = True) -> Any:  # noqa: ANN401, ARG002, FBT001, FBT002
        """Return the model to train; ultralytics calls this."""
        model = transplant(weights, self.recipe)
        if takes_hints(self.recipe):
            inform(model)
        return model.to(memory_format=torch.channels_last)  # a fifth faster on a CPU

    def preprocess_batch(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Return the batch with pictures from 0 to 1, some of them by night."""
        batch = super().preprocess_batch(batch)
        batch["img"] = darkened(batch["img"], self.recipe.night_share)
        return batch

    def save_model(self) -> bool:
        """Write the checkpoint beside the last one and put it in its place when it is whole."""
        whole = Path(self.wdir) / "last.pt"
        self.last = part = whole.with_suffix(".part")
        try:
            saved = super().save_model()
            part.replace(whole)
        except OSError as exc:
            kept = f"{whole} keeps the epoch before" if whole.exists() else f"{whole} is not there yet"
            way_out = "--resume" if whole.exists() else "start anew"
            raise RecipeError(f"{kept}: {exc}; make room and {way_out}") from exc
        finally:
            part.unlink(missing_ok=True)
            self.last = whole
        return bool(saved)

    def final_eval(self) -> None:
        """Strip the optimizer from the last weights; `models evaluate` measures the exported file."""
        for path in (self.last, self.best):
            if path.exists():
                strip_optimizer(path)
