"""What a cheap camera does to a picture: blur, grain, sharpening, a burnt-in clock, compression."""

from dataclasses import dataclass
from datetime import datetime

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.dice import Rng

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """The wear of one camera; lengths in pixels, strengths as shares."""

    blur_px: float
    noise: float
    sharpen: float
    gain: float
    tint: tuple[float, float, float]
    vignette: float
    jpeg: int
    clock_size: float
    title: str

    @classmethod
    def draw(cls, rng: Rng, noise: float) -> "Sensor":
        """A camera picked at random, in light that makes ``noise``."""
        return cls(
            blur_px=float(rng.uniform(0.3, 1.0)),
            noise=noise * float(rng.uniform(0.5, 1.5)),
            sharpen=float(rng.uniform(0.0, 0.9)),
            gain=float(rng.uniform(0.9, 1.25)),
            tint=(float(rng.uniform(0.95, 1.06)), 1.0, float(rng.uniform(0.95, 1.06))),
            vignette=float(rng.uniform(0.0, 0.3)),
            jpeg=int(rng.integers(45, 92)),
            clock_size=float(rng.choice([0.0, 0.38, 0.45])),
            title=f"CAM {int(rng.integers(1, 99)):02d}",
        )


def expose(image: Image, sensor: Sensor, now: datetime, rng: Rng) -> Image:
    """The picture as the camera gives it, before compression."""
    light = np.asarray(image / np.float32(255), np.float32)
    light *= np.array(sensor.tint, np.float32) * np.float32(sensor.gain)
    light = _blurred(light, sensor.blur_px)
    light += sensor.sharpen * (light - _blurred(light, 1.6))
    light *= 1 - sensor.vignette * _corner_distance(image.shape[:2])[..., None]
    shot = np.sqrt(np.clip(light, 0.02, 1))
    grain = rng.standard_normal(image.shape).astype(np.float32) * 0.6
    coarse = _blurred(rng.standard_normal(image.shape).astype(np.float32), 1.1) * 1.6
    light += sensor.noise * shot * (grain + coarse)
    picture = (np.clip(light, 0, 1) * 255 + 0.5).astype(np.uint8)
    return _burn_clock(picture, sensor, now)


def compressed(image: Image, sensor: Sensor) -> Image:
    """The picture after JPEG, as cameras send stills."""
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, sensor.jpeg])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return np.asarray(decoded, np.uint8)


def _blurred(light: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(light, (0, 0), sigma_px), np.float32)


def _corner_distance(shape: tuple[int, ...]) -> NDArray[np.float32]:
    rows, columns = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    return np.asarray((rows**2 + columns**2) / 2, np.float32)


def _burn_clock(image: Image, sensor: Sensor, now: datetime) -> Image:
    if not sensor.clock_size:
        return image
    height, width = image.shape[:2]
    for words, foot in ((f"{now:%Y-%m-%d %H:%M:%S}", (6, 14)), (sensor.title, (width - 70, height - 8))):
        for ink, thick in (((0, 0, 0), 3), ((255, 255, 255), 1)):
            cv2.putText(
                image, words, foot, cv2.FONT_HERSHEY_SIMPLEX, sensor.clock_size, ink, thick, cv2.LINE_AA
            )
    return image
