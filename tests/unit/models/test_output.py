"""What commands say where their output cannot be written, or nobody reads it to its end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from models.commands.shared import plain_errors
from tests.unit.models.predicting import picture, run, water

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
def test_a_full_disk_is_told_in_words() -> None:
    with FULL.open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "models.cli", "list"], check=False, stdout=full, stderr=subprocess.PIPE
        )

    assert done.stderr.decode().splitlines()[-1] == "the output cannot be written: No space left on device"
    assert done.returncode == 1


def test_a_reader_that_has_seen_enough_is_no_error_to_tell(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BrokenPipeError), plain_errors():
        raise BrokenPipeError

    assert capsys.readouterr().err == ""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_not_utf_8_is_printed_with_its_bytes(tmp_path: Path) -> None:
    path = picture(tmp_path).rename(tmp_path / os.fsdecode(b"\xd6\xd0.png"))

    result = run("--model", water(tmp_path), path, picture(tmp_path))

    assert r"\xd6\xd0.png, 64x64: 1 sure" in result.stdout
    assert "street.png, 64x64: 1 sure" in result.stdout
    assert result.exit_code == 0
