"""A plan becomes a clip on disk, with its event log and what a box must know about its camera."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.air import through_air
from models.synth.cast import build_cast
from models.synth.events import find_events
from models.synth.files import whole, write_whole
from models.synth.images import clock_of
from models.synth.labels import road_heights
from models.synth.plan import Plan
from models.synth.plates import find_changing, is_still, pasted
from models.synth.sensor import Sensor, expose

CRF = 27
TICKS_S = 90_000
PLATE = "plate.png"
CLIP_NOISE = 0.7
"""Of a single picture's grain: an encoder smooths what differs from frame to frame."""


def render_clip(plan: Plan, folder: Path, out: Path, samples: int, threads: int) -> int:
    """Render the frames that the folder lacks, then the clip and what lies beside it; returns 1, one clip."""
    folder.mkdir(parents=True, exist_ok=True)
    render_frames(plan, folder, samples, threads)
    encode(plan, folder, out)
    write_empty_view(plan, folder, out)
    write_truth(plan, out)
    return 1


def render_frames(plan: Plan, folder: Path, samples: int, threads: int) -> None:
    """Render the frames that the folder lacks."""
    from models.synth.build import Stage  # noqa: PLC0415 - Blender only where a scene is built
    from models.synth.render import Renderer  # noqa: PLC0415

    missing = missing_frames(plan, folder)
    if not missing:
        return
    stage = Stage(plan)
    renderer = Renderer(stage, samples=samples, threads=threads)
    changing = frozenset(member.thing for member in stage.cast if not is_still(member, plan))
    plate = renderer.render(0.0, without=changing).image
    write_whole(folder / PLATE, bytes(cv2.imencode(".png", plate)[1]))
    heights = road_heights(plan)
    for number in missing:
        at_s = plan.moments_s[number]
        region = find_changing(plan, stage.cast, heights, at_s)
        frame = pasted(plate, renderer.render(at_s, region=region).image, region) if region else plate
        write_whole(frame_path(folder, number), bytes(cv2.imencode(".png", frame)[1]))


def missing_frames(plan: Plan, folder: Path) -> list[int]:
    """The numbers of the frames that are not on disk yet."""
    return [number for number in range(len(plan.moments_s)) if not frame_path(folder, number).exists()]


def encode(plan: Plan, folder: Path, out: Path) -> None:
    """All frames through the camera's sensor into an H.264 file; a key frame at least every second."""
    options = {"movflags": "faststart"}
    with whole(out) as half, av.open(str(half), "w", format="mp4", options=options) as container:
        stream = container.add_stream("libx264", rate=Fraction(plan.fps).limit_denominator(1000))
        stream.width, stream.height, stream.pix_fmt = plan.view.width, plan.view.height, "yuv420p"
        stream.gop_size, stream.options = max(1, int(plan.fps)), {"crf": str(CRF), "preset": "slow"}
        stream.codec_context.time_base = Fraction(1, TICKS_S)
        for number, shot in enumerate(_shots(plan, folder)):
            frame = av.VideoFrame.from_ndarray(shot, format="bgr24")
            frame.pts, frame.time_base = round(number * TICKS_S / plan.fps), Fraction(1, TICKS_S)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _shots(plan: Plan, folder: Path) -> Iterator[NDArray[np.uint8]]:
    """The frames as the camera gives them: worn, grainy, with the clock burnt in."""
    sensor = Sensor.draw(np.random.default_rng((plan.seed, 8)), plan.weather.noise * CLIP_NOISE)
    for number, at_s in enumerate(plan.moments_s):
        grain = np.random.default_rng((plan.seed, number, 9))
        arrived = through_air(_read(frame_path(folder, number)), plan.weather, grain)
        yield expose(arrived, sensor, clock_of(plan) + timedelta(seconds=at_s), grain)


def write_empty_view(plan: Plan, folder: Path, out: Path) -> None:
    """Write beside the clip what its camera sees of the scene when nothing comes, moves or floods."""
    sensor = Sensor.draw(np.random.default_rng((plan.seed, 8)), plan.weather.noise * CLIP_NOISE)
    shot = expose(_read(folder / PLATE), sensor, clock_of(plan), np.random.default_rng((plan.seed, 9)))
    write_whole(out.with_suffix(".empty.jpg"), bytes(cv2.imencode(".jpg", shot)[1]))


def write_truth(plan: Plan, out: Path) -> None:
    """Write beside the clip its camera's geometry, and then, as the last of its files, the event log."""
    events = [asdict(event) for event in find_events(plan, build_cast(plan))]
    log = {
        "clip": out.name,
        "seed": plan.seed,
        "duration_s": plan.duration_s,
        "fps": plan.fps,
        "events": events,
    }
    write_whole(out.with_suffix(".scene.json"), (json.dumps(describe(plan), indent=2) + "\n").encode())
    write_whole(log_path(out), (json.dumps(log, indent=2) + "\n").encode())


def log_path(out: Path) -> Path:
    """Where the event log of a clip lies."""
    return out.with_suffix(".events.json")


def files_of(out: Path) -> tuple[Path, ...]:
    """The clip and what lies beside it."""
    return out, log_path(out), out.with_suffix(".scene.json"), out.with_suffix(".empty.jpg")


def describe(plan: Plan) -> dict[str, object]:
    """The camera for a configuration: homography (picture fractions to metres east, north), height, zones."""
    street, view = plan.street, plan.view
    near, far = view.x + 2.5, view.x + 34.0
    road = zone(plan, (near, far), (-street.road_m, 0.0))
    pavement = zone(plan, (near, far), (0.2, street.pavement_m - 0.2))
    return {
        "width": view.width,
        "height": view.height,
        "weather": plan.weather.name,
        "camera_height_m": round(view.z, 3),
        "homography": [[round(float(v), 9) for v in row] for row in view.homography()],
        "zones": {"road": road, "pavement": pavement},
    }


def zone(plan: Plan, xs: tuple[float, float], ys: tuple[float, float]) -> list[tuple[float, float]]:
    """The part of a rectangle of ground that is in the picture, as a polygon in fractions."""
    rectangle = np.array([(xs[0], ys[0], 0.0), (xs[1], ys[0], 0.0), (xs[1], ys[1], 0.0), (xs[0], ys[1], 0.0)])
    corners = (plan.view.project(rectangle) / (plan.view.width, plan.view.height)).astype(np.float32)
    frame = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    _, polygon = cv2.intersectConvexConvex(corners, frame)
    points = np.asarray(polygon).reshape(-1, 2)
    return [(round(float(np.clip(x, 0, 1)), 4), round(float(np.clip(y, 0, 1)), 4)) for x, y in points]


def frame_path(folder: Path, number: int) -> Path:
    """Where a frame's bare picture lies."""
    return folder / f"frame-{number:04d}.png"


def _read(path: Path) -> NDArray[np.uint8]:
    return np.asarray(cv2.imread(str(path)), np.uint8)
