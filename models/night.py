"""Training pictures as a cheap camera shows them by night: dark, tinted or grey, grainy, soft."""

import torch
from torch import Tensor
from torch.nn.functional import interpolate

LUMA = (0.299, 0.587, 0.114)


def darkened(images: Tensor, share: float) -> Tensor:
    """Return ``images`` (n, 3, h, w; RGB from 0 to 1), a random ``share`` of them by night.

    Boxes stay where they are. Both wet and dry pictures must go through it, or darkness itself would tell.
    """
    if not share:
        return images
    result = images.clone()
    for index in torch.nonzero(torch.rand(len(images)) < share).flatten().tolist():
        result[index] = _by_night(images[index])
    return result


def _by_night(image: Tensor) -> Tensor:
    dim, gamma = _between(0.25, 0.75), _between(1.0, 2.2)
    light = image.clamp(0, 1).pow(gamma) * dim
    if torch.rand(()) < 0.35:  # infra-red: no colour at all  # noqa: PLR2004
        luma = (light * torch.tensor(LUMA).view(3, 1, 1)).sum(0, keepdim=True)
        light = luma.expand(3, -1, -1) * 1.3
    else:  # sodium lamps, or a bluish sensor
        tint = torch.stack([_between(0.8, 1.35), _between(0.8, 1.1), _between(0.55, 1.25)])
        light = light * tint.view(3, 1, 1)
    light = light + 0.6 * (light - 0.45).clamp(0)  # what shines, shines
    light = light + torch.randn_like(light) * _between(0.005, 0.05)
    return _softened(light.clamp(0, 1))


def _softened(light: Tensor) -> Tensor:
    """Lose fine detail, as a small sensor behind a strong compression does."""
    height, width = light.shape[1:]
    factor = float(_between(0.45, 1.0))
    small = interpolate(light[None], scale_factor=factor, mode="area")
    return interpolate(small, size=(height, width), mode="bilinear", align_corners=False)[0]


def _between(low: float, high: float) -> Tensor:
    return torch.rand(()) * (high - low) + low
