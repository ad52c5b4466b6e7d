"""What clips are staged with: things, passers-by, traffic, and the plan that holds them."""

import math
from dataclasses import replace

import numpy as np

from models.synth.camera import View
from models.synth.dice import Rng, chance
from models.synth.ground import DRY_M, KERB_M, Ground, Water
from models.synth.people import build_walker
from models.synth.plan import FOREVER_S, Plan, Thing
from models.synth.streets import Street
from models.synth.weathers import WEATHERS

TOWARDS, AWAY = math.pi, 0.0


def stage_plan(
    seed: int,
    street: Street,
    weather: str,
    view: View,
    *,
    things: tuple[Thing, ...],
    duration_s: float,
    fps: float,
) -> Plan:
    """The plan of a clip in the middling light of a weather, without water."""
    light = WEATHERS[weather]
    return Plan(
        seed=seed,
        street=street,
        weather=light,
        wetness=sum(light.wetness) / 2,
        sun_turn_deg=150.0,
        sun_up_deg=sum(light.sun_up_deg) / 2,
        view=view,
        ground=Ground(seed=seed, road_m=street.road_m),
        water=Water(levels_m=(DRY_M,)),
        things=things,
        duration_s=duration_s,
        fps=fps,
    )


def put(rng: Rng, kind: str, x: float, y: float, **way: float) -> Thing:
    """A thing with a look of its own."""
    return Thing(kind=kind, seed=int(rng.integers(2**31)), x=x, y=y, **way)


def put_walker(rng: Rng, from_s: float) -> Thing:
    """Someone who comes along the near pavement, past whatever stands there."""
    y = float(rng.uniform(1.05, 1.15))
    towards = chance(rng, 0.5)
    x, yaw = (24.0, TOWARDS) if towards else (4.0, AWAY)
    return put(rng, "walker", x, y, z=KERB_M, yaw=yaw, speed_mps=float(rng.uniform(1.2, 1.6)), from_s=from_s)


def put_traffic(rng: Rng, street: Street, traffic: tuple[tuple[str, float, float], ...]) -> list[Thing]:
    """Vehicles (kind, direction, second) that enter at the far or the near end, each in its lane."""
    things = []
    for kind, yaw, from_s in traffic:
        lane = int(rng.integers(street.lanes // 2)) + (0 if yaw == TOWARDS else street.lanes // 2)
        x = 62.0 if yaw == TOWARDS else -14.0
        speed = float(rng.uniform(7.0, 9.0)) * (0.5 if kind == "cyclist" else 1.0)
        y = -(lane + 0.5) * street.lane_m
        things.append(put(rng, kind, x, y, yaw=yaw, speed_mps=speed, from_s=from_s, to_s=FOREVER_S))
    return things


def carrying(rng: Rng, label: str, walker: Thing) -> Thing:
    """The walker with other clothes and bags, drawn until something of the label is among them."""
    while not any(label in piece.labels for piece in build_walker(np.random.default_rng(walker.seed))):
        walker = replace(walker, seed=int(rng.integers(2**31)))
    return walker
