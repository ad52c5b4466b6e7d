from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dispatcher.domain.category import Category
from dispatcher.domain.merge import Candidate, Fate, Finding, Merge, choose_ticket
from dispatcher.domain.ticket import State, Ticket, TicketId
from tests.build import NOON
from tests.district import a_category

STALLS = a_category()
TRUCKS = a_category(code="trucks", merge_by="camera", window_s=300.0, reopen_s=300.0)
METRE_LAT = 1 / 111_320


def _ticket(**changes: Any) -> Ticket:
    ticket = Ticket(
        ticket_id=TicketId("t-1"),
        rev=1,
        state=State.DISPATCHED,
        category="stalls",
        severity=2,
        camera_id="cam-1",
        source="/edge/a/b",
        lat=31.225,
        lon=121.465,
        cell_code="W1",
        body_id="unit",
        assignee_id="ann",
        first_seen_at=NOON,
        last_seen_at=NOON,
        received_at=NOON,
        dispatched_at=NOON,
        closed_at=None,
        due_at=None,
        escalation_level=0,
        outcome=None,
        reopened=0,
        recurs_of=None,
        flags=(),
    )
    return replace(ticket, **changes)


def _choose(
    *tickets: Ticket,
    away_m: float = 0,
    after_s: float = 0,
    camera_id: str = "cam-1",
    category: Category = STALLS,
    still_seen: bool = False,
) -> Merge:
    seen_at = NOON + timedelta(seconds=after_s)
    finding = Finding(
        camera_id=camera_id,
        lat=31.225 + away_m * METRE_LAT,
        lon=121.465,
        first_seen_at=seen_at,
        last_seen_at=seen_at,
    )
    return choose_ticket(
        finding, category, [Candidate(ticket=ticket, still_seen=still_seen) for ticket in tickets]
    )


def test_without_a_ticket_nearby_it_is_new() -> None:
    assert _choose().fate is Fate.NEW


@pytest.mark.parametrize(
    ("away_m", "fate"),
    [pytest.param(39.9, Fate.JOIN, id="just inside"), pytest.param(40.1, Fate.NEW, id="just outside")],
)
def test_within_the_radius_it_joins_a_live_ticket(away_m: float, fate: Fate) -> None:
    assert _choose(_ticket(), away_m=away_m).fate is fate


@pytest.mark.parametrize(
    ("after_s", "fate"),
    [pytest.param(1800, Fate.JOIN, id="at the window"), pytest.param(1801, Fate.RECURS, id="after it")],
)
def test_it_joins_a_live_ticket_that_was_seen_within_the_window(after_s: float, fate: Fate) -> None:
    assert _choose(_ticket(), after_s=after_s).fate is fate


def test_a_ticket_that_is_still_seen_has_no_gap() -> None:
    merge = _choose(_ticket(), after_s=90_000, still_seen=True)

    assert (merge.fate, merge.gap_s) == (Fate.JOIN, 0.0)


@pytest.mark.parametrize(
    ("after_s", "fate"),
    [
        pytest.param(7200, Fate.REWORK, id="two hours: the same problem again"),
        pytest.param(7201, Fate.RECURS, id="later: a new one that names the old"),
        pytest.param(86_401, Fate.NEW, id="much later: nobody remembers"),
    ],
)
def test_a_closed_ticket_is_reopened_or_named_by_the_gap(after_s: float, fate: Fate) -> None:
    closed = _ticket(state=State.CLOSED, closed_at=NOON)

    assert _choose(closed, after_s=after_s).fate is fate


def test_a_false_alarm_takes_nothing_in() -> None:
    assert _choose(_ticket(state=State.VOID)).fate is Fate.NEW


def test_a_live_ticket_comes_before_a_closed_one() -> None:
    closed = _ticket(ticket_id=TicketId("t-0"), state=State.CLOSED, closed_at=NOON)
    live = _ticket(lat=31.225 + 30 * METRE_LAT)

    merge = _choose(closed, live)

    assert merge.ticket == live


@pytest.mark.parametrize(
    ("camera_id", "after_s", "fate"),
    [
        pytest.param("cam-1", 300, Fate.JOIN, id="the same camera within five minutes"),
        pytest.param("cam-1", 301, Fate.RECURS, id="later"),
        pytest.param("cam-2", 0, Fate.NEW, id="another camera"),
    ],
)
def test_what_moves_is_merged_by_camera(camera_id: str, after_s: float, fate: Fate) -> None:
    merge = _choose(_ticket(), away_m=900, camera_id=camera_id, after_s=after_s, category=TRUCKS)

    assert merge.fate is fate


def test_the_reason_holds_the_arithmetic() -> None:
    why = _choose(_ticket(), away_m=12, after_s=60).as_json()

    assert why == {"fate": "join", "ticket": "t-1", "distance_m": 12.0, "gap_s": 60.0, "limit_s": 1800.0}
