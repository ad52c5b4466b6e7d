"""A thing in the making: builders read as a list of what it consists of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.synth.shapes import Paint, Part, Piece, Vector, ball, box, heap, loft, moved, rod


@dataclass(slots=True)
class Workpiece:
    """Collects parts; every method adds one."""

    parts: list[Part] = field(default_factory=list)

    def box(self, size: Vector, at: Vector, paint: Paint, *, taper: float = 1.0, yaw: float = 0.0) -> None:
        """Add a box that stands on ``at`` (centre of its bottom); ``taper`` scales the top."""
        self.parts.append(box(size, at, paint, taper=taper, yaw=yaw))

    def rod(self, start: Vector, end: Vector, radius: float, paint: Paint, *, sides: int = 8) -> None:
        """Add a round rod between two points."""
        self.parts.append(rod(start, end, radius, radius, paint, sides=sides))

    def cone(
        self, start: Vector, end: Vector, radii: tuple[float, float], paint: Paint, sides: int = 10
    ) -> None:
        """Add a rod whose radius changes from start to end."""
        self.parts.append(rod(start, end, radii[0], radii[1], paint, sides=sides))

    def ball(self, radii: Vector, at: Vector, paint: Paint, *, sides: int = 10) -> None:
        """Add an ellipsoid about ``at``."""
        self.parts.append(ball(radii, at, paint, sides=sides))

    def loft(self, sections: Sequence[Sequence[Vector]], paint: Paint, *, smooth: bool = True) -> None:
        """Add a skin over cross-sections of equal length, closed at both ends."""
        self.parts.append(loft(sections, paint, smooth=smooth))

    def heap(self, size: Vector, at: Vector, paint: Paint, rng: np.random.Generator) -> None:
        """Add a loose heap (soil, snow, rubbish) over a rectangle."""
        self.parts.append(heap(size, at, paint, rng))

    def text(self, words: str, at: Vector, height_m: float, paint: Paint) -> None:
        """Add lettering that faces -y, centred on ``at``."""
        frame = np.array([at, (1.0, 0.0, 0.0), (0.0, 0.0, height_m)], float)
        self.parts.append(Part(vertices=frame, faces=(), paint=paint, text=words))

    def place(self, parts: Iterable[Part], at: Vector, yaw: float = 0.0) -> None:
        """Add parts made elsewhere, turned by ``yaw`` and moved to ``at``."""
        self.parts.extend(moved(part, at, yaw) for part in parts)

    def piece(self, *labels: str) -> Piece:
        """All parts so far as one piece."""
        return Piece(parts=tuple(self.parts), labels=labels)
