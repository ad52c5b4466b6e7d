"""Halos, rain and drops between a street and the sensor."""

import numpy as np
from numpy.typing import NDArray

from models.synth.air import through_air
from models.synth.weathers import WEATHERS


def _lamp() -> NDArray[np.uint8]:
    picture = np.full((120, 200, 3), 20, np.uint8)
    picture[50:56, 98:104] = 255
    return picture


def _rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_on_a_clear_day_nothing_changes() -> None:
    picture = _lamp()

    assert np.array_equal(through_air(picture, WEATHERS["day"], _rng()), picture)


def test_a_lamp_by_night_lights_up_what_is_about_it() -> None:
    shown = through_air(_lamp(), WEATHERS["night"], _rng())

    assert shown[53, 106].mean() > 25
    assert abs(int(shown[5, 5].mean()) - 20) <= 1


def test_rain_draws_streaks_that_a_dry_night_lacks() -> None:
    grey = np.full((120, 200, 3), 60, np.uint8)

    dry, wet = (through_air(grey, WEATHERS[name], _rng()) for name in ("night", "night_rain"))

    assert np.std(dry.astype(float)) < 1
    assert np.std(wet.astype(float)) > 3


def test_the_same_dice_give_the_same_air() -> None:
    first, again = (through_air(_lamp(), WEATHERS["rain"], _rng()) for _ in range(2))

    assert np.array_equal(first, again)
