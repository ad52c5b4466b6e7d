from datetime import datetime, time

import pytest

from dispatcher.domain.district import DistrictError
from dispatcher.domain.duty import Duty, DutyError, DutyRow
from dispatcher.domain.grid import Grid
from dispatcher.domain.roster import Roster, RosterError, Shift
from tests.district import (
    ALL_DAY,
    DAYTIME,
    EVERY_DAY,
    SHANGHAI,
    a_district,
    a_person,
    some_cells,
    some_duty,
    some_persons,
)

GRID = Grid(some_cells())
NIGHT = Shift(days=frozenset({4}), start=time(22), end=time(6))


def test_the_categorys_own_row_comes_before_the_one_for_all() -> None:
    rows = [*some_duty(), DutyRow(cell_code="W1S", category="*", body_id="unit")]
    duty = Duty(rows, grid=GRID, categories=["stalls", "trucks"])

    chain = duty.chain(GRID.path("W1S"), "stalls")

    assert [row.body_id for row in chain] == ["shops", "unit", "west", "town"]


def test_a_level_without_a_row_is_passed_over() -> None:
    duty = Duty(some_duty(), grid=GRID, categories=["stalls", "trucks"])

    chain = duty.chain(GRID.path("W1S"), "trucks")

    assert [row.body_id for row in chain] == ["unit", "west", "town"]


def test_a_duty_table_that_leaves_something_to_nobody_is_refused_with_every_problem() -> None:
    rows = [
        DutyRow(cell_code="T", category="stalls", body_id="town"),
        DutyRow(cell_code="Q", category="*", body_id="town"),
        DutyRow(cell_code="W", category="fire", body_id="west"),
    ]

    with pytest.raises(DutyError) as caught:
        Duty(rows, grid=GRID, categories=["stalls"])

    said = str(caught.value)
    assert "cell Q is not in the grid" in said
    assert "category fire of cell W is not configured" in said
    assert "cell T has no row for every category (*)" in said
    assert "cell M has no row for every category (*)" in said


def test_the_same_cell_and_category_twice_is_refused() -> None:
    with pytest.raises(DutyError, match="two rows"):
        Duty([*some_duty(), some_duty()[0]], grid=GRID, categories=["stalls"])


@pytest.mark.parametrize(
    ("weekday", "at", "covered"),
    [
        pytest.param(4, time(21, 59), False, id="just before it begins"),
        pytest.param(4, time(22), True, id="as it begins"),
        pytest.param(5, time(5, 59), True, id="after midnight of the next day"),
        pytest.param(5, time(6), False, id="as it ends"),
        pytest.param(4, time(3), False, id="the night before is not Friday's shift"),
    ],
)
def test_a_night_shift_belongs_to_the_day_it_begins(weekday: int, at: time, covered: bool) -> None:
    assert NIGHT.covers(weekday, at) is covered


def test_a_shift_from_midnight_to_midnight_is_the_whole_day() -> None:
    assert all(ALL_DAY.covers(3, time(hour)) for hour in range(24))


def test_shifts_are_read_in_the_districts_zone() -> None:
    roster = Roster([a_person("ann", "unit", DAYTIME)], zone=SHANGHAI)
    eight_in_shanghai = datetime.fromisoformat("2026-05-20T00:00:00+00:00")

    on_shift = roster.on_shift("unit", eight_in_shanghai)

    assert [person.person_id for person in on_shift] == ["ann"]


def test_somebody_without_a_contact_is_not_on_shift() -> None:
    roster = Roster([a_person("ann", "unit", contact="")], zone=SHANGHAI)

    assert roster.on_shift("unit", datetime.fromisoformat("2026-05-20T00:00:00+00:00")) == ()


def test_two_persons_of_one_id_are_refused() -> None:
    with pytest.raises(RosterError):
        Roster([a_person("ann", "unit"), a_person("ann", "west")], zone=SHANGHAI)


def test_a_district_whose_root_is_unmanned_for_an_hour_is_refused() -> None:
    gap = Shift(days=EVERY_DAY, start=time(4), end=time(3))
    persons = [person for person in some_persons() if person.person_id != "top"]

    with pytest.raises(DistrictError, match=r"body town .* Monday 03:00, Tuesday 03:00, Wednesday 03:00 …"):
        a_district(persons=[*persons, a_person("top", "town", gap)])
