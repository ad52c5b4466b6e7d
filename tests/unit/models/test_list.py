"""What `list` tells of the models that there are."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.cli import app
from models.manifest import ModelFile
from tests.model_files import a_model, onnx
from tests.unit.models.predicting import water, words


def test_the_list_says_of_each_file_whether_it_is_the_one_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = {"fp32": ModelFile(path="model.onnx", sha256="0" * 64)}
    a_model(tmp_path / "cars", onnx((8, 8, 16, 16, 0.9, 0.1)), labels=("car", "bus"), files=wrong)
    water(tmp_path)
    monkeypatch.setattr("models.detector.CATALOG", tmp_path)

    table, lines = (CliRunner().invoke(app, ["list", *json_too]) for json_too in ([], ["--json"]))

    heading, cars, water_file, *thresholds = table.stdout.splitlines()
    assert heading.split() == ["name", "version", "variant", "size", "input", "sha256", "verified"]
    assert cars.split() == ["cars", "7", "fp32", "0.0", "MB", "64", "px", "0" * 8, "NO"]
    assert water_file.split()[-1] == "yes"
    assert thresholds == [
        "cars (AGPL-3.0-or-later) is sure of a label from this confidence on: car 0.5, bus 0.5",
        "water (AGPL-3.0-or-later) is sure of a label from this confidence on: water 0.5",
    ]
    assert [json.loads(line)["files"][0]["verified"] for line in lines.stdout.splitlines()] == [False, True]
    assert "is not the file that its manifest names" in words(table.stderr)
    assert (table.exit_code, lines.exit_code) == (1, 1)
