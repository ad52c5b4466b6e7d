"""What lies beside a labelled clip: the log of its events, and its scene."""

from pathlib import Path
from typing import Self, TypeVar

from pydantic import BaseModel, ConfigDict, FiniteFloat, ValidationError, model_validator

from edge.domain.ground import Homography
from edge.ports import EdgeError

_File = TypeVar("_File", bound=BaseModel)


class Event(BaseModel):
    """What happens from when to when, in seconds of the clip; box in fractions at its fullest."""

    kind: str
    from_s: FiniteFloat
    to_s: FiniteFloat
    box: tuple[float, float, float, float]

    @model_validator(mode="after")
    def _is_somewhere_for_a_while(self) -> Self:
        left, top, right, bottom = self.box
        if not 0 <= self.from_s <= self.to_s:
            raise ValueError(f"from_s {self.from_s:g} to to_s {self.to_s:g} is no time in a clip")
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            raise ValueError("box is not left, top, right, bottom in fractions of the picture")
        return self


class EventLog(BaseModel):
    """NAME.events.json."""

    duration_s: FiniteFloat | None = None
    events: list[Event]


class Scene(BaseModel):
    """NAME.scene.json: the camera's ground plane and zones."""

    model_config = ConfigDict(strict=False)
    homography: Homography
    zones: dict[str, list[tuple[float, float]]]


def log_of(clip: Path) -> Path:
    """Return where the event log of a clip lies."""
    return clip.with_suffix(".events.json")


def scene_of(clip: Path) -> Path:
    """Return where the scene of a clip lies."""
    return clip.with_suffix(".scene.json")


def read_log(path: Path) -> EventLog:
    """Read an event log; raise ``EdgeError`` with the first thing that is wrong in it."""
    return _read(path, EventLog)


def read_scene(path: Path) -> Scene:
    """Read a scene; raise ``EdgeError`` with the first thing that is wrong in it."""
    return _read(path, Scene)


def _read(path: Path, shape: type[_File]) -> _File:
    try:
        return shape.model_validate_json(path.read_bytes())
    except OSError as exc:
        raise EdgeError(f"{path} cannot be read: {exc.strerror}") from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        problem = first["msg"].removeprefix("Value error, ")
        raise EdgeError(
            f"{path}: {where or 'the file'}: {problem}: correct it, or render the clip again"
        ) from exc
