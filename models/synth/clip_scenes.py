"""Labelled scenes for judging by events: what a box ought to report, and what only looks like it."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from models.synth import plays
from models.synth.camera import View
from models.synth.dice import Rng, chance
from models.synth.ground import Dip, Water
from models.synth.plan import Plan, Thing
from models.synth.staging import stage_plan
from models.synth.streets import STREETS, Street

WIDTH, HEIGHT = 480, 270
DRY_LIGHT = ("day", "overcast", "dusk", "night")
WET_LIGHT = ("wet", "rain", "night_wet", "night_rain")
ANY_LIGHT = (*DRY_LIGHT, *WET_LIGHT)
WATER_LIGHT = ("overcast", *WET_LIGHT)
BROAD = ("shop_street", "wide_road", "junction")
"""Streets with room on the pavement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is played, where and in which light; ``wet`` makes a hollow and lets water rise in it."""

    play: Callable[[Rng, Street], list[Thing]]
    streets: tuple[str, ...] = BROAD
    weathers: tuple[str, ...] = ANY_LIGHT
    duration_s: float = 23.0
    fps: float = 1.0
    aim: float = 0.0
    """Where the camera looks: 0 along the near kerb, 1 along the far one."""
    wet: Callable[[Rng], tuple[tuple[Dip, ...], Water]] | None = None


def plan_scene(name: str, seed: int) -> Plan:
    """The plan of a labelled scene; the seed draws street, light, camera, looks and moments."""
    scene, rng = SCENES[name], np.random.default_rng((seed, *name.encode()))
    street = STREETS[str(rng.choice(scene.streets))]
    weather = str(rng.choice(scene.weathers))
    view = _view(rng, street, scene.aim)
    things = tuple(scene.play(rng, street))
    plan = stage_plan(seed, street, weather, view, things=things, duration_s=scene.duration_s, fps=scene.fps)
    plan = replace(plan, sun_turn_deg=float(rng.uniform(0, 360)))
    if scene.wet is None:
        return plan
    dips, water = scene.wet(rng)
    return replace(plan, water=water, ground=replace(plan.ground, dips=dips, roughness=0.5))


def choose_scenes(names: tuple[str, ...], count: int, seed: int) -> Iterator[tuple[str, int]]:
    """The scenes of ``count`` clips in turn, each with its seed."""
    return ((names[number % len(names)], seed + number) for number in range(count))


def _view(rng: Rng, street: Street, aim: float) -> View:
    """A pole by the near kerb, or on the far side for what lies on the near one."""
    if not aim and chance(rng, 0.3):
        x, y = float(rng.uniform(1.0, 3.0)), -street.road_m + float(rng.uniform(-0.5, 0.5))
    else:
        x, y = float(rng.uniform(-1.0, 1.0)), float(rng.uniform(-3.8, -2.6))
    z, aim_x = float(rng.uniform(4.8, 6.6)), float(rng.uniform(15.0, 18.0))
    aim_y = -aim * street.road_m + float(rng.normal(0, 0.4))
    away = math.hypot(aim_x - x, aim_y - y)
    return View(
        x=x,
        y=y,
        z=z,
        pan_deg=math.degrees(math.atan2(aim_y - y, aim_x - x)),
        tilt_deg=math.degrees(math.atan2(z, away)),
        roll_deg=float(rng.normal(0, 0.7)),
        fov_deg=float(rng.uniform(60, 68)),
        width=WIDTH,
        height=HEIGHT,
    )


SCENES: Mapping[str, Scene] = {
    "vendor": Scene(play=plays.play_vendor),
    "traffic": Scene(
        play=plays.play_traffic, streets=("wide_road", "junction"), duration_s=16.0, fps=2.0, aim=0.5
    ),
    "puddle": Scene(
        play=plays.play_puddle,
        streets=tuple(STREETS),
        weathers=WATER_LIGHT,
        duration_s=22.0,
        wet=plays.fill_hollow,
    ),
    "muck_truck": Scene(
        play=plays.play_muck_truck, streets=("wide_road", "shop_street"), duration_s=14.0, fps=2.0, aim=0.5
    ),
    "crate": Scene(play=plays.play_crate, duration_s=20.0),
    "goods": Scene(play=plays.play_goods),
    "wet_road": Scene(play=plays.play_wet_road, streets=tuple(STREETS), weathers=WET_LIGHT, duration_s=20.0),
    "convoy": Scene(play=plays.play_convoy, streets=("wide_road",), duration_s=18.0, fps=2.0, aim=0.5),
    "in_order": Scene(play=plays.play_in_order),
    "flood": Scene(
        play=plays.play_flood,
        streets=tuple(STREETS),
        weathers=WATER_LIGHT,
        duration_s=21.0,
        wet=plays.fill_to_kerb,
    ),
    "umbrellas": Scene(play=plays.play_umbrellas, weathers=("rain", "night_rain"), duration_s=20.0),
    "passing_vendor": Scene(play=plays.play_passing_vendor, duration_s=20.0),
    "parked_on_pavement": Scene(play=plays.play_parked_on_pavement, weathers=DRY_LIGHT),
}
ALL = (
    *("vendor", "traffic", "puddle", "muck_truck", "crate", "goods", "wet_road", "convoy", "in_order"),
    *("flood", "vendor", "umbrellas", "muck_truck", "passing_vendor", "puddle", "parked_on_pavement"),
)
"""The set that is judged, in turn: the commoner kinds twice, and six of sixteen without any event."""
