"""Conditions: the figures of a label by light, weather and the size of things."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from models.answers import Answer
from models.evaluate import Figures, Interval, Judged, gather, measure, per_picture
from models.recipe import RecipeError
from models.tally import LARGE, MEDIUM

SIZES: dict[str, Interval] = {
    "small": (0, MEDIUM),
    "medium": (MEDIUM, LARGE),
    "large": (LARGE, np.inf),
}
DARK, DIM = 60.0, 95.0
"""Mean brightness, 0 to 255: below is dark, below is dim. A lamp-lit night may well be bright."""
Kind = Literal["light", "weather", "brightness", "size"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The figures of the labels that were shown under one condition, and who says that it was so."""

    kind: Kind
    value: str
    source: Literal["truth file", "measured"]
    pictures: int
    figures: tuple[Figures, ...]


def by_condition(
    answers: Sequence[Answer], thresholds: Mapping[str, float], dataset: Path, *, of_pictures: bool
) -> list[Condition]:
    """Return figures by light and weather where a truth file names them, else by brightness; and by size."""
    named = [_named(one, dataset) for one in answers]
    conditions = []
    for kind, value in sorted({pair for pairs in named for pair in pairs.items()}):
        chosen = [one for one, pairs in zip(answers, named, strict=True) if pairs.get(kind) == value]
        boxes = [gather(label, index, chosen) for index, label in enumerate(chosen[0].found.labels)]
        conditions.append(
            Condition(
                kind=kind,
                value=value,
                source="measured" if kind == "brightness" else "truth file",
                pictures=len(chosen),
                figures=_figures([per_picture(one) for one in boxes] if of_pictures else boxes, thresholds),
            )
        )
    return conditions if of_pictures else [*conditions, *_by_size(answers, thresholds)]


def light_and_weather(weather: str) -> dict[Kind, str]:
    """Return light (day, dusk, night) and weather (dry, wet, rain) of a name such as `night_rain`."""
    light = next((light for light in ("night", "dusk") if light in weather), "day")
    return {"light": light, "weather": next((wet for wet in ("rain", "wet") if wet in weather), "dry")}


def _named(one: Answer, dataset: Path) -> dict[Kind, str]:
    stem = one.picture.stem
    for folder in (dataset / "truths", dataset.parent / "truths"):
        for name in (stem, stem.partition("-")[2]):  # with and without the name of its source
            path = folder / f"{name}.json"
            if name and path.is_file():
                return light_and_weather(_weather(path))
    light = "dark" if one.brightness < DARK else "dim" if one.brightness < DIM else "bright"
    return {"brightness": light}


def _weather(path: Path) -> str:
    try:
        return str(json.loads(path.read_text(encoding="utf-8")).get("weather", ""))
    except (OSError, ValueError, AttributeError) as exc:
        raise RecipeError(f"{path} is no truth file: {exc}") from exc


def _by_size(answers: Sequence[Answer], thresholds: Mapping[str, float]) -> list[Condition]:
    labels = answers[0].found.labels if answers else ()
    conditions = []
    for value, areas in SIZES.items():
        boxes = [gather(label, index, answers, areas=areas) for index, label in enumerate(labels)]
        conditions.append(
            Condition(
                kind="size",
                value=value,
                source="measured",
                pictures=len(answers),
                figures=_figures(boxes, thresholds),
            )
        )
    return conditions


def _figures(judged: Sequence[Judged], thresholds: Mapping[str, float]) -> tuple[Figures, ...]:
    return tuple(measure(one, thresholds[one.label]) for one in judged if one.truths.any())
