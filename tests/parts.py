"""Real parts, each a process on a port of its own: a broker, an RTSP server, a PostgreSQL server."""

import functools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from tests.waiting import await_truth

RTSP_SERVER = Path(__file__).with_name("integration") / "rtsp_server.py"


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
    return port


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def mosquitto_command(folder: Path, port: int) -> list[str]:
    """Return the command of a broker at ``port`` that anybody may use, its configuration in ``folder``."""
    program = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    assert program, "no mosquitto here: run .ci/parts"
    config = folder / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n", "utf-8")
    return [program, "-c", str(config)]


class Mosquitto:
    """A broker on a port of its own, killed and started as the test likes; it remembers nothing."""

    def __init__(self, folder: Path) -> None:
        self.port = a_free_port()
        self._command = mosquitto_command(folder, self.port)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)
        await_truth(functools.partial(answers, self.port), within_s=10)

    def kill(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._process = None

    def stop(self) -> None:
        if self._process:
            self.kill()


class RtspServer:
    """The server of `rtsp_server.py` on a port of its own, which a test may freeze and restart."""

    def __init__(self, clip: Path) -> None:
        self._clip, self._port = clip, a_free_port()
        self._process = self._started()

    def url(self, path: str, login: str = "") -> str:
        return f"rtsp://{login}127.0.0.1:{self._port}/{path}"

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def restart(self) -> None:
        self.stop()
        self._process = self._started()

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def _started(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(["/usr/bin/python3", RTSP_SERVER, self._clip, str(self._port)])
        await_truth(functools.partial(answers, self._port), within_s=20)
        assert process.poll() is None, "the RTSP server ended by itself: run .ci/parts"
        return process


class Postgres:
    """A PostgreSQL server on a port of its own; it refuses to run as root, so root lends it a user."""

    def __init__(self) -> None:
        self.port = a_free_port()
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        assert programs, "no PostgreSQL server here: run .ci/parts"
        self._programs = programs[-1]
        self._folder = Path(tempfile.mkdtemp(prefix="gridwarden-postgres-"))
        self._as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as_user:
            shutil.chown(self._folder, "postgres", "postgres")

    def start(self) -> None:
        data = self._folder / "data"
        self._run("initdb", "-D", data, "-A", "trust", "-N", "-U", "gridwarden")
        options = f"-p {self.port} -k {self._folder} -c listen_addresses=127.0.0.1"
        self._run("pg_ctl", "-D", data, "-w", "-l", self._folder / "log", "-o", options, "start")

    def new_database(self, name: str) -> str:
        """Make an empty database and return its URL."""
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "gridwarden", name)
        return f"postgresql://gridwarden@127.0.0.1:{self.port}/{name}"

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(self._folder)

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [*self._as_user, self._programs / program, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
