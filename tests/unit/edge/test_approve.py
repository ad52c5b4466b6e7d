"""The approved empty view is taken from the camera, and what moves is not in it."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from edge.adapters.camera import VideoCamera
from edge.approve import collect, without_what_moves
from edge.ports import EdgeError
from gridwarden import app
from tests.clips import a_picture, write_clip

CONFIG = """
[box]
site = "demo"
id = "box-1"
data_dir = "data"

[models.street]

[[cameras]]
id = "cam-1"
url = "a.mp4"
lat = 31.2
lon = 121.4

[[cameras.zones]]
id = "floor"
polygon = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]

[[cameras.rules]]
id = "stalls"
kind = "street_encroachment"
rule = "presence"
zone = "floor"
model = "street"
labels = ["stall"]
every_s = 10
max_age_s = 60
"""


def test_who_walks_through_is_not_in_the_approved_view(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4", seconds=12, square_left=lambda s: int(s * 25))
    (tmp_path / "edge.toml").write_text(CONFIG)
    out = tmp_path / "empty.png"

    result = CliRunner().invoke(
        app, ["edge", "approve", "cam-1", str(out), "-c", str(tmp_path / "edge.toml"), "--apart", "1"]
    )

    assert result.exit_code == 0, result.output
    assert 'empty_view = "empty.png"' in result.output
    approved = np.asarray(cv2.imread(str(out)), np.int16)
    assert np.abs(approved - a_picture(None)).mean() < 3


def test_an_unknown_camera_is_named_with_those_there_are(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4", seconds=1)
    (tmp_path / "edge.toml").write_text(CONFIG)

    result = CliRunner().invoke(
        app, ["edge", "approve", "cam-7", str(tmp_path / "o.png"), "-c", str(tmp_path / "edge.toml")]
    )

    assert result.exit_code == 1
    assert "'cam-7'; it has: cam-1" in result.output


def test_a_short_clip_gives_what_it_has(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", seconds=2)

    pictures = list(collect(VideoCamera("cam-1", str(clip), pace="fast"), count=9, apart_s=1.0))

    assert len(pictures) == 2
    assert without_what_moves(pictures).shape == pictures[0].shape


def test_a_camera_that_shows_nothing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.approve.SILENT_S", 0.5)
    (tmp_path / "a.mp4").write_bytes(b"no clip")

    with pytest.raises(EdgeError, match="camera cam-1 shows no picture"):
        list(collect(VideoCamera("cam-1", str(tmp_path / "a.mp4"), pace="fast"), count=2, apart_s=1.0))
