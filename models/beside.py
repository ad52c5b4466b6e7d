"""A learnt neck and head beside those of the base model: what it knows stays as it is."""

from typing import Any

import torch
from torch import Tensor, nn

from models.recipe import BACKBONE_LAYERS, Recipe, RecipeError


class Beside(nn.Module):  # type: ignore[misc]
    """Two models with one backbone: the base answers for its labels, the other for those that it learnt.

    Both give (1, 4 + labels, anchors); the answer has the anchors of both, one after the other.
    """

    def __init__(self, base: Any, learnt: Any, recipe: Recipe) -> None:  # noqa: ANN401  ultralytics ships no types
        super().__init__()
        theirs = learnt.model[:BACKBONE_LAYERS].state_dict()
        for name, weight in base.model[:BACKBONE_LAYERS].state_dict().items():
            if not torch.equal(weight.half(), theirs[name].half()):  # as checkpoints keep them
                raise RecipeError(
                    f"backbone layer {name} was trained: a recipe that learns labels beside the base model "
                    f"needs frozen_layers = {BACKBONE_LAYERS}"
                )
        self.base, self.learnt = base, learnt
        asked = [[bool(classes) for classes in recipe.labels.values()]]
        asked.append([label in recipe.learn for label in recipe.labels])
        self.register_buffer("asked", torch.tensor(asked, dtype=torch.float32)[..., None])

    def forward(self, images: Tensor) -> Tensor:
        """Return (1, 4 + labels, anchors of both) for images (1, 3, side, side)."""
        shared = _run(self.base, 0, BACKBONE_LAYERS, images, [])
        answers = [
            _run(model, BACKBONE_LAYERS, None, shared[-1], list(shared))[-1]
            for model in (self.base, self.learnt)
        ]
        return torch.cat(
            [
                torch.cat([answer[:, :4], answer[:, 4:] * asked], dim=1)
                for answer, asked in zip(answers, self.asked, strict=True)
            ],
            dim=2,
        )


def _run(model: Any, first: int, after: int | None, images: Tensor, outputs: list[Any]) -> list[Any]:  # noqa: ANN401
    """Run layers of an ultralytics model; ``outputs`` holds what each layer before ``first`` gave."""
    result: Any = images
    for layer in model.model[first:after]:
        sources = [layer.f] if isinstance(layer.f, int) else layer.f
        given = [result if source == -1 else outputs[source] for source in sources]
        result = layer(given[0] if isinstance(layer.f, int) else given)
        outputs.append(result)
    return outputs
