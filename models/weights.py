"""Weights: files of Ultralytics' become a network, or a plain word about what is wrong with them."""

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ultralytics.nn.tasks import DetectionModel, load_checkpoint

from models.informed import inform, is_informed
from models.recipe import RecipeError


def load_weights(path: Path) -> Any:  # noqa: ANN401  ultralytics ships no types
    """Return the detector of ``path``; raise ``RecipeError`` where there is none."""
    if path.is_dir():
        raise RecipeError(f"{path} is a folder: name a file of weights (.pt), such as last.pt of a run")
    if not path.is_file():
        raise RecipeError(f"{path} is missing: name the file of weights (.pt)")
    try:
        network = load_checkpoint(str(path))[0]
    except (
        AssertionError,  # another suffix
        RuntimeError,
        TypeError,
        EOFError,
        KeyError,
        AttributeError,
        ValueError,
        pickle.UnpicklingError,
    ) as exc:
        raise RecipeError(f"{path} holds no weights of Ultralytics: {exc}") from exc
    if not isinstance(network, DetectionModel):
        raise RecipeError(f"{path} holds no detector of Ultralytics, but a {type(network).__name__}")
    return network


def mean_weights(paths: Sequence[Path]) -> Any:  # noqa: ANN401  ultralytics ships no types
    """Return a network whose weights are the mean of those of ``paths``, runs that began with one another.

    Wortsman and others, Model soups, 2022: at the cost of one, mostly as good as the best of them or better.
    """
    networks = [load_weights(path).float() for path in paths]
    if any(map(is_informed, networks)):  # hints that a network was never given are hints of zero
        networks = list(map(inform, networks))
    network, *others = networks
    for path, other in zip(paths[1:], others, strict=True):
        if other.names != network.names or _shapes(other) != _shapes(network):
            raise RecipeError(
                f"{path} and {paths[0]} are weights of different networks: no mean can be taken"
            )
    states = [other.state_dict() for other in others]
    for name, value in network.state_dict().items():
        if value.is_floating_point():
            value.copy_((value + sum(state[name] for state in states)) / len(paths))
    return network


def _shapes(network: Any) -> dict[str, tuple[int, ...]]:  # noqa: ANN401  ultralytics ships no types
    return {name: tuple(value.shape) for name, value in network.state_dict().items()}
