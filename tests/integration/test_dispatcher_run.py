"""`gridwarden dispatcher run` as a process: it starts, serves and stops as it says."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts import Mosquitto, a_free_port
from tests.waiting import await_truth

ROOT = Path(__file__).parents[2]


class Run:
    """A running dispatcher, with what it has said."""

    def __init__(self, config: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._out = config.parent / "out.txt"
        self._file = self._out.open("ab")
        self._before = self._out.stat().st_size
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from dispatcher.cli import app; app()", "run", "-c", config],
            cwd=ROOT,
            stdout=self._file,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )

    def said(self) -> str:
        return self._out.read_text("utf-8")[self._before :]

    def await_said(self, text: str) -> None:
        await_truth(lambda: text in self.said() or self.process.poll() is not None, within_s=30)
        assert text in self.said(), self.said()

    def stop(self, sign: signal.Signals) -> float:
        """Stop it; return the seconds that it took."""
        self.process.send_signal(sign)
        return await_truth(lambda: self.process.poll() is not None, within_s=10)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._file.close()


@pytest.fixture
def port() -> int:
    return a_free_port()


@pytest.fixture
def config(tmp_path: Path, mosquitto: Mosquitto, port: int) -> Path:
    folder = tmp_path / "configs"
    folder.mkdir()
    shutil.copytree(ROOT / "configs" / "district", folder / "district")
    text = (ROOT / "configs" / "dispatcher.toml").read_text("utf-8")
    text = text.replace("port = 1883", f"port = {mosquitto.port}").replace("port = 8080", f"port = {port}")
    (folder / "dispatcher.toml").write_text(text, "utf-8")
    return folder / "dispatcher.toml"


@pytest.fixture
def run(config: Path, port: int) -> Iterator[Run]:
    running = Run(config, port)
    yield running
    running.close()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_it_starts_serves_and_stops_cleanly(run: Run, sign: signal.Signals) -> None:
    run.await_said("connected to broker")
    run.await_said(f"console: {run.url}/")
    with urllib.request.urlopen(f"{run.url}/healthz", timeout=5) as answer:  # noqa: S310 - our own port
        assert answer.status == 200

    took_s = run.stop(sign)

    assert took_s < 5
    assert run.process.returncode == 0
    assert run.said().endswith("stopped\n")
    assert "Traceback" not in run.said()


def test_the_first_password_is_said_once(run: Run, config: Path, port: int) -> None:
    run.await_said("first start: sign in as admin with the password ")
    run.await_said("console:")
    run.stop(signal.SIGKILL)

    again = Run(config, port)
    again.await_said("console:")
    again.close()

    assert "password" not in again.said()


def test_a_taken_port_is_named_without_a_traceback(config: Path, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        run = Run(config, port)
        run.await_said(f"Error: web: cannot listen on 127.0.0.1:{port}")
        await_truth(lambda: run.process.poll() is not None, within_s=10)
        run.close()

    assert run.process.returncode == 1
    assert "Traceback" not in run.said()
