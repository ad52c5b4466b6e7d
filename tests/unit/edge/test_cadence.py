import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.cadence import Cadence, Pulse, next_look, note_frame, note_look

SLOW = Cadence(every_s=10.0, max_age_s=60.0)
BURST = Cadence(every_s=0.2, max_age_s=30.0, burst=True)


def looked_at_zero(cadence: Cadence) -> Pulse:
    return note_look(note_frame(Pulse(), cadence, at_s=0.0, changed=True), at_s=0.0)


def test_the_first_look_is_due_at_once() -> None:
    pulse = note_frame(Pulse(), SLOW, at_s=5.0, changed=True)

    assert next_look(pulse, SLOW, unsettled=False) == (5.0, "first")


@pytest.mark.parametrize(
    ("changed", "unsettled", "due"),
    [
        (False, False, (60.0, "aged")),
        (True, False, (10.0, "changed")),
        (False, True, (10.0, "unsettled")),
    ],
)
def test_a_slow_rule_looks_soon_when_there_is_something_to_see(
    changed: bool, unsettled: bool, due: tuple[float, str]
) -> None:
    pulse = note_frame(looked_at_zero(SLOW), SLOW, at_s=1.0, changed=changed)

    assert next_look(pulse, SLOW, unsettled=unsettled) == due


def test_overload_stretches_every_interval() -> None:
    pulse = note_frame(looked_at_zero(SLOW), SLOW, at_s=1.0, changed=True)

    assert next_look(pulse, SLOW, unsettled=False, stretch=3.0)[0] == 30.0


def test_a_change_that_went_back_is_still_looked_at() -> None:
    pulse = note_frame(looked_at_zero(SLOW), SLOW, at_s=1.0, changed=True)
    pulse = note_frame(pulse, SLOW, at_s=2.0, changed=False)

    assert next_look(pulse, SLOW, unsettled=False) == (10.0, "changed")


def test_only_time_before_the_change_was_still() -> None:
    pulse = looked_at_zero(SLOW)
    for at_s, changed in [(1.0, False), (2.0, False), (3.0, True), (4.0, False)]:
        pulse = note_frame(pulse, SLOW, at_s=at_s, changed=changed)

    assert pulse.still_s == 2.0


def test_a_burst_rule_looks_fast_while_its_zone_changes_and_two_seconds_more() -> None:
    changing = note_frame(looked_at_zero(BURST), BURST, at_s=1.0, changed=True)
    changing = note_look(changing, at_s=1.0)

    glowing = note_frame(changing, BURST, at_s=2.9, changed=False)
    asleep = note_frame(changing, BURST, at_s=3.0, changed=False)

    assert next_look(glowing, BURST, unsettled=False) == (1.2, "changed")
    assert next_look(asleep, BURST, unsettled=False) == (31.0, "aged")


def looks_in(seconds: float) -> int:
    """How many looks a burst rule takes on a road that never rests."""
    pulse, looks = Pulse(), 0
    for step in range(int(seconds * 5)):
        at_s = step / 5
        pulse = note_frame(pulse, BURST, at_s=at_s, changed=True)
        if at_s >= next_look(pulse, BURST, unsettled=False)[0] - 1e-9:
            pulse, looks = note_look(pulse, at_s=at_s), looks + 1
    return looks


def test_a_road_that_never_rests_gets_three_quarters_of_the_looks() -> None:
    share = looks_in(400.0) / (400.0 * 5)

    assert share == pytest.approx(0.75, abs=0.03)


def test_coverage_is_the_share_of_time_with_a_fresh_look() -> None:
    pulse = looked_at_zero(SLOW)
    for at_s in range(1, 121):
        pulse = note_frame(pulse, SLOW, at_s=float(at_s), changed=False)

    assert pulse.coverage == pytest.approx(0.5)


@given(st.lists(st.tuples(st.floats(0.0, 500.0), st.booleans(), st.booleans()), max_size=60))
def test_coverage_and_still_time_stay_within_what_passed(steps: list[tuple[float, bool, bool]]) -> None:
    pulse, at_s, looked_s = Pulse(), 0.0, 0.0
    for gap_s, changed, looks in steps:
        at_s += gap_s
        pulse = note_frame(pulse, SLOW, at_s=at_s, changed=changed)
        assert 0.0 <= pulse.coverage <= 1.0
        assert 0.0 <= pulse.still_s <= at_s - looked_s + 1e-6
        if looks:
            pulse, looked_s = note_look(pulse, at_s=at_s), at_s
