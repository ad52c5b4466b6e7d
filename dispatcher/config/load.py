"""Reading dispatcher.toml and the district that it names."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from dispatcher.config.district import load_district
from dispatcher.config.problems import ConfigError, describe
from dispatcher.config.settings import Settings
from dispatcher.domain.district import District

_PATHS = (("evidence", "folder"), ("district", "folder"), ("broker", "password_file"), ("broker", "ca_file"))
_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that a dispatcher is told."""

    settings: Settings
    district: District


def load_config(path: Path) -> Config:
    """Read ``path`` and its district; raise ``ConfigError`` that names every problem at once.

    Relative paths in the file start at the file's own folder.
    """
    try:
        text = path.read_text("utf-8")
        document = tomllib.loads(text)
    except OSError as exc:
        raise ConfigError(f"{path}: {exc.strerror}") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{path}: {exc}") from exc
    _anchor(document, path.resolve().parent)
    problems: list[str] = []
    try:
        settings = Settings.model_validate(document)
    except ValidationError as exc:
        problems = [f"{path}: {line}" for line in describe(exc, Settings)]
    district = _try_district(document, problems)
    if problems or district is None:
        raise ConfigError("\n".join(problems))
    return Config(settings=settings, district=district)


def _try_district(document: dict[str, object], problems: list[str]) -> District | None:
    """Load the district even if other settings are wrong, so that all problems show at once."""
    table = document.get("district")
    if not isinstance(table, dict) or "folder" not in table:
        return None
    try:
        zone = ZoneInfo(str(table.get("zone")))
    except (OSError, ValueError, KeyError):
        zone = ZoneInfo("UTC")
    try:
        return load_district(Path(str(table["folder"])), name=str(table.get("name")), zone=zone)
    except ConfigError as exc:
        problems.append(str(exc))
    return None


def _anchor(document: dict[str, object], folder: Path) -> None:
    for section, name in _PATHS:
        table = document.get(section)
        if isinstance(table, dict) and isinstance(table.get(name), str):
            table[name] = str(folder / table[name])
    store = document.get("store")
    if isinstance(store, dict) and str(store.get("url")).startswith(_SQLITE):
        store["url"] = _SQLITE + str(folder / str(store["url"]).removeprefix(_SQLITE))
