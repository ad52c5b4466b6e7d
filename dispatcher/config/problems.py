"""Problems of a file in words: where, what, and the nearest valid name."""

import difflib
import typing
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, ValidationError

Where = Sequence[int | str]


class ConfigError(Exception):
    """The files cannot be used; the text has one line per problem."""


class Section(BaseModel):
    """A part of a file: unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def describe(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """Return one line for each problem: ``path: what``, with the nearest name for an unknown one."""
    lines = []
    for problem in error.errors():
        where = problem["loc"]
        text = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            text = f"no such setting{nearest(str(where[-1]), _names_at(model, where[:-1]))}"
        lines.append(f"{'.'.join(map(str, where)) or 'file'}: {text}")
    return lines


def nearest(name: str, known: Sequence[str]) -> str:
    """Return `; did you mean …?` or the names there are."""
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; there are: {', '.join(sorted(known))}"


def _names_at(model: type[BaseModel], where: Where) -> Sequence[str]:
    for part in where:
        if isinstance(part, int) or part not in model.model_fields:
            continue
        inner = [
            kind
            for kind in _kinds_in(model.model_fields[part].annotation)
            if isinstance(kind, type) and issubclass(kind, BaseModel)
        ]
        model = inner[0] if inner else model
    return list(model.model_fields)


def _kinds_in(annotation: object) -> list[object]:
    arguments = typing.get_args(annotation)
    return [annotation] if not arguments else [kind for one in arguments for kind in _kinds_in(one)]
