"""Trucks: box, tanker, flatbed, mixer, and the muck truck that carries a building site's soil."""

from dataclasses import replace

import numpy as np

from models.synth.cars import add_axle, add_plate
from models.synth.colours import (
    CARDBOARD,
    DARK,
    GLASS,
    GREY_STEEL,
    HEADLIGHT,
    SIGN_COLOURS,
    SOIL,
    STEEL,
    TAILLIGHT,
    WHITE,
    lacquer,
    pick,
    vivid,
)
from models.synth.dice import Rng, chance
from models.synth.shapes import Finish, Paint, Piece, Vector
from models.synth.workpiece import Workpiece

YELLOW_PLATE = Paint(rgb=(0.65, 0.42, 0.02), roughness=0.5)
CAB_COLOURS: tuple[Vector, ...] = (
    (0.6, 0.6, 0.58),
    (0.4, 0.02, 0.02),
    (0.03, 0.1, 0.35),
    (0.62, 0.3, 0.02),
    (0.05, 0.25, 0.1),
    (0.15, 0.16, 0.17),
)
MUCK_COLOURS: tuple[Vector, ...] = (
    (0.03, 0.28, 0.1),
    (0.6, 0.3, 0.01),
    (0.42, 0.02, 0.02),
    (0.03, 0.12, 0.4),
    (0.5, 0.5, 0.48),
    (0.6, 0.42, 0.02),
)


def build_truck(rng: Rng) -> tuple[Piece, ...]:
    """An ordinary truck: light or heavy, with one of four bodies."""
    build = (_box_body, _box_body, _tank_body, _flat_body, _mixer_body)[int(rng.integers(5))]
    heavy = chance(rng, 0.5) or build in (_tank_body, _mixer_body)
    length = float(rng.uniform(7.5, 9.5)) if heavy else float(rng.uniform(5.0, 6.4))
    scale = 1.0 if heavy else 0.78
    work = Workpiece()
    bed = _chassis(work, length, scale, lacquer(rng, CAB_COLOURS), rng)
    build(work, bed, scale, rng)
    return (work.piece("truck"),)


def build_muck_truck(rng: Rng) -> tuple[Piece, ...]:
    """A tipper of a city fleet: high ribbed dump body, three or four axles, load open, covered or none."""
    length, scale = float(rng.uniform(7.8, 9.6)), float(rng.uniform(0.98, 1.08))
    body = replace(lacquer(rng, MUCK_COLOURS), roughness=float(rng.uniform(0.4, 0.7)))
    cab = body if chance(rng, 0.7) else lacquer(rng, CAB_COLOURS)
    work = Workpiece()
    bed = _chassis(work, length, scale, cab, rng, axles=int(rng.integers(3, 5)))
    high = float(rng.uniform(1.15, 1.6)) * scale
    _dump_body(work, bed, high, body, rng)
    _load(work, bed, high, str(rng.choice(["open", "covered", "empty"])), rng)
    return (work.piece("muck_truck"),)


HEAVY_FROM_M = 7.0
FOUR_AXLES = 4
Bed = tuple[float, float, float, float]
"""Of the part behind the cab: rear end, front end, width, height of the frame."""


def _chassis(work: Workpiece, length: float, scale: float, cab: Paint, rng: Rng, axles: int = 0) -> Bed:
    front, rear = length / 2, -length / 2
    width, deck = 2.45 * scale, 1.0 * scale
    cab_length = float(rng.uniform(1.6, 2.1)) * scale
    work.box((length - 0.4, 0.9 * scale, 0.3), (-0.1, 0, deck - 0.3), DARK)
    _cab(work, front, cab_length, width, scale, cab)
    radius = 0.52 * scale
    count = axles or (3 if length > HEAVY_FROM_M else 2)
    stations = [front - 1.3 * scale] + [rear + 1.1 * scale + 1.3 * scale * i for i in range(count - 1)]
    if count == FOUR_AXLES:  # the second steering axle sits behind the first
        stations[-1] = front - 1.3 * scale - 1.75 * scale
    for x in stations:
        add_axle(work, x, width * 0.98, radius, thickness=0.34)
    for side in (-1, 1):
        work.box((1.1 * scale, 0.5, 0.5 * scale), (0.2, side * width * 0.36, deck - 0.62 * scale), GREY_STEEL)
        work.box((0.06, 0.3, 0.12), (rear, side * width * 0.4, deck - 0.35), TAILLIGHT)
        work.box((length * 0.34, 0.04, 0.34), (-0.2, side * width * 0.48, deck - 0.6 * scale), STEEL)
    add_plate(work, rear - 0.02, deck - 0.35, YELLOW_PLATE)
    return rear, front - cab_length - 0.15, width, deck


def _cab(work: Workpiece, front: float, length: float, width: float, scale: float, paint: Paint) -> None:
    low, belt, roof = 0.5 * scale, 1.75 * scale, 2.75 * scale
    middle = front - length / 2
    work.box((length, width * 0.98, belt - low), (middle, 0, low), paint)
    work.box((length * 0.98, width * 0.95, roof - belt), (middle - 0.03, 0, belt), paint, taper=0.93)
    work.box((0.05, width * 0.84, (roof - belt) * 0.72), (front - 0.05, 0, belt + 0.05), GLASS, taper=0.95)
    for side in (-1, 1):
        work.box(
            (length * 0.5, 0.05, (roof - belt) * 0.62),
            (front - length * 0.36, side * width * 0.475, belt + 0.06),
            GLASS,
        )
        work.box((0.16, 0.14, 0.5 * scale), (front + 0.05, side * (width / 2 + 0.14), belt + 0.1), DARK)
        work.box((0.06, 0.36, 0.2), (front + 0.01, side * width * 0.38, low + 0.12), HEADLIGHT)
    work.box((0.06, width * 0.7, 0.42 * scale), (front + 0.0, 0, belt - 0.62 * scale), DARK)
    work.box((0.12, width, 0.3), (front + 0.02, 0, low - 0.08), GREY_STEEL)
    add_plate(work, front + 0.09, low + 0.0, YELLOW_PLATE)
    work.box((0.3, width * 0.6, 0.06), (front - 0.2, 0, roof), paint)


def _box_body(work: Workpiece, bed: Bed, scale: float, rng: Rng) -> None:
    rear, front, width, deck = bed
    high = float(rng.uniform(2.0, 2.5)) * scale
    skin = Paint(rgb=pick(rng, ((0.7, 0.7, 0.69), (0.6, 0.62, 0.64), (0.3, 0.35, 0.5))), roughness=0.45)
    work.box((front - rear, width, high), ((front + rear) / 2, 0, deck), skin)
    stripe = Paint(rgb=pick(rng, SIGN_COLOURS), roughness=0.5)
    work.box(
        ((front - rear) * 0.7, width * 1.006, high * 0.22), ((front + rear) / 2, 0, deck + high * 0.4), stripe
    )
    for x in (rear + 0.02, front - 0.02):
        work.box((0.1, width * 1.01, high), (x, 0, deck), STEEL)


def _tank_body(work: Workpiece, bed: Bed, scale: float, rng: Rng) -> None:
    rear, front, width, deck = bed
    skin = lacquer(rng, ((0.65, 0.65, 0.63), (0.5, 0.52, 0.54), (0.02, 0.25, 0.5), (0.05, 0.3, 0.1)))
    radius = width * 0.46
    axis = deck + radius * 0.95
    work.rod((rear + 0.1, 0, axis), (front - 0.1, 0, axis), radius, skin, sides=20)
    for x in np.linspace(rear + 0.3, front - 0.3, 4):
        work.rod((float(x) - 0.04, 0, axis), (float(x) + 0.04, 0, axis), radius * 1.02, STEEL, sides=20)
    work.box(((front - rear) * 0.8, 0.5, 0.1), ((front + rear) / 2, 0, axis + radius), GREY_STEEL)
    work.rod((0, 0, axis + radius), (0, 0, axis + radius + 0.25 * scale), 0.3, GREY_STEEL)


def _flat_body(work: Workpiece, bed: Bed, scale: float, rng: Rng) -> None:
    rear, front, width, deck = bed
    board = lacquer(rng, CAB_COLOURS)
    middle, length = (front + rear) / 2, front - rear
    work.box((length, width, 0.12), (middle, 0, deck), GREY_STEEL)
    for side in (-1, 1):
        work.box((length, 0.06, 0.5 * scale), (middle, side * width / 2, deck + 0.1), board)
    work.box((0.06, width, 0.5 * scale), (rear, 0, deck + 0.1), board)
    work.box((0.08, width, 1.1 * scale), (front, 0, deck + 0.1), board)
    for _ in range(int(rng.integers(0, 9))):
        size = tuple(float(v) for v in rng.uniform(0.4, 1.1, 3))
        at = (float(rng.uniform(rear + 0.7, front - 0.7)), float(rng.uniform(-0.6, 0.6)) * scale, deck + 0.12)
        work.box((size[0], size[1], size[2]), at, vivid(rng) if chance(rng, 0.3) else CARDBOARD)


def _mixer_body(work: Workpiece, bed: Bed, scale: float, rng: Rng) -> None:
    rear, front, width, deck = bed
    skin = lacquer(rng, ((0.65, 0.65, 0.62), (0.6, 0.35, 0.02), (0.05, 0.2, 0.5)))
    middle = (rear * 0.45 + front * 0.55, 0.0, deck + 1.15 * scale)
    work.cone((front - 0.3, 0, deck + 0.9 * scale), middle, (0.55 * scale, width * 0.47), skin, sides=18)
    work.cone(middle, (rear + 0.4, 0, deck + 1.75 * scale), (width * 0.47, 0.5 * scale), skin, sides=18)
    work.cone(
        (rear + 0.5, 0, deck + 2.2 * scale), (rear + 0.1, 0, deck + 1.2 * scale), (0.5, 0.25), GREY_STEEL
    )
    work.box((0.5, width * 0.7, 0.9 * scale), (rear + 0.7, 0, deck), GREY_STEEL)


def _dump_body(work: Workpiece, bed: Bed, high: float, paint: Paint, rng: Rng) -> None:
    rear, front, width, deck = bed
    length, middle, floor = front - rear, (front + rear) / 2, deck + 0.12
    work.box((length, width * 0.96, 0.2), (middle, 0, floor), paint)
    for side in (-1, 1):
        y = side * width * 0.49
        work.box((length, 0.09, high), (middle, y, floor), paint)
        work.box((length, 0.16, 0.14), (middle, y + side * 0.03, floor + high - 0.12), paint)
        for x in np.linspace(rear + 0.2, front - 0.2, int(rng.integers(5, 9))):
            work.box((0.16, 0.13, high), (float(x), y + side * 0.07, floor), paint)
    work.box((0.1, width, high * 0.97), (rear, 0, floor), paint)
    work.box((0.1, width, high * 1.12), (front, 0, floor), paint)
    work.box((0.75, width * 0.92, 0.08), (front + 0.4, 0, floor + high * 1.1), paint)
    work.rod((front - 0.1, 0, deck - 0.2), (front - 0.1, 0, floor + high), 0.12, STEEL)


def _load(work: Workpiece, bed: Bed, high: float, load: str, rng: Rng) -> None:
    rear, front, width, deck = bed
    length, middle, top = front - rear - 0.2, (front + rear) / 2, deck + 0.12 + high
    if load == "open":
        work.heap((length, width * 0.9, float(rng.uniform(0.3, 0.75))), (middle, 0, top - 0.25), SOIL, rng)
        work.box((length, width * 0.9, 0.1), (middle, 0, top - 0.3), SOIL)
    elif load == "covered":
        tarp = Paint(
            rgb=pick(rng, ((0.02, 0.1, 0.06), (0.06, 0.06, 0.065), (0.02, 0.06, 0.2))), finish=Finish.CLOTH
        )
        hard = chance(rng, 0.5)  # steel lids or a tarpaulin
        work.box((length, width, 0.14), (middle, 0, top - 0.05), GREY_STEEL if hard else tarp, taper=0.96)
        if not hard:
            work.heap((length, width * 0.96, 0.25), (middle, 0, top + 0.05), tarp, rng)
    else:
        work.box((length, width * 0.88, 0.02), (middle, 0, deck + 0.33), replace(SOIL, rgb=(0.1, 0.08, 0.06)))
    if chance(rng, 0.4):
        work.box((0.2, 0.9, 0.16), (front + 1.0, 0, 2.8), WHITE)
