"""Assignment: a total function from a place to the one person who answers, with its why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dispatcher.domain.duty import Duty, DutyRow
from dispatcher.domain.grid import Cell
from dispatcher.domain.log import JsonValue
from dispatcher.domain.roster import Person, Roster

TOP_SEVERITY = 4
"""Starts at the top of the tree, not at its leaf."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a person carries: live tickets, and when the last one was given (None: never)."""

    open_tickets: int
    last_dispatched_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """A person who could have been chosen; ``idle_s`` is None for one who never had a ticket."""

    person_id: str
    open_tickets: int
    idle_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who answers and why: the cells walked, the duty row, who was considered, who was chosen.

    ``level`` counts the duty rows above the first that answered; ``gaps`` are the bodies on the way that
    had nobody on shift.
    """

    row: DutyRow
    level: int
    person: Person
    walked: tuple[str, ...]
    considered: tuple[Considered, ...]
    gaps: tuple[str, ...]

    def as_json(self) -> dict[str, JsonValue]:
        """Return the why as it stands in the log."""
        return {
            "cells": list(self.walked),
            "duty": {"cell": self.row.cell_code, "category": self.row.category, "body": self.row.body_id},
            "considered": [
                {"person": one.person_id, "open_tickets": one.open_tickets, "idle_s": one.idle_s}
                for one in self.considered
            ],
            "chosen": self.person.person_id,
            "nobody_on_shift": list(self.gaps),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The tables by which a person is found, and what each person carries."""

    duty: Duty
    roster: Roster
    load_of: Callable[[str], Load]


def first_level(path: Sequence[Cell], category: str, severity: int, duty: Duty) -> int:
    """Return the level at which a ticket starts: the leaf, or the top for the gravest."""
    return len(duty.chain(path, category)) - 1 if severity >= TOP_SEVERITY else 0


def assign(
    path: Sequence[Cell],
    category: str,
    *,
    rules: Rules,
    now: datetime,
    level: int = 0,
    prefer: str | None = None,
    exclude: frozenset[str] = frozenset(),
) -> Assignment:
    """Return the person for ``category`` at ``path``, beginning ``level`` duty rows up.

    Walk towards the root to the first body with somebody on shift; there ``prefer`` if possible, else the
    fewest open tickets, the longest idle, the first id. The root has somebody at every minute (the
    district is refused otherwise), so there is always an answer; who is excluded comes in only there.
    """
    chain = rules.duty.chain(path, category)
    start = min(level, len(chain) - 1)
    gaps: list[str] = []
    for here in range(start, len(chain)):
        persons = rules.roster.on_shift(chain[here].body_id, now)
        allowed = [person for person in persons if person.person_id not in exclude]
        if not allowed and here == len(chain) - 1:
            allowed = list(persons)
        if allowed:
            chosen, considered = _choose(allowed, rules.load_of, now, prefer)
            return Assignment(
                row=chain[here],
                level=here,
                person=chosen,
                walked=tuple(cell.code for cell in path),
                considered=considered,
                gaps=tuple(gaps),
            )
        gaps.append(chain[here].body_id)
    raise AssertionError(f"nobody on shift at the root {path[-1].code}: the district's check has a hole")


def _choose(
    persons: Sequence[Person], load_of: Callable[[str], Load], now: datetime, prefer: str | None
) -> tuple[Person, tuple[Considered, ...]]:
    loads = {person.person_id: load_of(person.person_id) for person in persons}

    def idle_s(person: Person) -> float | None:
        last_at = loads[person.person_id].last_dispatched_at
        return None if last_at is None else (now - last_at).total_seconds()

    def rank(person: Person) -> tuple[bool, int, float, str]:
        idle = idle_s(person)
        longest_first = float("-inf") if idle is None else -idle
        return (
            person.person_id != prefer,
            loads[person.person_id].open_tickets,
            longest_first,
            person.person_id,
        )

    ranked = sorted(persons, key=rank)
    considered = tuple(
        Considered(
            person_id=person.person_id,
            open_tickets=loads[person.person_id].open_tickets,
            idle_s=idle_s(person),
        )
        for person in ranked
    )
    return ranked[0], considered
