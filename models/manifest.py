"""The manifest: what a model directory says about its files, labels and thresholds."""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

STEP_PX = 32
"""Both sides of an input are multiples: the coarsest cell of a YOLO."""
Variant = Literal["fp32", "int8"]
FILES: dict[Variant, str] = {"fp32": "model.onnx", "int8": "model.int8.onnx"}


class ModelError(Exception):
    """A model cannot be used; the text names the file, what is wrong with it, and the way out."""


class ModelFile(BaseModel):
    """One ONNX file of a model, pinned by its hash."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Annotated[str, Field(pattern=r"^[\w.-]+$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Closer(BaseModel):
    """How boxes of some labels are looked at a second time: a square around the box, judged by itself."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    labels: tuple[str, ...]
    scale: Annotated[float, Field(ge=1)]  # the side is so many times the longer side of the box,
    least: Annotated[float, Field(ge=0, le=1)]  # but at least this part of the picture's shorter side
    worth: tuple[float, float, float]  # of the box's logit, of the second look's, and of neither
    also: tuple[
        str, ...
    ] = ()  # boxes of these labels are looked at too: each may be one of the first of ours
    whole: bool = False  # a box is one thing: it is judged by itself, and one within a surer one is a part


class Second(ModelFile):
    """A network that looks a second time, and at what; it answers with one logit."""

    input_px: Annotated[int, Field(multiple_of=STEP_PX, ge=STEP_PX)]
    training_id: str | None = None  # of the pictures that taught it
    look: Closer


class Manifest(BaseModel):
    """Everything needed to run a model, and where it came from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: str
    task: Literal["detect"]
    input_px: Annotated[int, Field(multiple_of=STEP_PX, ge=STEP_PX)]
    licence: str
    training_id: str
    source: str
    labels: tuple[str, ...]
    thresholds: dict[str, Annotated[float, Field(ge=0, le=1)]]
    files: dict[Variant, ModelFile]
    second: tuple[Second, ...] = ()

    def sha256_of(self, variant: Variant) -> str:
        """Return what tells a model from any other: the hash of its file, of all hashes if it looks again."""
        hashes = [self.files[variant].sha256, *(second.sha256 for second in self.second)]
        return hashlib.sha256(" ".join(hashes).encode()).hexdigest() if self.second else hashes[0]

    @field_validator("second", mode="before")
    @classmethod
    def _each_look_has_a_file(cls, second: object) -> object:
        tables = second if isinstance(second, (list, tuple)) else [second]
        if not any(isinstance(one, dict) and "looks" in one for one in tables):
            return second
        raise ValueError(
            "it is of a time when all second looks were one file: take [second] and [[second.looks]] out, "
            "then take looks over (`models second` with --judges) or learn them again, and calibrate"
        )

    @model_validator(mode="after")
    def _labels_and_files_are_complete(self) -> Self:
        if len(set(self.labels)) != len(self.labels) or not self.labels:
            raise ValueError("labels must be given, each once")
        if set(self.thresholds) != set(self.labels):
            odd = sorted(set(self.thresholds) ^ set(self.labels))
            raise ValueError(f"thresholds must name exactly the labels; differing: {', '.join(odd)}")
        if "fp32" not in self.files:
            raise ValueError("files.fp32 is missing")
        twice = [label for second in self.second for label in second.look.labels]
        also = {label for second in self.second for label in second.look.also}
        if len(set(twice)) != len(twice) or not also.union(twice) <= set(self.labels):
            raise ValueError("second.look must name labels of the model, each once")
        if not all(second.look.labels for second in self.second):
            raise ValueError("second.look.labels must name a label")
        paths = [second.path for second in self.second]
        if len(set(paths)) != len(paths):
            raise ValueError("second must name a file of its own for each look")
        if also & set(twice):
            raise ValueError("second.look.also must name labels that no look judges")
        return self


def load_manifest(directory: Path) -> Manifest:
    """Read ``directory/manifest.toml``; raise ``ModelError`` with every problem in it."""
    path = directory / "manifest.toml"
    try:
        return Manifest.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as exc:
        raise ModelError(f"{path} is missing: {directory} is no model; name a folder of the catalog") from exc
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise ModelError(f"{path} cannot be read ({exc}): install the model again") from exc
    except ValidationError as exc:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in error['loc']) or 'manifest'}: {error['msg']}"
            for error in exc.errors()
        )
        raise ModelError(f"{path} is not a valid manifest: {problems}") from exc


def read_verified(directory: Path, file: ModelFile) -> bytes:
    """Return the bytes of ``file`` after checking its hash; raise ``ModelError`` when they differ."""
    path = directory / file.path
    try:
        content = path.read_bytes()
    except OSError as exc:
        raise ModelError(f"{path} cannot be read ({exc.strerror}): install the model again") from exc
    actual = hashlib.sha256(content).hexdigest()
    if actual != file.sha256:
        raise ModelError(
            f"{path} is not the file that its manifest names: expected sha256 {file.sha256}, found {actual}; "
            "install the model again, or export it again if you changed it on purpose"
        )
    return content


def save_manifest(manifest: Manifest, directory: Path) -> None:
    """Write ``manifest.toml``, whole or not at all, so that `load_manifest` reads the same."""
    heading = ("name", "version", "task", "input_px", "licence", "training_id", "source", "labels")
    fields = manifest.model_dump(mode="json")
    lines = [f"{name} = {_quoted(fields[name])}" for name in heading]
    lines += [
        "",
        "[thresholds]",
        *(f"{_key(label)} = {manifest.thresholds[label]:g}" for label in manifest.labels),
    ]
    for variant, file in manifest.files.items():
        lines += ["", f"[files.{variant}]", f'path = "{file.path}"', f'sha256 = "{file.sha256}"']
    for second in manifest.second:
        lines += _second(second)
    part = directory / ".manifest.toml.part"
    try:
        part.write_text("\n".join(lines) + "\n", encoding="utf-8")
        part.replace(directory / "manifest.toml")
    except OSError as exc:
        raise ModelError(f"{directory / 'manifest.toml'} keeps what it held: {exc.strerror}") from exc
    finally:
        part.unlink(missing_ok=True)


def _second(second: Second) -> Iterator[str]:
    yield from ("", "[[second]]", f'path = "{second.path}"', f'sha256 = "{second.sha256}"')
    yield f"input_px = {second.input_px}"
    if second.training_id is not None:
        yield f"training_id = {_quoted(second.training_id)}"
    look = second.look
    yield from ("", "[second.look]", f"labels = {_quoted(look.labels)}")
    yield from (f"scale = {look.scale!r}", f"least = {look.least!r}", f"worth = {_quoted(look.worth)}")
    if look.also:
        yield f"also = {_quoted(look.also)}"
    if look.whole:
        yield "whole = true"


def _key(label: str) -> str:
    return label if re.fullmatch(r"[A-Za-z0-9_-]+", label) else _quoted(label)


def _quoted(value: object) -> str:
    """Return a text or texts as TOML, which quotes as JSON does."""
    return json.dumps(value, ensure_ascii=False)


def second_file(labels: Sequence[str], sha256: str) -> str:
    """Return the name of a file that looks again at ``labels``.

    Its hash is part of it: a new file never takes the place of one that a manifest names.
    """
    label = re.sub(r"[^\w-]", "_", labels[0])
    return f"model.second.{label}.{sha256[:8]}.onnx"


def pinned(path: Path) -> ModelFile:
    """Return the entry of a file that lies beside the manifest."""
    return ModelFile(path=path.name, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
