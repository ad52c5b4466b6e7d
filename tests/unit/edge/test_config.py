from pathlib import Path

import pytest

from edge.config import ConfigError, load_config
from edge.detectors import load_detectors
from edge.plan import plan_cameras

ROOT = Path(__file__).parents[3]
SAMPLE = (ROOT / "configs" / "edge.toml").read_text("utf-8")

TEN_MISTAKES = """
[box]
site = "putuo"
id = "box 1"
data_dir = "data"
[broker]
prot = 1883
[models.street]
[models.wather]
[[cameras]]
id = "cam-1"
url = "clip.mp4"
lat = 131.2
lon = 121.4
homography = [[1, 0, 0], [2, 0, 0], [0, 0, 1]]
[[cameras.zones]]
id = "bow"
polygon = [[0.1, 0.1], [0.9, 0.9], [0.9, 0.1], [0.1, 0.9]]
[[cameras.zones]]
id = "dot"
polygon = [[0.1, 0.1], [0.11, 0.1], [0.11, 0.11]]
[[cameras.zones]]
id = "pavement"
polygon = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]
[[cameras.rules]]
id = "stalls"
kind = "street_encroachment"
rule = "presence"
zone = "pavment"
model = "street"
labels = ["stal"]
dwel_s = 30
[[cameras.rules]]
id = "stalls"
kind = "street_encroachment"
rule = "presense"
zone = "pavement"
model = "street"
labels = ["stall"]
[[cameras.rules]]
id = "things"
kind = "abandoned"
rule = "presence"
zone = "pavement"
model = "empty_view"
labels = ["object"]
every_s = 90
active = { hours = ["7-22"], timezone = "Asia/Shanghia" }
"""


def problems_of(text: str, folder: Path) -> list[str]:
    file = folder / "edge.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    return caught.value.problems


def test_the_sample_is_valid_and_gives_a_plan() -> None:
    config = load_config(ROOT / "configs" / "edge.toml")

    (plan,) = plan_cameras(config, load_detectors(config).thresholds)

    assert [rule.origin.rule_id for rule in plan.rules] == ["stalls", "muck", "crowd"]
    assert plan.ground.fit_error_m < 1.0


@pytest.mark.parametrize(
    "expected",
    [
        "edge.toml: box.id: String should match",
        "edge.toml: broker.prot: unknown setting, did you mean port?",
        "edge.toml: models.wather: ",
        "edge.toml: cameras.0.lat: Input should be less than or equal to 90",
        "edge.toml: cameras.0.homography: the homography cannot be inverted",
        "edge.toml: cameras.0.zones.0.polygon: the polygon crosses itself",
        "edge.toml: cameras.0.zones.1.polygon: the polygon covers 0.00",
        "edge.toml: cameras.0.rules: id 'stalls' is given 2 times",
        "edge.toml: cameras.0.rules.0.zone: no zone 'pavment' at this camera, did you mean pavement?",
        "edge.toml: cameras.0.rules.0.labels: model street knows no label 'stal', did you mean stall?",
        "edge.toml: cameras.0.rules.0.dwel_s: unknown setting, did you mean dwell_s?",
        "edge.toml: cameras.0.rules.1.rule: unknown way of finding, did you mean presence?",
        "edge.toml: cameras.0.rules.2.active.hours.0: a span of the day is like 07:30-22:00",
        "edge.toml: cameras.0.rules.2.active.timezone: no IANA time zone 'Asia/Shanghia'",
        "edge.toml: cameras.0.empty_view: is missing, rule things compares with it",
    ],
)
def test_every_mistake_is_told_at_once_with_its_place_and_the_way_out(expected: str, tmp_path: Path) -> None:
    problems = problems_of(TEN_MISTAKES, tmp_path)

    assert [problem for problem in problems if problem.startswith(expected)], "\n".join(problems)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "every_s = 10 ",
            "every_s = 61 ",
            "edge.toml: cameras.0.rules.0: max_age_s 60 is less than every_s 61",
        ),
        ("confirm_k = 5", "confirm_k = 8", "edge.toml: cameras.0.rules.0: confirm_k 8 is more than"),
        (
            "# open_score = 0.35",
            "open_score = 0.5\nkeep_score = 0.6",
            "edge.toml: cameras.0.rules.0: keep_score 0.6 is more than",
        ),
        ('# password_file = "', 'password_file = "', "edge.toml: broker.password_file: "),
        ("[evidence]", "[evidense]", "edge.toml: evidense: unknown setting, did you mean evidence?"),
        ('[box]\nsite = "putuo" ', "[box] #", "edge.toml: box.site: is missing"),
    ],
)
def test_one_mistake_is_one_problem(old: str, new: str, expected: str, tmp_path: Path) -> None:
    assert old in SAMPLE
    problems = problems_of(SAMPLE.replace(old, new, 1), tmp_path)

    assert len(problems) == 1, problems
    assert problems[0].startswith(expected)


def test_points_in_a_line_give_no_ground(tmp_path: Path) -> None:
    text = SAMPLE.replace("[0.70, 0.40,", "[0.50, 0.95,").replace("[0.30, 0.40,", "[0.30, 0.95,")
    (tmp_path / "edge.toml").write_text(text, encoding="utf-8")
    config = load_config(tmp_path / "edge.toml")

    with pytest.raises(ConfigError, match="no three"):
        plan_cameras(config, load_detectors(config).thresholds)


def test_a_missing_file_and_a_file_that_is_no_toml_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: cannot be read: No such file"):
        load_config(tmp_path / "nowhere.toml")

    assert "is not TOML" in problems_of("[box", tmp_path)[0]
