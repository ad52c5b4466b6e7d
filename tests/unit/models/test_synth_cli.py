"""The commands refuse what they cannot do, and go on where they stopped."""

import json
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from models.synth.cli import app, named_scenes
from models.synth.clip_scenes import SCENES, plan_scene
from models.synth.files import write_whole
from models.synth.images import SUFFIXES, Scene, clock_of, plan_scenes, plan_takes, prepare, write_take
from models.synth.kinds import LABELS
from models.synth.labels import Truth
from models.synth.sensor import Sensor, compressed, expose
from models.synth.stills import WEATHER_SHARES, plan_still, weather_of
from models.synth.streets import STREETS

WIDE = {"COLUMNS": "200"}
NOW = datetime(2025, 5, 1, 12, tzinfo=UTC)


def test_an_unknown_street_type_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["images", "--scenes", "shop_street,moon", "--out", str(tmp_path / "x")], env=WIDE
    )

    assert result.exit_code == 2
    assert "there is no scene 'moon'" in result.output
    assert "shop_street" in result.output
    assert not (tmp_path / "x").exists()


def test_an_unknown_weather_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["images", "--weathers", "wet,hail", "--out", str(tmp_path / "x")], env=WIDE
    )

    assert result.exit_code == 2
    assert "there is no weather 'hail'" in result.output
    assert "night_rain" in result.output


def test_an_unknown_clip_scene_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["clip", "--scene", "flood", "--out", str(tmp_path / "x.mp4")], env=WIDE)

    assert result.exit_code == 2
    assert "there are stall, water, trucks" in result.output


def test_an_unknown_labelled_scene_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["clip", "--scenes", "vendor,circus", "--out", str(tmp_path / "x")], env=WIDE
    )

    assert result.exit_code == 2
    assert "there is no scene 'circus'" in result.output
    assert "passing_vendor" in result.output
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("scenes", [[], ["--scene", "stall", "--scenes", "all"]])
def test_one_clip_or_a_set_is_asked_for_never_both_or_none(scenes: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["clip", *scenes, "--out", str(tmp_path / "x")], env=WIDE)

    assert result.exit_code == 2
    assert "either --scene or --scenes" in result.output


def test_how_many_clips_is_asked_of_a_set_only(tmp_path: Path) -> None:
    asked = ["clip", "--scene", "stall", "--count", "3", "--out", str(tmp_path / "x.mp4")]

    result = CliRunner().invoke(app, asked, env=WIDE)

    assert result.exit_code == 2
    assert "--count goes with --scenes" in result.output


def test_one_clip_is_not_written_over_a_folder(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["clip", "--scene", "stall", "--out", str(tmp_path)], env=WIDE)

    assert result.exit_code == 2
    assert "is a folder; name the .mp4 to write" in result.output


@pytest.mark.parametrize("command", [["images"], ["clip", "--scenes", "all"]])
def test_a_folder_that_is_a_file_is_named(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.synth.cli.need_blender", lambda: None)
    (tmp_path / "x").touch()

    result = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "x")])

    assert result.exit_code == 1
    assert f"{tmp_path / 'x'}" in result.output
    assert "Make room or give another --out." in result.output


@pytest.mark.parametrize(
    "command", [["images"], ["clip", "--scene", "stall"], ["clip", "--scenes", "all", "--count", "2"]]
)
def test_without_blender_the_way_out_is_named(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "bpy" else find_spec(name))

    result = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "x")], env=WIDE)

    assert result.exit_code == 2
    assert "pip install -e '.[synth]'" in result.output
    assert not (tmp_path / "x").exists()


def test_as_many_pictures_are_planned_as_were_asked_for(tmp_path: Path) -> None:
    streets = ("shop_street", "junction")

    scenes = list(plan_scenes(streets, tuple(WEATHER_SHARES), 7, 100, 3, tmp_path))

    assert [(scene.street, scene.seed, scene.takes) for scene in scenes] == [
        ("shop_street", 100, 3),
        ("junction", 101, 3),
        ("shop_street", 102, 1),
    ]


def test_only_scenes_of_the_weathers_asked_for_are_planned(tmp_path: Path) -> None:
    every = list(plan_scenes(("junction",), tuple(WEATHER_SHARES), 300, 1, 1, tmp_path))

    nights = list(plan_scenes(("junction",), ("night_wet", "night_rain"), 20, 1, 1, tmp_path))

    assert len(nights) == 20
    assert {plan_still("junction", one.seed).weather.name for one in nights} == {"night_wet", "night_rain"}
    wanted = [one for one in every if weather_of("junction", one.seed) in {"night_wet", "night_rain"}]
    assert nights == wanted[:20]


def test_takes_of_a_labelled_clip_are_moments_that_more_takes_do_not_change(tmp_path: Path) -> None:
    one, three = (Scene(street="vendor", seed=5, takes=takes, out=tmp_path) for takes in (1, 3))

    (plan, first), (again, moments) = plan_takes(one), plan_takes(three)

    assert plan == again == plan_scene("vendor", 5)
    assert first[0] == moments[0]
    assert set(moments) == set(plan.moments_s)


def test_a_weather_that_a_labelled_clip_never_has_is_named(tmp_path: Path) -> None:
    asked = ["images", "--scenes", "wet_road", "--weathers", "day", "--out", str(tmp_path / "x")]

    result = CliRunner().invoke(app, asked, env=WIDE)

    assert result.exit_code == 2
    assert "scene wet_road has only the weathers wet, rain" in result.output


def test_all_scenes_of_pictures_are_those_that_the_weathers_can_be_had_in() -> None:
    assert named_scenes("all", tuple(WEATHER_SHARES)) == (*STREETS, *SCENES)
    dry = named_scenes("all", ("day",))
    assert "vendor" in dry
    assert "wet_road" not in dry


def test_nothing_is_missing_of_a_scene_that_is_there(tmp_path: Path) -> None:
    prepare(tmp_path)
    scene = Scene(street="shop_street", seed=3, takes=2, out=tmp_path)
    for folder in SUFFIXES:
        for take in range(2):
            scene.path(folder, take).touch()

    assert scene.missing() == ()


@pytest.mark.parametrize("folder", SUFFIXES)
def test_a_take_that_lacks_any_of_its_files_is_rendered_again(folder: str, tmp_path: Path) -> None:
    prepare(tmp_path)
    scene = Scene(street="shop_street", seed=3, takes=2, out=tmp_path)
    for each in SUFFIXES:
        for take in range(2):
            scene.path(each, take).touch()

    scene.path(folder, 1).unlink()

    assert scene.missing() == (1,)


def test_a_take_is_written_as_picture_labels_names_and_mask(tmp_path: Path) -> None:
    prepare(tmp_path)
    scene = Scene(street="shop_street", seed=3, takes=1, out=tmp_path)
    plan = plan_still("shop_street", 3)
    size = (plan.view.height, plan.view.width)
    truths = (Truth(label="stall", left=10, top=20, right=60, bottom=90),)

    write_take(scene, 0, plan, np.zeros((*size, 3), np.uint8), truths, np.zeros(size, bool))

    name = scene.name(0)
    written = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert written == [
        "classes.txt",
        f"images/{name}.jpg",
        f"labels/{name}.txt",
        f"masks/{name}.png",
        f"truths/{name}.json",
    ]
    assert (tmp_path / "classes.txt").read_text().split() == list(LABELS)
    assert (tmp_path / "labels" / f"{name}.txt").read_text().startswith(f"{LABELS.index('stall')} ")
    assert json.loads((tmp_path / "truths" / f"{name}.json").read_text())["boxes"][0]["label"] == "stall"
    assert scene.missing() == ()


def test_a_write_that_fails_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "labels.txt"
    write_whole(path, b"old")

    with pytest.raises(TypeError):
        write_whole(path, "not bytes")  # type: ignore[arg-type]

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path], "nothing half is left"


def test_a_sensor_repeats_itself_with_its_seed_and_never_leaves_the_scale() -> None:
    grey = np.full((90, 160, 3), 120, np.uint8)
    sensor = Sensor.draw(np.random.default_rng(1), 0.03)

    first, again, other = (expose(grey, sensor, NOW, np.random.default_rng(seed)) for seed in (4, 4, 5))

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.std() > 1
    assert compressed(first, sensor).shape == grey.shape


@pytest.mark.parametrize("seed", range(12))
def test_the_clock_suits_the_light(seed: int) -> None:
    plan = plan_still("junction", seed)

    first, last = plan.weather.hours
    assert first <= clock_of(plan).hour < last
