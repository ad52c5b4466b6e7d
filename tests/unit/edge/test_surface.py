import pytest

from edge.domain.candidate import Candidate
from edge.domain.detection import Box, Detection
from edge.domain.ground import Ground
from edge.domain.incident import Standing
from edge.rules.crowding import Crowding
from edge.rules.rule import Rule
from edge.rules.surface import Surface
from tests.unit.edge.scene import LEFT_HALF, a_look_at, a_thing, some_terms

# 20 m x 10 m of flat ground fill the picture: the left half is 100 square metres.
FLAT = Ground(lat=31.2, lon=121.4, homography=((20.0, 0.0, 0.0), (0.0, -10.0, 0.0), (0.0, 0.0, 1.0)))
WATER = Surface(
    zone=LEFT_HALF,
    ground=FLAT,
    labels=frozenset({"water"}),
    terms=some_terms(),
    min_share=0.1,
    steps=(0.2, 0.4, 0.6),
)
CROWD = Crowding(zone=LEFT_HALF, labels=frozenset({"person"}), terms=some_terms(), severity=2, min_count=3)


def water(share: float, *, score: float = 0.8) -> Detection:
    """Water over the lower ``share`` of the left half."""
    return Detection(
        label="water", confidence=score, box=Box(left=0.0, top=1.0 - share, right=0.5, bottom=1.0)
    )


def after(rule: Rule, *looks: list[Detection]) -> tuple[Standing, ...]:
    memory: tuple[Candidate, ...] = ()
    standing: tuple[Standing, ...] = ()
    for i, things in enumerate(looks):
        found = rule.find(memory, a_look_at(i * 10.0, *things))
        memory, standing = found.memory, found.standing
    return standing


@pytest.mark.parametrize(("share", "severity"), [(0.15, 1), (0.25, 2), (0.5, 3), (0.75, 4)])
def test_water_stands_with_its_share_its_area_and_a_severity(share: float, severity: int) -> None:
    (standing,) = after(WATER, *[[water(share)]] * 4)

    assert standing.measures.share == pytest.approx(share, abs=0.02)
    assert standing.measures.area_m2 == pytest.approx(100 * share, abs=2)
    assert standing.severity == severity


def test_water_below_the_least_share_does_not_stand() -> None:
    assert after(WATER, *[[water(0.08)]] * 10) == ()


def test_boxes_that_overlap_are_counted_once() -> None:
    (standing,) = after(WATER, *[[water(0.3), water(0.25)]] * 4)

    assert standing.measures.share == pytest.approx(0.3, abs=0.02)


def test_what_has_opened_stays_until_half_the_least_share() -> None:
    standing = [[water(0.3)]] * 4

    assert after(WATER, *standing, *[[water(0.07)]] * 10)
    assert after(WATER, *standing, *[[water(0.03)]] * 3) == ()


def test_water_outside_the_zone_is_none_of_it() -> None:
    elsewhere = Detection(label="water", confidence=0.9, box=Box(left=0.55, top=0.0, right=1.0, bottom=1.0))

    assert after(WATER, *[[elsewhere]] * 10) == ()


def test_a_surface_without_a_ground_has_no_square_metres() -> None:
    blind = Surface(
        zone=LEFT_HALF,
        ground=Ground(lat=31.2, lon=121.4),
        labels=frozenset({"water"}),
        terms=some_terms(),
        min_share=0.1,
        steps=(0.2, 0.4, 0.6),
    )

    (standing,) = after(blind, *[[water(0.3)]] * 4)

    assert standing.measures.area_m2 is None


def people(count: int, shift: float = 0.0) -> list[Detection]:
    return [a_thing(0.05 + i * 0.12 + shift, label="person") for i in range(count)]


def test_a_crowd_is_a_number_of_people_whoever_they_are() -> None:
    looks = [people(3), people(4, 0.03), people(3, 0.06), people(4)]

    (standing,) = after(CROWD, *looks)

    assert standing.measures.count in {3, 4}


def test_one_person_less_is_no_crowd_and_a_crowd_disperses() -> None:
    assert after(CROWD, *[people(2)] * 10) == ()
    assert after(CROWD, *[people(3)] * 4, people(2))
    assert after(CROWD, *[people(3)] * 4, people(2), people(2)) == ()
