from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from dispatcher.domain.assign import Assignment, Load, Rules, assign, first_level
from tests.district import DISTRICT, noon

FREE = Load(open_tickets=0, last_dispatched_at=None)
MIDNIGHT = noon() + timedelta(hours=12)


def _assign(
    *,
    cell: str = "W1",
    loads: Mapping[str, Load] | None = None,
    now: datetime | None = None,
    level: int = 0,
    prefer: str | None = None,
    exclude: frozenset[str] = frozenset(),
) -> Assignment:
    known = loads or {}
    rules = Rules(
        duty=DISTRICT.duty, roster=DISTRICT.roster, load_of=lambda person_id: known.get(person_id, FREE)
    )
    path = DISTRICT.grid.path(cell)
    return assign(path, "stalls", rules=rules, now=now or noon(), level=level, prefer=prefer, exclude=exclude)


def _load(open_tickets: int, *, minutes_ago: int) -> Load:
    return Load(open_tickets=open_tickets, last_dispatched_at=noon() - timedelta(minutes=minutes_ago))


def test_the_person_with_the_fewest_open_tickets_is_sent() -> None:
    loads = {"ann": _load(2, minutes_ago=60), "bob": _load(1, minutes_ago=1)}

    assert _assign(loads=loads).person.person_id == "bob"


def test_among_equals_the_longest_idle_is_sent() -> None:
    loads = {"ann": _load(1, minutes_ago=5), "bob": _load(1, minutes_ago=6)}

    assert _assign(loads=loads).person.person_id == "bob"


def test_who_never_had_a_ticket_is_idle_the_longest() -> None:
    loads = {"ann": _load(0, minutes_ago=999)}

    assert _assign(loads=loads).person.person_id == "bob"


def test_among_perfect_equals_the_first_id_is_sent() -> None:
    assert _assign().person.person_id == "ann"


def test_who_had_the_ticket_before_is_preferred() -> None:
    loads = {"bob": _load(5, minutes_ago=1)}

    assert _assign(loads=loads, prefer="bob").person.person_id == "bob"


def test_the_why_names_the_cells_the_row_and_everybody_considered() -> None:
    loads = {"bob": _load(1, minutes_ago=2)}

    why = _assign(loads=loads).as_json()

    assert why == {
        "cells": ["W1", "W", "T"],
        "duty": {"cell": "W1", "category": "*", "body": "unit"},
        "considered": [
            {"person": "ann", "open_tickets": 0, "idle_s": None},
            {"person": "bob", "open_tickets": 1, "idle_s": 120.0},
        ],
        "chosen": "ann",
        "nobody_on_shift": [],
    }


def test_with_nobody_on_shift_the_next_level_answers_and_the_gap_is_told() -> None:
    assignment = _assign(now=MIDNIGHT)

    assert assignment.person.person_id == "chief"
    assert assignment.gaps == ("unit",)


def test_who_is_excluded_is_not_sent_again() -> None:
    assert _assign(exclude=frozenset({"ann"})).person.person_id == "bob"


def test_with_all_excluded_the_root_still_has_somebody() -> None:
    everybody = frozenset(person.person_id for person in DISTRICT.roster.persons)

    assert _assign(exclude=everybody).person.person_id == "top"


@pytest.mark.parametrize(
    ("severity", "person"),
    [pytest.param(3, "ann", id="grave starts at the leaf"), pytest.param(4, "top", id="gravest at the top")],
)
def test_the_gravest_start_at_the_top(severity: int, person: str) -> None:
    level = first_level(DISTRICT.grid.path("W1"), "stalls", severity, DISTRICT.duty)

    assert _assign(level=level).person.person_id == person


def test_there_is_an_answer_for_every_cell_at_every_hour() -> None:
    for cell in (cell.code for cell in DISTRICT.grid.cells):
        for hour in range(24 * 7):
            assert _assign(cell=cell, now=noon() + timedelta(hours=hour)).person.contact
