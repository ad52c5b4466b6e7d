"""Figures under conditions, with the truth file or without."""

import json
from pathlib import Path

import pytest

from models.conditions import by_condition, light_and_weather
from models.recipe import RecipeError
from tests.answers import answer

THING = (10.0, 10.0, 20.0, 20.0)
LARGE = (100.0, 100.0, 300.0, 300.0)
AT = {"thing": 0.5, "other": 0.5}


@pytest.mark.parametrize(
    ("weather", "light", "wet"),
    [
        ("day", "day", "dry"),
        ("overcast", "day", "dry"),
        ("wet", "day", "wet"),
        ("dusk", "dusk", "dry"),
        ("night_wet", "night", "wet"),
        ("night_rain", "night", "rain"),
    ],
)
def test_a_rendered_weather_names_light_and_wetness(weather: str, light: str, wet: str) -> None:
    assert light_and_weather(weather) == {"light": light, "weather": wet}


@pytest.mark.parametrize("picture", ["lane-1-0.jpg", "rendered-lane-1-0.jpg"])
def test_a_truth_file_beside_the_dataset_says_what_light_it_was(tmp_path: Path, picture: str) -> None:
    (tmp_path / "truths").mkdir()
    (tmp_path / "truths/lane-1-0.json").write_text(json.dumps({"weather": "night_rain"}))

    found = by_condition(
        [answer([("thing", 0.9, THING)], [("thing", THING)], picture=picture)],
        AT,
        tmp_path / "dataset",
        of_pictures=True,
    )

    assert [(one.kind, one.value, one.source) for one in found] == [
        ("light", "night", "truth file"),
        ("weather", "rain", "truth file"),
    ]
    assert found[0].figures[0].recall == 1.0


@pytest.mark.parametrize("content", [b"not json", b"[]", b"\xff"])
def test_a_truth_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "truths").mkdir()
    (tmp_path / "truths/street.json").write_bytes(content)

    with pytest.raises(RecipeError, match=r"street\.json is no truth file"):
        by_condition([answer([], [])], AT, tmp_path, of_pictures=True)


@pytest.mark.parametrize(
    ("brightness", "value"), [(59.9, "dark"), (60.0, "dim"), (94.9, "dim"), (95.0, "bright")]
)
def test_without_a_truth_file_brightness_is_measured(tmp_path: Path, brightness: float, value: str) -> None:
    (one,) = by_condition([answer([], [], brightness=brightness)], AT, tmp_path, of_pictures=True)

    assert (one.kind, one.value, one.source, one.pictures) == ("brightness", value, "measured", 1)


def test_each_size_has_its_own_figures(tmp_path: Path) -> None:
    seen = answer([("thing", 0.9, LARGE)], [("thing", LARGE), ("thing", THING)])

    found = by_condition([seen], AT, tmp_path, of_pictures=False)

    recalls = {one.value: [figures.recall for figures in one.figures] for one in found if one.kind == "size"}
    assert recalls == {"small": [0.0], "medium": [], "large": [1.0]}
