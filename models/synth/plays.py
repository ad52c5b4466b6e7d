"""What is played in labelled scenes: vendors, goods, water, trucks, and what only looks like them."""

import math

import numpy as np

from models.synth.dice import Rng, chance
from models.synth.ground import KERB_M, Dip, Water
from models.synth.plan import Thing
from models.synth.staging import AWAY, TOWARDS, carrying, put, put_traffic, put_walker
from models.synth.streets import Street

TO_ROAD = -math.pi / 2
FURNITURE = ("bin", "bench", "planter", "bicycle", "scooter", "hedge")
Traffic = tuple[tuple[str, float, float], ...]


def play_vendor(rng: Rng, street: Street) -> list[Thing]:
    """A vendor arrives, sells from a table, crates, a cart, a tricycle, a rack or the ground, and leaves."""
    x, y = float(rng.uniform(9.5, 13.5)), float(rng.uniform(1.7, street.pavement_m - 2.0))
    from_s = float(rng.integers(5, 8))
    to_s = from_s + float(rng.integers(10, 12))
    kind = "fruit_stall" if chance(rng, 0.2) else "stall"
    yaw = TO_ROAD + float(rng.normal(0, 0.15))
    at = {"z": KERB_M, "from_s": from_s, "to_s": to_s}
    return [
        put(rng, kind, x, y, yaw=yaw, **at),
        put(rng, "stander", x + float(rng.uniform(-0.3, 0.3)), y + 1.15, yaw=TO_ROAD, **at),
        put(rng, "stander", x, y - 1.3, yaw=-TO_ROAD, z=KERB_M, from_s=from_s + 3, to_s=to_s - 3),
        put_walker(rng, 0.0),
        *put_traffic(rng, street, _some_traffic(rng, (3.0, 14.0))),
    ]


def play_goods(rng: Rng, street: Street) -> list[Thing]:
    """A shop puts crates, racks or sacks out before its front, and takes them in again."""
    x, y = float(rng.uniform(9.0, 12.0)), street.pavement_m - float(rng.uniform(1.2, 1.8))
    from_s = float(rng.integers(5, 7))
    to_s = from_s + float(rng.integers(11, 13))
    pieces = range(int(rng.integers(2, 4)))
    return [
        *(
            put(rng, "goods", x + 2.5 * i, y, z=KERB_M, yaw=TO_ROAD, from_s=from_s + i, to_s=to_s)
            for i in pieces
        ),
        put(rng, "stander", x + 1.2, y - 0.9, z=KERB_M, yaw=-TO_ROAD, from_s=from_s, to_s=from_s + 3),
        put_walker(rng, 11.0),
        *put_traffic(rng, street, _some_traffic(rng, (0.0, 12.0))),
    ]


def play_puddle(rng: Rng, street: Street) -> list[Thing]:
    """A quiet street for a puddle."""
    return [
        put_walker(rng, 1.0),
        put(rng, "planter", 11.0, 2.4, z=KERB_M),
        *put_traffic(rng, street, _some_traffic(rng, (0.0, 14.0))),
    ]


def fill_hollow(rng: Rng) -> tuple[tuple[Dip, ...], Water]:
    """A puddle in a hollow by the kerb that grows, stands and drains."""
    x = float(rng.uniform(9.5, 13.0))
    dips = (
        Dip(x=x, y=-1.0, half_x=float(rng.uniform(2.6, 4.2)), half_y=1.5, depth=0.1),
        Dip(x=x + float(rng.uniform(3.0, 4.5)), y=-0.8, half_x=2.0, half_y=1.0, depth=0.06),
    )
    return dips, Water(moments_s=(3.0, 6.0, 15.0, 18.0), levels_m=(-0.12, -0.01, -0.01, -0.12))


def play_flood(rng: Rng, _: Street) -> list[Thing]:
    """People who keep to the pavement while the road is under water."""
    return [put_walker(rng, 2.0), put_walker(rng, 12.0)]


def fill_to_kerb(rng: Rng) -> tuple[tuple[Dip, ...], Water]:
    """The whole road under water up to the kerb."""
    top = KERB_M - float(rng.uniform(0.02, 0.05))
    return (), Water(moments_s=(3.0, 7.0, 14.0, 18.0), levels_m=(-0.2, top, top, -0.2))


def play_muck_truck(rng: Rng, street: Street) -> list[Thing]:
    """One muck truck between a car and an ordinary truck."""
    way, back = (TOWARDS, AWAY) if chance(rng, 0.5) else (AWAY, TOWARDS)
    return put_traffic(rng, street, (("muck_truck", way, 0.0), ("car", back, 1.0), ("truck", back, 5.0)))


def play_convoy(rng: Rng, street: Street) -> list[Thing]:
    """Two muck trucks one after the other, and a bus."""
    way, back = (TOWARDS, AWAY) if chance(rng, 0.5) else (AWAY, TOWARDS)
    traffic: Traffic = (("muck_truck", way, 0.0), ("bus", back, 3.0), ("muck_truck", way, 6.0))
    return put_traffic(rng, street, traffic)


def play_traffic(rng: Rng, street: Street) -> list[Thing]:
    """A busy road with box trucks, tankers, flatbeds, mixers and a bus: no muck truck among them."""
    traffic: Traffic = (
        ("truck", TOWARDS, 0.0),
        ("truck", AWAY, 1.5),
        ("car", TOWARDS, 4.5),
        ("truck", AWAY, 6.0),
        (str(rng.choice(["bus", "truck"])), TOWARDS, 7.5),
    )
    return put_traffic(rng, street, traffic)


def play_umbrellas(rng: Rng, _: Street) -> list[Thing]:
    """Shoppers under umbrellas."""
    walkers = [put_walker(rng, start_s) for start_s in (0.0, 1.5, 6.0, 9.0, 14.0)]
    return [carrying(rng, "umbrella", one) for one in walkers]


def play_wet_road(rng: Rng, street: Street) -> list[Thing]:
    """Lamps and cars mirrored in wet asphalt that holds no water."""
    return put_traffic(rng, street, (("car", TOWARDS, 0.0), ("car", AWAY, 5.0), ("bus", TOWARDS, 10.0)))


def play_in_order(rng: Rng, street: Street) -> list[Thing]:
    """Benches, bins, planters and parked bicycles where they belong, and a delivery at the kerb."""
    places = np.arange(8.0, 20.0, 2.2)
    kinds = rng.choice(FURNITURE, len(places))
    yaws = [0.0 if kind == "hedge" else TO_ROAD for kind in kinds]
    return [
        *(
            put(rng, str(kind), float(x), street.pavement_m - 1.1, z=KERB_M, yaw=yaw)
            for kind, x, yaw in zip(kinds, places, yaws, strict=True)
        ),
        put(rng, "car", float(rng.uniform(10, 15)), -1.1, yaw=TOWARDS, from_s=6.0, to_s=18.0),
        put_walker(rng, 3.0),
        *put_traffic(rng, street, (("car", AWAY, 9.0),)),
    ]


def play_passing_vendor(rng: Rng, _: Street) -> list[Thing]:
    """A vendor pushes a tricycle along the pavement and does not stop."""
    y, speed = float(rng.uniform(1.4, 2.2)), float(rng.uniform(1.3, 1.6))
    x, yaw, behind = (24.0, TOWARDS, 1.7) if chance(rng, 0.5) else (4.0, AWAY, -1.7)
    way = {"z": KERB_M, "yaw": yaw, "speed_mps": speed, "from_s": 3.0}
    return [
        put(rng, "tricycle", x, y, **way),
        put(rng, "walker", x + behind, y, **way),
        put_walker(rng, 12.0),
    ]


def play_crate(rng: Rng, street: Street) -> list[Thing]:
    """Crates put down and picked up again, twice, each time sooner than a stay counts."""
    y = float(rng.uniform(1.8, street.pavement_m - 1.6))
    things = [put_walker(rng, 0.0)]
    for from_s in (5.0, 14.0):
        x, stay_s = float(rng.uniform(9.0, 14.0)), float(rng.integers(2, 4))
        at = {"z": KERB_M, "from_s": from_s, "to_s": from_s + stay_s}
        things.append(put(rng, "goods", x, y, yaw=TO_ROAD, **at))
        things.append(put(rng, "stander", x, y - 0.9, yaw=-TO_ROAD, **at))
    return things


def play_parked_on_pavement(rng: Rng, street: Street) -> list[Thing]:
    """A car is left on the pavement."""
    x, y = float(rng.uniform(10.0, 14.0)), street.pavement_m / 2
    return [
        put(rng, "car", x, y, z=KERB_M, yaw=float(rng.choice([TOWARDS, AWAY])), from_s=5.0, to_s=17.0),
        *put_traffic(rng, street, (("car", AWAY, 3.0),)),
    ]


def _some_traffic(rng: Rng, moments_s: tuple[float, ...]) -> Traffic:
    kinds = rng.choice(["car", "scooter_rider", "cyclist"], len(moments_s))
    ways = rng.choice([TOWARDS, AWAY], len(moments_s))
    return tuple(
        (str(kind), float(way), at_s) for kind, way, at_s in zip(kinds, ways, moments_s, strict=True)
    )
