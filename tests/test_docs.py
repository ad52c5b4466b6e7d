from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import typer.main
from pydantic import BaseModel

from dispatcher.config.settings import Settings
from edge.config import EdgeConfig
from gridwarden import app

ROOT = Path(__file__).parents[1]
READMES = "\n".join(
    (ROOT / path).read_text("utf-8")
    for path in ["README.md", *map("{}/README.md".format, ["edge", "models", "dispatcher"])]
)


def commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Every command that does something, with its full name."""
    if hasattr(command, "commands"):
        for child in command.commands.values():
            yield from commands(child, f"{name} {child.name}")
    else:
        yield name, command


COMMANDS = dict(commands(typer.main.get_command(app), "gridwarden"))


def settings(model: type[BaseModel]) -> Iterator[str]:
    """The name of every setting of ``model`` and of the sections in it."""
    for name, field in model.model_fields.items():
        yield field.alias or name
        for section in sections(field.annotation):
            yield from settings(section)


def sections(annotation: object) -> Iterator[type[BaseModel]]:
    """The sections that ``annotation`` holds, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from sections(part)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_a_readme(name: str) -> None:
    assert name in READMES


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_each_of_its_options_has_help(name: str) -> None:
    command = COMMANDS[name]

    dumb = [p.name for p in command.params if p.param_type_name == "option" and not p.help]
    assert command.help
    assert dumb == []


@pytest.mark.parametrize(("model", "file"), [(EdgeConfig, "edge.toml"), (Settings, "dispatcher.toml")])
def test_every_setting_is_shown_in_the_sample_configuration(model: type[BaseModel], file: str) -> None:
    text = (ROOT / "configs" / file).read_text("utf-8")

    missing = sorted({name for name in settings(model) if name not in text})

    assert missing == []
