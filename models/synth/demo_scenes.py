"""The scenes of the demo clips: a stall comes and goes, a puddle grows and drains, a muck truck passes."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from models.synth.camera import View
from models.synth.dice import Rng
from models.synth.ground import KERB_M, Dip, Water
from models.synth.plan import Plan
from models.synth.staging import AWAY, TOWARDS, put, put_traffic, put_walker, stage_plan
from models.synth.streets import STREETS

WIDTH, HEIGHT = 640, 360


def plan_clip(name: str, seed: int) -> Plan:
    """The plan of a demo scene; the seed changes looks, light and ground, not what happens."""
    return _SCENES[name](seed)


def _stall(seed: int) -> Plan:
    street, rng = replace(STREETS["shop_street"], trees=False), np.random.default_rng((seed, 1))
    at = {"z": KERB_M, "from_s": 6.0, "to_s": 22.0}
    facing = -math.pi / 2
    things = [
        put(rng, "fruit_stall", 11.4, 2.9, yaw=facing, **at),
        put(rng, "stander", 11.6, 4.1, yaw=facing, **at),
        put(rng, "goods", 9.0, 3.5, yaw=facing, **at),
        put(rng, "stander", 11.0, 1.6, yaw=-facing, z=KERB_M, from_s=10.0, to_s=17.0),
        put(rng, "tree", 22.0, 0.55, z=KERB_M),
        put(rng, "tree", 31.0, 0.55, z=KERB_M),
        put(rng, "bin", 16.5, 0.8, z=KERB_M, yaw=facing),
        put(rng, "scooter", 17.5, 4.2, z=KERB_M, yaw=facing),
        *(put_walker(rng, start_s) for start_s in (0.0, 7.0, 15.0, 21.0)),
        *put_traffic(
            rng,
            street,
            (
                ("car", TOWARDS, 1.0),
                ("scooter_rider", AWAY, 5.0),
                ("car", AWAY, 9.5),
                ("car", TOWARDS, 14.0),
                ("cyclist", TOWARDS, 18.0),
                ("bus", TOWARDS, 24.5),
            ),
        ),
    ]
    view = _view(rng, x=0.0, y=-3.4, z=5.4, pan=12.0, tilt=17.0)
    return stage_plan(seed, street, "overcast", view, things=tuple(things), duration_s=27.0, fps=1.5)


def _water(seed: int) -> Plan:
    street, rng = STREETS["residential_lane"], np.random.default_rng((seed, 2))
    dips = (
        Dip(x=11.0, y=-0.9, half_x=3.6, half_y=1.5, depth=0.09),
        Dip(x=15.5, y=-0.7, half_x=2.0, half_y=1.0, depth=0.06),
    )
    things = [
        put(rng, "tree", 20.0, 0.55, z=KERB_M),
        put(rng, "tree", 28.0, 0.55, z=KERB_M),
        put(rng, "bicycle", 14.0, 2.3, z=KERB_M, yaw=1.7),
        put(rng, "planter", 10.5, 2.4, z=KERB_M),
        *(put_walker(rng, start_s) for start_s in (2.0, 14.0, 24.0)),
        *put_traffic(
            rng,
            street,
            (("scooter_rider", AWAY, 0.0), ("car", AWAY, 8.0), ("cyclist", AWAY, 17.0), ("car", AWAY, 26.0)),
        ),
    ]
    water = Water(moments_s=(5.0, 11.0, 18.0, 24.0), levels_m=(-0.085, -0.005, -0.005, -0.085))
    view = _view(rng, x=0.5, y=-3.6, z=5.2, pan=6.0, tilt=20.0)
    plan = stage_plan(seed, street, "wet", view, things=tuple(things), duration_s=29.0, fps=1.5)
    return replace(plan, water=water, ground=replace(plan.ground, dips=dips, roughness=0.5))


def _trucks(seed: int) -> Plan:
    street, rng = STREETS["wide_road"], np.random.default_rng((seed, 3))
    traffic = (
        ("car", TOWARDS, 0.0),
        ("muck_truck", AWAY, 1.5),
        ("truck", TOWARDS, 4.0),
        ("car", AWAY, 6.0),
        ("bus", TOWARDS, 8.0),
        ("muck_truck", TOWARDS, 11.5),
        ("car", AWAY, 13.0),
        ("car", TOWARDS, 15.5),
    )
    things = [
        *(put(rng, "tree", x, -street.road_m - 0.9, z=KERB_M) for x in (18.0, 27.0, 36.0)),
        put_walker(rng, 3.0),
        *put_traffic(rng, street, traffic),
    ]
    view = _view(rng, x=0.0, y=-3.0, z=6.6, pan=-6.0, tilt=15.0)
    return stage_plan(seed, street, "day", view, things=tuple(things), duration_s=12.8, fps=2.5)


_SCENES: Mapping[str, Callable[[int], Plan]] = {"stall": _stall, "water": _water, "trucks": _trucks}
CLIPS = tuple(_SCENES)


def _view(rng: Rng, *, x: float, y: float, z: float, pan: float, tilt: float) -> View:
    pan, tilt, roll = (
        pan + float(rng.normal(0, 0.5)),
        tilt + float(rng.normal(0, 0.3)),
        float(rng.normal(0, 0.5)),
    )
    return View(
        x=x, y=y, z=z, pan_deg=pan, tilt_deg=tilt, roll_deg=roll, fov_deg=64.0, width=WIDTH, height=HEIGHT
    )
