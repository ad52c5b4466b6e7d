"""Plans of single scenes, drawn by a seed: the light, the camera, the ground, the water."""

import numpy as np

from models.synth.camera import View
from models.synth.dice import Rng, chance
from models.synth.ground import DRY_M, Dip, Ground, Water
from models.synth.plan import Plan
from models.synth.populate import Floor, populate
from models.synth.streets import STREETS, Street
from models.synth.weathers import WEATHERS, Weather

TAKE_S = 3.0
"""Seconds between two pictures of one scene; long enough that traffic has changed."""
LENS_FREE_M = 5.5
"""Nothing starts nearer to the camera than this: a leaf before the lens hides a street."""
WEATHER_SHARES = {
    "day": 0.24,
    "overcast": 0.2,
    "wet": 0.12,
    "rain": 0.1,
    "dusk": 0.08,
    "night": 0.1,
    "night_wet": 0.09,
    "night_rain": 0.07,
}
SIZES = ((448, 252), (448, 252), (400, 300))


def plan_still(street_name: str, seed: int, takes: int = 1) -> Plan:
    """The scene of a street type and a seed, over ``takes`` pictures."""
    rng = _dice(street_name, seed)
    street, weather = STREETS[street_name], WEATHERS[_drawn_weather(rng)]
    ground = _ground(rng, street, seed)
    view = _view(rng, street)
    floor = Floor(rng, taken=[(view.x, view.y, LENS_FREE_M, LENS_FREE_M)])
    populate(floor, street)
    return Plan(
        seed=seed,
        street=street,
        weather=weather,
        wetness=float(rng.uniform(*weather.wetness)),
        sun_turn_deg=float(rng.uniform(0, 360)),
        sun_up_deg=float(rng.uniform(*weather.sun_up_deg)),
        view=view,
        ground=ground,
        water=_water(rng, ground, weather),
        things=tuple(floor.things),
        duration_s=takes * TAKE_S,
        fps=1 / TAKE_S,
    )


def weather_of(street_name: str, seed: int) -> str:
    """The name of the weather that ``plan_still`` gives a street type and a seed."""
    return _drawn_weather(_dice(street_name, seed))


def _dice(street_name: str, seed: int) -> Rng:
    return np.random.default_rng((seed, *street_name.encode()))


def _drawn_weather(rng: Rng) -> str:
    """The first draw of a scene, so that it can be known without the rest."""
    return str(rng.choice(list(WEATHER_SHARES), p=list(WEATHER_SHARES.values())))


def _view(rng: Rng, street: Street) -> View:
    """A pole on either kerb that looks along the street, or across it."""
    width, height = SIZES[int(rng.integers(len(SIZES)))]
    high, fov = float(rng.uniform(4.2, 8.0)), float(rng.uniform(48, 78))
    tilt = float(rng.uniform(12, 22)) + (high - 6) * 1.5
    if chance(rng, 0.3):  # across
        y, pan, x = (
            -street.road_m - float(rng.uniform(0, 2)),
            float(rng.uniform(25, 65)),
            float(rng.uniform(0, 6)),
        )
    else:
        y, pan, x = (
            float(rng.uniform(-street.road_m, 1.5)),
            float(rng.uniform(-8, 10)),
            float(rng.uniform(-3, 2)),
        )
        pan += (-street.road_m / 3 - y) * 1.5
    return View(
        x=x,
        y=y,
        z=high,
        pan_deg=pan,
        tilt_deg=tilt,
        roll_deg=float(rng.normal(0, 1.2)),
        fov_deg=fov,
        width=width,
        height=height,
    )


def _ground(rng: Rng, street: Street, seed: int) -> Ground:
    dips = []
    for _ in range(int(rng.integers(1, 5))):
        y = float(rng.choice([-0.6, -street.road_m + 0.6, float(rng.uniform(-street.road_m, 0))]))
        dips.append(
            Dip(
                x=float(rng.uniform(5, 26)),
                y=y,
                half_x=float(rng.uniform(0.8, 4.5)),
                half_y=float(rng.uniform(0.5, 2)),
                depth=float(rng.uniform(0.02, 0.07)),
            )
        )
    return Ground(seed=seed, road_m=street.road_m, roughness=float(rng.uniform(0.4, 1.3)), dips=tuple(dips))


def _water(rng: Rng, ground: Ground, weather: Weather) -> Water:
    """None mostly; else puddles in the hollows, now and then a flood that reaches the kerb."""
    if not chance(rng, 0.3 + 0.35 * weather.wetness[1]):
        return Water()
    x, y = np.meshgrid(np.linspace(4, 26, 120), np.linspace(-ground.road_m, 0, 60))
    share = float(rng.uniform(0.5, 0.98)) if chance(rng, 0.3) else float(rng.uniform(0.06, 0.4))
    return Water(levels_m=(max(DRY_M, float(np.quantile(ground.height(x, y), share))),))
