"""The head of a network is given other labels without losing what it knew."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from models.recipe import Recipe, RecipeError

RARE = -6.0
"""The bias of a class that nothing is known of: a confidence of about 0.002 everywhere."""


class Surest(nn.Module):  # type: ignore[misc]
    """Several rows are one label: the surest of them speaks."""

    def __init__(self, counts: list[int]) -> None:
        super().__init__()
        self.counts = counts

    def forward(self, rows: Tensor) -> Tensor:
        """Return (n, labels, h, w) of rows (n, sum of counts, h, w)."""
        each = zip(rows.split(self.counts, dim=1), self.counts, strict=True)
        return torch.cat(
            [label.amax(1, keepdim=True) if count > 1 else label for label, count in each], dim=1
        )


def transplant(model: Any, recipe: Recipe, lifts: Mapping[str, Sequence[float]] | None = None) -> Any:  # noqa: ANN401  ultralytics ships no types
    """Give ``model`` the recipe's labels, each beginning with the head's rows of the classes that know it.

    ``lifts`` are added to the logits of a label's classes: a confidence of 0.01 becomes 0.17 with 3.

    Only the last convolution of each class branch changes, so the branches' features are kept, which a model
    built anew for another number of classes would lose.
    """
    labels = dict(enumerate(recipe.labels))
    if model.names == labels:
        return model
    known = {name: index for index, name in model.names.items()}
    starts = {label: recipe.start_classes(label) for label in recipe.labels}
    unknown = {start for names in starts.values() for start in names if start not in known}
    if unknown:
        raise RecipeError(
            f"the base model has no class {', '.join(sorted(unknown))}; it has: {', '.join(known)}"
        )
    rows = [[known[start] for start in names] or [None] for names in starts.values()]
    lifted = [(lifts or {}).get(label, [0.0] * max(1, len(names))) for label, names in starts.items()]
    added = torch.tensor([lift for label in lifted for lift in label])
    for branch in model.model[-1].cv3:
        branch[-1] = _grown(branch[-1], rows, added)
    return _named(model, labels)


def extended(model: Any, recipe: Recipe) -> Any:  # noqa: ANN401
    """Give ``model``, made by an earlier recipe, the labels of this one.

    A label that it has keeps its rows; a new one begins with the first row of the label that ``start`` names
    if the model has that, else it knows nothing.
    """
    labels = dict(enumerate(recipe.labels))
    if model.names == labels:
        return model
    known = _rows_of(model)
    rows = [known.get(label) or known.get(recipe.start.get(label, ""), [None])[:1] for label in recipe.labels]
    for branch in model.model[-1].cv3:
        old = _convolution(branch[-1])
        branch[-1] = _grown(old, rows, torch.zeros(sum(map(len, rows))))
    return _named(model, labels)


def moved(model: Any, odds: Mapping[str, float]) -> Any:  # noqa: ANN401
    """Multiply the odds of the confidences of some labels: with 3, a confidence of 0.25 becomes 0.5."""
    rows = _rows_of(model)
    for branch in model.model[-1].cv3:
        for label, factor in odds.items():
            with torch.no_grad():
                _convolution(branch[-1]).bias[rows[label]] += math.log(factor)
    return model


def relabelled(model: Any, labels: Sequence[str], counts: list[int]) -> Any:  # noqa: ANN401
    """Give ``model`` these labels, with so many rows each that know nothing."""
    for branch in model.model[-1].cv3:
        branch[-1] = _spoken(counts, branch[-1].in_channels)
    return _named(model, dict(enumerate(labels)))


def _named(model: Any, labels: dict[int, str]) -> Any:  # noqa: ANN401
    head = model.model[-1]
    model.nc = head.nc = model.yaml["nc"] = len(labels)
    head.no = head.nc + head.reg_max * 4
    model.names = labels
    return model


def _rows_of(model: Any) -> dict[str, list[int]]:  # noqa: ANN401
    """Return which rows of the head speak for each label."""
    last = model.model[-1].cv3[0][-1]
    counts = last[1].counts if isinstance(last, nn.Sequential) else [1] * len(model.names)
    rows = torch.arange(sum(counts)).split(counts)
    return {name: row.tolist() for name, row in zip(model.names.values(), rows, strict=True)}


def _convolution(last: nn.Module) -> Any:  # noqa: ANN401
    return last[0] if isinstance(last, nn.Sequential) else last


def _spoken(counts: list[int], channels: int) -> nn.Module:
    convolution = nn.Conv2d(channels, sum(counts), kernel_size=1)
    if sum(counts) == len(counts):
        return convolution
    return nn.Sequential(convolution, Surest(counts))


def _grown(old: nn.Conv2d, rows: Sequence[list[int] | list[None]], lifts: Tensor) -> nn.Module:
    """Return the convolution with these rows of the old one, lifted; a row of ``None`` knows nothing yet."""
    flat = [row for label in rows for row in label]
    spoken = _spoken([len(label) for label in rows], old.in_channels)
    new = _convolution(spoken)
    with torch.no_grad():
        new.weight.normal_(std=float(old.weight.std()) / 4)
        new.bias.fill_(RARE)
        for index, row in enumerate(flat):
            if row is not None:
                new.weight[index], new.bias[index] = old.weight[row], old.bias[row]
        new.bias += lifts
    return spoken
