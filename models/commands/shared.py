"""What the commands share: their arguments, and how an error becomes one line."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from models.manifest import ModelError, Variant
from models.recipe import RECIPES, Recipe, RecipeError, load_recipe

if TYPE_CHECKING:
    from models.detector import Detector

notes = Console(stderr=True)

ModelName = Annotated[str, typer.Argument(help="A model of the catalog, or a folder with a manifest.toml.")]
RecipeName = Annotated[str, typer.Argument(help="A recipe by name (street, water), or a file.")]
DatasetFolder = Annotated[Path, typer.Option("--dataset", help="A folder that `models dataset` wrote.")]
Weights = Annotated[
    Path,
    typer.Option(
        "--weights", help="Weights (.pt) to begin with, or the folder of a published model to learn on."
    ),
]
AnyVariant = Annotated[Variant | None, typer.Option("--variant", help="fp32 or int8; int8 where shipped.")]
PerPicture = Annotated[bool, typer.Option("--per-picture", help="Ask of a picture, not of each box.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what a user can put right into one line and exit code 1."""
    from models.picture import PictureError

    try:
        yield
    except BrokenPipeError:
        raise  # whoever reads the output has seen enough, which typer takes as the end
    except (ModelError, RecipeError, PictureError, OSError) as exc:
        notes.print(_in_words(exc), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from exc
    except ModuleNotFoundError as exc:
        text = f"{exc.name} is missing: in a clone, pip install -e '.[train]'"
        notes.print(text, style="red", markup=False, highlight=False)
        raise typer.Exit(1) from exc


def _in_words(exc: Exception) -> str:
    if isinstance(exc, OSError) and exc.errno == errno.ENOSPC and not exc.filename:
        return f"the output cannot be written: {exc.strerror}"
    return str(exc)


def model_folder(model: str) -> Path:
    """Return the folder of a model of the catalog, or the folder that was given."""
    from models.detector import CATALOG

    return CATALOG / model if (CATALOG / model).is_dir() else Path(model)


def open_recipe(name: str) -> Recipe:
    """Return a recipe of the house by name, or from a file."""
    shipped = RECIPES / f"{name}.toml"
    return load_recipe(shipped if shipped.exists() else Path(name))


def open_model(model: str, variant: Variant | None) -> "Detector":
    """Return the verified detector of a model."""
    from models.detector import load_detector

    return load_detector(model_folder(model), variant=variant)


def show(*parts: str | Table) -> None:
    """Print texts and tables, a text of any length in one line."""
    console = Console()
    for part in parts:
        console.print(part, markup=False, highlight=False, soft_wrap=isinstance(part, str))
