"""The roster: who of a body is on shift, and can be reached."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

_A_MONDAY = datetime(2024, 1, 1)  # noqa: DTZ001 - a wall clock of no zone: shifts repeat every week
_WEEK_MINUTES = 7 * 24 * 60


class RosterError(ValueError):
    """A roster that leaves an hour to nobody; the text has one line per problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A weekly stretch of the wall clock; ``days`` are those of its start, Monday = 0.

    ``end`` at or before ``start`` is on the next day, so 00:00 to 00:00 is the whole day.
    """

    days: frozenset[int]
    start: time
    end: time

    def covers(self, weekday: int, at: time) -> bool:
        if self.start < self.end:
            return weekday in self.days and self.start <= at < self.end
        return (weekday in self.days and at >= self.start) or (
            (weekday - 1) % 7 in self.days and at < self.end
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who can be sent; ``contact`` is a telephone number or an address, empty if there is none."""

    person_id: str
    name: str
    body_id: str
    contact: str
    shifts: tuple[Shift, ...]

    def is_on_shift(self, local: datetime) -> bool:
        return any(shift.covers(local.weekday(), local.time()) for shift in self.shifts)


class Roster:
    """All persons with their shifts in the district's time zone."""

    def __init__(self, persons: Sequence[Person], *, zone: ZoneInfo) -> None:
        self._persons = {person.person_id: person for person in persons}
        self._zone = zone
        if len(self._persons) != len(persons):
            raise RosterError("two persons have the same id")

    @property
    def persons(self) -> Sequence[Person]:
        return tuple(self._persons.values())

    def person(self, person_id: str) -> Person | None:
        return self._persons.get(person_id)

    def on_shift(self, body_id: str, now: datetime) -> tuple[Person, ...]:
        """Return who of the body can be reached at ``now``, by id."""
        local = now.astimezone(self._zone)
        return tuple(person for person in self._of(body_id) if person.is_on_shift(local))

    def gaps(self, body_id: str) -> Iterator[str]:
        """Yield the start of each stretch of the week in which nobody of the body is on shift."""
        shifts = [shift for person in self._of(body_id) for shift in person.shifts]
        covered = True
        for minute in range(_WEEK_MINUTES):
            local = _A_MONDAY + timedelta(minutes=minute)
            now_covered = any(shift.covers(local.weekday(), local.time()) for shift in shifts)
            if covered and not now_covered:
                yield f"{local:%A %H:%M}"
            covered = now_covered

    def _of(self, body_id: str) -> list[Person]:
        persons = [
            person for person in self._persons.values() if person.body_id == body_id and person.contact
        ]
        return sorted(persons, key=lambda person: person.person_id)
