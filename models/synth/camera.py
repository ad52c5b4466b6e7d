"""The camera as a pinhole: where a point of the street falls in the picture, and back to the ground."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.synth.shapes import Points

NEAR_M = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A camera on a pole: metres of the street, degrees, pixels.

    ``pan_deg`` turns from +x (along the street) towards +y, ``tilt_deg`` looks down,
    ``roll_deg`` is a crooked pole.
    """

    x: float
    y: float
    z: float
    pan_deg: float
    tilt_deg: float
    roll_deg: float = 0.0
    fov_deg: float = 62.0
    width: int = 512
    height: int = 288

    def axes(self) -> NDArray[np.float64]:
        """Rows: right, down, forward of the camera in street coordinates."""
        pan, tilt, roll = (math.radians(a) for a in (self.pan_deg, self.tilt_deg, self.roll_deg))
        forward = np.array([math.cos(pan) * math.cos(tilt), math.sin(pan) * math.cos(tilt), -math.sin(tilt)])
        right = np.array([math.sin(pan), -math.cos(pan), 0.0])
        down = np.cross(forward, right)
        return np.stack(
            [
                right * math.cos(roll) + down * math.sin(roll),
                down * math.cos(roll) - right * math.sin(roll),
                forward,
            ]
        )

    @property
    def focal_px(self) -> float:
        return self.width / 2 / math.tan(math.radians(self.fov_deg) / 2)

    def project(self, points: Points) -> NDArray[np.float64]:
        """Pixels (n, 2) of street points (n, 3); NaN for points behind the camera."""
        seen = (points - np.array([self.x, self.y, self.z])) @ self.axes().T
        depth = np.where(seen[:, 2] > NEAR_M, seen[:, 2], np.nan)
        return np.stack(
            [
                self.width / 2 + self.focal_px * seen[:, 0] / depth,
                self.height / 2 + self.focal_px * seen[:, 1] / depth,
            ],
            axis=1,
        )

    def ground(self, z_m: float = 0.0) -> NDArray[np.float64]:
        """Street x, y (height, width, 2) that each pixel sees on the plane ``z_m``; NaN above the horizon."""
        columns, rows = np.meshgrid(np.arange(self.width) + 0.5, np.arange(self.height) + 0.5)
        rays = (
            np.stack(
                [columns - self.width / 2, rows - self.height / 2, np.full_like(rows, self.focal_px)], -1
            )
            @ self.axes()
        )
        with np.errstate(divide="ignore"):
            reach = (z_m - self.z) / rays[..., 2]
        reach = np.where(reach > 0, reach, np.nan)
        return np.stack([self.x + rays[..., 0] * reach, self.y + rays[..., 1] * reach], axis=-1)

    def homography(self) -> NDArray[np.float64]:
        """The 3x3 matrix from picture fractions to metres east (x) and north (y) of the pole's foot."""
        right, down, forward = self.axes()
        half_x, half_y = self.width / 2 / self.focal_px, self.height / 2 / self.focal_px
        ray = np.stack(
            [2 * half_x * right, 2 * half_y * down, forward - half_x * right - half_y * down], axis=1
        )
        matrix = np.stack([-self.z * ray[0], -self.z * ray[1], ray[2]])
        return np.asarray(matrix / matrix[2, 2])
