from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from edge.cadence import Cadence
from edge.contract.messages import Phase
from edge.domain.detection import Detection
from edge.domain.frame import Frame
from edge.domain.ground import Ground
from edge.domain.hours import ActiveHours
from edge.domain.incident import Origin
from edge.domain.look import Look
from edge.pipeline import CameraPlan, Change, Pipeline, RulePlan
from edge.rules.presence import Presence
from tests.build import NOON
from tests.unit.edge.scene import LEFT_HALF, MODEL, a_frame, a_thing, some_terms

GROUND = Ground(lat=31.2, lon=121.4)


def a_rule(rule_id: str = "stalls", **changes: object) -> RulePlan:
    rule = RulePlan(
        origin=Origin(
            box="box-1", camera_id="cam-1", rule_id=rule_id, zone_id="pavement", kind="street_encroachment"
        ),
        zone=LEFT_HALF,
        model="street",
        rule=Presence(zone=LEFT_HALF, labels=frozenset({"stall"}), terms=some_terms(), severity=2),
        cadence=Cadence(every_s=10.0, max_age_s=60.0),
    )
    return replace(rule, **changes)  # type: ignore[arg-type]


def a_pipeline(*rules: RulePlan) -> Pipeline:
    return Pipeline(CameraPlan(camera_id="cam-1", ground=GROUND, rules=rules or (a_rule(),)))


def watch(pipeline: Pipeline, from_s: int, to_s: int, *things: Detection) -> tuple[list[float], list[Change]]:
    """A frame each second with the same ``things``; return when looks were taken, and what changed."""
    looked, changes = [], []
    for at_s in range(from_s, to_s):
        frame = a_frame(float(at_s))
        while look := pipeline.due(frame):
            looked.append(frame.stream_s)
            changes += pipeline.absorb(frame, look, things, MODEL)
    return looked, changes


def phases(changes: list[Change]) -> list[tuple[Phase, float]]:
    return [(change.incident.phase, (change.at - NOON).total_seconds()) for change in changes]


def test_an_empty_still_street_is_looked_at_once_a_minute() -> None:
    looked, changes = watch(a_pipeline(), 0, 181)

    assert looked == [0.0, 60.0, 120.0, 180.0]
    assert changes == []


def test_a_change_of_the_zone_brings_a_look_and_the_same_change_elsewhere_does_not() -> None:
    pipeline = a_pipeline()
    watch(pipeline, 0, 20)
    inside, outside = a_frame(20.0), a_frame(20.0)
    inside.image[100:140, 20:60] = 0
    outside.image[100:140, 140:180] = 0

    elsewhere = pipeline.due(outside)
    here = pipeline.due(inside)

    assert elsewhere is None
    assert here is not None
    assert here.cause == "changed"
    assert here.overdue_s == 10.0


def test_a_look_asks_for_what_the_rules_that_it_serves_look_for() -> None:
    def looking_for(rule_id: str, *labels: str, model: str = "street") -> RulePlan:
        rule = Presence(zone=LEFT_HALF, labels=frozenset(labels), terms=some_terms(), severity=2)
        return a_rule(rule_id, rule=rule, model=model)

    lorries, wares = looking_for("lorries", "muck_truck"), looking_for("wares", "stall", "goods")
    alone = a_pipeline(lorries, looking_for("puddles", "water", model="water")).due(a_frame(0.0))
    shared = a_pipeline(lorries, wares).due(a_frame(0.0))

    assert alone is not None
    assert alone.labels == {"muck_truck"}
    assert shared is not None
    assert shared.labels == {"muck_truck", "stall", "goods"}


def test_slow_change_adds_up_against_the_last_look() -> None:
    pipeline = a_pipeline()
    watch(pipeline, 0, 1)

    causes = [look.cause for i in range(1, 40) if (look := pipeline.due(a_frame(float(i), level=100 + i)))]

    assert causes[0] == "changed"


def test_a_switch_of_the_light_holds_two_looks() -> None:
    pipeline = a_pipeline()
    watch(pipeline, 0, 15)

    due = [at_s for at_s in range(15, 60) if pipeline.due(a_frame(float(at_s), level=250))]

    assert due[0] == 35


def test_an_incident_opens_and_clears_with_before_and_after() -> None:
    pipeline = a_pipeline()

    _, opened = watch(pipeline, 0, 60, a_thing())
    _, cleared = watch(pipeline, 60, 200)

    assert phases(opened) == [(Phase.OPENED, 30.0)]
    assert phases(cleared) == [(Phase.CLEARED, 100.0)]
    assert opened[0].incident.incident_id == cleared[0].incident.incident_id
    assert cleared[0].incident.rev == 2
    assert cleared[0].incident.reason == "gone"
    assert cleared[0].shot is not None
    assert cleared[0].shot.frame.stream_s == 100.0


def test_an_open_incident_is_said_again_each_hour_only() -> None:
    pipeline = a_pipeline()

    _, changes = watch(pipeline, 0, 2 * 3600 + 120, a_thing())

    assert [change.incident.reason for change in changes] == [None, "hourly", "hourly"]


def test_a_thing_that_grows_and_shrinks_is_told_at_most_six_times_an_hour() -> None:
    pipeline = a_pipeline()
    watch(pipeline, 0, 40, a_thing())

    told = []
    for minute in range(1, 59):
        size = 0.1 + 0.012 * minute
        told += watch(pipeline, minute * 60, minute * 60 + 60, a_thing(size=min(size, 0.5)))[1]

    assert 2 <= len(told) <= 6
    assert {change.incident.phase for change in told} == {Phase.UPDATED}


def test_a_restart_goes_on_with_the_same_incident() -> None:
    _, opened = watch(a_pipeline(), 0, 60, a_thing())
    after = a_pipeline()

    retracted = after.restore([opened[0].state])
    _, staying = watch(after, 0, 100, a_thing())
    _, cleared = watch(after, 100, 300)

    assert retracted == []
    assert staying == []
    assert [c.incident.incident_id for c in cleared] == [opened[0].incident.incident_id]
    assert cleared[0].incident.rev == 2
    assert cleared[0].incident.standing.dwell_s > opened[0].incident.standing.dwell_s


def test_a_restart_finds_what_went_meanwhile() -> None:
    _, opened = watch(a_pipeline(), 0, 60, a_thing())
    after = a_pipeline()
    after.restore([opened[0].state])

    _, cleared = watch(after, 0, 100)

    assert phases(cleared) == [(Phase.CLEARED, 10.0)]


def test_an_incident_whose_rule_was_removed_is_retracted() -> None:
    _, opened = watch(a_pipeline(), 0, 60, a_thing())

    changes = a_pipeline(a_rule("another")).restore([opened[0].state])

    assert [(c.incident.phase, c.incident.reason) for c in changes] == [(Phase.RETRACTED, "rule removed")]


def test_rules_of_one_model_and_region_share_a_look() -> None:
    pipeline = a_pipeline(a_rule("first"), a_rule("second"), a_rule("other", model="water"))

    look = pipeline.due(a_frame(0.0))

    assert look is not None
    assert look.rule_ids == ("first", "second")


def test_nothing_is_looked_at_outside_the_active_hours() -> None:
    night = ActiveHours(spans=((time(22), time(6)),), timezone=ZoneInfo("Asia/Shanghai"))
    pipeline = a_pipeline(a_rule(hours=night))

    looked, _ = watch(pipeline, 0, 100, a_thing())

    assert looked == []


@pytest.mark.parametrize(("hour", "covered"), [(21, False), (22, True), (23, True), (5, True), (6, False)])
def test_hours_may_go_over_midnight(hour: int, covered: bool) -> None:
    night = ActiveHours(spans=((time(22), time(6)),), timezone=ZoneInfo("Asia/Shanghai"))
    at = NOON + timedelta(hours=hour - 12)

    assert night.cover(at) is covered


def test_coverage_shows_the_rule_that_was_not_watched() -> None:
    pipeline = a_pipeline()
    watch(pipeline, 0, 60)
    frames: list[Frame] = [a_frame(float(at_s)) for at_s in range(60, 240)]

    looks: list[Look | None] = [pipeline.due(frame) for frame in frames]  # none of them carried out

    assert all(looks)
    assert pipeline.coverage()["stalls"] == pytest.approx(0.25, abs=0.02)
