"""Cars, vans and buses: bodies lofted from figures, no two alike."""

from dataclasses import dataclass

import numpy as np

from models.synth.colours import (
    DARK,
    GLASS,
    GREY_STEEL,
    HEADLIGHT,
    RUBBER,
    SIGN_COLOURS,
    STEEL,
    TAILLIGHT,
    WHITE,
    lacquer,
    pick,
)
from models.synth.dice import Rng, chance
from models.synth.shapes import Finish, Paint, Part, Piece, Vector
from models.synth.workpiece import Workpiece

PLATE = Paint(rgb=(0.02, 0.06, 0.35), roughness=0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A car's outline in metres: bonnet and boot lengths, and where the glass begins and ends."""

    length: float
    width: float
    height: float
    belt: float
    bonnet: float
    boot: float
    rake_front: float
    rake_rear: float


SEDAN = Body(
    length=4.6, width=1.8, height=1.47, belt=0.92, bonnet=1.15, boot=0.75, rake_front=0.75, rake_rear=0.6
)
HATCH = Body(
    length=4.0, width=1.74, height=1.52, belt=0.95, bonnet=0.9, boot=0.12, rake_front=0.65, rake_rear=0.35
)
SUV = Body(
    length=4.6, width=1.87, height=1.7, belt=1.05, bonnet=1.1, boot=0.12, rake_front=0.6, rake_rear=0.4
)
MINIVAN = Body(
    length=4.4, width=1.7, height=1.85, belt=1.05, bonnet=0.35, boot=0.06, rake_front=0.6, rake_rear=0.15
)
PANEL_VAN = Body(
    length=5.2, width=1.9, height=2.25, belt=1.2, bonnet=0.6, boot=0.05, rake_front=0.6, rake_rear=0.08
)
VAN_FROM_M = 2.0
BODIES = (SEDAN, SEDAN, HATCH, SUV, SUV, MINIVAN, PANEL_VAN)


def build_car(rng: Rng) -> tuple[Piece, ...]:
    """A car of one of the outlines, nose towards +x, its middle over the origin."""
    body = _varied(BODIES[int(rng.integers(len(BODIES)))], rng)
    paint = lacquer(rng)
    work = Workpiece()
    _hull(work, body, paint)
    _cabin(work, body, paint, blind=body.height > VAN_FROM_M and chance(rng, 0.6))
    for x in (body.length * 0.31, -body.length * 0.29):
        add_axle(work, x, body.width, 0.33 * body.height / 1.5)
    _face(work, body)
    if chance(rng, 0.12):
        work.box(
            (0.2, 0.7, 0.14), (0.1, 0, body.height), Paint(rgb=(0.7, 0.6, 0.1), finish=Finish.GLOW, glow=0.5)
        )
    return (work.piece("car"),)


def build_bus(rng: Rng) -> tuple[Piece, ...]:
    """A city bus with a window band, doors and a destination sign."""
    length, width, height = float(rng.uniform(9.0, 12.0)), 2.5, float(rng.uniform(2.9, 3.2))
    paint, accent = (
        lacquer(rng, SIGN_COLOURS),
        lacquer(rng, ((0.7, 0.7, 0.68), (0.1, 0.4, 0.2), (0.05, 0.2, 0.5))),
    )
    work = Workpiece()
    work.loft(_tube(length, width, 0.35, 1.05), accent, smooth=False)
    work.loft(_tube(length * 0.998, width * 0.99, 1.05, 2.25), GLASS, smooth=False)
    work.loft(_tube(length, width, 2.25, height), paint, smooth=False)
    work.box((length * 0.5, 1.6, 0.22), (-length * 0.1, 0, height), WHITE, taper=0.94)
    for x in np.arange(-length / 2 + 0.6, length / 2 - 0.4, 1.45):
        for side in (-1, 1):
            work.box((0.09, 0.03, 1.2), (float(x), side * width / 2, 1.05), paint)
    for x in (length * 0.36, -length * 0.08):
        work.box((1.1, 0.04, 1.95), (x, -width / 2, 0.38), DARK)
    for x in (length * 0.26, -length * 0.27):
        add_axle(work, x, width, 0.48)
    work.box(
        (0.06, 1.5, 0.28),
        (length / 2, 0, height - 0.42),
        Paint(rgb=(1.0, 0.35, 0.05), finish=Finish.GLOW, glow=1.2),
    )
    _lamps(work, length / 2, width * 0.4, 0.6)
    return (work.piece("bus"),)


def add_axle(work: Workpiece, x: float, width: float, radius: float, thickness: float = 0.22) -> None:
    """Two wheels at ``x``: tyre, rim and the dark of the arch."""
    for side in (-1, 1):
        outer = side * width / 2
        inner = outer - side * thickness
        work.rod((x, inner, radius), (x, outer + side * 0.01, radius), radius, RUBBER, sides=16)
        work.rod((x, outer, radius), (x, outer + side * 0.025, radius), radius * 0.6, GREY_STEEL, sides=12)
        work.rod((x, outer, radius), (x, outer + side * 0.035, radius), radius * 0.2, STEEL, sides=8)
        work.rod(
            (x, inner, radius * 1.05), (x, outer + side * 0.004, radius * 1.05), radius * 1.17, DARK, sides=16
        )


def add_plate(work: Workpiece, x: float, z: float, paint: Paint = PLATE) -> None:
    """A number plate across the vehicle at ``x``."""
    work.box((0.02, 0.44, 0.14), (x, 0, z), paint)


def _varied(body: Body, rng: Rng) -> Body:
    stretch = rng.uniform(0.95, 1.06, 6)
    return Body(
        length=body.length * float(stretch[0]),
        width=body.width * float(stretch[1] ** 0.5),
        height=body.height * float(stretch[2]),
        belt=body.belt * float(stretch[2]),
        bonnet=body.bonnet * float(stretch[3]),
        boot=body.boot * float(stretch[4]),
        rake_front=body.rake_front * float(stretch[5]),
        rake_rear=body.rake_rear * float(stretch[5]),
    )


def _rounded(x: float, half: float, low: float, high: float) -> list[Vector]:
    """A cross-section at ``x``: upright below the shoulder, rounded above it."""
    waist = low + (high - low) * 0.45
    right = [(0.86, low), (0.97, low + 0.12), (1.0, waist), (0.97, high - 0.1), (0.86, high - 0.015)]
    points = [(x, -half * k, z) for k, z in right] + [(x, half * k, z) for k, z in reversed(right)]
    return [(px, float(py), float(pz)) for px, py, pz in points]


def _hull(work: Workpiece, body: Body, paint: Paint) -> None:
    """The body below the windows; bonnet and boot fall away towards the ends."""
    half, rear, front = body.width / 2, -body.length / 2, body.length / 2
    nose = body.belt * 0.78
    stations = [
        (rear, 0.86, 0.42, body.belt * 0.86),
        (rear + 0.08, 0.95, 0.3, body.belt * 0.97),
        (rear + max(body.boot, 0.3), 1.0, 0.22, body.belt),
        (0.0, 1.0, 0.2, body.belt),
        (front - body.bonnet, 1.0, 0.22, body.belt),
        (front - body.bonnet * 0.4, 0.98, 0.24, body.belt * 0.93),
        (front - 0.12, 0.92, 0.28, nose),
        (front, 0.8, 0.4, nose * 0.88),
    ]
    work.loft([_rounded(x, half * k, low, high) for x, k, low, high in stations], paint)
    work.box((0.1, body.width * 0.9, 0.18), (front - 0.02, 0, 0.3), DARK)
    work.box((0.1, body.width * 0.9, 0.18), (rear + 0.02, 0, 0.3), DARK)


def _cabin(work: Workpiece, body: Body, paint: Paint, *, blind: bool) -> None:
    """Windows, pillars and roof; ``blind`` makes the rear half sheet metal (a panel van)."""
    front, rear = body.length / 2 - body.bonnet, -body.length / 2 + body.boot
    low, high = body.belt - 0.03, body.height
    half, top = body.width / 2 * 0.95, body.width / 2 * 0.78
    roof_front, roof_rear = front - body.rake_front, rear + body.rake_rear
    work.parts.append(
        _glasshouse((rear, front), (roof_rear, roof_front), (half, top), (low, high - 0.02), GLASS)
    )
    roof = [
        (roof_rear - 0.06, 0.98),
        (roof_rear + 0.1, 1.02),
        (roof_front - 0.1, 1.02),
        (roof_front + 0.05, 0.98),
    ]
    work.loft([_slab(x, top * k, high - 0.05, high) for x, k in roof], paint)
    middle = (front + rear) / 2 - 0.05
    for side in (-1, 1):
        pillars = [(front, roof_front, 0.04), (rear, roof_rear, 0.06), (middle, middle - 0.05, 0.04)]
        for foot, head, radius in pillars:
            work.rod((foot, side * half, low), (head, side * top, high - 0.03), radius, paint, sides=6)
        work.box((0.12, 0.2, 0.14), (front - 0.35, side * (half + 0.1), body.belt + 0.02), paint, taper=0.8)
    if blind:
        metal = _glasshouse(
            (rear, middle), (roof_rear, middle), (half * 1.01, top * 1.01), (low, high - 0.01), paint
        )
        work.parts.append(metal)


def _glasshouse(
    foot: tuple[float, float],
    head: tuple[float, float],
    halves: tuple[float, float],
    lift: tuple[float, float],
    paint: Paint,
) -> Part:
    half, top = halves
    work = Workpiece()
    bottom = [
        (foot[0], -half, lift[0]),
        (foot[1], -half, lift[0]),
        (foot[1], half, lift[0]),
        (foot[0], half, lift[0]),
    ]
    crown = [
        (head[0], -top, lift[1]),
        (head[1], -top, lift[1]),
        (head[1], top, lift[1]),
        (head[0], top, lift[1]),
    ]
    work.loft([bottom, crown], paint, smooth=False)
    return work.parts[0]


def _slab(x: float, half: float, low: float, high: float) -> list[Vector]:
    return [(x, -half, low), (x, -half * 0.9, high), (x, half * 0.9, high), (x, half, low)]


def _tube(length: float, width: float, low: float, high: float) -> list[list[Vector]]:
    ends = [(-length / 2, 0.94), (-length / 2 + 0.12, 1.0), (length / 2 - 0.2, 1.0), (length / 2, 0.92)]
    half = width / 2
    return [
        [(x, -half * k, low), (x, -half * k, high), (x, half * k, high), (x, half * k, low)] for x, k in ends
    ]


def _face(work: Workpiece, body: Body) -> None:
    front = body.length / 2
    _lamps(work, front - 0.03, body.width * 0.36, body.belt * 0.62)
    work.box((0.05, body.width * 0.5, 0.16), (front - 0.02, 0, body.belt * 0.5), DARK)
    add_plate(work, front + 0.03, 0.4)
    add_plate(work, -front + 0.0, body.belt * 0.72)


def _lamps(work: Workpiece, front: float, offset: float, height: float) -> None:
    for side in (-1, 1):
        work.box((0.1, 0.3, 0.13), (front - 0.02, side * offset, height), HEADLIGHT, taper=0.9)
        work.box((0.1, 0.26, 0.16), (-front - 0.0, side * offset * 1.05, height + 0.06), TAILLIGHT, taper=0.9)


def sign_paint(rng: Rng) -> Paint:
    """A plain bright board."""
    return Paint(rgb=pick(rng, SIGN_COLOURS), roughness=0.5)
