"""A labelled scene's log is what its name says, and what only looks like an event has none."""

from collections import Counter
from pathlib import Path

import pytest

from models.synth.cast import build_cast
from models.synth.clip import files_of
from models.synth.clip_scenes import ALL, SCENES, choose_scenes, plan_scene
from models.synth.clip_set import clip_path, missing_clips
from models.synth.events import Event, find_events
from models.synth.plan import Plan

SEEDS = (1, 2, 3)
KINDS = {
    "vendor": "street_encroachment",
    "goods": "street_encroachment",
    "puddle": "standing_water",
    "flood": "standing_water",
    "muck_truck": "muck_truck",
    "convoy": "muck_truck",
    "parked_on_pavement": "illegal_parking",
}
QUIET = sorted(SCENES.keys() - KINDS.keys())


def events_of(plan: Plan) -> tuple[Event, ...]:
    return find_events(plan, build_cast(plan))


@pytest.mark.parametrize("name", SCENES)
def test_the_same_seed_plans_the_same_scene_and_another_one_another(name: str) -> None:
    assert plan_scene(name, 7) == plan_scene(name, 7)
    assert plan_scene(name, 7) != plan_scene(name, 8)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_a_scene_with_an_event_logs_its_kind_alone(name: str, kind: str, seed: int) -> None:
    events = events_of(plan_scene(name, seed))

    assert {event.kind for event in events} == {kind}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", QUIET)
def test_what_only_looks_like_an_event_logs_none(name: str, seed: int) -> None:
    plan = plan_scene(name, seed)

    assert plan.things
    assert events_of(plan) == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_convoy_is_as_many_events_as_muck_trucks(seed: int) -> None:
    assert len(events_of(plan_scene("convoy", seed))) == 2


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", KINDS)
def test_every_event_begins_after_the_clip_and_leaves_time_to_be_cleared(name: str, seed: int) -> None:
    plan = plan_scene(name, seed)

    for event in events_of(plan):
        assert event.from_s >= 0.5
        assert event.to_s <= plan.duration_s - 1.5
        assert event.to_s - event.from_s >= 2.5


def test_the_whole_set_holds_every_kind_and_enough_clips_without_any_event() -> None:
    names = [name for name, _ in choose_scenes(ALL, 32, 1)]

    assert Counter(KINDS.get(name) for name in names) == {
        "street_encroachment": 6,
        "standing_water": 6,
        "muck_truck": 6,
        "illegal_parking": 2,
        None: 12,
    }


def test_a_set_takes_its_scenes_in_turn_and_a_seed_for_each_clip() -> None:
    assert list(choose_scenes(("a", "b"), 3, 10)) == [("a", 10), ("b", 11), ("a", 12)]


def test_a_clip_that_lacks_one_of_its_files_is_missing(tmp_path: Path) -> None:
    clip = clip_path(tmp_path, "crate", 1)
    for path in files_of(clip):
        path.touch()
    assert missing_clips(tmp_path, (("crate", 1), ("crate", 2))) == [("crate", 2)]

    for path in files_of(clip):
        path.unlink()
        assert missing_clips(tmp_path, (("crate", 1),)) == [("crate", 1)]
        path.touch()
