"""The ground as one smooth height field, and water as a level against it."""

from dataclasses import dataclass

import numpy as np

from models.synth.shapes import Points

DRY_M = -1.0
KERB_M = 0.13
CROSSFALL = 0.018
_WAVES = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Dip:
    """A hollow in the road: its middle, half axes and depth in metres."""

    x: float
    y: float
    half_x: float
    half_y: float
    depth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The surface of a street whose road lies at -road_m <= y <= 0; a pure function of its seed."""

    seed: int
    road_m: float
    roughness: float = 1.0
    dips: tuple[Dip, ...] = ()

    def height(self, x: Points, y: Points) -> Points:
        """Metres above the gutter; kerbs rise, hollows fall, everything else undulates."""
        rng = np.random.default_rng((self.seed, 71))
        length = np.exp(rng.uniform(np.log(0.7), np.log(16), _WAVES))
        turn, phase = rng.uniform(0, 2 * np.pi, (2, _WAVES))
        swell = 0.0016 * length**0.75 * self.roughness * rng.uniform(0.4, 1.0, _WAVES)
        z = np.zeros(np.broadcast(x, y).shape)
        for wave, angle, start, metres in zip(swell, turn, phase, length, strict=True):
            z += wave * np.cos((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / metres + start)
        z += CROSSFALL * np.clip(np.minimum(-y, y + self.road_m), 0, None)
        z += np.where((y > 0) | (y < -self.road_m), KERB_M, 0.0)
        for dip in self.dips:
            reach = ((x - dip.x) / dip.half_x) ** 2 + ((y - dip.y) / dip.half_y) ** 2
            z -= np.where((y <= 0) & (y >= -self.road_m), dip.depth * np.exp(-reach), 0.0)
        return z


@dataclass(frozen=True, slots=True, kw_only=True)
class Water:
    """Standing water: its level in metres at moments in seconds, straight lines in between."""

    moments_s: tuple[float, ...] = (0.0,)
    levels_m: tuple[float, ...] = (DRY_M,)

    def level_at(self, at_s: float) -> float:
        """The level at a moment; before the first and after the last it stays."""
        return float(np.interp(at_s, self.moments_s, self.levels_m))
