"""Where every piece of a thing is at a moment: walking legs swing, the rest keeps its shape."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.synth.plan import Thing
from models.synth.shapes import Piece, Points, turned

STEPS_A_METRE = 0.75
AT_REST = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """A piece's origin in metres, its swing about its own y axis and its turn about z, radians."""

    x: float
    y: float
    z: float
    swing: float
    yaw: float


def pose_of(thing: Thing, piece: Piece, at_s: float) -> Pose | None:
    """Where a piece is at a moment; None while its thing is not there."""
    place = thing.place_at(at_s)
    if place is None:
        return None
    dx, dy, dz = piece.pivot
    cos, sin = math.cos(thing.yaw), math.sin(thing.yaw)
    step = (
        math.sin(math.tau * STEPS_A_METRE * thing.speed_mps * at_s + thing.seed)
        if thing.speed_mps
        else AT_REST
    )
    return Pose(
        x=place[0] + dx * cos - dy * sin,
        y=place[1] + dx * sin + dy * cos,
        z=place[2] + dz,
        swing=piece.swing_rad * step,
        yaw=thing.yaw,
    )


def corners(thing: Thing, pieces: Sequence[Piece], at_s: float) -> Points:
    """All vertices (n, 3) of a thing's pieces in street coordinates at a moment."""
    placed = [_placed(piece, pose) for piece in pieces if (pose := pose_of(thing, piece, at_s))]
    return np.concatenate(placed) if placed else np.empty((0, 3))


def _placed(piece: Piece, pose: Pose) -> Points:
    points = np.concatenate([part.vertices for part in piece.parts if not part.text])
    cos, sin = math.cos(pose.swing), math.sin(pose.swing)
    swung = points @ np.array([[cos, 0.0, -sin], [0.0, 1.0, 0.0], [sin, 0.0, cos]])
    return np.asarray(turned(swung, pose.yaw) + np.array((pose.x, pose.y, pose.z)))
