"""The pipeline on real clips; run with ``-s`` to read what it found."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import av
import cv2
import pytest

from edge.config import load_config
from edge.contract.messages import IncidentEvent, Phase
from edge.detectors import load_detectors
from edge.plan import plan_cameras
from edge.replay import replay

pytestmark = pytest.mark.realdata

CLIPS = Path(__file__).parents[3] / "shared" / "data" / "clips"
WHOLE = "[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]"
BASE = """
[box]
site = "lab"
id = "box-1"
data_dir = "data"
[models.street]
[models.water]
[[cameras]]
id = "real"
url = "unused"
lat = 31.2
lon = 121.4
{extra}
[[cameras.zones]]
id = "zone"
polygon = {polygon}
[[cameras.rules]]
id = "rule"
zone = "zone"
{rule}
"""


def events_of(
    clip: str, folder: Path, *, rule: str, polygon: str = WHOLE, extra: str = ""
) -> list[IncidentEvent]:
    """What ``clip`` gives under one rule on one zone."""
    file = folder / "edge.toml"
    file.write_text(BASE.format(extra=extra, polygon=polygon, rule=rule), encoding="utf-8")
    config = load_config(file)
    detectors = load_detectors(config)
    (plan,) = plan_cameras(config, detectors.thresholds)
    events = list(
        replay(
            CLIPS / clip,
            plan,
            detectors.see,
            site="lab",
            box="box-1",
            config_sha256="0" * 64,
            starts_at=datetime(2026, 5, 20, 4, 0, tzinfo=UTC),
            keep=folder,
        )
    )
    for event in events:
        it = event.data
        box = ", ".join(f"{value:.2f}" for value in it.picture.box.model_dump().values())
        print(
            f"{clip} {event.time:%M:%S} {it.phase} {it.incident_id[:6]} {it.kind} seen {it.dwell_s:.1f} s "
            f"confidence {it.confidence:.2f} count {it.measures.count} box {box} {it.reason or ''}"
        )
    return events


def keep_first_picture(clip: str, file: Path) -> None:
    with av.open(str(CLIPS / clip)) as container:
        cv2.imwrite(str(file), next(iter(container.decode(video=0))).to_ndarray(format="bgr24"))


def phases(events: list[IncidentEvent]) -> Counter[Phase]:
    return Counter(event.data.phase for event in events)


def test_people_in_a_shopping_street_are_a_crowd(tmp_path: Path) -> None:
    events = events_of(
        "yas-sim_people.mp4",
        tmp_path,
        rule='kind = "crowd"\nrule = "crowding"\nmodel = "street"\nlabels = ["person"]\nmin_count = 4\n'
        "every_s = 0.5\nmax_age_s = 5\ndwell_s = 3\nopen_score = 0.4",
    )

    assert phases(events)[Phase.OPENED] == 1
    assert events[0].data.measures.count is not None
    assert events[0].data.measures.count >= 4


def test_a_thing_left_behind_is_found_without_a_model_that_knows_it(tmp_path: Path) -> None:
    keep_first_picture("ABODA_video4.avi", tmp_path / "empty.png")

    events = events_of(
        "ABODA_video4.avi",
        tmp_path,
        extra='empty_view = "empty.png"',
        polygon="[[0.0, 0.0], [0.75, 0.0], [0.75, 1.0], [0.0, 1.0]]",
        rule='kind = "abandoned_object"\nrule = "presence"\nmodel = "empty_view"\nlabels = ["object"]\n'
        "every_s = 1\nmax_age_s = 5\ndwell_s = 8\nclear_s = 4",
    )

    assert phases(events)[Phase.OPENED] == 1


def test_cars_at_the_kerb_of_a_crossing_are_parked(tmp_path: Path) -> None:
    events = events_of(
        "BorislavY_traffic.mp4",
        tmp_path,
        polygon="[[0.6, 0.0], [1.0, 0.0], [1.0, 0.2], [0.6, 0.2]]",
        rule='kind = "illegal_parking"\nrule = "presence"\nmodel = "street"\nlabels = ["car"]\n'
        "every_s = 1\nmax_age_s = 5\ndwell_s = 10\nopen_score = 0.3",
    )

    assert phases(events)[Phase.OPENED] == 1


@pytest.mark.parametrize(
    ("clip", "labels", "least", "most"),
    [
        ("aminalrajabi_street.mp4", '["car", "truck"]', 4, 30),
        ("andrews_video1.avi", '["car", "truck"]', 10, 60),
    ],
)
def test_vehicles_that_pass_are_one_incident_each(
    clip: str, labels: str, least: int, most: int, tmp_path: Path
) -> None:
    events = events_of(
        clip,
        tmp_path,
        polygon="[[0.0, 0.3], [1.0, 0.3], [1.0, 1.0], [0.0, 1.0]]",
        rule=f'kind = "vehicle"\nrule = "passage"\nmodel = "street"\nlabels = {labels}\nopen_score = 0.4',
    )

    assert least <= phases(events)[Phase.OPENED] <= most
    ids = [event.data.incident_id for event in events if event.data.phase is Phase.OPENED]
    assert len(ids) == len(set(ids))


def test_a_car_seen_from_above_passes_though_no_model_knows_it(tmp_path: Path) -> None:
    keep_first_picture("intel_car-detection.mp4", tmp_path / "empty.png")

    events = events_of(
        "intel_car-detection.mp4",
        tmp_path,
        extra='empty_view = "empty.png"',
        rule='kind = "vehicle"\nrule = "passage"\nmodel = "empty_view"\nlabels = ["object"]',
    )

    assert 2 <= phases(events)[Phase.OPENED] <= 20


SELLING = """
kind = "street_encroachment"
rule = "presence"
model = "street"
labels = ["stall", "goods", "faint_goods"]"""
WATER = 'kind = "standing_water"\nrule = "surface"\nmodel = "water"\nlabels = ["water"]'
NOTHING = [(rule, path.name) for rule in (SELLING, WATER) for path in sorted(CLIPS.glob("*.*"))]


def _says_nothing(rule: str, clip: str, tmp_path: Path) -> bool:
    """Whether nothing opens; the whole picture is the zone, five seconds are enough: harder than a street."""
    return not events_of(clip, tmp_path, rule=f"{rule}\nevery_s = 1\nmax_age_s = 5\ndwell_s = 5")


@pytest.mark.parametrize(("rule", "clip"), NOTHING)
def test_where_nobody_sells_and_no_water_stands_nothing_is_said(rule: str, clip: str, tmp_path: Path) -> None:
    assert _says_nothing(rule, clip, tmp_path)
