"""What lies between a street and the sensor: halos about lamps, rain, drops on the lens."""

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.dice import Rng, chance
from models.synth.weathers import Weather

Light = NDArray[np.float32]

BRIGHT = 0.75
"""Of full scale; what is brighter spreads."""
STREAKS_PER_PIXEL = 0.004
DROP_SHARE = 0.35
"""Of the rain; so often there is a drop on the lens."""


def through_air(image: NDArray[np.uint8], weather: Weather, rng: Rng) -> NDArray[np.uint8]:
    """Return a bare rendered picture (h, w, 3) as it reaches the sensor in this weather."""
    if not weather.lamps and not weather.rain:
        return image
    light = np.asarray(image / np.float32(255), np.float32)
    light += weather.lamps * _halo(light)
    if weather.rain:
        light = _rained_on(light, weather.rain, rng)
        if chance(rng, DROP_SHARE * weather.rain):
            light = _behind_drops(light, rng)
    return (np.clip(light, 0, 1) * 255 + 0.5).astype(np.uint8)


def _halo(light: Light) -> Light:
    """The light that bright places shed over their surroundings, from near and from far."""
    bright = np.clip(light - BRIGHT, 0, None) / (1 - BRIGHT)
    width = light.shape[1]
    near, far = (cv2.GaussianBlur(bright, (0, 0), width * share) for share in (0.006, 0.03))
    return np.asarray(0.35 * near + 0.45 * far, np.float32)


def _rained_on(light: Light, rain: float, rng: Rng) -> Light:
    """Streaks that the lamps light up, and a veil over what is far (the upper part)."""
    height, width = light.shape[:2]
    length, slant = int(rng.integers(7, 19)), float(rng.uniform(-0.35, 0.35))
    points = (rng.random((height, width)) < STREAKS_PER_PIXEL * rain).astype(np.float32)
    kernel = np.zeros((length, length), np.float32)
    middle = (length - 1) / 2
    start, end = (round(middle * (1 - slant)), 0), (round(middle * (1 + slant)), length - 1)
    cv2.line(kernel, start, end, (1.0,), 1, cv2.LINE_AA)
    streaks = cv2.GaussianBlur(cv2.filter2D(points, -1, kernel), (0, 0), 0.6)
    around = cv2.GaussianBlur(light, (0, 0), width * 0.02)
    veil = np.linspace(0.22, 0.05, height, dtype=np.float32)[:, None, None] * np.float32(rain)
    grey = np.float32(light.mean())
    wet = light * (1 - veil) + grey * veil
    return np.asarray(wet + np.clip(streaks, 0, 1)[..., None] * (0.35 * around + 0.06), np.float32)


def _behind_drops(light: Light, rng: Rng) -> Light:
    """A few drops on the lens, each of which smears what is behind it."""
    height, width = light.shape[:2]
    smeared = cv2.GaussianBlur(light, (0, 0), width * 0.025)
    drops = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(1, 7))):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        half = int(width * rng.uniform(0.012, 0.045))
        axes = (half, round(half * float(rng.uniform(0.9, 1.5))))
        cv2.ellipse(drops, centre, axes, 0, 0, 360, (1.0,), -1, cv2.LINE_AA)
    cover = cv2.GaussianBlur(drops, (0, 0), width * 0.004)[..., None] * np.float32(0.85)
    return np.asarray(light * (1 - cover) + smeared * cover * np.float32(1.08), np.float32)
