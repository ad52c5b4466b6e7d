from typing import Any

import pytest

from edge.domain.detection import Box
from edge.judge import LATE_S, Judgement, Reported, Truth, judge, merge_truths, score
from edge.verdicts import as_lines, as_object

HERE = Box(left=0.1, top=0.1, right=0.3, bottom=0.3)
THERE = Box(left=0.6, top=0.6, right=0.8, bottom=0.8)


def a_truth(**change: Any) -> Truth:
    values: dict[str, Any] = {"kind": "water", "from_s": 5.0, "to_s": 15.0, "box": HERE}
    return Truth(**{**values, **change})


def a_report(**change: Any) -> Reported:
    values: dict[str, Any] = {
        "kind": "water",
        "incident_id": "i1",
        "from_s": 6.0,
        "to_s": 14.0,
        "opened_s": 10.0,
        "confidence": 0.8,
        "boxes": (HERE,),
    }
    return Reported(**{**values, **change})


def judged(truths: list[Truth], reports: list[Reported]) -> Judgement:
    return judge("a.mp4", "water", truths, reports)


def test_an_incident_at_the_time_and_place_of_an_event_finds_it() -> None:
    result = judged([a_truth()], [a_report()])

    assert result.delays_s == (5.0,)
    assert result.false == ()
    assert result.missed == ()


def test_an_event_without_an_incident_is_missed() -> None:
    assert judged([a_truth()], []).missed == (a_truth(),)


def test_an_incident_where_nothing_happens_is_false() -> None:
    (false,) = judged([], [a_report()]).false

    assert false.reason == "nothing there"
    assert false.clip == "a.mp4"


def test_an_incident_elsewhere_in_the_picture_is_false_and_the_event_missed() -> None:
    result = judged([a_truth()], [a_report(boxes=(THERE,))])

    assert [it.reason for it in result.false] == ["nothing there"]
    assert result.missed == (a_truth(),)


def test_what_moves_is_found_if_it_was_seen_at_the_place_in_any_look() -> None:
    assert judged([a_truth()], [a_report(boxes=(THERE, HERE))]).false == ()


def test_a_second_incident_for_an_event_is_a_false_one() -> None:
    again = a_report(incident_id="i2", from_s=13.0, to_s=15.0)

    result = judged([a_truth()], [again, a_report()])

    assert [(it.incident.incident_id, it.reason) for it in result.false] == [("i2", "again")]
    assert result.delays_s == (5.0,)


@pytest.mark.parametrize(("from_s", "is_found"), [(15.0 + LATE_S, True), (15.0 + LATE_S + 0.01, False)])
def test_an_incident_may_begin_a_little_after_its_event(from_s: float, *, is_found: bool) -> None:
    result = judged([a_truth()], [a_report(from_s=from_s, to_s=from_s + 1)])

    assert bool(result.delays_s) is is_found


def test_two_events_one_after_the_other_take_an_incident_each() -> None:
    first, second = a_truth(to_s=8.0), a_truth(from_s=7.0, to_s=12.0)
    reports = [
        a_report(incident_id="b", from_s=8.0, to_s=12.0, opened_s=12.0),
        a_report(from_s=5.0, to_s=8.0),
    ]

    result = judged([first, second], reports)

    assert sorted(result.delays_s) == [5.0, 5.0]
    assert result.false == ()


def test_what_stands_at_the_same_time_is_one_truth_around_all_of_it() -> None:
    stall, goods = a_truth(), a_truth(from_s=7.0, to_s=18.0, box=THERE)

    (one,) = merge_truths([goods, stall])

    assert (one.from_s, one.to_s) == (5.0, 18.0)
    assert one.box == Box(left=0.1, top=0.1, right=0.8, bottom=0.8)


def test_what_stands_later_is_another_truth() -> None:
    assert len(merge_truths([a_truth(), a_truth(from_s=15.1, to_s=20.0)])) == 2


def test_a_score_adds_up_the_clips() -> None:
    parts = [
        judged([a_truth()], [a_report()]),
        judged([a_truth()], []),
        judged([], [a_report()]),
        judged([a_truth()], [a_report(opened_s=12.0)]),
    ]

    total = score("water", parts)

    assert (total.true, total.found, total.false, total.missed) == (3, 2, 1, 1)
    assert total.precision == total.recall == pytest.approx(2 / 3)
    assert total.delay_s == (5.5, 6.0, 6.5)


def test_without_events_and_incidents_there_is_no_share() -> None:
    total = score("water", [judged([], [])])

    shares = (total.precision, total.precision_interval, total.recall, total.recall_interval)
    assert {*shares, total.delay_s} == {None}


@pytest.mark.parametrize(
    ("hits", "tries", "expected"),
    [(0, 10, (0.0, 0.2775)), (10, 10, (0.7225, 1.0)), (81, 263, (0.2553, 0.3662))],
)
def test_intervals_are_those_of_the_tables(hits: int, tries: int, expected: tuple[float, float]) -> None:
    part = Judgement(
        clip="a.mp4", kind="water", delays_s=(1.0,) * hits, false=(), missed=(a_truth(),) * (tries - hits)
    )

    total = score("water", [part])

    assert total.recall == hits / tries
    assert total.recall_interval == pytest.approx(expected, abs=1e-4)


def test_people_and_machines_are_told_the_same() -> None:
    parts = [judged([a_truth()], []), judged([], [a_report(picture="x.jpg")])]

    lines, told = "\n".join(as_lines(parts)), as_object(parts, clips=2)

    assert "missed in a.mp4: water from 5 to 15 s" in lines
    assert "false in a.mp4: water from 6 to 14 s, nothing there, confidence 0.80, x.jpg" in lines
    assert told["clips"] == 2
    assert told["missed"] == [{"clip": "a.mp4", "kind": "water", "from_s": 5.0, "to_s": 15.0}]
