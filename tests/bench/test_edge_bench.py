"""What a box costs beside its models: figures, printed; the floors only catch a fall by half."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import pytest

from edge.config import EdgeConfig, load_config
from edge.contract.messages import ModelRef
from edge.detectors import Detectors, load_detectors
from edge.domain.detection import Detection
from edge.domain.frame import Frame
from edge.domain.look import Look
from edge.plan import plan_cameras
from edge.replay import replay
from tests.build import SHA
from tests.clips import write_clip

pytestmark = pytest.mark.bench
ROOT = Path(__file__).parents[2]
DEMO = ROOT / "configs" / "demo" / "edge.toml"
SECONDS = 5.0


@pytest.fixture(scope="module")
def config() -> EdgeConfig:
    return load_config(DEMO)


@pytest.fixture(scope="module")
def detectors(config: EdgeConfig) -> Detectors:
    return load_detectors(config)


class Stopwatch:
    """A detector of the box with the thread's seconds that it took."""

    def __init__(self, detectors: Detectors) -> None:
        self.looks, self.seconds, self.detectors = 0, 0.0, detectors
        self.frames: list[tuple[Frame, Look]] = []

    def see(self, frame: Frame, look: Look) -> tuple[list[Detection], ModelRef]:
        began_s = time.thread_time()
        found = self.detectors.see(frame, look)
        self.seconds += time.thread_time() - began_s
        self.looks += 1
        self.frames.append((frame, look))
        return found


def _replayed(config: EdgeConfig, detectors: Detectors, number: int) -> tuple[Stopwatch, float]:
    """Play the clip of one camera; return the stopwatch and the seconds of this thread in all."""
    plan = plan_cameras(config, detectors.thresholds)[number]
    watch = Stopwatch(detectors)
    began_s = time.thread_time()
    clip = DEMO.parent / config.cameras[number].url
    for _ in replay(clip, plan, watch.see, site="s", box="b", config_sha256=SHA, starts_at=datetime.now(UTC)):
        pass
    return watch, time.thread_time() - began_s


def test_a_look_costs_little_beside_its_model(config: EdgeConfig, detectors: Detectors) -> None:
    number = 2  # the camera whose looks run a network
    shares, rests_ms = [], []
    for _ in range(3):
        watch, total_s = _replayed(config, detectors, number)
        shares.append((total_s - watch.seconds) / watch.seconds)
        rests_ms.append((total_s - watch.seconds) / watch.looks * 1000)

    name = config.cameras[number].id
    print(
        f"\n{name}: beside the model {median(shares):.1%} of it ({min(shares):.1%} to {max(shares):.1%})",
        end="",
    )
    print(f", {median(rests_ms):.1f} ms a look of {watch.looks}")
    assert median(shares) < 0.5


def test_two_workers_look_more_often_than_one(config: EdgeConfig, detectors: Detectors) -> None:
    watch, _ = _replayed(config, detectors, 2)
    work = watch.frames

    one, two = [], []
    for _ in range(3):
        one.append(_looks_per_second(detectors.see, work, workers=1))
        two.append(_looks_per_second(detectors.see, work, workers=2))

    gain = median(two) / median(one)
    print(f"\nlooks/s: {median(one):.1f} by one worker, {median(two):.1f} by two: ratio {gain:.2f}", end="")
    print(f" (one {min(one):.1f} to {max(one):.1f}, two {min(two):.1f} to {max(two):.1f})")
    assert gain > 0.7


def _looks_per_second(
    see: Callable[[Frame, Look], object], work: Sequence[tuple[Frame, Look]], *, workers: int
) -> float:
    counts = [0] * workers
    until_s = time.monotonic() + SECONDS

    def look(worker: int) -> None:
        while time.monotonic() < until_s:
            see(*work[counts[worker] % len(work)])
            counts[worker] += 1

    threads = [threading.Thread(target=look, args=(worker,)) for worker in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


def test_three_idle_cameras_leave_the_box_idle(tmp_path: Path) -> None:
    write_clip(tmp_path / "still.mp4", seconds=60, keyframe_every_s=2, square_left=lambda _: None)
    cameras = "".join(_CAMERA.format(number=number, url="still.mp4") + _IDLE_RULE for number in range(3))

    shares = _cpu_shares(tmp_path, _BOX + cameras, warm_s=15, window_s=SECONDS)

    print(f"\n3 idle cameras 320×240@25: {median(shares):.1%} of one core", end="")
    print(f" ({min(shares):.1%} to {max(shares):.1%})")
    assert median(shares) < 0.5


def test_32_cameras_that_ask_both_models_leave_a_core_free(tmp_path: Path) -> None:
    clips = sorted((DEMO.parent / "clips").glob("*.mp4"))
    cameras = "".join(
        _CAMERA.format(number=number, url=clips[number % len(clips)]) + _BUSY_RULES for number in range(32)
    )

    shares = _cpu_shares(tmp_path, _BOX + "[models.water]\n" + cameras, warm_s=30, window_s=20)

    print(f"\n32 cameras, both models every 10 s: {median(shares):.2f} cores", end="")
    print(f" ({min(shares):.2f} to {max(shares):.2f})")
    assert median(shares) < 1.5


def _cpu_shares(folder: Path, config: str, *, warm_s: float, window_s: float) -> list[float]:
    """The share of one core, three times, of a box that runs with ``config``."""
    (folder / "edge.toml").write_text(config)
    box = subprocess.Popen(
        [sys.executable, "-m", "gridwarden", "edge", "run", "--config", folder / "edge.toml"],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(warm_s)
        return [_cpu_share(box.pid, window_s) for _ in range(3)]
    finally:
        box.terminate()
        box.wait()


def _cpu_share(pid: int, window_s: float) -> float:
    """The share of one core that a process uses over ``window_s``."""
    before_s = _cpu_s(pid)
    time.sleep(window_s)
    return (_cpu_s(pid) - before_s) / window_s


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


_BOX = """
[box]
site = "bench"
id = "box"
data_dir = "box"
[broker]
port = 1
[models.street]
"""
_CAMERA = """
[[cameras]]
id = "cam-{number}"
url = "{url}"
loop = true
lat = 31.23
lon = 121.47
[[cameras.zones]]
id = "all"
polygon = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]
"""
_RULE = """
[[cameras.rules]]
id = "{model}"
rule = "{rule}"
kind = "{kind}"
zone = "all"
model = "{model}"
labels = {labels}
"""
_STALLS = {"model": "street", "rule": "presence", "kind": "street_encroachment"}
_IDLE_RULE = _RULE.format(labels=["umbrella"], **_STALLS)
_EVERY_10_S = "every_s = 10\nmax_age_s = 10\n"
_BUSY_RULES = (
    _RULE.format(labels=["stall", "goods", "faint_goods"], **_STALLS)
    + _EVERY_10_S
    + _RULE.format(labels=["water"], model="water", rule="surface", kind="standing_water")
    + _EVERY_10_S
)
