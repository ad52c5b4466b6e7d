"""A clip's truth follows from its plan, and its frames from what changes in it."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from models.synth.cast import Box, build_cast
from models.synth.clip import describe, encode, frame_path, missing_frames, write_truth
from models.synth.demo_scenes import CLIPS, plan_clip
from models.synth.events import find_events
from models.synth.labels import road_heights
from models.synth.plates import find_changing, pasted

SEED = 5


@pytest.mark.parametrize("name", CLIPS)
def test_the_same_seed_plans_the_same_clip(name: str) -> None:
    assert plan_clip(name, SEED) == plan_clip(name, SEED)
    assert plan_clip(name, SEED) != plan_clip(name, SEED + 1)


def test_the_stall_clip_tells_when_stall_and_goods_stand_there() -> None:
    plan = plan_clip("stall", SEED)

    events = find_events(plan, build_cast(plan))

    assert {(event.kind, event.label, event.from_s, event.to_s) for event in events} == {
        ("street_encroachment", "stall", 6.0, 22.0),
        ("street_encroachment", "goods", 6.0, 22.0),
    }


def test_the_water_clip_tells_when_there_is_a_square_metre_of_water_in_view() -> None:
    plan = plan_clip("water", SEED)

    (event,) = find_events(plan, build_cast(plan))

    assert event.kind == "standing_water"
    assert 5.0 < event.from_s < 8.0
    assert 20.0 < event.to_s < 24.5


def test_a_clip_that_ends_before_anything_happens_has_no_events() -> None:
    plan = replace(plan_clip("water", SEED), duration_s=4.0)

    assert find_events(plan, ()) == ()


def test_each_muck_truck_is_seen_as_a_whole_for_a_second_and_a_half() -> None:
    plan = replace(plan_clip("trucks", SEED), duration_s=22.0)  # until the second has passed too

    events = find_events(plan, build_cast(plan))

    assert [event.kind for event in events] == ["muck_truck", "muck_truck"]
    assert all(event.to_s - event.from_s >= 1.5 for event in events)


@pytest.mark.parametrize("name", CLIPS)
def test_every_event_box_lies_in_the_picture_and_has_an_area(name: str) -> None:
    plan = plan_clip(name, SEED)

    for event in find_events(plan, build_cast(plan)):
        left, top, right, bottom = event.box
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1


def test_nothing_changes_while_nothing_moves() -> None:
    plan = plan_clip("stall", SEED)
    cast = [member for member in build_cast(plan) if not member.thing.speed_mps]

    before, during = (find_changing(plan, cast, road_heights(plan), at_s) for at_s in (3.0, 8.0))

    assert before is None
    assert during is not None


def test_what_changes_lies_wholly_in_the_region_that_is_rendered_again() -> None:
    plan = plan_clip("trucks", SEED)
    cast, heights = build_cast(plan), road_heights(plan)

    for at_s in plan.moments_s[::10]:
        region = find_changing(plan, cast, heights, at_s)
        for member in cast:
            box = member.box_at(at_s, plan.view)
            if member.thing.speed_mps and box and not box.empty:
                assert region
                assert region.left <= max(0, box.left)
                assert region.right >= min(1, box.right)
                assert region.top <= max(0, box.top)
                assert region.bottom >= min(1, box.bottom)


def test_a_region_is_pasted_with_soft_seams_and_hard_ends_of_the_picture() -> None:
    plate, picture = np.zeros((100, 200, 3), np.uint8), np.full((100, 200, 3), 200, np.uint8)

    frame = pasted(plate, picture, Box(left=0.5, top=0.0, right=1.0, bottom=0.5))

    assert frame[25, 199, 0] == frame[0, 150, 0] == 200
    assert frame[75, 150, 0] == frame[25, 50, 0] == 0
    assert 0 < frame[25, 101, 0] < 200


def test_a_clip_plays_at_its_true_rate_with_honest_timestamps(tmp_path: Path) -> None:
    plan = replace(plan_clip("stall", SEED), duration_s=4.0, fps=3.0)
    for number in range(12):
        cv2.imwrite(str(frame_path(tmp_path, number)), np.full((360, 640, 3), 20 * number, np.uint8))

    encode(plan, tmp_path, tmp_path / "clip.mp4")

    with av.open(str(tmp_path / "clip.mp4")) as container:
        frames = list(container.decode(video=0))
        assert container.streams.video[0].average_rate == Fraction(3)
    assert [frame.time for frame in frames] == pytest.approx([i / 3 for i in range(12)], abs=1e-3)
    keys = [frame.time for frame in frames if frame.key_frame]
    assert np.diff(keys).max() <= 1.001
    assert frames[0].format.name == "yuv420p"
    assert [path.name for path in tmp_path.glob("*.mp4")] == ["clip.mp4"], "nothing half is left"


def test_a_clip_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    plan = replace(plan_clip("stall", SEED), duration_s=1.0, fps=3.0)
    for number in range(3):
        cv2.imwrite(str(frame_path(tmp_path, number)), np.full((360, 640, 3), 90, np.uint8))
    (tmp_path / "clip.mp4").mkdir()

    with pytest.raises(IsADirectoryError) as error:
        encode(plan, tmp_path, tmp_path / "clip.mp4")

    assert error.value.filename == str(tmp_path / "clip.mp4")
    assert [path.name for path in tmp_path.glob("*.mp4")] == ["clip.mp4"], "nothing half is left"


def test_only_frames_that_are_not_there_are_missing(tmp_path: Path) -> None:
    plan = replace(plan_clip("stall", SEED), duration_s=2.0, fps=3.0)
    frame_path(tmp_path, 1).touch()

    assert missing_frames(plan, tmp_path) == [0, 2, 3, 4, 5]


def test_the_truth_beside_a_clip_is_that_of_its_plan(tmp_path: Path) -> None:
    write_truth(plan_clip("stall", SEED), tmp_path / "stall.mp4")

    log = json.loads((tmp_path / "stall.events.json").read_text())
    scene = json.loads((tmp_path / "stall.scene.json").read_text())

    assert [event["from_s"] for event in log["events"]] == [6.0, 6.0]
    assert log["duration_s"] == plan_clip("stall", SEED).duration_s
    assert np.array(scene["homography"]).shape == (3, 3)


@pytest.mark.parametrize("name", CLIPS)
def test_a_zone_is_the_visible_part_of_its_ground(name: str) -> None:
    plan = plan_clip(name, SEED)
    scene = describe(plan)
    zones = scene["zones"]
    assert isinstance(zones, dict)

    for zone, (low, high) in {
        "road": (-plan.street.road_m, 0.0),
        "pavement": (0.2, plan.street.pavement_m - 0.2),
    }.items():
        points = np.array(zones[zone])
        east, north, scale = plan.view.homography() @ np.column_stack([points, np.ones(len(points))]).T
        y = north / scale + plan.view.y
        assert len(points) >= 3
        assert points.min() >= 0
        assert points.max() <= 1
        assert (y > low - 0.1).all()
        assert (y < high + 0.1).all()
        assert (east / scale > 0).all()


def test_the_stall_stands_in_the_pavement_zone() -> None:
    plan = plan_clip("stall", SEED)
    zones = describe(plan)["zones"]
    assert isinstance(zones, dict)
    (stall,) = [event for event in find_events(plan, build_cast(plan)) if event.label == "stall"]
    foot = ((stall.box[0] + stall.box[2]) / 2, stall.box[3] - 0.03)

    inside = cv2.pointPolygonTest(np.array(zones["pavement"], np.float32), foot, measureDist=False)

    assert inside > 0


DEMO = Path(__file__).parents[3] / "configs" / "demo" / "clips"


@pytest.mark.parametrize("name", CLIPS)
def test_the_bundled_clips_are_small_and_their_logs_follow_from_their_seeds(
    name: str, tmp_path: Path
) -> None:
    log = json.loads((DEMO / f"{name}.events.json").read_text())

    write_truth(plan_clip(name, log["seed"]), tmp_path / f"{name}.mp4")

    assert (DEMO / f"{name}.mp4").stat().st_size <= 2 * 1024 * 1024
    assert json.loads((tmp_path / f"{name}.events.json").read_text()) == log
    with av.open(str(DEMO / f"{name}.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == round(log["duration_s"] * log["fps"])
