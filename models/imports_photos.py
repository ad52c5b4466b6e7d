"""Imports of our labels of photos in public repositories, cloned as OWNER/NAME below the pictures."""

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from models.boxes import Labelled, Thing
from models.imports import refuse_twice
from models.recipe import RecipeError, Source

_Fraction = Annotated[float, Field(ge=0, le=1)]


def _inside(path: str) -> str:
    """Return a path in its repository, refused where it leads out of it or could be written otherwise."""
    if (
        "\0" in path
        or path != PurePosixPath(path).as_posix()
        or {"..", "/", "."} & {*PurePosixPath(path).parts}
    ):
        raise ValueError("is no plain path in a repository")
    return path


class _Photo(BaseModel):
    repository: Annotated[str, Field(pattern=r"^[\w-]+/[\w.-]*\w[\w.-]*$")]
    path: Annotated[str, AfterValidator(_inside)]
    sha256: str
    part: Literal["train", "val", "evaluated only"]
    boxes: list[tuple[str, _Fraction, _Fraction, _Fraction, _Fraction]]  # label, left, top, right, bottom


def load_photos(source: Source, data: Path, skipped: list[str]) -> dict[Path, Labelled]:
    """Return what is labelled in each photo to learn from; what cannot be used is named in ``skipped``."""
    folder, path = data / source.pictures, data / (source.labels_file or "")
    problems: list[str] = []
    try:
        lines = list(_read_lines(path, problems))
        refuse_twice("a photo named", [f"{photo.repository}/{photo.path}" for photo in lines])
    except (OSError, ValueError) as exc:
        raise RecipeError(f"source {source.name}: {path} cannot be read: {exc}") from exc
    labelled, away, asked = {}, [], 0
    for photo in lines:
        if photo.part == "evaluated only":
            continue
        picture, asked = folder / photo.repository / photo.path, asked + 1
        try:
            content = picture.read_bytes()
        except OSError:
            away.append(photo.repository)
            continue
        if hashlib.sha256(content).hexdigest() == photo.sha256:
            things = tuple(Thing(name=box[0], corners=box[1:]) for box in photo.boxes)
            labelled[picture] = Labelled(things=things, part=photo.part)
        else:
            problems.append(f"{picture}: is another picture than was labelled")
    if away:
        problems.append(
            f"{folder}: {len(away)} of {asked} photos, of {len(set(away))} repositories, are missing; "
            "clone each repository as OWNER/NAME below it (in a clone that is there, look at older commits)"
        )
    if not labelled:
        raise RecipeError("; ".join([f"source {source.name}: no photo can be used", *problems[-3:]]))
    skipped += problems
    return labelled


def _read_lines(path: Path, problems: list[str]) -> Iterator[_Photo]:
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            if line.strip():
                yield _Photo.model_validate_json(line)
        except ValidationError as exc:
            first = exc.errors()[0]
            problems.append(f"{path}:{number}: {': '.join(map(str, [*first['loc'], first['msg']]))}")
