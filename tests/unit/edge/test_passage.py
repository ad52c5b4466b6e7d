import pytest

from edge.domain.candidate import Candidate
from edge.domain.detection import Detection
from edge.domain.ground import Ground
from edge.domain.incident import Standing
from edge.domain.zone import Zone
from edge.rules.passage import Passage
from tests.unit.edge.scene import a_look_at, a_thing, some_terms

ROAD = Zone(zone_id="road", polygon=((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))
# 50 m to the east and 20 m to the north fill the picture.
FLAT = Ground(lat=31.2, lon=121.4, homography=((50.0, 0.0, 0.0), (0.0, -20.0, 20.0), (0.0, 0.0, 1.0)))
RULE = Passage(
    zone=ROAD,
    ground=FLAT,
    labels=frozenset({"truck"}),
    terms=some_terms(every_s=0.2, dwell_s=0.5, clear_s=3.0, confirm_k=3, clear_looks=4),
    severity=3,
)


def truck(x: float, y: float = 0.5, *, score: float = 0.8, size: float = 0.1) -> Detection:
    return a_thing(x, y, label="truck", score=score, size=size)


def drive(*looks: list[Detection], then_s: float = 0.0) -> tuple[list[Standing], tuple[Candidate, ...]]:
    """Looks five times a second, then an empty road; return all that was ever ready, by key."""
    memory: tuple[Candidate, ...] = ()
    ready: dict[str, Standing] = {}
    for i, things in enumerate([*looks, *[[]] * round(then_s * 5)]):
        found = RULE.find(memory, a_look_at(i * 0.2, *things))
        memory = found.memory
        ready |= {it.key: it for it in found.standing if it.is_ready}
    return list(ready.values()), memory


def test_one_truck_that_passes_is_one_passage_with_speed_and_heading() -> None:
    passages, _ = drive(*[[truck(0.1 + 0.04 * i)] for i in range(10)], then_s=1.5)

    assert len(passages) == 1
    assert passages[0].measures.speed_mps == pytest.approx(10.0)
    assert passages[0].measures.heading_deg == pytest.approx(90.0)


def test_a_passage_waits_for_its_best_picture() -> None:
    looks = [[truck(0.1 + 0.04 * i)] for i in range(10)]

    while_driving, _ = drive(*looks, then_s=0.8)
    after_it_left, _ = drive(*looks, then_s=1.2)

    assert while_driving == []
    assert len(after_it_left) == 1


def test_two_trucks_that_meet_keep_their_own_tracks() -> None:
    looks = [[truck(0.1 + 0.06 * i, 0.5), truck(0.9 - 0.06 * i, 0.55)] for i in range(13)]

    passages, _ = drive(*looks, then_s=1.5)

    headings = sorted(it.measures.heading_deg or 0.0 for it in passages)
    assert headings == pytest.approx([90.0, 270.0])


def test_a_truck_faster_than_its_own_length_between_looks_is_one() -> None:
    passages, _ = drive(*[[truck(0.05 + 0.13 * i)] for i in range(7)], then_s=1.5)

    assert len(passages) == 1


def test_two_trucks_one_after_the_other_are_two() -> None:
    first = [[truck(0.1 + 0.06 * i)] for i in range(10)]

    passages, _ = drive(*first, *[[]] * 8, *first, then_s=1.5)

    assert len(passages) == 2


def test_what_stands_does_not_pass() -> None:
    passages, _ = drive(*[[truck(0.5 + 0.001 * (i % 3))] for i in range(60)], then_s=1.5)

    assert passages == []


def test_two_looks_are_too_few() -> None:
    passages, _ = drive([truck(0.1)], [truck(0.2)], then_s=3.0)

    assert passages == []


def test_a_passage_is_forgotten_some_seconds_after_it_left() -> None:
    looks = [[truck(0.1 + 0.04 * i)] for i in range(10)]

    _, known = drive(*looks, then_s=3.0)
    _, forgotten = drive(*looks, then_s=3.6)

    assert len(known) == 1
    assert forgotten == ()
