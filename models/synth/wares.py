"""Open trays, crates of fruit and rails of clothes: what stalls and shops alike put out."""

import numpy as np

from models.synth.colours import FRUIT, STEEL, cloth, pick, vivid
from models.synth.dice import Rng
from models.synth.shapes import Finish, Paint, Vector
from models.synth.workpiece import Workpiece


def tray(work: Workpiece, size: Vector, at: Vector, paint: Paint) -> None:
    """Add an open tray that stands on ``at``: a floor and four boards."""
    length, width, height = size
    x, y, z = at
    work.box((length, width, 0.05), at, paint)
    for side in (-1, 1):
        work.box((length, 0.04, height), (x, y + side * width / 2, z), paint)
        work.box((0.04, width, height), (x + side * length / 2, y, z), paint)


def crate(work: Workpiece, at: Vector, rng: Rng, *, yaw: float = 0.0) -> None:
    """Add a plastic crate full of one sort of fruit or vegetables."""
    inner = Workpiece()
    tray(inner, (0.55, 0.38, 0.2), (0, 0, 0), vivid(rng, Finish.PLAIN))
    fruit = Paint(rgb=pick(rng, FRUIT, 0.4), roughness=0.45)
    radius = float(rng.uniform(0.04, 0.065))
    for x in np.arange(-0.2, 0.21, radius * 2.1):
        for y in np.arange(-0.12, 0.13, radius * 2.1):
            dx, dy, dz = (float(d) for d in rng.normal(0, 0.01, 3))
            inner.ball((radius,) * 3, (float(x) + dx, float(y) + dy, 0.17 + abs(dz)), fruit, sides=6)
    work.place(inner.parts, at, yaw)


def clothes_rack(work: Workpiece, at: Vector, width: float, rng: Rng) -> None:
    """Add a rail full of clothes along y."""
    x, y, z = at
    for side in (-1, 1):
        foot = y + side * width / 2
        work.rod((x, foot, z), (x, foot, z + 1.55), 0.018, STEEL, sides=5)
        work.rod((x - 0.25, foot, z + 0.04), (x + 0.25, foot, z + 0.04), 0.018, STEEL, sides=5)
    work.rod((x, y - width / 2, z + 1.55), (x, y + width / 2, z + 1.55), 0.018, STEEL, sides=5)
    for along in np.arange(-width / 2 + 0.06, width / 2 - 0.04, 0.075):
        length = float(rng.uniform(0.6, 1.05))
        work.box((0.46, 0.05, length), (x, y + float(along), z + 1.5 - length), cloth(rng), taper=0.75)
