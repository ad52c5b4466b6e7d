"""A zone: the part of a picture that rules watch."""

from dataclasses import dataclass, field

from edge.domain.detection import Box, Point

_MARGIN = 0.15
"""What a look shows around its zone, as a share of the zone's longer side."""
_GRID = 48
"""Sample points a side when a share of the zone is asked for: an error of about 2 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A polygon in fractions of the picture; ``samples`` are points spread evenly over it."""

    zone_id: str
    polygon: tuple[Point, ...]
    bounds: Box = field(init=False, repr=False)
    samples: tuple[Point, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        xs, ys = zip(*self.polygon, strict=True)
        object.__setattr__(self, "bounds", Box(left=min(xs), top=min(ys), right=max(xs), bottom=max(ys)))
        object.__setattr__(self, "samples", tuple(filter(self.contains, _grid(self.bounds))))

    def contains(self, point: Point) -> bool:
        """Whether ``point`` lies inside, by the even-odd rule."""
        x, y = point
        inside = False
        for (x1, y1), (x2, y2) in zip(self.polygon, self.polygon[1:] + self.polygon[:1], strict=True):
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
                inside = not inside
        return inside

    @property
    def region(self) -> Box:
        """The part of the picture that a look at this zone shows."""
        bounds = self.bounds
        margin = _MARGIN * max(bounds.right - bounds.left, bounds.bottom - bounds.top)
        return Box(
            left=max(0.0, bounds.left - margin),
            top=max(0.0, bounds.top - margin),
            right=min(1.0, bounds.right + margin),
            bottom=min(1.0, bounds.bottom + margin),
        )

    @property
    def cell(self) -> tuple[float, float]:
        """Width and height of what one sample point stands for."""
        bounds = self.bounds
        return (bounds.right - bounds.left) / _GRID, (bounds.bottom - bounds.top) / _GRID


def _grid(bounds: Box) -> list[Point]:
    steps = [(i + 0.5) / _GRID for i in range(_GRID)]
    width, height = bounds.right - bounds.left, bounds.bottom - bounds.top
    return [(bounds.left + x * width, bounds.top + y * height) for y in steps for x in steps]
