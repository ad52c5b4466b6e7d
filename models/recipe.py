"""A recipe: which labels a model has, where each begins, and which pictures it learns from."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.manifest import STEP_PX

IGNORE = "ignore"
"""The label of a region that may be anything: it is painted grey and counts for nothing."""

DROP = "drop"
"""What a source maps a name to whose boxes are left out."""

RECIPES = Path(__file__).parent / "recipes"


class RecipeError(Exception):
    """A recipe or its data cannot be used; the text says what and the way out."""


class Source(BaseModel):
    """One folder of pictures, with labels in one of five formats."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    pictures: str
    licence: str
    format: Literal["yolo", "coco", "voc", "cvat", "photos"] = "yolo"
    labels: tuple[str, ...] = ()  # yolo: what the ids in the label files mean; none: nothing of ours is there
    labels_file: str | None = None  # of coco, cvat and photos
    labels_folder: str | None = None  # of yolo and voc; else `labels` or `annotations` beside the pictures
    map: dict[str, str] = {}  # a name of the source = a label, "ignore" or "drop"; "*" = all other names
    teacher: bool = False  # add what the base model is sure of where no hand label lies
    group: str | None = None  # the part of a file name that pictures of one scene share
    repeat: Annotated[int, Field(ge=1)] = 1  # times an epoch
    limit: int | None = None  # this many groups, chosen by name hash

    @model_validator(mode="after")
    def _labels_are_where_the_format_has_them(self) -> Self:
        in_one_file = self.format in ("coco", "cvat", "photos")
        if in_one_file != bool(self.labels_file):
            verb = "needs" if in_one_file else "has no"
            raise ValueError(f"source {self.name}: format {self.format} {verb} labels_file")
        if in_one_file and self.labels_folder:
            raise ValueError(f"source {self.name}: format {self.format} has no labels_folder")
        try:
            re.compile(self.group or "")
        except re.error as exc:
            raise ValueError(f"source {self.name}: group {self.group} is no pattern: {exc}") from exc
        if self.format != "yolo" and self.labels:
            raise ValueError(f"source {self.name}: labels is for yolo; use map to rename")
        return self


class Lesson(BaseModel):
    """Labels whose boxes are looked at a second time, closer, and what teaches that look."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    labels: Annotated[tuple[str, ...], Field(min_length=1)]
    against: tuple[str, ...] = ()  # labels that are taken for them: their boxes teach too
    scale: Annotated[float, Field(ge=1)]  # the side of the square, in longer sides of the box,
    least: Annotated[float, Field(ge=0, le=1)] = 0.0  # but at least this part of the picture's shorter side
    seen: Annotated[float, Field(gt=0, lt=1)] = 0.25  # it shows the label if this share of it is under boxes
    also: tuple[str, ...] = ()  # boxes of these labels are looked at too: each may be one of labels[0]
    whole: bool = False  # a box is one thing: right if it overlaps a true one by half, whatever share is seen


class Recipe(BaseModel):
    """How a model is made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    input_px: Annotated[int, Field(ge=STEP_PX, multiple_of=STEP_PX)]  # of the longer side
    train_px: Annotated[int, Field(ge=STEP_PX, multiple_of=STEP_PX)]  # smaller than the input buys epochs
    epochs: Annotated[int, Field(ge=1)]
    learning_rate: Annotated[float, Field(gt=0, lt=1)]
    frozen_layers: Annotated[
        int, Field(ge=0, le=23)
    ]  # from the input on; 23 of YOLO11n leaves the head to learn (hints always do)
    mosaic: Annotated[float, Field(ge=0, le=1)] = 0.6  # share of pictures made of four
    night_share: Annotated[float, Field(ge=0, le=1)] = 0.0  # share of pictures darkened
    labels: dict[str, tuple[str, ...]]
    start: dict[str, str]
    learn: tuple[str, ...] = ()  # learnt beside the base model, which goes on answering for its own labels
    faint: tuple[
        str, ...
    ] = ()  # labels whose classes of the base model speak too softly: `export` lifts them
    truth: dict[str, str] = {}  # a faint label = the label that is its truth in the pictures
    odds: dict[str, Annotated[float, Field(gt=0)]] = {}  # `export` multiplies a label's odds by this
    scene: str | None = None  # the label that the picture as a whole is judged for too
    second: tuple[Lesson, ...] = ()
    sources: tuple[Source, ...]

    @model_validator(mode="after")
    def _names_are_labels(self) -> Self:
        looked = {name for look in self.second for name in look.labels + look.against + look.also}
        named = {
            "start": self.start,
            "faint": self.faint,
            "learn": self.learn,
            "truth": {*self.truth, *self.truth.values()},
            "odds": self.odds,
            "scene": () if self.scene is None else (self.scene,),
            "second": looked,
        }
        for field, names in named.items():
            odd = set(names) - set(self.labels)
            if odd:
                raise ValueError(f"{field} names what is no label: {', '.join(sorted(odd))}")
        judged = {name for look in self.second for name in look.labels}
        odd = judged & {name for look in self.second for name in look.also}
        if odd:
            raise ValueError(f"second.also names what is looked at by itself: {', '.join(sorted(odd))}")
        silent = [label for label, known in self.labels.items() if not known and label not in self.learn]
        if self.learn and silent:
            raise ValueError(f"nobody answers for {', '.join(silent)}: put what is new into learn")
        odd = set(self.odds) - set(self.learn or self.labels)
        if odd:
            raise ValueError(f"odds moves what is not learnt: {', '.join(sorted(odd))}")
        unknown = [label for label in self.faint if not self.labels[label]]
        if unknown:
            raise ValueError(f"faint lifts classes of the base model, but none knows {', '.join(unknown)}")
        return self

    def truth_ids(self, names: Iterable[str]) -> list[int]:
        """Return the class ids whose boxes in a dataset are the truth of these labels."""
        return [list(self.labels).index(self.truth.get(name, name)) for name in names]

    def start_classes(self, label: str) -> tuple[str, ...]:
        """Return the classes of the base model whose rows of the head ``label`` begins with."""
        start = self.start.get(label)
        return self.labels[label] or ((start,) if start else ())


def load_recipe(path: Path) -> Recipe:
    """Read a recipe; raise ``RecipeError`` with every problem in it."""
    try:
        return Recipe.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as exc:
        known = ", ".join(sorted(recipe.stem for recipe in RECIPES.glob("*.toml")))
        raise RecipeError(f"{path} is missing; give a file, or one of: {known}") from exc
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise RecipeError(f"{path} cannot be read: {exc}") from exc
    except ValidationError as exc:
        problems = (f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in exc.errors())
        raise RecipeError(f"{path} is no valid recipe: {'; '.join(problems)}") from exc
