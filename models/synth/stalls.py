"""Stalls and carts: what a street vendor sets up on the pavement, each with its own shape."""

import numpy as np

from models.synth.colours import (
    CARDBOARD,
    DARK,
    GREY_STEEL,
    RUBBER,
    STEEL,
    WHITE,
    WOOD,
    vivid,
)
from models.synth.cycles import build_tricycle
from models.synth.dice import Rng, chance
from models.synth.shapes import Finish, Paint, Piece, Vector, scatter
from models.synth.wares import clothes_rack, crate
from models.synth.workpiece import Workpiece

DISHES = (
    "煎饼",
    "烤红薯",
    "水果",
    "凉皮",
    "臭豆腐",
    "烤冷面",
    "鲜花",
    "糖炒栗子",
    "肉夹馍",
    "冰粉",
    "袜子",
    "手机贴膜",
)


def build_stall(rng: Rng) -> tuple[Piece, ...]:
    """A stall of one of six kinds, its counter along y, its customers at +x."""
    kinds = (_table_stall, _fruit_stall, _food_cart, _tricycle_stall, _rack_stall, _ground_stall)
    work = Workpiece()
    shade = kinds[int(rng.integers(len(kinds)))](work, rng)
    for _ in range(int(rng.integers(0, 4))):
        at = (float(rng.uniform(-0.8, 0.9)), float(rng.choice([-1, 1])) * float(rng.uniform(1.1, 1.5)), 0.0)
        work.box((0.45, 0.35, float(rng.uniform(0.25, 0.6))), at, CARDBOARD, yaw=float(rng.uniform(0, 3)))
    pieces = [work.piece("stall")]
    if shade:
        pieces.append(_umbrella(rng, (float(rng.uniform(-0.3, 0.3)), float(rng.uniform(-0.4, 0.4)), 0.0)))
    return tuple(pieces)


def build_fruit_stall(rng: Rng) -> tuple[Piece, ...]:
    """The fruit stall with its umbrella: the plainest case of a stall."""
    work = Workpiece()
    _fruit_stall(work, rng)
    return (work.piece("stall"), _umbrella(rng, (-0.15, 0.1, 0.0)))


def _umbrella(rng: Rng, at: Vector) -> Piece:
    """A big parasol of six to eight panels, sometimes square, sometimes faded."""
    work = Workpiece()
    height, radius = float(rng.uniform(2.2, 2.7)), float(rng.uniform(1.1, 1.6))
    sides = int(rng.choice([4, 6, 8, 8]))
    first, second = vivid(rng), vivid(rng) if chance(rng, 0.5) else WHITE
    x, y, _ = at
    work.rod(at, (x, y, height + 0.05), 0.025, STEEL)
    work.cone((x, y, 0.0), (x, y, 0.12), (0.28, 0.22), GREY_STEEL)
    turns = np.linspace(0, 2 * np.pi, sides, endpoint=False) + float(rng.uniform(0, 1))
    top = (x, y, height)
    for i in range(sides):
        a, b = turns[i], turns[(i + 1) % sides]
        rim = [(x + radius * float(np.cos(t)), y + radius * float(np.sin(t)), height - 0.38) for t in (a, b)]
        hem = [(px, py, pz - 0.14) for px, py, pz in rim]
        panel = [[hem[0], rim[0], top], [hem[1], rim[1], top]]
        work.loft(panel, second if i % 2 else first, smooth=False)
    return work.piece("stall", "umbrella")


def _board(work: Workpiece, rng: Rng, at: Vector) -> None:
    board = Workpiece()
    board.box((0.9, 0.03, 0.42), (0, 0, 0), vivid(rng, Finish.PLAIN))
    words = str(rng.choice(DISHES))
    board.text(
        words, (0, -0.025, 0.1), min(0.26, 0.8 / len(words)), Paint(rgb=(0.85, 0.8, 0.2), roughness=0.5)
    )
    work.place(board.parts, at, np.pi / 2)


def _table(work: Workpiece, size: Vector, at: Vector, rng: Rng) -> None:
    length, width, height = size
    x, y, z = at
    skirt = chance(rng, 0.5)
    if skirt:
        work.box((length, width, height), at, vivid(rng, Finish.STRIPES, 0.2))
    else:
        for sx in (-1, 1):
            for sy in (-1, 1):
                foot = (x + sx * (length / 2 - 0.05), y + sy * (width / 2 - 0.05), z)
                work.rod(foot, (foot[0], foot[1], z + height), 0.02, STEEL, sides=5)
    work.box((length + 0.06, width + 0.06, 0.05), (x, y, z + height), WOOD if chance(rng, 0.5) else WHITE)


def _table_stall(work: Workpiece, rng: Rng) -> bool:
    """A folding table covered with small wares."""
    width = float(rng.uniform(1.4, 2.2))
    _table(work, (0.75, width, 0.75), (0, 0, 0), rng)
    for _ in range(int(rng.integers(18, 40))):
        size = rng.uniform(0.06, 0.24, 3)
        at = (float(rng.uniform(-0.3, 0.3)), float(rng.uniform(-width / 2 + 0.1, width / 2 - 0.1)), 0.8)
        work.box((float(size[0]), float(size[1]), float(size[2])), at, vivid(rng, Finish.PLAIN))
    _board(work, rng, (0.42, 0, 0.3))
    return chance(rng, 0.8)


def _fruit_stall(work: Workpiece, rng: Rng) -> bool:
    """Crates on a low stand, in steps towards the customer."""
    rows = int(rng.integers(3, 5))
    for level, x in enumerate((0.45, 0.0, -0.45)):
        height = 0.3 + 0.22 * level
        work.box((0.5, rows * 0.45, height), (x, 0, 0), WOOD if chance(rng, 0.6) else GREY_STEEL)
        for row in range(rows):
            crate(work, (x, (row - (rows - 1) / 2) * 0.44, height), rng, yaw=np.pi / 2)
    for side in (-1, 1):
        crate(work, (0.95, side * 0.5, 0.0), rng)
    _board(work, rng, (-0.6, 0, 0.9))
    return True


def _food_cart(work: Workpiece, rng: Rng) -> bool:
    """A steel cart with a glass case and its own roof."""
    paint = vivid(rng, Finish.PLAIN)
    width = float(rng.uniform(1.5, 2.1))
    for x, y in ((0.3, -0.6), (0.3, 0.6), (-0.3, -0.6), (-0.3, 0.6)):
        work.rod((x, y - 0.04, 0.16), (x, y + 0.04, 0.16), 0.16, RUBBER, sides=12)
    work.box((0.85, width, 0.62), (0, 0, 0.28), paint if chance(rng, 0.7) else STEEL)
    work.box((0.95, width + 0.1, 0.05), (0, 0, 0.9), STEEL)
    for sx in (-0.38, 0.38):
        for sy in (-1, 1):
            work.rod((sx, sy * width * 0.47, 0.9), (sx, sy * width * 0.47, 2.0), 0.02, STEEL, sides=5)
    roof = vivid(rng, Finish.STRIPES, 0.3)
    work.box((1.25, width + 0.3, 0.12), (0.05, 0, 2.0), roof, taper=0.85)
    work.box((0.03, width + 0.3, 0.28), (0.66, 0, 1.78), roof)
    for y in np.linspace(-width * 0.35, width * 0.35, 4):
        work.rod((0, float(y), 0.95), (0, float(y), 1.05 + float(rng.uniform(0, 0.3))), 0.14, STEEL, sides=12)
    words = str(rng.choice(DISHES))
    work.box((0.02, width * 0.8, 0.34), (0.45, 0, 0.42), vivid(rng, Finish.PLAIN))
    sign = Workpiece()
    sign.text(words, (0, -0.02, 0), 0.24, Paint(rgb=(0.85, 0.75, 0.1)))
    work.place(sign.parts, (0.47, 0, 0.5), np.pi / 2)
    return chance(rng, 0.3)


def _tricycle_stall(work: Workpiece, rng: Rng) -> bool:
    """A cargo tricycle that sells from its bed."""
    parts = build_tricycle(rng)[0].parts
    work.place(parts, (0.3, 0.4, 0), np.pi / 2)
    for x in (-0.25, 0.25):
        for y in (-1.0, -0.55, -0.1):
            crate(work, (x + 0.3, y, 0.88), rng, yaw=np.pi / 2)
    return chance(rng, 0.7)


def _rack_stall(work: Workpiece, rng: Rng) -> bool:
    """Clothes on rails."""
    for x in (-0.3, 0.45):
        clothes_rack(work, (x, 0, 0), float(rng.uniform(1.4, 2.0)), rng)
    return chance(rng, 0.5)


def _ground_stall(work: Workpiece, rng: Rng) -> bool:
    """A sheet on the ground with small wares laid out."""
    work.box((1.3, 2.0, 0.02), (0, 0, 0), vivid(rng))
    for x in np.arange(-0.5, 0.55, 0.25):
        for y in np.arange(-0.85, 0.9, 0.28):
            size = rng.uniform(0.08, 0.2, 3)
            work.box(
                (float(size[0]), float(size[1]), float(size[2])),
                (float(x), float(y), 0.02),
                vivid(rng, Finish.PLAIN),
            )
    greens = rng.uniform((-0.5, -0.8, 0.03), (0.5, 0.8, 0.2), (60, 3))
    work.parts.append(scatter(greens, 0.06, Paint(rgb=(0.08, 0.25, 0.03), finish=Finish.LEAVES), rng))
    work.box((0.3, 0.3, 0.3), (-0.9, 0.3, 0), DARK)
    return chance(rng, 0.4)
