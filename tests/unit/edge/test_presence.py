import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.candidate import Candidate
from edge.domain.detection import Detection
from edge.domain.incident import Standing
from edge.rules.presence import Presence
from edge.rules.rule import is_settled
from tests.unit.edge.scene import LEFT_HALF, a_look_at, a_thing, some_terms

RULE = Presence(zone=LEFT_HALF, labels=frozenset({"stall", "goods"}), terms=some_terms(), severity=2)
Looks = Sequence[tuple[float, Sequence[Detection]]]


def after(looks: Looks) -> tuple[tuple[Candidate, ...], tuple[Standing, ...]]:
    """What the rule remembers and what stands after ``looks``."""
    memory: tuple[Candidate, ...] = ()
    standing: tuple[Standing, ...] = ()
    for at_s, things in looks:
        found = RULE.find(memory, a_look_at(at_s, *things))
        memory, standing = found.memory, found.standing
    return memory, standing


def staying(until_s: int, *things: Detection) -> list[tuple[float, Sequence[Detection]]]:
    return [(float(at_s), things) for at_s in range(0, until_s + 1, 10)]


def test_what_stays_for_the_dwell_stands() -> None:
    _, standing = after(staying(30, a_thing()))

    assert [it.dwell_s for it in standing] == [30.0]
    assert standing[0].measures.count == 1


def test_what_stays_a_look_less_does_not_stand() -> None:
    _, standing = after(staying(20, a_thing()))

    assert standing == ()


@pytest.mark.parametrize(
    "thing",
    [
        pytest.param(a_thing(0.8), id="outside the zone"),
        pytest.param(a_thing(label="person"), id="of another label"),
        pytest.param(a_thing(score=0.29), id="below the score that keeps"),
        pytest.param(a_thing(score=0.49), id="below the score that opens"),
    ],
)
def test_what_the_rule_is_not_about_never_stands(thing: Detection) -> None:
    _, standing = after(staying(100, thing))

    assert standing == ()


def test_what_the_approved_empty_view_shows_belongs_there() -> None:
    _, same = after(staying(100, replace(a_thing(), changed=0.09)))
    _, other = after(staying(100, replace(a_thing(), changed=0.3)))

    assert same == ()
    assert len(other) == 1


def test_what_stood_is_gone_when_its_place_looks_as_approved() -> None:
    awning = replace(a_thing(size=0.15), changed=0.0)  # larger: it stands before nothing all the same
    empty = [(float(at_s), [awning]) for at_s in range(40, 200, 10)]

    memory, standing = after([*staying(30, a_thing()), *empty])

    assert (memory, standing) == ((), ())


def test_what_stands_is_not_gone_because_little_of_it_differs_for_a_while() -> None:
    dim = [(float(at_s), [replace(a_thing(), changed=0.06)]) for at_s in range(40, 200, 10)]

    _, standing = after([*staying(30, a_thing()), *dim])

    assert len(standing) == 1


def test_what_walks_through_never_stands() -> None:
    walking = [(float(i), [a_thing(0.02 + 0.11 * (i % 4))]) for i in range(0, 100, 3)]

    _, standing = after(walking)

    assert standing == ()


def test_two_things_in_a_zone_are_one_standing_with_a_count() -> None:
    _, standing = after(staying(30, a_thing(0.1), a_thing(0.3, label="goods")))

    assert [it.measures.count for it in standing] == [2]
    assert standing[0].box.left == pytest.approx(0.05)
    assert standing[0].box.right == pytest.approx(0.35)


def test_a_thing_with_a_box_of_two_labels_counts_once() -> None:
    _, standing = after(staying(30, a_thing(), a_thing(0.201, label="goods", score=0.6)))

    assert standing[0].measures.count == 1


def test_one_missed_look_in_between_costs_nothing() -> None:
    looks = staying(40, a_thing())
    looks[2] = (20.0, [])

    _, standing = after(looks)

    assert standing[0].dwell_s == 40.0


def test_an_outage_adds_at_most_two_intervals() -> None:
    memory, _ = after([(0.0, [a_thing()]), (1000.0, [a_thing()])])

    assert memory[0].dwell_s == 20.0


def test_time_in_which_the_zone_was_seen_unchanged_counts_in_full() -> None:
    memory, _ = after([(0.0, [a_thing()])])

    found = RULE.find(memory, a_look_at(60.0, a_thing(), still_s=58.0))

    assert found.memory[0].dwell_s == 60.0


def test_it_stands_until_enough_looks_missed_it_for_long_enough() -> None:
    seen = staying(30, a_thing())

    _, after_one = after([*seen, (40.0, [])])
    _, after_two = after([*seen, (40.0, []), (49.9, [])])
    _, after_clearing = after([*seen, (40.0, []), (50.0, [])])

    assert after_one
    assert after_two
    assert after_clearing == ()


def test_what_is_hidden_by_something_larger_is_neither_confirmed_nor_missed() -> None:
    bus = a_thing(0.2, 0.6, label="bus", size=0.5)
    seen = staying(30, a_thing())

    memory, standing = after([*seen, *((40.0 + i * 10, [bus]) for i in range(20))])

    assert standing[0].dwell_s == 30.0
    assert memory[0].missed == 0


def test_it_is_unsettled_until_it_is_ripe_and_again_when_it_is_missing() -> None:
    unripe, _ = after(staying(10, a_thing()))
    ripe, _ = after(staying(30, a_thing()))
    missing, _ = after([*staying(30, a_thing()), (40.0, [])])

    assert not is_settled(unripe)
    assert is_settled(ripe)
    assert not is_settled(missing)
    assert is_settled(())


def test_the_picture_kept_is_that_of_the_surest_look() -> None:
    looks = [(0.0, [a_thing(score=0.6)]), (10.0, [a_thing(score=0.9)]), (20.0, [a_thing(score=0.7)])]

    memory, _ = after(looks)

    assert memory[0].shot is not None
    assert memory[0].shot.frame.stream_s == 10.0


@given(st.lists(st.tuples(st.floats(0.2, 30.0), st.floats(0, 1)), min_size=2, max_size=40))
def test_the_dwell_is_right_within_one_look_whatever_the_rate_and_thirty_percent_missing(
    steps: list[tuple[float, float]],
) -> None:
    at_s, looks, seen_s = 0.0, [(0.0, [a_thing()])], 0.0
    for step_s, luck in steps:
        at_s += min(step_s, 10.0)
        found = luck > 0.3
        looks.append((at_s, [a_thing()] if found else []))
        seen_s = at_s if found else seen_s
    missed_twice = any(not a[1] and not b[1] for a, b in itertools.pairwise(looks))

    memory, _ = after(looks)

    if not missed_twice:
        assert memory[0].dwell_s == pytest.approx(seen_s)
    assert all(candidate.dwell_s <= at_s + 1e-6 for candidate in memory)
