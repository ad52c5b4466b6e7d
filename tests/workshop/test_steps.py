"""How training computes: pictures a step, bits a number; needs the extra `train` (`make test-train`)."""

from pathlib import Path
from typing import Any

import pytest
import torch
from ultralytics.utils.loss import v8DetectionLoss

from models.detector import CATALOG
from models.train import Trainer, train
from tests.workshop.puddles import a_dataset, a_recipe


@pytest.mark.parametrize("has_bfloat16", [True, False])
def test_a_step_sees_16_pictures_in_bfloat16_where_the_cpu_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_bfloat16: bool
) -> None:
    dataset, of_loss = a_dataset(tmp_path / "dataset"), set[torch.dtype]()
    steps, shortened, rates = list[int](), list[bool](), list[float]()
    with (dataset / "data.yaml").open("a", encoding="utf-8") as description:
        description.write("train: train.txt\nval: images/val\n")
    stepped, lost = Trainer.optimizer_step, v8DetectionLoss.loss

    def step(trainer: Any) -> None:
        steps.append(trainer.epoch)
        rates.extend(group["lr"] for group in trainer.optimizer.param_groups)
        stepped(trainer)

    def darken(images: torch.Tensor, _: float) -> torch.Tensor:
        shortened.append(torch.is_autocast_enabled("cpu"))
        return images

    def lose(loss: Any, answer: Any, batch: Any) -> Any:
        of_loss.update(one.dtype for one in (answer["boxes"], answer["scores"], *answer["feats"]))
        return lost(loss, answer, batch)

    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("torch.cpu._is_avx512_bf16_supported", lambda: has_bfloat16)
    monkeypatch.setattr(Trainer, "optimizer_step", step)
    monkeypatch.setattr("models.train.darkened", darken)
    monkeypatch.setattr(v8DetectionLoss, "loss", lose)
    recipe = a_recipe().model_copy(update={"train_px": 64, "epochs": 2})

    train(recipe, dataset, CATALOG / "water", tmp_path / "out", resume=False)

    assert steps == [0, 0, 1, 1]  # of 24 pictures each
    assert shortened == [has_bfloat16] * 4
    assert max(rates) <= recipe.learning_rate  # biases warm up from below, too
    assert of_loss == {torch.float32}
