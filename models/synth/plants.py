"""Trees and shrubs: trunks with clumps of single leaves, since smooth balls look like toys."""

import math

import numpy as np

from models.synth.dice import Rng, chance
from models.synth.shapes import Finish, Paint, Part, Piece, Vector, scatter
from models.synth.workpiece import Workpiece

BARK = Paint(rgb=(0.11, 0.08, 0.055), finish=Finish.SOIL, rgb2=(0.05, 0.04, 0.03), roughness=0.95)


def leafage(rng: Rng, at: Vector, radii: Vector, count: int, leaf_m: float) -> Part:
    """A loose clump of leaves, denser towards its skin."""
    directions = rng.standard_normal((count, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    depth = rng.uniform(0.15, 1, (count, 1)) ** 0.4
    green = (float(rng.uniform(0.02, 0.07)), float(rng.uniform(0.08, 0.15)), float(rng.uniform(0.008, 0.03)))
    paint = Paint(
        rgb=green, rgb2=(green[0] * 2.2, green[1] * 1.7, green[2]), finish=Finish.LEAVES, roughness=0.55
    )
    return scatter(directions * depth * np.array(radii) + np.array(at), leaf_m, paint, rng)


def build_tree(rng: Rng) -> tuple[Piece, ...]:
    """A street tree with a painted trunk, four to seven limbs and a clump on each."""
    work = Workpiece()
    height, crown = float(rng.uniform(3.0, 4.2)), float(rng.uniform(1.4, 2.2))
    lean = (float(rng.normal(0, 0.15)), float(rng.normal(0, 0.15)))
    work.cone((0, 0, 0), (lean[0], lean[1], height), (0.17, 0.1), BARK)
    if chance(rng, 0.6):  # lime wash against insects
        work.cone(
            (0, 0, 0),
            (lean[0] * 0.35, lean[1] * 0.35, 1.15),
            (0.18, 0.16),
            Paint(rgb=(0.6, 0.6, 0.57), roughness=0.9),
        )
    limbs = int(rng.integers(5, 8))
    for i in range(limbs):
        turn = math.tau * i / limbs + float(rng.uniform(-0.4, 0.4))
        reach, rise = crown * float(rng.uniform(0.4, 0.9)), float(rng.uniform(0.3, 1.9))
        tip = (lean[0] + reach * math.cos(turn), lean[1] + reach * math.sin(turn), height + rise)
        work.cone((lean[0], lean[1], height * 0.85), tip, (0.07, 0.02), BARK)
        size = crown * float(rng.uniform(0.45, 0.7))
        work.parts.append(leafage(rng, tip, (size, size, size * 0.75), 420, 0.17))
    work.box(
        (1.2, 1.2, 0.03),
        (0, 0, 0),
        Paint(rgb=(0.09, 0.07, 0.05), finish=Finish.SOIL, rgb2=(0.05, 0.04, 0.03)),
    )
    return (work.piece(),)


def build_hedge(rng: Rng) -> tuple[Piece, ...]:
    """A clipped hedge in a low border, along x."""
    work = Workpiece()
    work.box((3.0, 0.7, 0.25), (0, 0, 0), Paint(rgb=(0.35, 0.34, 0.32), roughness=0.85))
    for x in np.arange(-1.2, 1.3, 0.6):
        work.parts.append(leafage(rng, (float(x), 0, 0.55), (0.45, 0.36, 0.4), 220, 0.08))
    return (work.piece(),)
