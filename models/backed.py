"""A detector backed by a scene: its boxes are surer where the whole picture shows the thing."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from models.informed import show
from models.preprocess import letterbox
from models.recipe import Recipe, RecipeError
from models.scene import Scene
from models.second_look import FAINTEST

STEPS = 100
FEWEST = 20
"""Of pictures with and without the thing: fewer do not tell how much either is worth."""
Told = Iterable[tuple[NDArray[np.uint8], bool]]
"""Pictures (h, w, 3) BGR, and whether they show the thing."""


class Backed(nn.Module):  # type: ignore[misc]
    """The confidence of the surest box and the scene's logit become one confidence, by logistic regression.

    Wolpert, Stacked generalization, 1992. The other boxes keep their proportion to the surest: were each
    lifted by itself, faint boxes of one wet picture would outrank sure ones of another.
    """

    def __init__(self, detector: Any, scene: Scene, row: int, worth: Tensor) -> None:  # noqa: ANN401  ultralytics ships no types
        super().__init__()
        self.detector, self.scene, self.row = detector, scene, 4 + row
        self.register_buffer("worth", worth)  # of the surest box's logit, of the scene's, and of neither

    def forward(self, images: Tensor) -> Tensor:
        """Return (1, 4 + labels, anchors) for images (1, 3, height, width)."""
        judged = self.scene(images)
        show(self.detector, self.scene)
        answer = self.detector(images)
        boxes, scene, bias = self.worth
        ours = answer[:, self.row : self.row + 1]
        surest = ours.amax(2, keepdim=True).clamp(min=FAINTEST)
        shown = torch.sigmoid(surest.logit(FAINTEST) * boxes + judged.view(-1, 1, 1) * scene + bias)
        return torch.cat([answer[:, : self.row], shown * ours / surest, answer[:, self.row + 1 :]], dim=1)


def back(detector: Any, scene: Scene, recipe: Recipe, told: Told) -> Backed:  # noqa: ANN401  ultralytics ships no types
    """Return ``detector``, ready for export, backed by ``scene``; ``told`` says what each is worth."""
    row = list(recipe.labels).index(str(recipe.scene))
    seen, truths = list[Tensor](), list[float]()
    with torch.no_grad():
        for picture, shows in told:
            images = torch.from_numpy(letterbox(picture, recipe.input_px).blob)
            judged = scene(images)[0]
            show(detector, scene)
            surest = detector(images)[0, 4 + row].amax()
            seen.append(torch.stack([surest.logit(FAINTEST), judged, torch.tensor(1.0)]))
            truths.append(float(shows))
    columns = torch.stack(seen) if seen else torch.empty(0, 3)
    return Backed(detector, scene, row, weigh(columns, torch.tensor(truths), recipe.scene or recipe.name))


def check_enough(shown: int, free: int, thing: str) -> None:
    """Raise ``RecipeError`` where too few looks at validation pictures show a thing, or do not."""
    if min(shown, free) < FEWEST:
        raise RecipeError(
            f"{thing}: {shown} looks at validation pictures show the thing, {free} do not: {FEWEST} of each "
            "say what they are worth; put more of them into the validation part"
        )


def weigh(seen: Tensor, truths: Tensor, thing: str) -> Tensor:
    """Return what each column of ``seen`` (n, 3) is worth for ``truths`` (n,), both kinds weighing alike."""
    shown = int(truths.sum())
    free = len(truths) - shown
    check_enough(shown, free, thing)
    weights = torch.where(truths > 0, len(truths) / (2 * shown), len(truths) / (2 * free))
    worth = torch.tensor([1.0, 0.0, 0.0], requires_grad=True)
    optimizer = torch.optim.LBFGS([worth], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        large = worth[:2].square().sum() / len(truths)  # parted cleanly, the worth would grow for ever
        wrong: Tensor = binary_cross_entropy_with_logits(seen @ worth, truths, weights) + large
        wrong.backward()
        return wrong

    optimizer.step(loss)
    return worth.detach()
