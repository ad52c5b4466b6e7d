"""Goods that shops put out on the pavement, and the furniture that belongs there."""

import numpy as np

from models.synth.colours import CARDBOARD, DARK, GREY_STEEL, STEEL, WOOD, lacquer, pick, vivid
from models.synth.dice import Rng, chance
from models.synth.plants import leafage
from models.synth.shapes import Finish, Paint, Piece
from models.synth.wares import clothes_rack, crate
from models.synth.workpiece import Workpiece


def build_goods(rng: Rng) -> tuple[Piece, ...]:
    """Crates, cartons, racks or sacks before a shop, along y."""
    kinds = (_crates, _cartons, _rack, _sacks, _shelf, _buckets)
    work = Workpiece()
    kinds[int(rng.integers(len(kinds)))](work, rng)
    return (work.piece("goods"),)


def build_chair(rng: Rng) -> tuple[Piece, ...]:
    """A plastic stool or a chair."""
    work, paint = Workpiece(), vivid(rng, Finish.PLAIN)
    work.box((0.4, 0.4, 0.05), (0, 0, 0.42), paint)
    for x in (-0.16, 0.16):
        for y in (-0.16, 0.16):
            work.rod((x * 1.15, y * 1.15, 0), (x, y, 0.43), 0.022, paint, sides=5)
    if chance(rng, 0.6):
        work.box((0.05, 0.4, 0.45), (-0.19, 0, 0.44), paint)
    return (work.piece("chair"),)


def build_table(rng: Rng) -> tuple[Piece, ...]:
    """A folding table, empty or with dishes."""
    work = Workpiece()
    side, paint = float(rng.uniform(0.7, 1.1)), WOOD if chance(rng, 0.5) else lacquer(rng)
    work.box((side, side, 0.04), (0, 0, 0.72), paint)
    for x in (-1, 1):
        work.rod((x * side * 0.4, -side * 0.4, 0), (-x * side * 0.4, side * 0.4, 0.72), 0.02, STEEL, sides=5)
    for _ in range(int(rng.integers(0, 6))):
        at = (float(rng.uniform(-0.3, 0.3)), float(rng.uniform(-0.3, 0.3)), 0.76)
        work.cone(at, (at[0], at[1], 0.82), (0.06, 0.1), Paint(rgb=(0.7, 0.7, 0.68), roughness=0.3))
    return (work.piece("table"),)


def build_bench(rng: Rng) -> tuple[Piece, ...]:
    """A public bench along y."""
    work = Workpiece()
    wood = Paint(rgb=pick(rng, ((0.2, 0.09, 0.04), (0.3, 0.18, 0.09), (0.1, 0.1, 0.1))), finish=Finish.CLOTH)
    for x in (-0.15, 0.0, 0.15):
        work.box((0.12, 1.6, 0.05), (x, 0, 0.42), wood)
    for z in (0.6, 0.76):
        work.box((0.04, 1.6, 0.12), (-0.24, 0, z), wood)
    for y in (-0.7, 0.7):
        work.box((0.42, 0.06, 0.42), (0, y, 0), GREY_STEEL)
        work.box((0.05, 0.06, 0.5), (-0.24, y, 0.4), GREY_STEEL)
    return (work.piece("bench"),)


def build_planter(rng: Rng) -> tuple[Piece, ...]:
    """A planter with a shrub."""
    work = Workpiece()
    size = float(rng.uniform(0.4, 0.8))
    pot = Paint(rgb=pick(rng, ((0.3, 0.12, 0.06), (0.4, 0.4, 0.38), (0.1, 0.1, 0.1))), roughness=0.8)
    if chance(rng, 0.5):
        work.cone((0, 0, 0), (0, 0, size * 0.7), (size * 0.36, size * 0.5), pot, 14)
    else:
        work.box((size, size * 1.6, size * 0.65), (0, 0, 0), pot)
    work.parts.append(leafage(rng, (0, 0, size * 1.1), (size * 0.55, size * 0.6, size * 0.6), 260, 0.07))
    return (work.piece("plant"),)


def build_bin(rng: Rng) -> tuple[Piece, ...]:
    """A litter bin or two sorting bins on wheels."""
    work = Workpiece()
    for i in range(int(rng.integers(1, 3))):
        paint = lacquer(rng, ((0.02, 0.2, 0.07), (0.03, 0.08, 0.3), (0.15, 0.15, 0.16), (0.35, 0.03, 0.03)))
        work.box((0.55, 0.5, 0.85), (0, i * 0.62, 0.06), paint, taper=1.12)
        work.box((0.66, 0.58, 0.1), (0, i * 0.62, 0.9), paint, taper=0.85)
        work.rod((-0.25, i * 0.62 - 0.25, 0.1), (-0.25, i * 0.62 + 0.25, 0.1), 0.1, DARK)
    return (work.piece("bin"),)


def build_bollards(rng: Rng) -> tuple[Piece, ...]:
    """A row of bollards along the kerb; no label, they belong there."""
    work = Workpiece()
    steel = chance(rng, 0.5)
    for x in np.arange(-3, 3.1, 1.5):
        if steel:
            work.rod((float(x), 0, 0), (float(x), 0, 0.8), 0.06, STEEL)
            work.rod((float(x), 0, 0.6), (float(x), 0, 0.7), 0.065, Paint(rgb=(0.7, 0.5, 0.02)))
        else:
            work.ball((0.22, 0.22, 0.22), (float(x), 0, 0.22), Paint(rgb=(0.35, 0.34, 0.33), roughness=0.8))
    return (work.piece(),)


def _crates(work: Workpiece, rng: Rng) -> None:
    for row in range(int(rng.integers(2, 5))):
        for level in range(int(rng.integers(1, 4))):
            crate(work, (float(rng.normal(0, 0.03)), row * 0.6 - 0.9, level * 0.22), rng, yaw=np.pi / 2)


def _cartons(work: Workpiece, rng: Rng) -> None:
    for row in range(int(rng.integers(2, 6))):
        height = 0.0
        for _ in range(int(rng.integers(1, 5))):
            size = rng.uniform(0.3, 0.55, 3)
            at = (float(rng.normal(0, 0.06)), row * 0.52 - 1.0, height)
            work.box(
                (float(size[0]), float(size[1]), float(size[2])),
                at,
                CARDBOARD,
                yaw=float(rng.normal(0, 0.12)),
            )
            height += float(size[2])


def _rack(work: Workpiece, rng: Rng) -> None:
    clothes_rack(work, (0, 0, 0), float(rng.uniform(1.3, 2.2)), rng)


def _sacks(work: Workpiece, rng: Rng) -> None:
    paint = Paint(
        rgb=pick(rng, ((0.6, 0.58, 0.5), (0.3, 0.35, 0.4), (0.5, 0.4, 0.2))),
        finish=Finish.CLOTH,
        roughness=0.9,
    )
    for i in range(int(rng.integers(4, 12))):
        at = (float(rng.normal(0, 0.15)), (i % 4) * 0.5 - 0.75, 0.14 + 0.22 * (i // 4))
        work.ball((0.42, 0.27, 0.15), at, paint)


def _shelf(work: Workpiece, rng: Rng) -> None:
    width = float(rng.uniform(1.2, 2.0))
    for level in range(4):
        work.box((0.4, width, 0.03), (-0.1 * level, 0, 0.15 + 0.38 * level), GREY_STEEL)
        for y in np.arange(-width / 2 + 0.1, width / 2, 0.16):
            if chance(rng, 0.9):
                size = rng.uniform(0.1, 0.28, 2)
                at = (-0.1 * level, float(y), 0.18 + 0.38 * level)
                work.box((float(size[0]), 0.13, float(size[1])), at, vivid(rng, Finish.PLAIN))


def _buckets(work: Workpiece, rng: Rng) -> None:
    for i in range(int(rng.integers(5, 12))):
        at = (float(rng.uniform(-0.4, 0.4)), (i - 4) * 0.3, 0.0)
        work.cone(at, (at[0], at[1], 0.35), (0.12, 0.16), vivid(rng, Finish.PLAIN))
        work.parts.append(leafage(rng, (at[0], at[1], 0.55), (0.18, 0.18, 0.2), 50, 0.06))
