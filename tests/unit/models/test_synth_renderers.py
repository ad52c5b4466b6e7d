"""Renderers work in processes of their own that end with the command."""

import functools
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from models.synth.files import write_whole
from models.synth.renderers import run_apart
from tests.waiting import await_truth

RENDERERS = """
import sys, tempfile, time
from pathlib import Path
import typer
from models.synth.cli import plain_ends
from models.synth.renderers import run_apart

def render():
    Path(tempfile.mkdtemp(), "half").touch()
    while True:
        try:
            time.sleep(60)
        except KeyboardInterrupt:  # as Blender does
            pass

def main():
    with plain_ends(Path("pictures")):
        list(run_apart([render] * 4, 2))

if __name__ == "__main__":
    typer.run(main)
"""


@contextmanager
def _rendering(folder: Path) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A command with two renderers at work, in a process group of its own, and the processes it began."""
    (folder / "render.py").write_text(RENDERERS)
    (folder / "tmp").mkdir()
    with subprocess.Popen(
        [sys.executable, str(folder / "render.py")],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(folder / "tmp")},
        start_new_session=True,
    ) as command:
        await_truth(lambda: len(list((folder / "tmp").rglob("half"))) == 2, within_s=60)
        children = Path(f"/proc/{command.pid}/task/{command.pid}/children").read_text().split()
        yield command, children


def _await_end_of(processes: list[str]) -> None:
    await_truth(lambda: not [pid for pid in processes if _lives(pid)], within_s=20)


def _lives(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] != "Z"
    except OSError:
        return False


def test_ctrl_c_ends_the_command_and_its_renderers_with_one_line(tmp_path: Path) -> None:
    with _rendering(tmp_path) as (command, renderers):
        os.killpg(command.pid, signal.SIGINT)

        _, told = command.communicate(timeout=20)

    assert command.returncode == 130
    assert told == "Stopped. Run the same command again: it goes on where it stopped.\n"
    _await_end_of(renderers)
    assert not list((tmp_path / "tmp").iterdir()), "nothing temporary is left"


def test_renderers_end_with_the_command_that_started_them(tmp_path: Path) -> None:
    with _rendering(tmp_path) as (command, renderers):
        command.terminate()

        assert command.wait(20) == 143

    _await_end_of(renderers)


def test_what_the_jobs_return_is_told_when_they_are_done() -> None:
    assert sum(run_apart([functools.partial(int, "2"), functools.partial(int, "3")], 2)) == 5


def test_a_write_that_fails_in_a_renderer_names_its_file(tmp_path: Path) -> None:
    path = tmp_path / "file" / "picture.jpg"
    path.parent.touch()

    with pytest.raises(NotADirectoryError) as error:
        list(run_apart([functools.partial(write_whole, path, b"")], 1))  # type: ignore[list-item]

    assert error.value.filename == str(path)
