"""A detector that is shown what a network of photos sees in the same picture.

Files of weights keep `Glance` and `Hint` by name.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from ultralytics.nn.modules import C2PSA, C3k2

from models.recipe import Recipe, RecipeError
from models.scene import MAPS_AT, Scene

LAYERS = {4: C3k2, 6: C3k2, 10: C2PSA}
"""Of YOLO11, its last of strides 8, 16 and 32."""
SPREAD = {6: 7.2, 14: 5.7, 20: 2.2}
"""How much what blocks of EfficientNet-Lite2 see varies over 16 photos of streets, as a standard deviation: a
step of learning shall move a hint as far as a layer."""


class Glance:
    """What the network of photos sees in the picture that the detector looks at."""

    def __init__(self) -> None:
        self.maps: Mapping[int, Tensor] = {}
        self.given = False

    def __call__(self, _layer: nn.Module, images: tuple[Tensor]) -> None:
        """Look before the first layer does, unless this look was given."""
        given, self.given = self.given, False
        if not given:
            scene = photos_network().to(images[0].device)
            with torch.no_grad():
                scene.features(images[0])
            self.maps = scene.maps

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy or a checkpoint begins with: nothing seen."""
        return {"maps": {}, "given": False}


class Hint:
    """Adds to what a layer says a hint: a convolution's sum of what the network of photos sees there."""

    def __init__(self, glance: Glance, block: int, convolution: nn.Module) -> None:
        self.glance, self.block, self.convolution = glance, block, convolution

    def __call__(self, _layer: nn.Module, _input: Any, answer: Tensor) -> Tensor:  # noqa: ANN401
        """Return the answer of the layer, with the hint."""
        hint: Tensor = self.convolution(self.glance.maps[self.block].to(answer.dtype) / SPREAD[self.block])
        return answer + hint


def takes_hints(recipe: Recipe) -> bool:
    """Return whether the recipe's detector takes hints: of the scene that backs it, in the same picture."""
    return recipe.scene is not None and not recipe.learn


def inform(model: Any) -> Any:  # noqa: ANN401  ultralytics ships no types
    """Give ``model``, a YOLO11, hints; it answers as before until it has learnt which of them help.

    The convolutions begin at zero, as those of ControlNet (Zhang and others, 2023).
    """
    if is_informed(model):
        return model
    for layer, kind in LAYERS.items():
        if not isinstance(model.model[layer], kind):
            raise RecipeError("hints of a scene are for YOLO11: begin with its weights")
    model.hints = nn.ModuleList(
        nn.Conv2d(maps, model.model[layer].cv2.conv.out_channels, kernel_size=1)
        for layer, maps in zip(LAYERS, MAPS_AT.values(), strict=True)
    )
    model.glance = Glance()
    model.model[0].register_forward_pre_hook(model.glance)
    for layer, block, convolution in zip(LAYERS, MAPS_AT, model.hints, strict=True):
        nn.init.zeros_(convolution.weight)
        nn.init.zeros_(convolution.bias)
        model.model[layer].register_forward_hook(Hint(model.glance, block, convolution))
    return model


def is_informed(model: Any) -> bool:  # noqa: ANN401
    """Return whether the model takes hints."""
    return hasattr(model, "hints")


def check_hints(model: Any, recipe: Recipe) -> None:  # noqa: ANN401
    """Raise ``RecipeError`` for a model whose hints nobody would give it."""
    if is_informed(model) and not takes_hints(recipe):
        raise RecipeError(
            f"these weights take hints of a scene, which recipe {recipe.name} does not judge: give it "
            'scene = "LABEL" (and no learn), or begin with other weights'
        )


def show(model: Any, scene: Any) -> None:  # noqa: ANN401
    """Show ``model``, if it takes hints, what ``scene`` has just seen: it need not look itself this time."""
    if is_informed(model):
        model.glance.maps, model.glance.given = scene.maps, True


@cache
def photos_network() -> Scene:
    """Return EfficientNet-Lite2 as a scene has it, laid out as a CPU is fastest with."""
    scene: Scene = Scene().eval().requires_grad_(requires_grad=False).to(memory_format=torch.channels_last)
    return scene
