"""People of several parts: walking, standing, selling, riding; dressed differently every time."""

import math

from models.synth.colours import CLOTHES, HAIR, SKIN, cloth, pick, vivid
from models.synth.dice import Rng, chance
from models.synth.shapes import Paint, Part, Piece, Vector
from models.synth.workpiece import Workpiece

STRIDE_RAD = 0.42
HIP_M = 0.86


def build_walker(rng: Rng) -> tuple[Piece, ...]:
    """Someone who walks: the body, and two legs and two arms that swing."""
    scale = float(rng.uniform(0.92, 1.08))
    top, trousers, skirt = cloth(rng), cloth(rng), chance(rng, 0.2)
    pieces = [Piece(parts=_torso(rng, top, scale, skirt=skirt), labels=("person",))]
    sleeve = SKIN if chance(rng, 0.4) else top
    for side in (-1, 1):
        hip = (0.0, side * 0.1, HIP_M * scale)
        pieces.append(
            Piece(parts=_leg(trousers, scale), labels=("person",), pivot=hip, swing_rad=side * STRIDE_RAD)
        )
        shoulder = (0.0, side * 0.23, 1.4 * scale)
        arm = _arm(top, sleeve, scale)
        pieces.append(
            Piece(parts=arm, labels=("person",), pivot=shoulder, swing_rad=-side * STRIDE_RAD * 0.8)
        )
    return tuple(pieces) + _carried(rng, scale)


def build_stander(rng: Rng) -> tuple[Piece, ...]:
    """Someone who stands still: a vendor, a customer, one who waits."""
    scale = float(rng.uniform(0.92, 1.08))
    work = Workpiece()
    top, trousers = cloth(rng), cloth(rng)
    work.parts.extend(_torso(rng, top, scale, skirt=False))
    for side in (-1, 1):
        work.place(_leg(trousers, scale), (0, side * 0.11, HIP_M * scale))
        reach = float(rng.uniform(0.0, 0.4))
        elbow: Vector = (0.05, side * 0.29, 1.12 * scale)
        work.rod((0, side * 0.22, 1.4 * scale), elbow, 0.05, top)
        work.rod(elbow, (reach, side * 0.2, (0.9 + reach * 0.5) * scale), 0.04, SKIN)
    if chance(rng, 0.4):  # an apron
        work.box((0.05, 0.36, 0.6), (0.15, 0, 0.62 * scale), vivid(rng))
    return (work.piece("person"),)


def rider(rng: Rng, seat: Vector, bars: Vector, pedals_z: float) -> Piece:
    """Someone who sits on a saddle with the hands on the bars."""
    work = Workpiece()
    top, trousers = cloth(rng), cloth(rng)
    shoulder: Vector = (seat[0] + 0.16, 0, seat[2] + 0.52)
    work.loft(_trunk(seat, shoulder), top)
    for side in (-1, 1):
        y = side * 0.13
        knee: Vector = (seat[0] + 0.36, y, (seat[2] + pedals_z) / 2 + 0.14)
        work.cone((seat[0], y * 0.8, seat[2]), knee, (0.09, 0.065), trousers)
        work.cone(knee, (seat[0] + 0.3, y, pedals_z), (0.06, 0.05), trousers)
        work.box((0.24, 0.09, 0.08), (seat[0] + 0.36, y, pedals_z - 0.06), HAIR)
        work.rod((shoulder[0], side * 0.19, shoulder[2]), (bars[0], side * 0.24, bars[2]), 0.045, top)
    _head(work, rng, (shoulder[0] + 0.06, 0, shoulder[2] + 0.2), helmet=chance(rng, 0.5))
    return work.piece("person")


def _torso(rng: Rng, top: Paint, scale: float, *, skirt: bool) -> tuple[Part, ...]:
    work = Workpiece()
    girth = float(rng.uniform(0.88, 1.2))
    rings = [
        (0.82, 0.13, 0.17),
        (0.95, 0.125, 0.165),
        (1.12, 0.12, 0.165),
        (1.32, 0.125, 0.2),
        (1.43, 0.1, 0.19),
        (1.49, 0.05, 0.07),
    ]
    work.loft([_ring((0, 0, z * scale), x * girth, y * girth) for z, x, y in rings], top)
    if skirt:
        work.cone((0, 0, 0.45 * scale), (0, 0, 0.95 * scale), (0.24, 0.15), cloth(rng))
    _head(work, rng, (0.02, 0, 1.62 * scale), helmet=False)
    return tuple(work.parts)


def _trunk(seat: Vector, shoulder: Vector) -> list[list[Vector]]:
    low, high = (seat[0], 0.0, seat[2] - 0.08), shoulder
    middle = (seat[0] + 0.04, 0.0, (seat[2] + shoulder[2]) / 2)
    return [
        _ring(low, 0.14, 0.18),
        _ring(middle, 0.13, 0.17),
        _ring(high, 0.11, 0.2),
        _ring((high[0], 0, high[2] + 0.07), 0.05, 0.07),
    ]


def _ring(at: Vector, x: float, y: float, sides: int = 10) -> list[Vector]:
    turns = [math.tau * i / sides for i in range(sides)]
    return [(at[0] + x * math.cos(t), at[1] + y * math.sin(t), at[2]) for t in turns]


def _head(work: Workpiece, rng: Rng, at: Vector, *, helmet: bool) -> None:
    x, y, z = at
    work.rod((x - 0.01, y, z - 0.16), (x, y, z - 0.05), 0.055, SKIN)
    work.ball((0.095, 0.08, 0.12), at, SKIN)
    cap = float(rng.random())
    wear = _helmet if helmet else next(wear for below, wear in HEADGEAR if cap < below)
    wear(work, rng, at)


def _helmet(work: Workpiece, rng: Rng, at: Vector) -> None:
    work.ball((0.14, 0.125, 0.12), (at[0] - 0.01, at[1], at[2] + 0.06), vivid(rng))


def _hat(work: Workpiece, rng: Rng, at: Vector) -> None:
    x, y, z = at
    work.cone((x, y, z + 0.05), (x, y, z + 0.13), (0.2, 0.1), Paint(rgb=pick(rng, CLOTHES)))


def _straw_hat(work: Workpiece, _: Rng, at: Vector) -> None:
    x, y, z = at
    work.cone((x, y, z + 0.03), (x, y, z + 0.2), (0.26, 0.02), Paint(rgb=(0.5, 0.38, 0.18)))


def _long_hair(work: Workpiece, _: Rng, at: Vector) -> None:
    work.ball((0.11, 0.105, 0.17), (at[0] - 0.04, at[1], at[2] - 0.02), HAIR)


def _short_hair(work: Workpiece, _: Rng, at: Vector) -> None:
    work.ball((0.105, 0.09, 0.095), (at[0] - 0.02, at[1], at[2] + 0.045), HAIR)


HEADGEAR = ((0.2, _hat), (0.27, _straw_hat), (0.55, _long_hair), (1.0, _short_hair))
"""What is worn by a draw below each bound."""


def _leg(trousers: Paint, scale: float) -> tuple[Part, ...]:
    """A leg that hangs from its hip at the origin."""
    work = Workpiece()
    work.cone((0, 0, 0.02), (0.02, 0, -0.42 * scale), (0.095, 0.07), trousers)
    work.cone((0.02, 0, -0.42 * scale), (-0.02, 0, -0.8 * scale), (0.068, 0.05), trousers)
    work.box((0.26, 0.09, 0.08), (0.05, 0, -HIP_M * scale), HAIR, taper=0.8)
    return tuple(work.parts)


def _arm(top: Paint, sleeve: Paint, scale: float) -> tuple[Part, ...]:
    work = Workpiece()
    work.cone((0, 0, 0), (-0.02, 0, -0.3 * scale), (0.06, 0.048), top)
    work.cone((-0.02, 0, -0.3 * scale), (0.05, 0, -0.56 * scale), (0.045, 0.035), sleeve)
    work.ball((0.045, 0.035, 0.06), (0.06, 0, -0.6 * scale), SKIN, sides=6)
    return tuple(work.parts)


def _carried(rng: Rng, scale: float) -> tuple[Piece, ...]:
    """Now and then a bag, a rucksack or an open umbrella."""
    what = float(rng.random())
    return next((make(rng, scale) for below, make in CARRIED if what < below), ())


def _rucksack(rng: Rng, scale: float) -> tuple[Piece, ...]:
    work = Workpiece()
    work.box((0.16, 0.28, 0.42), (-0.2, 0, 1.0 * scale), vivid(rng), taper=0.85)
    return (work.piece("bag"),)


def _handbag(rng: Rng, scale: float) -> tuple[Piece, ...]:
    work = Workpiece()
    work.box((0.3, 0.1, 0.28), (0.02, 0.32, 0.55 * scale), vivid(rng), taper=0.8)
    work.rod((0.02, 0.32, 0.82 * scale), (0.02, 0.3, 1.0 * scale), 0.012, HAIR)
    return (work.piece("bag"),)


def _open_umbrella(rng: Rng, scale: float) -> tuple[Piece, ...]:
    work = Workpiece()
    work.cone((0, 0, 1.95 * scale), (0, 0, 2.2 * scale), (0.55, 0.02), vivid(rng))
    work.rod((0.1, 0, 1.1 * scale), (0, 0, 2.2 * scale), 0.012, HAIR)
    return (work.piece("umbrella"),)


CARRIED = ((0.15, _rucksack), (0.35, _handbag), (0.42, _open_umbrella))
"""What is carried by a draw below each bound; nothing above the last."""
