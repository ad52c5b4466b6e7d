"""Bicycles, electric scooters and cargo tricycles, ridden or parked."""

from math import cos, sin, tau

from models.synth.colours import (
    CAR_COLOURS,
    CARDBOARD,
    DARK,
    HAIR,
    HEADLIGHT,
    RUBBER,
    STEEL,
    TAILLIGHT,
    lacquer,
    vivid,
)
from models.synth.dice import Rng, chance
from models.synth.people import rider
from models.synth.shapes import Piece, Vector
from models.synth.wares import tray
from models.synth.workpiece import Workpiece


def build_bicycle(rng: Rng) -> tuple[Piece, ...]:
    """A parked bicycle; many are the bright ones that are shared."""
    return (_bicycle(rng),)


def build_cyclist(rng: Rng) -> tuple[Piece, ...]:
    """Someone on a bicycle."""
    return (_bicycle(rng), rider(rng, (-0.25, 0, 0.92), (0.42, 0, 1.0), 0.36))


def build_scooter(rng: Rng) -> tuple[Piece, ...]:
    """A parked electric scooter."""
    return (_scooter(rng),)


def build_scooter_rider(rng: Rng) -> tuple[Piece, ...]:
    """Someone on an electric scooter."""
    return (_scooter(rng), rider(rng, (-0.3, 0, 0.76), (0.42, 0, 1.02), 0.36))


def build_tricycle(rng: Rng) -> tuple[Piece, ...]:
    """A cargo tricycle, empty or loaded, with or without its rider."""
    pieces = [_tricycle(rng)]
    if chance(rng, 0.6):
        pieces.append(rider(rng, (0.1, 0, 0.85), (0.72, 0, 1.05), 0.4))
    return tuple(pieces)


def wheel(work: Workpiece, at: Vector, radius: float, thickness: float = 0.03) -> None:
    """A spoked wheel as an open ring, so that one looks through it."""
    x, y, z = at
    rim = [(radius, -thickness), (radius, thickness), (radius * 0.88, thickness), (radius * 0.88, -thickness)]
    work.loft(_revolved(rim, at), RUBBER)
    for lift in (0.0, 0.6):
        run = radius * 0.9
        work.rod(
            (x - run * (1 - lift), y, z - run * lift),
            (x + run * (1 - lift), y, z + run * lift),
            0.008,
            STEEL,
            sides=4,
        )


def _revolved(profile: list[tuple[float, float]], at: Vector, sides: int = 18) -> list[list[Vector]]:
    x, y, z = at
    turns = [tau * i / sides for i in range(sides + 1)]
    return [[(x + r * cos(t), y + w, z + r * sin(t)) for r, w in profile] for t in turns]


def _bicycle(rng: Rng) -> Piece:
    work = Workpiece()
    frame = lacquer(
        rng, ((0.7, 0.5, 0.02), (0.02, 0.3, 0.55), (0.1, 0.45, 0.35), (0.03, 0.03, 0.03), (0.5, 0.5, 0.5))
    )
    for x in (-0.52, 0.52):
        wheel(work, (x, 0, 0.33), 0.33)
    tubes: list[tuple[Vector, Vector]] = [
        ((-0.52, 0, 0.33), (-0.05, 0, 0.32)),
        ((-0.05, 0, 0.32), (-0.22, 0, 0.85)),
        ((-0.52, 0, 0.33), (-0.2, 0, 0.75)),
        ((-0.05, 0, 0.32), (0.36, 0, 0.8)),
        ((-0.2, 0, 0.72), (0.36, 0, 0.82)),
        ((0.52, 0, 0.33), (0.34, 0, 1.0)),
        ((0.36, -0.28, 1.0), (0.36, 0.28, 1.0)),
    ]
    for start, end in tubes:
        work.rod(start, end, 0.024, frame, sides=6)
    work.box((0.26, 0.15, 0.07), (-0.24, 0, 0.86), HAIR, taper=0.8)
    if chance(rng, 0.7):
        work.box((0.26, 0.32, 0.22), (0.6, 0, 0.72), STEEL, taper=1.15)
    return work.piece("bicycle")


def _scooter(rng: Rng) -> Piece:
    work = Workpiece()
    paint = lacquer(rng, (*CAR_COLOURS, (0.5, 0.05, 0.15), (0.6, 0.45, 0.4)))
    for x in (-0.55, 0.58):
        work.rod((x, -0.05, 0.22), (x, 0.05, 0.22), 0.22, RUBBER, sides=14)
    work.box((1.0, 0.24, 0.1), (0, 0, 0.24), paint)
    work.loft(
        [
            [(-0.7, -0.1, 0.5), (-0.7, -0.08, 0.62), (-0.7, 0.08, 0.62), (-0.7, 0.1, 0.5)],
            [(-0.15, -0.15, 0.3), (-0.15, -0.13, 0.7), (-0.15, 0.13, 0.7), (-0.15, 0.15, 0.3)],
        ],
        paint,
    )
    work.box((0.62, 0.24, 0.09), (-0.36, 0, 0.68), HAIR, taper=0.85)
    work.box((0.1, 0.34, 0.55), (0.44, 0, 0.3), paint, taper=0.8)
    work.rod((0.58, 0, 0.22), (0.42, 0, 1.0), 0.04, STEEL)
    work.rod((0.42, -0.32, 1.0), (0.42, 0.32, 1.0), 0.022, DARK)
    work.box((0.1, 0.16, 0.12), (0.52, 0, 0.84), HEADLIGHT)
    work.box((0.05, 0.14, 0.06), (-0.74, 0, 0.55), TAILLIGHT)
    if chance(rng, 0.45):  # the box of one who delivers meals
        work.box((0.42, 0.42, 0.42), (-0.72, 0, 0.74), vivid(rng))
    return work.piece("motorcycle")


def _tricycle(rng: Rng) -> Piece:
    work = Workpiece()
    paint = lacquer(rng, ((0.03, 0.12, 0.4), (0.45, 0.03, 0.03), (0.02, 0.25, 0.12), (0.3, 0.3, 0.31)))
    for x, y in ((1.1, 0.0), (-0.55, -0.48), (-0.55, 0.48)):
        work.rod((x, y - 0.05, 0.28), (x, y + 0.05, 0.28), 0.28, RUBBER, sides=14)
    work.rod((1.1, 0, 0.28), (0.75, 0, 1.05), 0.04, STEEL)
    work.rod((0.75, -0.35, 1.05), (0.75, 0.35, 1.05), 0.025, DARK)
    work.box((0.5, 0.3, 0.24), (0.1, 0, 0.55), HAIR)
    work.box((1.4, 0.12, 0.08), (0.35, 0, 0.4), paint)
    bed_length, bed_width = float(rng.uniform(1.4, 1.8)), float(rng.uniform(0.95, 1.15))
    tray(work, (bed_length, bed_width, 0.32), (-0.95, 0, 0.55), paint)
    for _ in range(int(rng.integers(0, 7))):
        at = (float(rng.uniform(-1.45, -0.5)), float(rng.uniform(-0.3, 0.3)), 0.6)
        size = rng.uniform(0.3, 0.6, 3)
        work.box(
            (float(size[0]), float(size[1]), float(size[2])),
            at,
            vivid(rng) if chance(rng, 0.4) else CARDBOARD,
        )
    return work.piece("tricycle")
