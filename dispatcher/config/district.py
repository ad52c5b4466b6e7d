"""The district's six files, read and checked together."""

import csv
import io
import json
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError
from shapely.geometry import shape

from dispatcher.config.problems import ConfigError, describe, nearest
from dispatcher.config.tables import BodyLine, CameraLine, CategoryFile, CellProperties, DutyLine, RosterLine
from dispatcher.domain.category import Categories
from dispatcher.domain.datum import Crs, to_wgs84
from dispatcher.domain.district import Body, CameraPlace, District
from dispatcher.domain.duty import Duty, DutyRow
from dispatcher.domain.grid import Cell, Grid
from dispatcher.domain.roster import Person, Roster

Line = TypeVar("Line", bound=BaseModel)
Part = TypeVar("Part")


def load_district(folder: Path, *, name: str, zone: ZoneInfo) -> District:
    """Read the district in ``folder``; raise ``ConfigError`` that names every wrong line of every file."""
    problems: list[str] = []

    def attempt(file: str, build: Callable[[], Part]) -> Part | None:
        try:
            return build()
        except ConfigError as exc:
            problems.append(str(exc))
        except ValueError as exc:
            problems.extend(f"{folder / file}: {line}" for line in str(exc).splitlines())
        return None

    grid = attempt("grid.geojson", lambda: _load_grid(folder / "grid.geojson"))
    categories = attempt("category.toml", lambda: _load_categories(folder / "category.toml"))
    bodies = attempt("body.csv", lambda: _load_bodies(folder / "body.csv"))
    roster = attempt("roster.csv", lambda: _load_roster(folder / "roster.csv", zone))
    cameras = attempt("camera.csv", lambda: _load_cameras(folder / "camera.csv"))
    duty_rows = attempt("duty.csv", lambda: _load_duty_rows(folder / "duty.csv"))
    if grid is None or categories is None or bodies is None:
        raise ConfigError("\n".join(problems))
    if roster is None or cameras is None or duty_rows is None:
        raise ConfigError("\n".join(problems))
    codes = [row.code for row in categories.rows]
    duty = attempt("duty.csv", lambda: Duty(duty_rows, grid=grid, categories=codes))
    known = [body.body_id for body in bodies]
    attempt("duty.csv", lambda: _refuse_strangers(duty_rows, known))
    attempt("roster.csv", lambda: _refuse_strangers(roster.persons, known))
    if duty is None or problems:
        raise ConfigError("\n".join(problems))
    district = attempt(
        "",
        lambda: District(
            name=name,
            zone=zone,
            grid=grid,
            bodies=bodies,
            duty=duty,
            roster=roster,
            categories=categories,
            cameras=cameras,
        ),
    )
    if district is None:
        raise ConfigError("\n".join(problems))
    return district


def _load_grid(path: Path) -> Grid:
    try:
        document = json.loads(_read(path))
    except json.JSONDecodeError as exc:
        raise ConfigError(f"{path}: no JSON: {exc}") from exc
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise ConfigError(f"{path}: no GeoJSON FeatureCollection")
    crs = _crs_of(path, document.get("crs"))
    cells, problems = [], []
    for number, feature in enumerate(document["features"]):
        try:
            cells.append(_cell_of(feature, crs))
        except ValidationError as exc:
            problems += [f"{path}: features.{number}: {line}" for line in describe(exc, CellProperties)]
        except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError) as exc:
            problems.append(f"{path}: features.{number}: no polygon with properties: {exc}")
    if problems:
        raise ConfigError("\n".join(problems))
    return Grid(cells)


def _crs_of(path: Path, declared: object) -> Crs:
    if declared not in set(Crs):
        hint = nearest(str(declared), [str(crs) for crs in Crs])
        raise ConfigError(f'{path}: crs: {declared!r} is unknown{hint} (a member "crs" beside "features")')
    return Crs(str(declared))


def _cell_of(feature: dict[str, Any], crs: Crs) -> Cell:
    properties = CellProperties.model_validate(feature["properties"])
    polygon = shape(feature["geometry"])
    if polygon.geom_type not in {"Polygon", "MultiPolygon"}:
        raise ValueError(f"its geometry is a {polygon.geom_type}")

    def convert(points: NDArray[np.float64]) -> NDArray[np.float64]:
        pairs = [to_wgs84(crs, lat=lat, lon=lon) for lon, lat in points.tolist()]
        return np.array([(lon, lat) for lat, lon in pairs])

    return Cell(**properties.model_dump(), polygon=shapely.transform(polygon, convert))


def _load_categories(path: Path) -> Categories:
    try:
        tables = CategoryFile.model_validate(tomllib.loads(_read(path)))
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(f"{path}: {exc}") from exc
    except ValidationError as exc:
        raise ConfigError("\n".join(f"{path}: {line}" for line in describe(exc, CategoryFile))) from exc
    return Categories([table.build() for table in tables.category])


def _load_bodies(path: Path) -> list[Body]:
    lines = _load_lines(path, BodyLine)
    names = Counter(line.body for line in lines)
    twice = [f"{path}: body {name} has {count} lines" for name, count in names.items() if count > 1]
    if twice:
        raise ConfigError("\n".join(twice))
    return [Body(body_id=line.body, name_zh=line.name_zh, name_en=line.name_en) for line in lines]


def _refuse_strangers(rows: Sequence[DutyRow | Person], known: Sequence[str]) -> None:
    """Raise ``ValueError`` with a line for each body that body.csv does not name."""
    strangers = sorted({row.body_id for row in rows} - {*known})
    if strangers:
        raise ValueError(
            "\n".join(f"body {one!r} is not in body.csv{nearest(one, known)}" for one in strangers)
        )


def _load_roster(path: Path, zone: ZoneInfo) -> Roster:
    persons: dict[str, Person] = {}
    for line in _load_lines(path, RosterLine):
        known = persons.get(line.person)
        shifts = (*(known.shifts if known else ()), line.shift)
        person = Person(
            person_id=line.person, name=line.name, body_id=line.body, contact=line.contact, shifts=shifts
        )
        if known and (known.name, known.body_id) != (person.name, person.body_id):
            raise ConfigError(f"{path}: person {line.person} has two names or bodies")
        persons[line.person] = person
    return Roster(list(persons.values()), zone=zone)


def _load_duty_rows(path: Path) -> list[DutyRow]:
    return [
        DutyRow(cell_code=line.cell, category=line.category, body_id=line.body)
        for line in _load_lines(path, DutyLine)
    ]


def _load_cameras(path: Path) -> list[CameraPlace]:
    cameras = []
    for line in _load_lines(path, CameraLine):
        lat, lon = to_wgs84(line.crs, lat=line.lat, lon=line.lon)
        cameras.append(CameraPlace(camera_id=line.camera, name=line.name, lat=lat, lon=lon))
    return cameras


def _load_lines(path: Path, model: type[Line]) -> list[Line]:
    lines, problems = [], []
    for number, row in enumerate(csv.DictReader(io.StringIO(_read(path))), start=2):
        cells = {str(key): value for key, value in row.items() if key is not None}
        try:
            lines.append(model.model_validate(cells))
        except ValidationError as exc:
            problems += [f"{path}: line {number}: {problem}" for problem in describe(exc, model)]
    if problems:
        raise ConfigError("\n".join(problems))
    return lines


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as exc:
        raise ConfigError(f"{path}: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{path}: not UTF-8 text: save it as UTF-8") from exc
