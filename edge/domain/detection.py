"""A detection: one box of one model in one frame, in fractions of the whole picture."""

from dataclasses import dataclass

Point = tuple[float, float]
"""x to the right, y down, fractions of the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An axis-aligned box in fractions of the picture, origin top left."""

    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        if not (self.left < self.right and self.top < self.bottom):  # refuses NaN too
            raise ValueError(f"box has no area: {self}")

    @property
    def area(self) -> float:
        return (self.right - self.left) * (self.bottom - self.top)

    @property
    def ground_point(self) -> Point:
        """Bottom centre: where the thing touches the ground."""
        return (self.left + self.right) / 2, self.bottom

    def iou(self, other: "Box") -> float:
        """Intersection over union with ``other``, 0 to 1."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        if width <= 0 or height <= 0:
            return 0.0
        shared = width * height
        return shared / (self.area + other.area - shared)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """What one look found: a label with its confidence, 0 to 1, and its box.

    ``changed`` is the share of the box that differs from the camera's approved empty view, 1 without one.
    """

    label: str
    confidence: float
    box: Box
    changed: float = 1.0
