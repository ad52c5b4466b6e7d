"""Who and what is on a street: traffic, pavements, people, each with room to itself."""

import math
from dataclasses import dataclass, field

import numpy as np

from models.synth.dice import Rng, chance
from models.synth.ground import KERB_M
from models.synth.plan import Thing
from models.synth.streets import Street

VEHICLES = ("car", "car", "car", "truck", "muck_truck", "bus", "tricycle", "scooter_rider", "cyclist")
HALF_LENGTHS_M = {"truck": 5.5, "muck_truck": 5.5, "bus": 6.6, "car": 2.9}
FURNITURE = ("bin", "bench", "chair", "table", "hedge", *("planter", "bicycle", "scooter") * 2)


@dataclass(slots=True)
class Floor:
    """Who stands where, so that nothing stands in anything."""

    rng: Rng
    things: list[Thing] = field(default_factory=list)
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def put(
        self,
        kind: str,
        *,
        xs: tuple[float, float],
        ys: tuple[float, float],
        room: tuple[float, float],
        **way: float,
    ) -> bool:
        """Add a thing somewhere in the rectangle if there is ``room`` (half length, half width) for it."""
        for _ in range(12):
            x, y = float(self.rng.uniform(*xs)), float(self.rng.uniform(*ys))
            if all(abs(x - a) > room[0] + la or abs(y - b) > room[1] + lb for a, b, la, lb in self.taken):
                self.taken.append((x, y, *room))
                self.things.append(Thing(kind=kind, seed=int(self.rng.integers(2**31)), x=x, y=y, **way))
                return True
        return False


def populate(floor: Floor, street: Street) -> None:
    """Put traffic, stalls, goods, furniture and people on the street."""
    _traffic(floor, street)
    _trees(floor, street)
    _pavements(floor, street)
    _people(floor, street)


def _traffic(floor: Floor, street: Street) -> None:
    """Vehicles in their lanes; all of one lane drive at one speed, so that none drives into another."""
    rng = floor.rng
    speeds = [0.0 if chance(rng, 0.25) else float(rng.uniform(1.0, 3.0)) for _ in range(street.lanes)]
    if street.parking or chance(rng, 0.25):
        speeds[-1] = 0.0
        for _ in range(int(rng.integers(1, 4))):
            floor.put("car", xs=(6, 40), ys=(-street.road_m + 1.0,) * 2, room=(2.8, 1.0), yaw=0.0)
    if chance(rng, 0.45):  # one large one in view
        _drive(floor, street, str(rng.choice(["muck_truck", "muck_truck", "truck"])), (11, 22), speeds)
    for _ in range(int(rng.integers(2, 11))):
        _drive(floor, street, str(rng.choice(VEHICLES)), (5, 55), speeds)


def _drive(floor: Floor, street: Street, kind: str, xs: tuple[float, float], speeds: list[float]) -> None:
    lane = int(floor.rng.integers(street.lanes))
    yaw = math.pi if lane < street.lanes / 2 else 0.0
    middle = -(lane + 0.5) * street.lane_m
    ys, room = (middle - 0.3, middle + 0.3), (HALF_LENGTHS_M.get(kind, 1.4), 1.0)
    floor.put(kind, xs=xs, ys=ys, room=room, yaw=yaw, speed_mps=speeds[lane])


def _trees(floor: Floor, street: Street) -> None:
    rng, kerb = floor.rng, 0.9
    if not street.trees:
        return
    for x in np.arange(float(rng.uniform(6, 12)), 60, float(rng.uniform(7, 11))):
        floor.put("tree", xs=(x, x), ys=(kerb, kerb), room=(1.0, 1.0), z=KERB_M)
        if chance(rng, 0.6):
            floor.put("tree", xs=(x, x), ys=(-street.road_m - kerb,) * 2, room=(1.0, 1.0), z=KERB_M)


def _pavements(floor: Floor, street: Street) -> None:
    far = -street.road_m - street.far_pavement_m
    _pavement(floor, (1.6, street.pavement_m - 0.9), street.pavement_m - 0.9, -math.pi / 2)
    _pavement(floor, (far + 0.9, -street.road_m - 1.4), far + 0.9, math.pi / 2)
    if chance(floor.rng, 0.25):
        floor.put("bollards", xs=(10, 20), ys=(0.4, 0.4), room=(3.2, 0.2), z=KERB_M)


def _pavement(floor: Floor, ys: tuple[float, float], wall: float, facing: float) -> None:
    """Stalls, goods along the wall, and what belongs on a pavement."""
    rng = floor.rng
    _stalls(floor, ys, facing)
    if chance(rng, 0.6):
        for _ in range(int(rng.integers(1, 5))):
            along_wall = (wall - 0.3, wall + 0.3)
            floor.put("goods", xs=(6, 30), ys=along_wall, room=(1.3, 0.7), z=KERB_M, yaw=facing)
    for kind in FURNITURE:
        if chance(rng, 0.4):
            yaw = 0.0 if kind == "hedge" else float(rng.normal(facing, 0.15))
            floor.put(kind, xs=(5, 28), ys=ys, room=(0.8, 0.7), z=KERB_M, yaw=yaw)


def _stalls(floor: Floor, ys: tuple[float, float], facing: float) -> None:
    rng = floor.rng
    if chance(rng, 0.45):  # a pavement in order
        return
    for _ in range(int(rng.integers(1, 4))):
        yaw = facing + float(rng.normal(0, 0.25)) + (math.pi if chance(rng, 0.3) else 0.0)
        if not floor.put("stall", xs=(7, 26), ys=ys, room=(1.9, 1.2), z=KERB_M, yaw=yaw):
            continue
        stall = floor.things[-1]
        behind = (stall.x - 1.1 * math.cos(yaw), stall.y - 1.1 * math.sin(yaw))
        seed = int(rng.integers(2**31))
        floor.things.append(
            Thing(
                kind="stander",
                seed=seed,
                x=behind[0],
                y=behind[1],
                z=KERB_M,
                yaw=yaw + float(rng.normal(0, 0.5)),
            )
        )


def _people(floor: Floor, street: Street) -> None:
    rng = floor.rng
    bands = (
        (0.5, street.pavement_m - 0.5),
        (-street.road_m - street.far_pavement_m + 0.5, -street.road_m - 0.4),
    )
    for _ in range(int(rng.integers(0, 14))):
        yaw = float(rng.choice([0, math.pi])) + float(rng.normal(0, 0.15))
        kind, speed = ("walker", float(rng.uniform(0.7, 1.5))) if chance(rng, 0.75) else ("stander", 0.0)
        ys = bands[int(chance(rng, 0.3))]
        floor.put(kind, xs=(4, 32), ys=ys, room=(0.3, 0.3), z=KERB_M, yaw=yaw, speed_mps=speed)
    if street.zebra_x is not None:
        for _ in range(int(rng.integers(0, 6))):
            yaw = float(rng.choice([-1, 1])) * math.pi / 2
            xs, ys = (street.zebra_x, street.zebra_x + 3.4), (-street.road_m, 0.0)
            floor.put(
                "walker", xs=xs, ys=ys, room=(0.3, 0.3), yaw=yaw, speed_mps=float(rng.uniform(0.6, 1.3))
            )
