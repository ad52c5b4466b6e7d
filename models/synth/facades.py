"""House fronts: shops with signs below, windows and air conditioners above."""

import numpy as np

from models.synth.colours import DARK, GLASS, GREY_STEEL, SIGN_COLOURS, STEEL, WHITE, cloth, pick, vivid
from models.synth.dice import Rng, chance
from models.synth.shapes import Finish, Paint, Part, Vector
from models.synth.workpiece import Workpiece

SHOP_NAMES = (
    "便利店",
    "水果店",
    "大药房",
    "美发沙龙",
    "五金建材",
    "兰州拉面",
    "百货超市",
    "奶茶",
    "包子铺",
    "手机维修",
    "烟酒茶",
    "品牌服装",
    "家常菜馆",
    "文具店",
    "房产中介",
    "眼镜店",
    "沙县小吃",
    "鲜花坊",
    "宠物店",
    "中国彩票",
    "干洗店",
    "川味火锅",
)
WALLS: tuple[Vector, ...] = (
    (0.45, 0.42, 0.36),
    (0.5, 0.48, 0.45),
    (0.33, 0.22, 0.16),
    (0.38, 0.36, 0.33),
    (0.5, 0.4, 0.28),
    (0.28, 0.3, 0.32),
)
SHOP_HIGH_M = 3.6
STOREY_M = 3.0


def build_front(rng: Rng, kind: str, length_m: float) -> list[Part]:
    """A row of houses of a kind along +x from the origin, facing -y."""
    if kind == "hoarding":
        return _hoarding(rng, length_m)
    work = Workpiece()
    x = 0.0
    while x < length_m:
        width = float(rng.uniform(8, 16))
        house = _house(rng, width, shops=kind == "shops")
        work.place(house, (x, float(rng.uniform(0, 0.5)), 0))
        x += width + (float(rng.uniform(1.5, 4)) if chance(rng, 0.25) else 0.02)  # now and then an alley
    return work.parts


def _house(rng: Rng, width: float, *, shops: bool) -> list[Part]:
    work = Workpiece()
    storeys = int(rng.integers(1, 6))
    foot = SHOP_HIGH_M if shops else 0.0
    wall = Paint(
        rgb=pick(rng, WALLS), finish=Finish.TILES, roughness=0.7, scale_m=float(rng.choice([0.12, 0.25, 0.5]))
    )
    height = storeys * STOREY_M + (0 if shops else STOREY_M)
    work.box((width, 6, height), (width / 2, 3.0, foot), wall)
    work.box(
        (width + 0.2, 6.2, 0.35), (width / 2, 3.0, foot + height), Paint(rgb=(0.4, 0.39, 0.37), roughness=0.8)
    )
    for level in range(storeys + (0 if shops else 1)):
        _windows(work, rng, width, foot + level * STOREY_M)
    if shops:
        _shops(work, rng, width)
    else:
        work.box((1.3, 0.12, 2.2), (width * 0.5, -0.05, 0.0), GREY_STEEL)
        work.box((width, 0.1, 0.7), (width / 2, -0.04, 0), Paint(rgb=(0.25, 0.24, 0.23), roughness=0.8))
    return work.parts


def _windows(work: Workpiece, rng: Rng, width: float, floor: float) -> None:
    bay = float(rng.uniform(2.0, 3.2))
    wide, high, sill = bay * float(rng.uniform(0.45, 0.75)), float(rng.uniform(1.2, 1.7)), 0.9
    frame = WHITE if chance(rng, 0.6) else GREY_STEEL
    caged = chance(rng, 0.35)
    for x in np.arange(bay / 2, width - bay / 3, bay):
        at = float(x)
        _window(work, rng, (at, floor + sill), (wide, high), frame)
        if caged:
            _cage(work, (at, floor + sill), (wide, high))
        if chance(rng, 0.45):
            side = at + wide / 2 + 0.5
            work.box((0.8, 0.35, 0.6), (side, -0.2, floor + 0.35), WHITE)
            work.rod(
                (side - 0.1, -0.38, floor + 0.65), (side - 0.1, -0.4, floor + 0.65), 0.22, DARK, sides=12
            )


def _window(
    work: Workpiece, rng: Rng, at: tuple[float, float], size: tuple[float, float], frame: Paint
) -> None:
    (x, z), (wide, high) = at, size
    lit = chance(rng, 0.3)
    warm = Paint(
        rgb=(1.0, float(rng.uniform(0.6, 0.9)), float(rng.uniform(0.3, 0.8))), finish=Finish.GLOW, glow=0.5
    )
    work.box((wide, 0.04, high), (x, -0.015, z), warm if lit else GLASS)
    for side in (-1, 0, 1):
        work.box((0.07, 0.1, high), (x + side * wide / 2, -0.03, z), frame)
    for lift in (0.0, high):
        work.box((wide + 0.15, 0.14, 0.08), (x, -0.04, z + lift - 0.04), frame)
    if chance(rng, 0.2):  # washing
        work.box((wide * 0.4, 0.06, 0.7), (x + wide * 0.2, -0.5, z - 0.1), cloth(rng))


def _cage(work: Workpiece, at: tuple[float, float], size: tuple[float, float]) -> None:
    (x, z), (wide, high) = at, size
    for along in np.linspace(-wide / 2, wide / 2, 7):
        work.rod((x + float(along), -0.45, z), (x + float(along), -0.45, z + high), 0.012, STEEL, sides=4)
    for lift in (0, high / 2, high):
        work.rod((x - wide / 2, -0.45, z + lift), (x + wide / 2, -0.45, z + lift), 0.012, STEEL, sides=4)
    work.box((wide, 0.45, 0.03), (x, -0.23, z - 0.03), GREY_STEEL)


def _shops(work: Workpiece, rng: Rng, width: float) -> None:
    count = max(2, round(width / float(rng.uniform(3.6, 5.2))))
    unit = width / count
    work.box((width, 0.3, SHOP_HIGH_M), (width / 2, 2.6, 0), Paint(rgb=(0.2, 0.19, 0.18), roughness=0.8))
    for i in range(count + 1):
        work.box((0.4, 2.8, SHOP_HIGH_M), (i * unit, 1.35, 0), Paint(rgb=pick(rng, WALLS), roughness=0.6))
    for i in range(count):
        _shop(work, rng, (i + 0.5) * unit, unit - 0.4)


def _shop(work: Workpiece, rng: Rng, x: float, wide: float) -> None:
    open_now = chance(rng, 0.75)
    if open_now:
        light = (1.0, float(rng.uniform(0.75, 0.95)), float(rng.uniform(0.5, 0.95)))
        work.box((wide, 0.05, 1.2), (x, 2.4, 1.4), Paint(rgb=light, finish=Finish.GLOW, glow=0.6))
        work.box((wide, 2.4, 0.06), (x, 1.3, 2.75), Paint(rgb=light, finish=Finish.GLOW, glow=0.8))
        for level in range(3):
            for along in np.arange(-wide / 2 + 0.2, wide / 2 - 0.1, 0.3):
                work.box(
                    (0.24, 0.3, 0.4), (x + float(along), 2.1, 0.2 + 0.6 * level), vivid(rng, Finish.PLAIN)
                )
        for along in np.linspace(-wide / 2, wide / 2, int(rng.integers(3, 6))):
            work.box((0.08, 0.08, 2.7), (x + float(along), 0.12, 0), STEEL)
        work.box((wide * 0.55, 0.05, 0.8), (x - wide * 0.2, 0.15, 0), vivid(rng, Finish.PLAIN))
    else:
        shutter = Paint(
            rgb=(0.3, 0.31, 0.32), rgb2=(0.2, 0.21, 0.22), finish=Finish.STRIPES, scale_m=0.12, roughness=0.5
        )
        work.box((wide, 0.06, 2.75), (x, 0.1, 0), shutter)
    _sign(work, rng, x, wide + 0.3)
    if chance(rng, 0.3):
        awning = vivid(rng, Finish.STRIPES, 0.35)
        slope = [
            [(x - wide / 2, 0.0, 2.75), (x - wide / 2, -1.1, 2.4), (x - wide / 2, -1.1, 2.3)],
            [(x + wide / 2, 0.0, 2.75), (x + wide / 2, -1.1, 2.4), (x + wide / 2, -1.1, 2.3)],
        ]
        work.loft(slope, awning, smooth=False)
    work.box((wide, 0.5, 0.12), (x, -0.1, 0), Paint(rgb=(0.35, 0.34, 0.33), roughness=0.7))


def _sign(work: Workpiece, rng: Rng, x: float, wide: float) -> None:
    ground = pick(rng, SIGN_COLOURS)
    ink = (0.9, 0.88, 0.8) if sum(ground) < 1.0 else (0.5, 0.02, 0.02)
    high = float(rng.uniform(0.75, 1.0))
    work.box(
        (wide, 0.3, high), (x, -0.12, SHOP_HIGH_M - high), Paint(rgb=ground, finish=Finish.GLOW, glow=0.12)
    )
    words = str(rng.choice(SHOP_NAMES))
    size = min(high * 0.62, wide * 0.8 / len(words))
    paint = Paint(rgb=ink, finish=Finish.GLOW, glow=0.35)
    work.text(words, (x, -0.29, SHOP_HIGH_M - high * 0.5 - size * 0.4), size, paint)


def _hoarding(rng: Rng, length_m: float) -> list[Part]:
    """The fence of a building site, with a shell of concrete behind it."""
    work = Workpiece()
    panel = Paint(rgb=pick(rng, ((0.03, 0.22, 0.35), (0.05, 0.28, 0.12), (0.5, 0.5, 0.48))), roughness=0.5)
    for x in np.arange(0, length_m, 2.0):
        work.box((1.98, 0.06, 2.3), (float(x) + 1, 0.05, 0.15), panel)
        work.box((0.1, 0.12, 2.5), (float(x), 0.05, 0), WHITE)
    work.box((length_m, 0.3, 0.2), (length_m / 2, 0.05, 0), Paint(rgb=(0.4, 0.39, 0.38), roughness=0.9))
    concrete = Paint(rgb=(0.3, 0.29, 0.28), finish=Finish.TILES, scale_m=1.4, roughness=0.9)
    x = float(rng.uniform(2, 8))
    while x < length_m:
        wide, storeys = float(rng.uniform(14, 24)), int(rng.integers(3, 8))
        for level in range(storeys):
            work.box((wide, 10, 0.25), (x + wide / 2, 16, level * 3.0), concrete)
            for along in np.arange(0.4, wide, 3.6):
                work.box((0.45, 0.45, 3.0), (x + float(along), 11.3, level * 3.0), concrete)
        net = Paint(rgb=(0.03, 0.2, 0.08), finish=Finish.CLOTH, roughness=0.9)
        work.box((wide + 1, 0.05, storeys * 2.2), (x + wide / 2, 10.6, 0), net)
        x += wide + float(rng.uniform(6, 16))
    return work.parts
