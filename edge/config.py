"""The configuration of a box: read, checked as a whole, and refused with every problem at once."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from edge.checks import find_mismatches, nearest
from edge.ports import EdgeError
from edge.settings import CameraUrl, EdgeConfig, Rule

__all__ = ["ConfigError", "EdgeConfig", "load_camera_urls", "load_config"]


class ConfigError(EdgeError):
    """A configuration that cannot be used; the text has a line for each problem."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load_config(path: Path) -> EdgeConfig:
    """Read ``path``; relative paths in it start at its folder. Raise ``ConfigError`` with every problem."""
    raw = _read(path)
    problems = find_mismatches(raw, folder=path.parent)
    try:
        config = EdgeConfig.model_validate(raw, context={"folder": path.parent})
    except ValidationError as exc:
        wrong = [*_shape_problems(exc, raw), *problems]
        raise ConfigError([f"{path.name}: {problem}" for problem in wrong]) from exc
    if problems:
        raise ConfigError([f"{path.name}: {problem}" for problem in problems])
    return config


def load_camera_urls(path: Path) -> dict[str, str]:
    """Return the address of each camera in ``path`` by its id, even while other settings are unfinished."""
    raw = _read(path)
    try:
        cameras = _Addresses.model_validate(raw, context={"folder": path.parent}).cameras
    except ValidationError as exc:
        raise ConfigError([f"{path.name}: {problem}" for problem in _shape_problems(exc, raw)]) from exc
    return {camera.id: camera.url for camera in cameras}


class _Address(BaseModel):
    id: str
    url: CameraUrl


class _Addresses(BaseModel):
    cameras: tuple[_Address, ...]


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise ConfigError([f"{path}: cannot be read: {exc.strerror}"]) from exc
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise ConfigError([f"{path}: is not TOML: {exc}"]) from exc


def _shape_problems(exc: ValidationError, raw: dict[str, Any]) -> Iterator[str]:
    for error in exc.errors():
        where = _path(error["loc"], raw)
        match error["type"]:
            case "extra_forbidden":
                yield f"{where}: unknown setting{nearest(str(error['loc'][-1]), _valid_names(error['loc']))}"
            case "missing":
                yield f"{where}: is missing"
            case "union_tag_invalid":
                yield f"{where}.rule: unknown way of finding{nearest(str(error['input'].get('rule')), _WAYS)}"
            case _:
                given = "" if isinstance(error["input"], dict) else f", given {error['input']!r:.60}"
                yield f"{where}: {error['msg'].removeprefix('Value error, ')}{given}"


def _path(loc: tuple[str | int, ...], node: Any) -> str:  # noqa: ANN401  whatever the file holds
    """Return the place in the file: pydantic also names the alternative that it tried, the file does not."""
    parts = []
    for index, part in enumerate(loc):
        is_inside = (
            part in node if isinstance(node, dict) else isinstance(node, list) and isinstance(part, int)
        )
        if is_inside:
            node = node[part]
        elif index < len(loc) - 1 or part in _WAYS:
            continue
        parts.append(str(part))
    return ".".join(parts)


def _valid_names(loc: tuple[str | int, ...]) -> list[str]:
    """Return the settings of the section that ``loc`` lies in."""
    sections: list[type[BaseModel]] = [EdgeConfig]
    for part in loc[:-1]:
        if field := sections[0].model_fields.get(str(part)):
            sections = list(_sections(field.annotation))
        else:  # a number of a list, a key of a table, or the way of finding that tells rules apart
            sections = [section for section in sections if part in _ways(section)] or sections
    return sorted(sections[0].model_fields)


def _sections(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _sections(part)


def _ways(section: type[BaseModel]) -> tuple[object, ...]:
    field = section.model_fields.get("rule")
    return get_args(field.annotation) if field else ()


_WAYS = [str(way) for section in _sections(Rule) for way in _ways(section)]
"""The ways of finding: what tells the alternatives of a rule apart."""
