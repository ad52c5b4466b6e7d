"""A published model becomes the network of torch that it was."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from ultralytics.nn.modules import Conv
from ultralytics.nn.tasks import DetectionModel

from models.heads import extended, moved, relabelled
from models.informed import inform
from models.manifest import Manifest, ModelError, load_manifest, read_verified
from models.preprocess import letterbox
from models.recipe import Recipe, RecipeError
from models.tracing import weights_in

HOLDERS = "learnt.", "detector.", ""
"""Where a file keeps the network that learns: beside a base model, backed by a scene, or alone."""
BASE = "base."
"""Where it keeps the base model that another learnt beside."""
FIRST, WIDTH = "model.0.conv.weight", "model.23.cv3.0.0.1.conv.weight"
SPOKEN = "model.23/cv3.0/cv3.0.2/cv3.0.2.0/Conv_output_0"
"""What is split into the labels where several rows speak for one."""
HINTED = "hints.0.weight"
"""What a network that takes hints has besides."""
Values = dict[str, NDArray[Any]]


def thaw(recipe: Recipe, model: Path, pictures: Iterable[NDArray[np.uint8]]) -> Any:  # noqa: ANN401  ultralytics ships no types
    """Return the network of the model's folder that `train` goes on with; it says what the file says.

    Labels that the recipe has and the model has not are added (`extended`), what the recipe's ``odds``
    moved is moved back. ``pictures`` (h, w, 3), BGR, are such as it will learn from. An exported file has
    its batch normalisation folded into its convolutions; unfolded, each begins with the mean and the
    spread that it has on these pictures, so that the first steps of learning do not undo what is known.
    """
    manifest = load_manifest(model)
    if not set(manifest.labels) & set(recipe.labels):
        raise RecipeError(
            f"{model} knows {', '.join(manifest.labels)}, recipe {recipe.name} {', '.join(recipe.labels)}: "
            "none is the same; learn on with a recipe that has its labels"
        )
    network = _read(model, manifest, HOLDERS)
    _settle(network, pictures, recipe.train_px)
    back = {label: 1 / factor for label, factor in recipe.odds.items() if label in manifest.labels}
    return extended(moved(network, back), recipe)


def base_of(recipe: Recipe, model: Path) -> Any:  # noqa: ANN401
    """Return the base network of the model's folder as it is, its faint labels lifted, to export again."""
    manifest = load_manifest(model)
    if manifest.labels != tuple(recipe.labels):
        raise RecipeError(
            f"{model} knows {', '.join(manifest.labels)}, recipe {recipe.name} {', '.join(recipe.labels)}: "
            "give the base model's own weights"
        )
    return _read(model, manifest, (BASE,))


def _read(model: Path, manifest: Manifest, holders: Sequence[str]) -> Any:  # noqa: ANN401
    """Return the network that the first of ``holders`` in the file keeps; it says what the file says."""
    content = read_verified(model, manifest.files["fp32"])
    values = weights_in(content)
    holder = next((one for one in holders if f"{one}{FIRST}" in values), holders[-1])
    known = {name.removeprefix(holder): value for name, value in values.items() if name.startswith(holder)}
    counts = _rows(onnx.load_from_string(content).graph, holder, values) or [1] * len(manifest.labels)
    try:
        network = relabelled(_network(len(known[WIDTH])), manifest.labels, counts)
        if HINTED in known:
            inform(network)
        _fill(network, known)
    except (KeyError, RuntimeError) as exc:
        raise ModelError(f"{model} holds no YOLO11n of recipe {manifest.name}: {exc}") from exc
    return network


def _network(width: int) -> Any:  # noqa: ANN401
    """Return YOLO11n whose class branches have this many maps, which it draws from the number of classes."""
    return DetectionModel("yolo11n.yaml", nc=width, verbose=False)


def _rows(graph: Any, holder: str, values: Values) -> list[int]:  # noqa: ANN401
    """Return how many rows of the head speak for each label, nothing where each has one of its own."""
    spoken = f"/{holder.replace('.', '/')}{SPOKEN}"
    return next((values[node.input[1]].tolist() for node in graph.node if node.input[0] == spoken), [])


def _fill(network: nn.Module, known: Values) -> None:
    """Give each convolution its weights; a normalisation keeps its input as it is but for the bias."""
    for name, module in network.named_modules():
        if isinstance(module, Conv):
            _set(module.conv.weight, known[f"{name}.conv.weight"])
            _set(module.bn.bias, known[f"{name}.conv.bias"])
            module.bn.running_var.fill_(1 - module.bn.eps)
        elif isinstance(module, nn.Conv2d) and module.bias is not None:
            _set(module.weight, known[f"{name}.weight"])
            _set(module.bias, known[f"{name}.bias"])


def _set(parameter: Tensor, values: NDArray[Any]) -> None:
    with torch.no_grad():
        parameter.copy_(torch.from_numpy(values.astype(np.float32)).view(parameter.shape))


def _settle(network: nn.Module, pictures: Iterable[NDArray[np.uint8]], px: int) -> None:
    """Give each normalisation the mean and the variance of its input, and the factors that undo them."""
    layers = [module for module in network.modules() if isinstance(module, Conv)]
    sums = [torch.zeros(3, layer.conv.out_channels, dtype=torch.float64) for layer in layers]

    def count(which: int) -> Any:  # noqa: ANN401  torch ships no type of a hook
        def hook(_: nn.Module, __: Any, output: Tensor) -> None:  # noqa: ANN401
            values = output[0].flatten(1).double()
            sums[which] += torch.stack(
                [torch.ones(len(values)) * values.shape[1], values.sum(1), (values**2).sum(1)]
            )

        return hook

    hooks = [layer.conv.register_forward_hook(count(which)) for which, layer in enumerate(layers)]
    network.eval()
    with torch.no_grad():
        for picture in pictures:
            network(torch.from_numpy(letterbox(picture, px).blob))
    for layer, hook, (seen, total, squares) in zip(layers, hooks, sums, strict=True):
        hook.remove()
        if not seen.all():
            raise RecipeError("there are no pictures to thaw a model with")
        mean = total / seen
        variance = (squares / seen - mean**2).clamp(min=layer.bn.eps)
        with torch.no_grad():
            layer.bn.running_mean.copy_(mean)
            layer.bn.running_var.copy_(variance)
            layer.bn.weight.copy_((variance + layer.bn.eps).sqrt())
            layer.bn.bias += mean
