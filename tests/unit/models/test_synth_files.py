"""Files are there as a whole or not at all."""

from pathlib import Path

import pytest

from models.frames import CLIPS
from models.picture import find_pictures
from models.synth.files import whole, write_whole


@pytest.mark.parametrize("name", ["a.jpg", "a.mp4"])
def test_what_a_killed_renderer_leaves_is_no_picture_or_clip_and_is_written_over(
    tmp_path: Path, name: str
) -> None:
    with whole(tmp_path / name) as half:
        half.write_bytes(b"half")
        left = half.name
        half.with_name("copy").write_bytes(b"half")
    (tmp_path / "copy").replace(tmp_path / left)  # as after a kill: nobody cleaned up
    (tmp_path / name).unlink()

    assert not list(find_pictures(tmp_path))
    assert not [path for path in tmp_path.iterdir() if path.suffix in CLIPS]
    write_whole(tmp_path / name, b"whole")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"gone/a\.jpg"):
        write_whole(tmp_path / "gone" / "a.jpg", b"whole")
