"""Light and weather as figures; wetness and standing water are separate numbers on purpose."""

from dataclasses import dataclass

from models.synth.shapes import Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What the sky does: the sun's strength (0: none), the sky's light, lamps, wetness from 0 to 1."""

    name: str
    sun: float
    sun_up_deg: tuple[float, float]
    sun_rgb: Vector
    softness_deg: float
    sky: float
    sky_rgb: Vector
    lamps: float
    wetness: tuple[float, float]
    exposure: float
    noise: float
    """How noisy the sensor is in this light, as a share of full scale."""
    rain: float = 0.0
    """How hard it rains, from 0 to 1: streaks in the air, drops on the lens."""
    hours: tuple[int, int] = (9, 17)
    """Hours of the clock between which it may be like this."""


WEATHERS = {
    weather.name: weather
    for weather in (
        Weather(
            name="day",
            sun=4.2,
            sun_up_deg=(25, 65),
            sun_rgb=(1.0, 0.95, 0.87),
            softness_deg=0.6,
            sky=0.9,
            sky_rgb=(0.6, 0.75, 1.0),
            lamps=0.0,
            wetness=(0, 0),
            exposure=0.35,
            noise=0.012,
        ),
        Weather(
            name="overcast",
            sun=0.5,
            sun_up_deg=(50, 75),
            sun_rgb=(0.95, 0.97, 1.0),
            softness_deg=60,
            sky=1.6,
            sky_rgb=(0.86, 0.93, 1.0),
            lamps=0.0,
            wetness=(0, 0.15),
            exposure=0.45,
            noise=0.015,
        ),
        Weather(
            name="wet",
            sun=0.6,
            sun_up_deg=(40, 70),
            sun_rgb=(0.95, 0.97, 1.0),
            softness_deg=50,
            sky=1.4,
            sky_rgb=(0.85, 0.92, 1.0),
            lamps=0.0,
            wetness=(0.6, 1.0),
            exposure=0.5,
            noise=0.016,
        ),
        Weather(
            name="rain",
            sun=0.1,
            sun_up_deg=(50, 70),
            sun_rgb=(0.9, 0.95, 1.0),
            softness_deg=90,
            sky=0.9,
            sky_rgb=(0.8, 0.9, 1.0),
            lamps=0.25,
            wetness=(0.8, 1.0),
            exposure=0.75,
            noise=0.022,
            rain=0.7,
        ),
        Weather(
            name="dusk",
            sun=0.5,
            sun_up_deg=(4, 9),
            sun_rgb=(1.0, 0.6, 0.35),
            softness_deg=3,
            sky=0.35,
            sky_rgb=(0.55, 0.62, 0.95),
            lamps=0.7,
            wetness=(0, 0.2),
            exposure=0.7,
            noise=0.024,
            hours=(17, 19),
        ),
        Weather(
            name="night",
            sun=0.0,
            sun_up_deg=(30, 30),
            sun_rgb=(0.6, 0.7, 1.0),
            softness_deg=5,
            sky=0.03,
            sky_rgb=(0.4, 0.5, 0.9),
            lamps=1.0,
            wetness=(0, 0.3),
            exposure=0.9,
            noise=0.035,
            hours=(20, 24),
        ),
        Weather(
            name="night_wet",
            sun=0.0,
            sun_up_deg=(30, 30),
            sun_rgb=(0.6, 0.7, 1.0),
            softness_deg=5,
            sky=0.03,
            sky_rgb=(0.4, 0.5, 0.9),
            lamps=1.0,
            wetness=(0.6, 1.0),
            exposure=0.9,
            noise=0.035,
            hours=(20, 24),
        ),
        Weather(
            name="night_rain",
            sun=0.0,
            sun_up_deg=(30, 30),
            sun_rgb=(0.6, 0.7, 1.0),
            softness_deg=5,
            sky=0.04,
            sky_rgb=(0.4, 0.5, 0.9),
            lamps=1.0,
            wetness=(0.8, 1.0),
            exposure=0.9,
            noise=0.035,
            rain=1.0,
            hours=(20, 24),
        ),
    )
}
