import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

from edge.contract.messages import IncidentEvent
from models.detector import CATALOG
from tests.clips import a_picture, write_clip
from tests.integration.centre import Centre, a_centre
from tests.parts import Mosquitto, RtspServer
from tests.waiting import await_truth

ROOT = Path(__file__).parents[2]
HEAD = """
[box]
site = "putuo"
id = "box-1"
data_dir = "data"
[broker]
port = {port}
[models]
"""
CAMERA = """
[[cameras]]
id = "{name}"
url = "{url}"
pace = "{pace}"
loop = {loop}
lat = 31.25
lon = 121.40
empty_view = "empty.png"
[[cameras.zones]]
id = "pavement"
polygon = [[0.05, 0.05], [0.95, 0.05], [0.95, 0.95], [0.05, 0.95]]
[[cameras.rules]]
id = "left-behind"
kind = "abandoned"
rule = "presence"
zone = "pavement"
model = "empty_view"
labels = ["object"]
every_s = 1
max_age_s = 2
dwell_s = 4
clear_s = 3
confirm_k = 3
confirm_n = 5
clear_looks = 2
"""


class Site:
    """A folder with clips and a configuration, and the box as a process of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self._port = folder, port
        cv2.imwrite(str(folder / "empty.png"), a_picture(None))
        write_clip(folder / "thing.mp4", seconds=30, square_left=lambda at_s: 120 if 4 <= at_s < 16 else None)
        self.processes: list[subprocess.Popen[str]] = []

    def configure(self, *cameras: tuple[str, str], pace: str = "fast", loop: bool = False) -> None:
        sections = [
            CAMERA.format(name=name, url=url, pace=pace, loop=str(loop).lower()) for name, url in cameras
        ]
        text = HEAD.format(port=self._port) + "".join(sections)
        (self.folder / "edge.toml").write_text(text, "utf-8")

    def start(self, *options: str) -> subprocess.Popen[str]:
        code = "from edge.cli import app; app()"
        process = subprocess.Popen(
            [sys.executable, "-c", code, "run", "-c", self.folder / "edge.toml", *options],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return process

    def stop(self) -> str:
        """Stop the last process; return its log."""
        self.processes[-1].terminate()
        _, log = self.processes[-1].communicate(timeout=20)
        return log


@pytest.fixture
def site(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Site]:
    site = Site(tmp_path, mosquitto.port)
    yield site
    for process in site.processes:
        if process.poll() is None:
            process.kill()
            process.communicate()


@pytest.fixture
def centre(mosquitto: Mosquitto) -> Iterator[Centre]:
    with a_centre(mosquitto.port) as centre:
        yield centre


def phases(centre: Centre) -> list[str]:
    return [IncidentEvent.from_json(payload).data.phase for payload in centre.payloads]


def clip(site: Site) -> str:
    return str(site.folder / "thing.mp4")


def test_a_thing_left_behind_is_opened_cleared_and_acked(site: Site, centre: Centre) -> None:
    site.configure(("cam-1", clip(site)))

    _, log = (process := site.start("--once")).communicate(timeout=60)

    assert process.returncode == 0, log
    assert phases(centre) == ["opened", "cleared"]
    opened, cleared = (IncidentEvent.from_json(payload).data for payload in centre.payloads)
    assert opened.incident_id == cleared.incident_id
    assert 4 <= opened.dwell_s <= 7
    assert [ref.kind for ref in (*opened.evidence, *cleared.evidence)] == ["snapshot", "crop", "after"]
    stored = {path.stem for path in site.folder.glob("data/evidence/*/*.jpg")}
    assert stored == {ref.sha256 for ref in (*opened.evidence, *cleared.evidence)}
    assert "Traceback" not in log


def test_dead_cameras_are_named_and_stop_no_neighbour(site: Site, centre: Centre) -> None:
    (site.folder / "corrupt.mp4").write_bytes(b"no video" * 1000)
    site.configure(
        ("missing", str(site.folder / "none.mp4")),
        ("corrupt", str(site.folder / "corrupt.mp4")),
        ("dead", "rtsp://installer:secret@127.0.0.1:1/live"),
        ("good", clip(site)),
    )

    _, log = (process := site.start("--once")).communicate(timeout=60)

    assert process.returncode == 1
    assert phases(centre) == ["opened", "cleared"]
    for words in (
        "camera missing: file missing",
        "camera corrupt:",
        "camera dead: rtsp://127.0.0.1:1/live: refused",
    ):
        assert words in log
    assert "secret" not in log
    assert "Traceback" not in log


def test_a_model_whose_hash_differs_silences_its_own_camera_only(site: Site, centre: Centre) -> None:
    shutil.copytree(CATALOG / "street", site.folder / "street")
    for path in (site.folder / "street").glob("*.onnx"):
        path.write_bytes(b"another model")
    site.configure(("good", clip(site)), ("bad", clip(site)))
    config = site.folder / "edge.toml"
    good, bad = config.read_text("utf-8").split('id = "bad"')
    bad = bad.replace('"empty_view"\nlabels = ["object"]', '"street"\nlabels = ["person"]')
    config.write_text(f'{good}id = "bad"{bad}[models.street]\npath = "street"\n', "utf-8")

    site.start()
    await_truth(lambda: phases(centre) == ["opened", "cleared"], within_s=30)
    log = site.stop()

    assert {IncidentEvent.from_json(payload).data.camera_id for payload in centre.payloads} == {"good"}
    told = [line for line in log.splitlines() if "is not the file that its manifest names" in line]
    assert len(told) == 1
    assert '"camera": "bad"' in told[0]
    assert "Traceback" not in log


def test_a_box_killed_in_the_middle_goes_on_with_the_same_incident(site: Site, centre: Centre) -> None:
    site.configure(("cam-1", clip(site)), pace="real")
    process = site.start("--once")
    await_truth(lambda: phases(centre) == ["opened"], within_s=40)

    process.kill()
    process.communicate()
    await_truth(lambda: status(centre) == "offline", within_s=40)
    write_clip(Path(clip(site)), seconds=12, square_left=lambda _at_s: None)  # it is gone meanwhile
    _, log = (process := site.start("--once")).communicate(timeout=60)

    assert process.returncode == 0, log
    events = {event.sequence: event for event in map(IncidentEvent.from_json, centre.payloads)}
    assert sorted(events) == list(range(1, len(events) + 1))
    assert [events[1].data.phase, events[len(events)].data.phase] == ["opened", "cleared"]
    assert len({event.data.incident_id for event in events.values()}) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_box_in_two_seconds(
    site: Site, centre: Centre, rtsp_server: RtspServer, number: signal.Signals
) -> None:
    site.configure(("cam-1", rtsp_server.url("open")), ("cam-2", clip(site)), pace="real", loop=True)
    process = site.start()
    await_truth(lambda: status(centre) == "online", within_s=30)
    time.sleep(2)
    rtsp_server.freeze()

    process.send_signal(number)
    began_s = time.monotonic()
    _, log = process.communicate(timeout=20)

    assert time.monotonic() - began_s < 2
    assert process.returncode == 0, log
    await_truth(lambda: status(centre) == "offline", within_s=2)


def status(centre: Centre) -> str | None:
    payload = centre.retained.get("gw/v1/putuo/box-1/status")
    return json.loads(payload)["state"] if payload else None
