"""Solid things as numbers: painted parts in metres, x forward, y left, z up."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Vector = tuple[float, float, float]
Points = NDArray[np.float64]
Face = tuple[int, ...]


class Finish(StrEnum):
    """The surface a paint lies on; each has its own recipe in `materials`."""

    PLAIN = "plain"
    COAT = "coat"
    GLASS = "glass"
    CLOTH = "cloth"
    STRIPES = "stripes"
    TILES = "tiles"
    LEAVES = "leaves"
    SOIL = "soil"
    ASPHALT = "asphalt"
    PAVERS = "pavers"
    MARKING = "marking"
    GLOW = "glow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paint:
    """What a part looks like; colours are linear RGB from 0 to 1."""

    rgb: Vector
    rgb2: Vector = (0.8, 0.8, 0.8)
    finish: Finish = Finish.PLAIN
    roughness: float = 0.6
    metallic: float = 0.0
    scale_m: float = 0.3
    glow: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """One mesh with one paint: vertices (n, 3) in metres and faces as vertex numbers."""

    vertices: Points
    faces: tuple[Face, ...]
    paint: Paint
    smooth: bool = False
    text: str = ""
    """Lettering instead of faces; the vertices are its foot, the direction of reading and its height."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """Parts that move together; every label names one thing that the piece belongs to."""

    parts: tuple[Part, ...]
    labels: tuple[str, ...] = ()
    pivot: Vector = (0.0, 0.0, 0.0)
    swing_rad: float = 0.0
    """How far the piece swings about its pivot while the thing walks; the sign sets the foot."""


def turned(points: Points, yaw: float) -> Points:
    """Points turned about the z axis through the origin, counter-clockwise seen from above."""
    cos, sin = math.cos(yaw), math.sin(yaw)
    return np.asarray(points @ np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]]))


def moved(part: Part, at: Vector, yaw: float = 0.0) -> Part:
    """The part turned by ``yaw`` and moved by ``at``."""
    shift = np.zeros_like(part.vertices)
    shift[: 1 if part.text else None] = at
    return replace(part, vertices=turned(part.vertices, yaw) + shift)


def box(size: Vector, at: Vector, paint: Paint, *, taper: float = 1.0, yaw: float = 0.0) -> Part:
    """A box with chamfered upright edges; ``taper`` scales its top rectangle."""
    length, width, height = size
    cut = min(length, width) * 0.06
    outline = [
        (length / 2 - cut, -width / 2),
        (length / 2, -width / 2 + cut),
        (length / 2, width / 2 - cut),
        (length / 2 - cut, width / 2),
        (-length / 2 + cut, width / 2),
        (-length / 2, width / 2 - cut),
        (-length / 2, -width / 2 + cut),
        (-length / 2 + cut, -width / 2),
    ]
    bottom = [(x, y, 0.0) for x, y in outline]
    top = [(x * taper, y * taper, height) for x, y in outline]
    return moved(loft([bottom, top], paint, smooth=False), at, yaw)


def rod(
    start: Vector, end: Vector, radius: float, end_radius: float, paint: Paint, *, sides: int = 8
) -> Part:
    """A frustum between two points."""
    a, b = np.array(start, float), np.array(end, float)
    axis = (b - a) / max(float(np.linalg.norm(b - a)), 1e-9)
    side = np.cross(axis, (0.0, 0.0, 1.0) if abs(axis[2]) < abs(axis[0]) + abs(axis[1]) else (1.0, 0.0, 0.0))
    side /= np.linalg.norm(side)
    up = np.cross(axis, side)
    turns = np.linspace(0, math.tau, sides, endpoint=False)
    ring = np.outer(np.cos(turns), side) + np.outer(np.sin(turns), up)
    return _skin([a + ring * radius, b + ring * end_radius], paint, smooth=True)


def ball(radii: Vector, at: Vector, paint: Paint, *, sides: int = 10) -> Part:
    """An ellipsoid of latitudes and longitudes."""
    turns = np.linspace(0, math.tau, sides, endpoint=False)
    rings = []
    for lift in np.linspace(-math.pi / 2 + 0.15, math.pi / 2 - 0.15, max(4, sides * 2 // 3)):
        ring = np.column_stack(
            [np.cos(turns) * math.cos(lift), np.sin(turns) * math.cos(lift), np.full(sides, math.sin(lift))]
        )
        rings.append(ring * np.array(radii) + np.array(at))
    return _skin(rings, paint, smooth=True)


def loft(sections: Sequence[Sequence[Vector]], paint: Paint, *, smooth: bool = True) -> Part:
    """A skin over cross-sections (each of the same number of points), closed at both ends."""
    return _skin([np.array(section, float) for section in sections], paint, smooth=smooth)


def heap(size: Vector, at: Vector, paint: Paint, rng: np.random.Generator) -> Part:
    """A loose heap over a rectangle, highest in the middle, lumpy."""
    length, width, height = size
    steps = 14
    across = np.linspace(-1, 1, steps)
    x, y = np.meshgrid(across, across, indexing="ij")
    crown = np.clip(1.05 - (np.abs(x) ** 2.6 + np.abs(y) ** 2.6) ** 0.8, 0, 1)
    lumps = 1 + 0.35 * rng.standard_normal((steps, steps))
    z = height * crown * np.clip(lumps, 0.3, 1.6)
    points = np.column_stack([x.ravel() * length / 2, y.ravel() * width / 2, z.ravel()]) + np.array(at)
    return Part(vertices=points, faces=grid_faces(steps, steps), paint=paint, smooth=True)


def grid_faces(rows: int, columns: int) -> tuple[Face, ...]:
    """Quads over a grid of points in row order, facing up when x runs by row and y by column."""
    return tuple(
        (r * columns + c, (r + 1) * columns + c, (r + 1) * columns + c + 1, r * columns + c + 1)
        for r in range(rows - 1)
        for c in range(columns - 1)
    )


def scatter(centres: Points, size_m: float, paint: Paint, rng: np.random.Generator) -> Part:
    """One small, randomly turned rhomb at each of the centres: leaves, litter, fruit tops."""
    count = len(centres)
    first = rng.standard_normal((count, 3))
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(first, rng.standard_normal((count, 3)))
    second /= np.linalg.norm(second, axis=1, keepdims=True)
    size = size_m * rng.uniform(0.6, 1.3, (count, 1))
    corners = np.stack([first * size, second * size * 0.6, -first * size, -second * size * 0.6], axis=1)
    points = (centres[:, None, :] + corners).reshape(-1, 3)
    faces = tuple((4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3) for i in range(count))
    return Part(vertices=points, faces=faces, paint=paint)


def _skin(rings: Sequence[Points], paint: Paint, *, smooth: bool) -> Part:
    count = len(rings[0])
    faces: list[Face] = []
    for level in range(len(rings) - 1):
        low, high = level * count, (level + 1) * count
        faces.extend((low + i, low + (i + 1) % count, high + (i + 1) % count, high + i) for i in range(count))
    last = (len(rings) - 1) * count
    faces += [tuple(range(count - 1, -1, -1)), tuple(range(last, last + count))]
    return Part(vertices=np.concatenate(rings), faces=tuple(faces), paint=paint, smooth=smooth)
