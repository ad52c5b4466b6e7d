"""A learnt model beside the base model: what the base model knows stays as it is."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from models.manifest import STEP_PX
from models.recipe import Recipe

SHRINK = 3, 5
"""The learnt model sees three fifths of the size: what it learnt is large, and that costs less."""


class Beside(nn.Module):  # type: ignore[misc]
    """Two models see one picture: the base answers for its labels, the other for those that it learnt.

    Both give (1, 4 + labels, anchors); the answer has the anchors of both, one after the other. The base
    model's come twice: of one anchor only the surest label counts, and a lifted one is not to silence others.
    """

    def __init__(self, base: Any, learnt: Any, recipe: Recipe) -> None:  # noqa: ANN401  ultralytics ships no types
        super().__init__()
        self.base, self.learnt = base, learnt
        known = [bool(classes) for classes in recipe.labels.values()]
        faint = [label in recipe.faint for label in recipe.labels]
        plain = [ours and not soft for ours, soft in zip(known, faint, strict=True)]
        learn = [label in recipe.learn for label in recipe.labels]
        self.register_buffer("asked", torch.tensor([plain, faint, learn], dtype=torch.float32)[..., None])

    def forward(self, images: Tensor) -> Tensor:
        """Return (1, 4 + labels, anchors) for images (1, 3, height, width), both multiples of 32."""
        known = self.base(images)
        height, width = images.shape[2], images.shape[3]
        down, across = shrunk(height), shrunk(width)
        learnt = self.learnt(interpolate(images, size=(down, across), mode="bilinear"))
        centres_and_sizes = [
            learnt[:, row : row + 1] * (width / across if row in {0, 2} else height / down)
            for row in range(4)
        ]
        answers = (known[:, :4], known), (known[:, :4], known), (torch.cat(centres_and_sizes, dim=1), learnt)
        return torch.cat(
            [
                torch.cat([boxes, answer[:, 4:] * asked], dim=1)
                for (boxes, answer), asked in zip(answers, self.asked, strict=True)
            ],
            dim=2,
        )


def shrunk(side: Any) -> Any:  # noqa: ANN401  an int, or a tensor while it is traced for ONNX
    """Return the side that the learnt model sees, in pixels, of one of the input."""
    wide, of = SHRINK
    return (side * wide // of + STEP_PX // 2) // STEP_PX * STEP_PX
