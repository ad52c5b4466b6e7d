"""The shipped models, as they are."""

import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from models.cli import app
from models.detector import CATALOG, load_detector
from models.golden import golden_differences
from models.manifest import Variant, load_manifest
from models.recipe import RECIPES, load_recipe

MODELS = sorted(path.parent for path in CATALOG.glob("*/manifest.toml"))
FILES = [(model, variant) for model in MODELS for variant in load_manifest(model).files]
SECOND = {model: ["second"] * len(load_manifest(model).second) for model in MODELS}


def test_street_and_water_are_shipped() -> None:
    assert [model.name for model in MODELS] == ["street", "water"]


@pytest.mark.parametrize(("model", "variant"), FILES, ids=lambda value: getattr(value, "name", value))
def test_a_shipped_model_finds_its_golden_boxes_again(model: Path, variant: Variant) -> None:
    expected = json.loads((model / "golden" / "expected.json").read_text())

    problems = golden_differences(load_detector(model, variant=variant), model / "golden")

    assert sum(len(boxes) for boxes in expected.values()) > 0
    assert problems == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_grey_picture_shows_nothing(model: Path) -> None:
    detector = load_detector(model)

    found = detector.detect(np.full((360, 640, 3), 90, np.uint8))

    assert len(found.above(detector.thresholds)) == 0


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_card_names_the_version_and_every_source_of_the_recipe(model: Path) -> None:
    card = (model / "card.md").read_text(encoding="utf-8")

    assert load_manifest(model).version in card
    assert "AGPL-3.0" in card
    for source in load_recipe(RECIPES / f"{model.name}.toml").sources:
        for repository in re.findall(r"[\w-]+/[\w.-]+", source.licence):
            assert repository in card, source.name


def test_predict_prints_a_line_a_picture_and_fails_at_the_end_when_one_was_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    cv2.imwrite(str(tmp_path / "b.png"), np.full((60, 80, 3), 90, np.uint8))

    result = CliRunner().invoke(app, ["predict", "--model", "water", "--json", str(tmp_path)])

    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert set(first["thresholds"]) == {"water"}
    assert (second["width"], second["height"], second["water_share"]) == (80, 60, 0.0)
    assert result.exit_code == 1
    assert "a.png: no picture that can be decoded" in " ".join(result.stderr.split())


def test_list_names_every_file_and_finds_each_verified() -> None:
    result = CliRunner().invoke(app, ["list", "--json"])

    files = [
        (line["name"], file) for line in map(json.loads, result.stdout.splitlines()) for file in line["files"]
    ]
    assert [(name, file["variant"]) for name, file in files] == [
        (model.name, file)
        for model in MODELS
        for file in (*(variant for owner, variant in FILES if owner == model), *SECOND[model])
    ]
    assert all(file["verified"] for _, file in files)
    assert result.exit_code == 0
