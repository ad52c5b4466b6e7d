"""What `predict` tells of pictures, to programs and to people."""

import json
from pathlib import Path

import pytest

from tests.unit.models.predicting import cars, picture, run, water, words

LOWER_HALF = "0,0.5 1,0.5 1,1 0,1"


def test_json_is_a_line_of_thresholds_and_a_line_a_picture(tmp_path: Path) -> None:
    path = picture(tmp_path)

    result = run("--model", water(tmp_path), "--json", path)

    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert first == {"model": "water 7", "thresholds": {"water": 0.5}}
    assert second == {
        "file": str(path),
        "width": 64,
        "height": 64,
        "detections": [
            {"label": "water", "confidence": 0.9, "box": [0.0, 0.0, 32.0, 32.0]},
            {"label": "water", "confidence": 0.25, "box": [0.0, 32.0, 64.0, 64.0]},
        ],
        "water_share": 0.25,
        "water_score": 0.9,
    }
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_model_without_water_says_nothing_of_it(tmp_path: Path) -> None:
    result = run("--model", cars(tmp_path), "--json", picture(tmp_path))

    assert list(json.loads(result.stdout.splitlines()[1])) == ["file", "width", "height", "detections"]


@pytest.mark.parametrize("option", [("--zone", LOWER_HALF), ("--mask-dir", "masks")])
def test_a_model_without_water_takes_no_zone_and_makes_no_mask(tmp_path: Path, option: tuple[str]) -> None:
    result = run("--model", cars(tmp_path), *option, picture(tmp_path))

    assert result.exit_code == 1
    assert "model cars finds no water" in words(result.stderr)


def test_a_zone_asks_for_its_own_share_and_score(tmp_path: Path) -> None:
    lines = [
        json.loads(run("--model", folder, "--json", "--zone", zone, picture(tmp_path)).stdout.splitlines()[1])
        for folder in [water(tmp_path)]
        for zone in ["0,0 1,0 1,0.5 0,0.5", LOWER_HALF]
    ]

    assert [(line["water_share"], line["water_score"]) for line in lines] == [(0.5, 0.9), (0.0, 0.25)]
    assert [len(line["detections"]) for line in lines] == [2, 2]


def test_a_wrong_zone_is_named_before_any_picture_is_looked_at(tmp_path: Path) -> None:
    result = run("--model", water(tmp_path), "--zone", "0,0 1,1", picture(tmp_path))

    assert (result.exit_code, result.stdout) == (2, "")
    assert "Invalid value for --zone: '0,0 1,1' has 2 corners, needed 3 or more" in words(result.stderr)


def test_people_get_a_table_of_what_is_sure(tmp_path: Path) -> None:
    result = run("--model", water(tmp_path), picture(tmp_path))

    assert "street.png, 64x64: 1 sure, 1 below the threshold" in words(result.stdout)
    assert "water 0.90 0.5 0, 0, 32, 32" in words(result.stdout)
    assert "water: score 0.90, share 25.0%" in result.stdout


def test_many_pictures_show_no_progress_where_nobody_watches(tmp_path: Path) -> None:
    pictures = [picture(tmp_path, f"{number}.png") for number in range(7)]

    result = run("--model", water(tmp_path), "--json", *pictures)

    assert len(result.stdout.splitlines()) == 8
    assert result.stderr == ""
