"""The approved empty view is taken from the camera, and what moves is not in it."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from edge.adapters.camera import VideoCamera
from edge.approve import collect, without_what_moves
from edge.ports import EdgeError
from gridwarden import app
from tests.clips import a_picture, write_clip

UNFINISHED = """
[[cameras]]
id = "cam-1"
url = "a.mp4"
empty_view = "empty.png"
"""
"""The picture is named, and is to be taken yet; all else is still to be written."""


def approve(tmp_path: Path, camera: str, out: Path) -> Result:
    (tmp_path / "edge.toml").write_text(UNFINISHED)
    config = str(tmp_path / "edge.toml")
    return CliRunner().invoke(app, ["edge", "approve", camera, str(out), "-c", config, "--apart", "1"])


def test_who_walks_through_is_not_in_the_approved_view(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4", seconds=12, square_left=lambda s: int(s * 25))
    (tmp_path / "views").mkdir()
    out = tmp_path / "views" / "empty.png"

    result = approve(tmp_path, "cam-1", out)

    assert result.exit_code == 0, result.output
    assert 'empty_view = "views/empty.png"' in result.output
    assert "median of 9 pictures" in result.output
    approved = np.asarray(cv2.imread(str(out)), np.int16)
    assert np.abs(approved - a_picture(None)).mean() < 3
    assert [path.name for path in out.parent.iterdir()] == ["empty.png"]


@pytest.mark.parametrize(
    ("camera", "seconds", "out", "reason"),
    [
        ("cam-7", 1, "o.png", "has no camera 'cam-7'; it has: cam-1"),
        ("cam-1", 1, "nowhere/o.png", "there is no folder"),
        ("cam-1", 2, "o.png", "2 of 3 pictures of one size: let the camera run longer, or lower --apart"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(
    camera: str, seconds: int, out: str, reason: str, tmp_path: Path
) -> None:
    write_clip(tmp_path / "a.mp4", seconds=seconds)

    result = approve(tmp_path, camera, tmp_path / out)

    assert result.exit_code == 1
    assert reason in result.output.replace("\n", " ")
    assert not (tmp_path / out).exists()


def test_pictures_of_another_size_are_left_out() -> None:
    small, large = np.zeros((4, 4, 3), np.uint8), np.ones((8, 8, 3), np.uint8)

    assert without_what_moves([small, large, large, large, small]).shape == (8, 8, 3)


def test_a_clip_that_cannot_be_played_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no clip")

    with pytest.raises(EdgeError, match=r"camera cam-1 shows no picture: .*a\.mp4"):
        list(collect(VideoCamera("cam-1", str(tmp_path / "a.mp4"), pace="fast"), count=2, apart_s=1.0))
