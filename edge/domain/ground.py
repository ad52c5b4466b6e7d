"""The ground: from a point of the picture to a place on earth, and how well it is known."""

import math
from dataclasses import dataclass
from typing import Literal

from edge.domain.detection import Box, Point

Homography = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
"""Fractions of the picture to metres east and north of the camera."""

_POINT_ERROR = 0.005
"""How well a box's edge is known, in fractions of the picture: about five pixels of a thousand."""
_MAX_ACCURACY_M = 100.0
"""Near the horizon a pixel is a street long; such a place is no better than the camera's own."""
_METRES_A_DEGREE = 111_195.0
_ZONE_ACCURACY_M = 25.0
_CAMERA_ACCURACY_M = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in WGS 84 degrees; the truth lies within about ``accuracy_m``."""

    lat: float
    lon: float
    accuracy_m: float
    method: Literal["homography", "zone", "camera"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The ground as one camera sees it: a plane by ``homography`` if that is known.

    ``fit_error_m`` is what the homography missed its own reference points by. ``zones`` gives the
    place of a zone's middle where somebody stated it.
    """

    lat: float
    lon: float
    homography: Homography | None = None
    fit_error_m: float = 0.0
    zones: tuple[tuple[str, float, float], ...] = ()

    def locate(self, point: Point, *, zone_id: str) -> Place:
        """Return where ``point`` is: by the plane, else by the zone, else by the camera."""
        accuracy_m = self._accuracy_m(point)
        metres = self.metres(point)
        if metres is not None and accuracy_m <= _MAX_ACCURACY_M:
            lat, lon = self._degrees(*metres)
            return Place(lat=lat, lon=lon, accuracy_m=accuracy_m, method="homography")
        for name, lat, lon in self.zones:
            if name == zone_id:
                return Place(lat=lat, lon=lon, accuracy_m=_ZONE_ACCURACY_M, method="zone")
        return Place(lat=self.lat, lon=self.lon, accuracy_m=_CAMERA_ACCURACY_M, method="camera")

    def metres(self, point: Point) -> tuple[float, float] | None:
        """Return metres east and north of the camera; None at and above the horizon or without a plane."""
        if self.homography is None:
            return None
        east, north, depth = _times(self.homography, point)
        if depth * _times(self.homography, (0.5, 1.0))[2] <= 0:
            return None  # the bottom of the picture is ground; the other sign is sky
        return east / depth, north / depth

    def area_m2(self, box: Box) -> float | None:
        """Return the ground area under a small ``box``; None where part of it is sky."""
        corners = [
            self.metres(point)
            for point in (
                (box.left, box.top),
                (box.right, box.top),
                (box.right, box.bottom),
                (box.left, box.bottom),
            )
        ]
        known = [corner for corner in corners if corner is not None]
        if len(known) < len(corners):
            return None
        following = known[1:] + known[:1]
        return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(known, following, strict=True))) / 2

    def _accuracy_m(self, point: Point) -> float:
        """How far the place moves when the point moves by its error, plus the error of the plane."""
        x, y = point
        here = self.metres(point)
        moved = [self.metres((x + _POINT_ERROR, y)), self.metres((x, y - _POINT_ERROR))]
        known = [there for there in moved if there is not None]
        if here is None or len(known) < len(moved):
            return math.inf
        return math.hypot(self.fit_error_m, *(math.dist(here, there) for there in known))

    def _degrees(self, east_m: float, north_m: float) -> tuple[float, float]:
        lat = self.lat + north_m / _METRES_A_DEGREE
        return lat, self.lon + east_m / (_METRES_A_DEGREE * math.cos(math.radians(self.lat)))

    def offset_m(self, *, lat: float, lon: float) -> tuple[float, float]:
        """Return metres east and north of the camera to a place: the way back of ``locate``."""
        scale = _METRES_A_DEGREE * math.cos(math.radians(self.lat))
        return (lon - self.lon) * scale, (lat - self.lat) * _METRES_A_DEGREE


def invertible(homography: Homography) -> Homography:
    """Return ``homography``; raise ``ValueError`` if it folds the picture into a line."""
    (a, b, c), (d, e, f), (g, h, i) = homography
    determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    size = max(abs(value) for row in homography for value in row)
    if not abs(determinant) > 1e-9 * size**3:
        raise ValueError("the homography cannot be inverted: it maps the picture onto a line")
    return homography


def _times(matrix: Homography, point: Point) -> tuple[float, float, float]:
    x, y = point
    east, north, depth = (a * x + b * y + c for a, b, c in matrix)
    return east, north, depth
