import json
import shutil
from pathlib import Path

import pytest

from dispatcher.config import ConfigError, load_config

CONFIGS = Path(__file__).parents[3] / "configs"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sample that a test may spoil."""
    shutil.copy(CONFIGS / "dispatcher.toml", tmp_path)
    shutil.copytree(CONFIGS / "district", tmp_path / "district")
    return tmp_path


def _spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def _problems(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(folder / "dispatcher.toml")
    return [line.removeprefix(f"{folder}/") for line in str(caught.value).splitlines()]


def test_the_sample_district_is_whole() -> None:
    district = load_config(CONFIGS / "dispatcher.toml").district

    assert set(district.grid.layers) == {"governance", "market"}
    assert max(len(district.grid.path(cell.code)) for cell in district.grid.cells) == 4
    for camera in district.cameras:
        for layer in district.grid.layers:
            assert not district.grid.locate(lat=camera.lat, lon=camera.lon, layer=layer).outside


def test_the_sample_district_has_somebody_on_shift_in_every_body_at_any_hour() -> None:
    district = load_config(CONFIGS / "dispatcher.toml").district

    assert {body.body_id: list(district.roster.gaps(body.body_id)) for body in district.bodies} == {
        body.body_id: [] for body in district.bodies
    }


def test_relative_paths_start_at_the_file() -> None:
    settings = load_config(CONFIGS / "dispatcher.toml").settings

    assert settings.store.url == f"sqlite:///{CONFIGS}/../data/dispatcher.db"
    assert settings.evidence.folder == CONFIGS / "../data/pictures"


def test_ten_mistakes_are_said_at_once_each_with_its_place(folder: Path) -> None:
    district = folder / "district"
    _spoil(folder / "dispatcher.toml", "port = 1883", "port = 99999")
    _spoil(folder / "dispatcher.toml", 'host = "127.0.0.1"\nport = 8080', 'hots = "127.0.0.1"')
    _spoil(folder / "dispatcher.toml", 'zone = "Asia/Shanghai"', 'zone = "Asia/Shangai"')
    _spoil(district / "category.toml", 'code = "street_encroachment"', 'cod = "street_encroachment"')
    _spoil(district / "category.toml", "radius_m = 20", "radius_m = -20")
    _spoil(district / "duty.csv", "G1,*,west-chiefs", "G1,*,")
    _spoil(district / "roster.csv", "mon-sat,09:00", "mon-day,09:00")
    _spoil(district / "roster.csv", "mon-sun,08:00,20:00", "mon-sun,08:00,25:00")
    _spoil(district / "camera.csv", "31.22985,121.46750,WGS-84", "91.22985,121.46750,WGS84")
    _spoil(district / "grid.geojson", '"crs": "WGS-84"', '"crs": "EPSG:4326"')

    problems = _problems(folder)

    assert problems == [
        (
            "dispatcher.toml: district.zone: 'Asia/Shangai' is no IANA time zone; "
            "write for example 'Asia/Shanghai'"
        ),
        "dispatcher.toml: broker.port: Input should be less than or equal to 65535",
        "dispatcher.toml: web.hots: no such setting; did you mean 'host'?",
        (
            "district/grid.geojson: crs: 'EPSG:4326' is unknown; there are: BD-09, GCJ-02, WGS-84 "
            '(a member "crs" beside "features")'
        ),
        "district/category.toml: category.0.code: Field required",
        "district/category.toml: category.0.cod: no such setting; did you mean 'code'?",
        "district/category.toml: category.1.radius_m: Input should be greater than 0",
        (
            "district/roster.csv: line 2: end: Input should be in a valid time format, "
            "hour value is outside expected range of 0-23"
        ),
        "district/roster.csv: line 16: days: 'mon-day' is no day; write for example 'mon-fri' or 'sat,sun'",
        "district/camera.csv: line 2: lat: Input should be less than or equal to 90",
        "district/camera.csv: line 2: crs: Input should be 'WGS-84', 'GCJ-02' or 'BD-09'",
        "district/duty.csv: line 3: body: String should have at least 1 character",
    ]


def test_a_duty_row_for_nowhere_and_an_unmanned_root_are_refused(folder: Path) -> None:
    _spoil(folder / "district" / "duty.csv", "G1,*,west-chiefs", "G9,*,west-chiefs")

    assert _problems(folder) == ["district/duty.csv: cell G9 is not in the grid"]


def test_a_root_that_nobody_answers_for_at_night_is_refused(folder: Path) -> None:
    _spoil(folder / "district" / "roster.csv", "li.na,李娜,town-centre", "li.na,李娜,town-drains")

    [problem] = _problems(folder)

    assert "body town-centre answers for a root cell, but nobody with a contact is on shift" in problem


def test_a_body_on_duty_without_anybody_in_the_roster_is_refused(folder: Path) -> None:
    _spoil(folder / "district" / "body.csv", "town-drains", "west-cooks,西片炊事班,West cooks\ntown-drains")
    _spoil(folder / "district" / "duty.csv", "G1,*,west-chiefs", "G1,*,west-cooks")

    [problem] = _problems(folder)

    assert "body west-cooks is on duty, but the roster has nobody of it" in problem


def test_bodies_that_nobody_has_named_are_refused_with_the_nearest_name(folder: Path) -> None:
    _spoil(folder / "district" / "duty.csv", "G1,*,west-chiefs", "G9,*,west-chefs")
    _spoil(folder / "district" / "roster.csv", "xu.bo,徐波,site-patrol", "xu.bo,徐波,side-patrol")

    assert _problems(folder) == [
        "district/duty.csv: cell G9 is not in the grid",
        "district/duty.csv: body 'west-chefs' is not in body.csv; did you mean 'west-chiefs'?",
        "district/roster.csv: body 'side-patrol' is not in body.csv; did you mean 'site-patrol'?",
    ]


def test_a_body_of_two_names_is_refused(folder: Path) -> None:
    _spoil(folder / "district" / "body.csv", "town-drains", "town-centre")

    assert _problems(folder) == ["district/body.csv: body town-centre has 2 lines"]


@pytest.mark.parametrize(
    "name", ["grid.geojson", "duty.csv", "roster.csv", "category.toml", "camera.csv", "body.csv"]
)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / "district" / name).unlink()

    assert _problems(folder) == [f"district/{name}: No such file or directory"]


def test_a_grid_in_gcj_02_is_moved_to_wgs_84(folder: Path) -> None:
    path = folder / "district" / "grid.geojson"
    before = load_config(folder / "dispatcher.toml").district.grid.path("G")[0].polygon.centroid
    document = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(document | {"crs": "GCJ-02"}), "utf-8")

    after = load_config(folder / "dispatcher.toml").district.grid.path("G")[0].polygon.centroid

    assert 0.003 < before.x - after.x < 0.006


@pytest.mark.parametrize("text", ["", "{}", "[1]", "not json"])
def test_what_is_no_geojson_is_said_to_be_none(folder: Path, text: str) -> None:
    (folder / "district" / "grid.geojson").write_text(text)

    [problem] = _problems(folder)

    assert "JSON" in problem


def test_the_password_comes_from_a_file_or_the_environment(folder: Path) -> None:
    broker = load_config(folder / "dispatcher.toml").settings.broker
    (folder / "secret").write_text("from the file\n")

    from_file = broker.model_copy(update={"password_file": folder / "secret"})

    assert from_file.password({}) == "from the file"
    assert broker.password({"GRIDWARDEN_BROKER_PASSWORD": "from outside"}) == "from outside"
    assert broker.password({}) is None
