"""A district: everything about a town that is data, checked as a whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dispatcher.domain.category import Categories
from dispatcher.domain.duty import Duty
from dispatcher.domain.grid import Grid
from dispatcher.domain.roster import Roster


class DistrictError(ValueError):
    """A district in which some ticket would have no owner; the text has one line per problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Who answers: a department, a unit, a crew."""

    body_id: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraPlace:
    """Where a camera hangs, in WGS 84."""

    camera_id: str
    name: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """A town: total, so that at every minute each ticket has somebody who answers."""

    name: str
    zone: ZoneInfo
    grid: Grid
    bodies: Sequence[Body]
    duty: Duty
    roster: Roster
    categories: Categories
    cameras: Sequence[CameraPlace]

    def __post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise DistrictError("\n".join(problems))

    def knows_camera(self, camera_id: str) -> bool:
        return any(camera.camera_id == camera_id for camera in self.cameras)

    def _problems(self) -> Iterator[str]:
        for category in self.categories.rows:
            if category.layer not in self.grid.layers:
                known = ", ".join(self.grid.layers)
                yield f"category {category.code}: the grid has no layer {category.layer!r}, only {known}"
        staffed = {person.body_id for person in self.roster.persons}
        for body_id in sorted(self.duty.bodies - staffed):
            yield f"body {body_id} is on duty, but the roster has nobody of it"
        for body_id in sorted(self.duty.bodies_of_roots(self.grid)):
            gaps = list(self.roster.gaps(body_id))
            if gaps:
                yield (
                    f"body {body_id} answers for a root cell, but nobody with a contact is on shift from "
                    f"{', '.join(gaps[:3])}{' …' if len(gaps) > 3 else ''}"  # noqa: PLR2004 - enough to see
                )
