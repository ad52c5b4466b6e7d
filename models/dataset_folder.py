"""The dataset folder: it knows the files of the last run, and says so while it is unfinished."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from models.recipe import RecipeError

UNFINISHED = "UNFINISHED"
TAUGHT = "train.txt"
"""Lists the training pictures, each as often as an epoch shows it."""
FILES = "files.txt"
"""Lists what the last run wrote; until it is through, the list is called UNFINISHED."""
NUMBERED = re.compile(r"^\s+(\d+):\s*[\"']?([^\"'\n]+?)[\"']?\s*$", re.MULTILINE)
"""A line of `names:` in `data.yaml`."""


def check_finished(dataset: Path) -> None:
    """Raise ``RecipeError`` where `models dataset` was interrupted."""
    if (dataset / UNFINISHED).exists():
        raise RecipeError(f"{dataset} is not whole: run the `models dataset` that was interrupted again")


def labels_of(dataset: Path) -> list[str] | None:
    """Return what the class ids 0, 1, 2 … of a dataset mean, none where no `data.yaml` says so.

    Raise ``RecipeError`` where it leaves one out, or none of its lines is `  0: label`.
    """
    path = dataset / "data.yaml"
    if not path.exists():
        return None
    try:
        numbered = NUMBERED.findall(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as exc:
        raise RecipeError(f"{path} cannot be read ({exc}): make the dataset with `models dataset`") from exc
    labels = {int(number): label for number, label in numbered}
    if sorted(labels) != list(range(len(numbered))) or not labels:
        raise RecipeError(f"{path} must name labels 0, 1, 2 … (`names:`, then a line `  0: label` each)")
    return [labels[number] for number in sorted(labels)]


def training_id_of(dataset: Path) -> str:
    """Return what names the content of a dataset; raise ``RecipeError`` where nothing does."""
    path = dataset / "summary.json"
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["training_id"])
    except OSError as exc:
        raise RecipeError(f"{path}: {exc.strerror}; make the dataset with `models dataset`") from exc
    except (ValueError, KeyError, TypeError) as exc:
        raise RecipeError(f"{path} names no training_id; make the dataset again") from exc


def times_taught(dataset: Path) -> Counter[str]:
    """Return how often an epoch shows each training picture, by file name; raise ``RecipeError``."""
    path = dataset / TAUGHT
    try:
        return Counter(line.rsplit("/", 1)[-1] for line in path.read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError) as exc:
        raise RecipeError(f"{path} cannot be read ({exc}): make the dataset with `models dataset`") from exc


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetFolder:
    """A folder that holds nothing but what one run put into it."""

    path: Path

    def check(self) -> None:
        """Refuse a folder with pictures of somebody else; raise ``OSError`` where nothing can be written."""
        earlier = any((self.path / name).exists() for name in (UNFINISHED, FILES))
        if not earlier and any((self.path / name).exists() for name in ("images", "labels")):
            raise RecipeError(f"{self.path} holds pictures or labels already; choose a new folder for --out")
        self.path.mkdir(parents=True, exist_ok=True)
        try:
            with TemporaryFile(dir=self.path):
                pass
        except OSError as exc:  # it names a file that nobody knows
            raise OSError(exc.errno, exc.strerror, str(self.path)) from exc

    def begin(self) -> None:
        """Remove what an earlier run wrote; `check` was before."""
        marker, files = self.path / UNFINISHED, self.path / FILES
        if files.exists():
            files.replace(marker)
        earlier = marker.read_text(encoding="utf-8").splitlines() if marker.exists() else []
        for name in reversed(earlier):  # what makes a dataset whole was written last
            file = self.path / name
            if file.resolve().is_relative_to(self.path.resolve()):
                file.unlink(missing_ok=True)
        for cache in self.path.glob("labels/*.cache"):  # the trainer's, of the earlier labels
            cache.unlink()
        marker.write_text("", encoding="utf-8")
        (self.path / "images" / "val").mkdir(parents=True, exist_ok=True)

    def put(self, name: str, content: bytes) -> None:
        """Write a file after its name was noted."""
        with (self.path / UNFINISHED).open("a", encoding="utf-8") as marker:
            marker.write(f"{name}\n")
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    def finish(self) -> None:
        """Say that everything is here."""
        (self.path / UNFINISHED).replace(self.path / FILES)
