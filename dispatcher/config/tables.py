"""The district's tables, as they stand in its files."""

from datetime import time
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

from dispatcher.config.problems import Section
from dispatcher.domain.category import Category
from dispatcher.domain.clock import Clocks
from dispatcher.domain.datum import Crs
from dispatcher.domain.roster import Shift

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Seconds = Annotated[float, Field(gt=0)]
Code = Annotated[str, Field(min_length=1)]


def _days(text: object) -> object:
    """Return the days in ``mon-fri,sun`` as numbers, Monday = 0."""
    days: set[int] = set()
    for part in str(text).lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            raise ValueError(f"{part!r} is no day; write for example 'mon-fri' or 'sat,sun'")
        begin, end = _DAYS.index(first), _DAYS.index(last or first)
        days |= {day % 7 for day in range(begin, (end if end >= begin else end + 7) + 1)}
    return frozenset(days)


class ClocksTable(Section):
    file_s: Seconds
    accept_s: Seconds
    handle_s: Seconds
    verify_s: Seconds


class CategoryTable(Section):
    """One [[category]] of category.toml."""

    code: Code
    name_zh: str
    name_en: str
    kinds: Annotated[frozenset[str], Field(min_length=1)]
    layer: str
    merge_by: Literal["place", "camera"] = "place"
    radius_m: Annotated[float, Field(gt=0, le=1000)]
    window_s: Annotated[float, Field(ge=0)]
    reopen_s: Annotated[float, Field(ge=0)]
    recur_s: Annotated[float, Field(ge=0)]
    dispatch_confidence: Annotated[float, Field(ge=0, le=1)]
    clocks: ClocksTable

    def build(self) -> Category:
        plain = {name: getattr(self, name) for name in type(self).model_fields if name != "clocks"}
        return Category(**plain, clocks=Clocks(**self.clocks.model_dump()))


class CategoryFile(Section):
    category: Annotated[list[CategoryTable], Field(min_length=1)]


class BodyLine(Section):
    """One line of body.csv."""

    body: Code
    name_zh: Code
    name_en: Code


class DutyLine(Section):
    """One line of duty.csv."""

    cell: Code
    category: Code
    body: Code


class RosterLine(Section):
    """One line of roster.csv: a shift of a person."""

    person: Code
    name: Code
    body: Code
    contact: str
    days: Annotated[frozenset[int], BeforeValidator(_days)]
    start: time
    end: time

    @property
    def shift(self) -> Shift:
        return Shift(days=self.days, start=self.start, end=self.end)


class CameraLine(Section):
    """One line of camera.csv; its two numbers mean what ``crs`` says."""

    camera: Code
    name: str
    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    crs: Crs


class CellProperties(Section):
    """The properties of one feature of grid.geojson."""

    code: Code
    parent: str | None
    layer: Code
    kind: Code
    name: Code

    @field_validator("parent")
    @classmethod
    def _empty_is_none(cls, parent: str | None) -> str | None:
        return parent or None
