"""A small district for tests: a town of two halves, each of two units, with a shop street in one."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from shapely.geometry import box

from dispatcher.adapters.store import Database, open_store
from dispatcher.adapters.store.reader import StoreReader
from dispatcher.domain.category import Categories, Category
from dispatcher.domain.clock import Clocks
from dispatcher.domain.district import Body, CameraPlace, District
from dispatcher.domain.duty import Duty, DutyRow
from dispatcher.domain.grid import Cell, Grid
from dispatcher.domain.roster import Person, Roster, Shift
from dispatcher.ports import Store, Writer

SHANGHAI = ZoneInfo("Asia/Shanghai")
EVERY_DAY = frozenset(range(7))
ALL_DAY = Shift(days=EVERY_DAY, start=time(0), end=time(0))
DAYTIME = Shift(days=EVERY_DAY, start=time(8), end=time(20))
CLOCKS = Clocks(file_s=300, accept_s=600, handle_s=7200, verify_s=1800)

BODIES = ("town", "west", "unit", "shops", "office")

IN_SHOPS = {"lat": 31.2250, "lon": 121.4610}
IN_WEST = {"lat": 31.2250, "lon": 121.4650}
IN_EAST = {"lat": 31.2250, "lon": 121.4750}
NOWHERE = {"lat": 31.5, "lon": 121.9}


def a_cell(
    code: str, parent: str | None, bounds: tuple[float, float, float, float], layer: str = "gov"
) -> Cell:
    return Cell(code=code, parent=parent, layer=layer, kind="any", name=code, polygon=box(*bounds))


def some_cells() -> list[Cell]:
    return [
        a_cell("T", None, (121.46, 31.22, 121.48, 31.24)),
        a_cell("W", "T", (121.46, 31.22, 121.47, 31.24)),
        a_cell("E", "T", (121.47, 31.22, 121.48, 31.24)),
        a_cell("W1", "W", (121.46, 31.22, 121.47, 31.23)),
        a_cell("W1S", "W1", (121.46, 31.224, 121.462, 31.226)),
        a_cell("M", None, (121.46, 31.22, 121.48, 31.24), layer="market"),
    ]


def a_person(person_id: str, body_id: str, *shifts: Shift, contact: str = "+86 1") -> Person:
    return Person(
        person_id=person_id, name=person_id, body_id=body_id, contact=contact, shifts=shifts or (ALL_DAY,)
    )


def some_persons() -> list[Person]:
    return [
        a_person("top", "town"),
        a_person("chief", "west", ALL_DAY),
        a_person("ann", "unit", DAYTIME),
        a_person("bob", "unit", DAYTIME),
        a_person("shop", "shops", DAYTIME),
        a_person("inspector", "office"),
    ]


def a_category(**changes: Any) -> Category:
    fields: dict[str, Any] = {
        "code": "stalls",
        "name_zh": "占道经营",
        "name_en": "Stalls",
        "kinds": frozenset({"street_encroachment"}),
        "layer": "gov",
        "merge_by": "place",
        "radius_m": 40.0,
        "window_s": 1800.0,
        "reopen_s": 7200.0,
        "recur_s": 86400.0,
        "dispatch_confidence": 0.5,
        "clocks": CLOCKS,
    }
    return Category(**(fields | changes))


def some_categories() -> list[Category]:
    return [
        a_category(),
        a_category(
            code="trucks", kinds=frozenset({"muck_truck"}), merge_by="camera", window_s=300.0, reopen_s=300.0
        ),
        a_category(code="other", kinds=frozenset({"*"}), layer="market"),
    ]


def some_duty() -> list[DutyRow]:
    rows = [("T", "*", "town"), ("W", "*", "west"), ("W1", "*", "unit"), ("W1S", "stalls", "shops")]
    return [
        DutyRow(cell_code=cell, category=category, body_id=body)
        for cell, category, body in [*rows, ("M", "*", "office")]
    ]


def a_district(*, persons: Sequence[Person] | None = None) -> District:
    grid = Grid(some_cells())
    categories = Categories(some_categories())
    codes = [category.code for category in categories.rows]
    return District(
        name="test town",
        zone=SHANGHAI,
        grid=grid,
        bodies=[Body(body_id=one, name_zh=one, name_en=one) for one in BODIES],
        duty=Duty(some_duty(), grid=grid, categories=codes),
        roster=Roster(some_persons() if persons is None else persons, zone=SHANGHAI),
        categories=categories,
        cameras=[CameraPlace(camera_id="cam-1", name="corner", lat=31.225, lon=121.465)],
    )


DISTRICT = a_district()


def a_store(url: str) -> Database:
    """A store at ``url``, migrated."""
    store = open_store(url, cells_below=DISTRICT.grid.below, zone=SHANGHAI)
    store.migrate(lambda _: None)
    return store


def a_store_in_memory() -> Database:
    """A store of its own for one test; migrating each would cost more than what is tested."""
    store = open_store("sqlite://", cells_below=DISTRICT.grid.below, zone=SHANGHAI)
    with store.read() as reader:
        _driver_of(reader).deserialize(empty_tables())
    return store


@cache
def empty_tables() -> bytes:
    """The bytes of a migrated SQLite database without rows."""
    store = a_store("sqlite://")
    with store.read() as reader:
        driver = _driver_of(reader)
    content = driver.serialize()
    store.close()
    return content


def _driver_of(reader: StoreReader) -> sqlite3.Connection:
    driver = reader._connection.connection.driver_connection  # noqa: SLF001 - a copy, not a query
    assert isinstance(driver, sqlite3.Connection)
    return driver


class _Undone(Exception):  # noqa: N818
    pass


@contextmanager
def undone(store: Store) -> Iterator[Writer]:
    """Open a transaction that leaves nothing behind."""
    with suppress(_Undone), store.write() as tx:
        yield tx
        raise _Undone


def noon(day: int = 20) -> datetime:
    """Noon in Shanghai, when everybody is on shift."""
    return datetime(2026, 5, day, 12, tzinfo=SHANGHAI)
