"""Scenes become training pictures on disk: picture, YOLO labels, truth with names, water mask."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.air import through_air
from models.synth.clip_scenes import plan_scene
from models.synth.files import write_whole
from models.synth.kinds import LABELS
from models.synth.labels import Truth, find_truths, find_water, road_heights, water_mask
from models.synth.plan import Plan
from models.synth.sensor import Sensor, compressed, expose
from models.synth.stills import plan_still, weather_of
from models.synth.streets import STREETS

SUFFIXES = {"images": ".jpg", "masks": ".png", "truths": ".json", "labels": ".txt"}
EPOCH = datetime(2025, 3, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One scene to render into ``takes`` pictures of a folder: of a street type, or of a labelled clip."""

    street: str
    seed: int
    takes: int
    out: Path

    def name(self, take: int) -> str:
        return f"{self.street}-{self.seed:06d}-{take}"

    def path(self, folder: str, take: int) -> Path:
        """Where a file of a take lies; ``folder`` is one of ``SUFFIXES``."""
        return self.out / folder / f"{self.name(take)}{SUFFIXES[folder]}"

    def missing(self) -> tuple[int, ...]:
        """The takes of which a file is not on disk yet."""
        return tuple(
            take
            for take in range(self.takes)
            if not all(self.path(folder, take).exists() for folder in SUFFIXES)
        )


def prepare(out: Path) -> None:
    """Make the folder of a data set and write its label names."""
    for folder in SUFFIXES:
        (out / folder).mkdir(parents=True, exist_ok=True)
    write_whole(out / "classes.txt", "".join(f"{label}\n" for label in LABELS).encode())


def render_scene(scene: Scene, samples: int, threads: int) -> int:
    """Render what is missing of a scene; returns how many pictures were written."""
    from models.synth.build import Stage  # noqa: PLC0415 - Blender only where a scene is built
    from models.synth.render import Renderer  # noqa: PLC0415

    missing = scene.missing()
    if not missing:
        return 0
    plan, moments_s = plan_takes(scene)
    stage = Stage(plan)
    renderer = Renderer(stage, samples=samples, threads=threads)
    heights = road_heights(plan)
    for take in missing:
        at_s = moments_s[take]
        exposure = renderer.render(at_s)
        truths = find_truths(exposure.index, stage.instances(at_s))
        mask = water_mask(heights, plan.water.level_at(at_s), exposure.index)
        write_take(
            scene, take, plan, _shot(plan, exposure.image, at_s, take), (*truths, *find_water(mask)), mask
        )
    return len(missing)


def plan_takes(scene: Scene) -> tuple[Plan, tuple[float, ...]]:
    """What there is to see, and when each take is: of a labelled clip at moments that the seed draws."""
    if scene.street in STREETS:
        plan = plan_still(scene.street, scene.seed, scene.takes)
        return plan, plan.moments_s
    plan = plan_scene(scene.street, scene.seed)
    drawn = np.random.default_rng((scene.seed, 11)).permutation(plan.moments_s)
    return plan, tuple(float(at_s) for at_s in drawn)


def _weather(street: str, seed: int) -> str:
    return weather_of(street, seed) if street in STREETS else plan_scene(street, seed).weather.name


def write_take(
    scene: Scene,
    take: int,
    plan: Plan,
    image: NDArray[np.uint8],
    truths: tuple[Truth, ...],
    mask: NDArray[np.bool_],
) -> None:
    """Write one picture with all its truth."""
    view = plan.view
    truth = {
        "scene": scene.street,
        "seed": scene.seed,
        "take": take,
        "weather": plan.weather.name,
        "wetness": round(plan.wetness, 3),
        "width": view.width,
        "height": view.height,
        "camera_height_m": round(view.z, 3),
        "homography": [[round(float(v), 8) for v in row] for row in view.homography()],
        "boxes": [asdict(one) for one in truths],
    }
    write_whole(scene.path("images", take), _encoded(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 94]))
    write_whole(scene.path("masks", take), _encoded(".png", mask.astype(np.uint8) * 255, []))
    write_whole(scene.path("truths", take), json.dumps(truth, indent=1).encode())
    lines = "".join(f"{one.yolo(view.width, view.height)}\n" for one in truths)
    write_whole(scene.path("labels", take), lines.encode())


def clock_of(plan: Plan) -> datetime:
    """What the camera's clock shows at the first moment: some day, at an hour that suits the light."""
    rng = np.random.default_rng((plan.seed, 7))
    first, last = plan.weather.hours
    return EPOCH + timedelta(
        days=int(rng.integers(365)), seconds=int(rng.integers(first * 3600, last * 3600))
    )


def _shot(plan: Plan, image: NDArray[np.uint8], at_s: float, take: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng((plan.seed, take, 9))
    sensor = Sensor.draw(np.random.default_rng((plan.seed, 8)), plan.weather.noise)
    arrived = through_air(image, plan.weather, rng)
    return compressed(expose(arrived, sensor, clock_of(plan) + timedelta(seconds=at_s), rng), sensor)


def _encoded(extension: str, image: NDArray[np.uint8], options: list[int]) -> bytes:
    return bytes(cv2.imencode(extension, image, options)[1])


def plan_scenes(
    streets: tuple[str, ...], weathers: tuple[str, ...], count: int, seed: int, takes: int, out: Path
) -> Iterator[Scene]:
    """The scenes of ``count`` pictures: ``streets`` (types, or labelled clips) in turn, from ``seed`` on.

    A seed that gives one another weather than ``weathers`` is passed over.
    """
    for number in itertools.count():
        street = streets[number % len(streets)]
        if _weather(street, seed + number) not in weathers:
            continue
        yield Scene(street=street, seed=seed + number, takes=min(takes, count), out=out)
        count -= takes
        if count <= 0:
            return
