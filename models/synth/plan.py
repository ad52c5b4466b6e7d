"""What there is to see, where and when: numbers only, made from a seed, before anything is built."""

import math
from dataclasses import dataclass

from models.synth.camera import View
from models.synth.ground import Ground, Water
from models.synth.streets import Street
from models.synth.weathers import Weather

FOREVER_S = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One object: its kind, its look (``seed``), a straight way over the ground; metres, radians, seconds."""

    kind: str
    seed: int
    x: float
    y: float
    z: float = 0.0
    yaw: float = 0.0
    speed_mps: float = 0.0
    from_s: float = 0.0
    to_s: float = FOREVER_S

    def place_at(self, at_s: float) -> tuple[float, float, float] | None:
        """Where it stands at a moment; None while it is not there."""
        if not self.from_s <= at_s < self.to_s:
            return None
        way = self.speed_mps * (at_s - self.from_s)
        return self.x + way * math.cos(self.yaw), self.y + way * math.sin(self.yaw), self.z


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A scene from its first to its last second."""

    seed: int
    street: Street
    weather: Weather
    wetness: float
    sun_turn_deg: float
    sun_up_deg: float
    view: View
    ground: Ground
    water: Water
    things: tuple[Thing, ...]
    duration_s: float = 0.0
    fps: float = 1.0

    @property
    def moments_s(self) -> tuple[float, ...]:
        """The capture time of every frame."""
        return tuple(i / self.fps for i in range(max(1, round(self.duration_s * self.fps))))
