"""Street types as figures, and what of them never moves: ground, kerbs, marks, lamps, house fronts."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.synth.colours import GREY_STEEL
from models.synth.dice import Rng
from models.synth.facades import build_front
from models.synth.ground import KERB_M
from models.synth.shapes import Finish, Paint, Part, Points, Vector, grid_faces
from models.synth.workpiece import Workpiece

Front = Literal["shops", "houses", "hoarding"]
NEAR_X, FAR_X = -8.0, 95.0
DIVIDED_FROM_LANES = 4
LAMP_EVERY_M = 22.0
LAMP_HIGH_M = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """A street along x: its road at -road_m <= y <= 0, the near pavement above, the far one below."""

    name: str
    lanes: int
    lane_m: float
    pavement_m: float
    far_pavement_m: float
    front: Front
    far_front: Front
    trees: bool = True
    zebra_x: float | None = None
    parking: bool = False

    @property
    def road_m(self) -> float:
        return self.lanes * self.lane_m


STREETS = {
    street.name: street
    for street in (
        Street(
            name="shop_street",
            lanes=2,
            lane_m=3.6,
            pavement_m=5.0,
            far_pavement_m=4.0,
            front="shops",
            far_front="shops",
        ),
        Street(
            name="residential_lane",
            lanes=2,
            lane_m=2.9,
            pavement_m=3.2,
            far_pavement_m=2.6,
            front="houses",
            far_front="houses",
            parking=True,
        ),
        Street(
            name="wide_road",
            lanes=4,
            lane_m=3.5,
            pavement_m=4.5,
            far_pavement_m=4.0,
            front="hoarding",
            far_front="shops",
        ),
        Street(
            name="junction",
            lanes=4,
            lane_m=3.3,
            pavement_m=5.5,
            far_pavement_m=4.5,
            front="shops",
            far_front="houses",
            trees=False,
            zebra_x=13.0,
        ),
    )
}

ASPHALT = Paint(rgb=(0.085, 0.085, 0.087), rgb2=(0.05, 0.05, 0.052), finish=Finish.ASPHALT, roughness=0.88)
WHITE_MARK = Paint(rgb=(0.5, 0.5, 0.48), rgb2=(0.1, 0.1, 0.1), finish=Finish.MARKING, roughness=0.75)
YELLOW_MARK = Paint(rgb=(0.5, 0.3, 0.03), rgb2=(0.1, 0.1, 0.1), finish=Finish.MARKING, roughness=0.75)
KERB = Paint(rgb=(0.36, 0.35, 0.33), rgb2=(0.2, 0.2, 0.19), finish=Finish.SOIL, roughness=0.85)
PAVERS: tuple[tuple[Vector, Vector], ...] = (
    ((0.3, 0.29, 0.27), (0.22, 0.215, 0.2)),
    ((0.3, 0.2, 0.16), (0.3, 0.28, 0.26)),
    ((0.27, 0.28, 0.28), (0.33, 0.31, 0.26)),
)


def build_street(street: Street, rng: Rng) -> tuple[Part, ...]:
    """Everything of the street that is in every picture of it."""
    work = Workpiece()
    _surfaces(work, street, rng)
    _marks(work, street)
    for lamp in lamp_places(street):
        _lamp(work, lamp, towards=-1 if lamp[1] > 0 else 1)
    length = FAR_X - NEAR_X
    work.place(build_front(rng, street.front, length), (NEAR_X, street.pavement_m, KERB_M))
    far = -street.road_m - street.far_pavement_m
    work.place(build_front(rng, street.far_front, length), (FAR_X, far, KERB_M), math.pi)
    work.box((1, 60, 14), (FAR_X + 15, 0, 0), Paint(rgb=(0.3, 0.31, 0.33), finish=Finish.TILES, scale_m=0.4))
    return tuple(work.parts)


def lamp_places(street: Street) -> tuple[Vector, ...]:
    """Where the lamps shine from, metres; the posts alternate between the pavements."""
    sides = (0.55, -street.road_m - 0.55)
    xs = np.arange(NEAR_X + 17, 80, LAMP_EVERY_M / 2)
    return tuple((float(x), sides[i % 2], LAMP_HIGH_M) for i, x in enumerate(xs))


def _surfaces(work: Workpiece, street: Street, rng: Rng) -> None:
    xs = np.concatenate([np.arange(NEAR_X, 34, 0.16), np.arange(34, 60, 0.5), np.arange(60, FAR_X + 1, 5)])
    road, far = -street.road_m, -street.road_m - street.far_pavement_m
    work.parts.append(_sheet(xs, np.linspace(road, 0, round(street.road_m / 0.16)), 0.0, ASPHALT))
    rgb, rgb2 = PAVERS[int(rng.integers(len(PAVERS)))]
    scale = float(rng.choice([0.2, 0.3, 0.4]))
    pavers = Paint(rgb=rgb, rgb2=rgb2, finish=Finish.PAVERS, roughness=0.8, scale_m=scale)
    for low, high in ((0.15, street.pavement_m + 2), (far - 2, road - 0.15)):
        work.parts.append(_sheet(xs, np.linspace(low, high, round((high - low) / 0.25)), KERB_M, pavers))
    for y in (0.075, road - 0.075):
        for x in np.arange(NEAR_X, 60, 1.0):
            work.box((0.985, 0.15, KERB_M + 0.12), (float(x), y, -0.1), KERB)


def _sheet(xs: Points, ys: Points, z_m: float, paint: Paint) -> Part:
    x, y = np.meshgrid(xs, ys, indexing="ij")
    points = np.column_stack([x.ravel(), y.ravel(), np.full(x.size, z_m)])
    return Part(vertices=points, faces=grid_faces(len(xs), len(ys)), paint=paint)


def _marks(work: Workpiece, street: Street) -> None:
    road, middle = street.road_m, -street.road_m / 2
    stop = street.zebra_x
    divided = street.lanes >= DIVIDED_FROM_LANES
    for y in (middle - 0.12, middle + 0.12) if divided else (middle,):
        _mark(work, (NEAR_X, FAR_X), (y - 0.06, y + 0.06), YELLOW_MARK, gap=0.0 if divided else 4.0)
    for lane in range(1, street.lanes):
        y = -lane * street.lane_m
        if abs(y - middle) > 1:
            _mark(work, (NEAR_X, FAR_X), (y - 0.06, y + 0.06), WHITE_MARK, gap=4.0)
    for y in (-0.35, -road + 0.35):
        _mark(work, (NEAR_X, FAR_X), (y - 0.05, y + 0.05), WHITE_MARK, gap=0.0)
    if stop is not None:
        for y in np.arange(-road + 0.6, -0.5, 0.95):
            _mark(work, (stop, stop + 3.5), (float(y), float(y) + 0.48), WHITE_MARK, gap=0.0)
        _mark(work, (stop + 4.8, stop + 5.1), (middle, -0.4), WHITE_MARK, gap=0.0)
        _mark(work, (stop - 1.6, stop - 1.3), (-road + 0.4, middle), WHITE_MARK, gap=0.0)


def _mark(
    work: Workpiece, along: tuple[float, float], across: tuple[float, float], paint: Paint, gap: float
) -> None:
    x, dash = along[0], 3.0 if gap else 6.0
    while x < along[1]:
        end = min(x + dash, along[1])
        xs = np.linspace(x, end, max(2, round((end - x) / 0.3)))
        work.parts.append(
            _sheet(xs, np.linspace(*across, 2 + round((across[1] - across[0]) / 0.3)), 0.004, paint)
        )
        x = end + gap


def _lamp(work: Workpiece, at: Vector, towards: int) -> None:
    x, y, z = at
    work.cone((x, y, KERB_M), (x, y, z), (0.1, 0.06), GREY_STEEL)
    work.cone((x, y, KERB_M), (x, y, 0.9), (0.16, 0.13), GREY_STEEL)
    work.rod((x, y, z), (x, y + towards * 1.6, z + 0.35), 0.045, GREY_STEEL)
    head = Paint(rgb=(1.0, 0.85, 0.6), finish=Finish.GLOW, glow=3.0)
    work.box((0.26, 0.7, 0.1), (x, y + towards * 1.8, z + 0.33), GREY_STEEL)
    work.box((0.2, 0.6, 0.03), (x, y + towards * 1.8, z + 0.29), head)
