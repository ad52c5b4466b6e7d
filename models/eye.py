"""The eye: what a network of photos knows of pictures, looked up once and kept."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from types import ModuleType
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from torch import nn

from models.boxes import Boxes, read_boxes
from models.dataset_folder import times_taught
from models.picture import find_pictures, read_picture
from models.recipe import RecipeError
from models.scene import PX, Scene
from models.tracing import trace

Eye = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""A model's input (1, 3, h, w) to its features (1, 2560), or to what else a network answers."""
PARTS = "train", "val"
TOGETHER = 32
"""So many pictures are looked at between two steps of the progress."""
See = Callable[[NDArray[np.uint8], Boxes, str], NDArray[np.float32]]
"""A picture (h, w, 3), its boxes and its part to rows of what was seen."""
Seen = Sequence[tuple[str, NDArray[np.float32]]]
"""Part and rows of each of some pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many of the pictures have been looked at, or of the steps of learning are done."""

    done: int
    total: int


def open_eye(path: Path, network: nn.Module | None = None) -> Eye:
    """Return what looks with onnxruntime, three times as fast as torch on a CPU; ``path`` becomes its file.

    Without a ``network`` of its own it sees the features of a scene.
    """
    if network is None:
        network = Scene().eval()
        network.judge = nn.Identity()
    trace(network, path, PX, "features", {})
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # pictures side by side are twice as fast as one on two cores
    session: Any = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda blob: np.asarray(session.run(None, {"images": blob})[0], np.float32)


def claim(out: Path, what: str) -> None:
    """Refuse a folder that holds what was seen of something else than ``what``."""
    marker = out / "dataset.txt"
    out.mkdir(parents=True, exist_ok=True)
    if marker.exists() and marker.read_text(encoding="utf-8") != what:
        raise RecipeError(
            f"{out} holds what was seen of another dataset, by another detector or otherwise, "
            "or of a run that is finished: name another --out"
        )
    marker.write_text(what, encoding="utf-8")


def constants_of(*modules: ModuleType) -> str:
    """Return the constants of what shapes a look, and some more: with others it would be seen otherwise."""
    return " ".join(
        f"{module.__name__}.{name}={value}"
        for module in modules
        for name, value in sorted(vars(module).items())
        if name.isupper()
    )


def look_at_all(dataset: Path, classes: int, out: Path, see: See) -> Iterator[tuple[Progress, Seen]]:
    """Yield what ``see`` makes of every picture of a dataset, some at a time, side by side.

    A training picture is yielded as often as an epoch shows it. What was seen is kept below ``out``: what
    was looked at before an interruption is not looked at again.
    """
    times = times_taught(dataset)
    pictures = [(part, path) for part in PARTS for path in find_pictures(dataset / "images" / part)]

    def seen(part: str, path: Path) -> tuple[str, NDArray[np.float32]]:
        file = out / "features" / part / f"{path.name}.npy"
        rows = _kept(file)
        if rows is None:
            boxes = read_boxes(dataset / "labels" / part / f"{path.stem}.txt", classes)
            rows = see(read_picture(path), boxes, part)
            _keep(file, rows)
        return part, rows

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for first in range(0, len(pictures), TOGETHER):
            together = pictures[first : first + TOGETHER]
            looks = zip(together, pool.map(lambda one: seen(*one), together), strict=True)
            again = [look for (part, path), look in looks for _ in range(_times(times, part, path))]
            yield Progress(done=first + len(together), total=len(pictures)), again


def _times(times: Counter[str], part: str, path: Path) -> int:
    return times[path.name] if part == "train" else 1


def _kept(path: Path) -> NDArray[np.float32] | None:
    """Return what was seen before; nothing where that is missing or damaged, to be looked at again."""
    try:
        return np.asarray(np.load(path), np.float32)
    except (FileNotFoundError, EOFError, ValueError, SyntaxError, TokenError):
        return None


def _keep(path: Path, values: NDArray[np.float32]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.save(file, values)
    part.replace(path)
