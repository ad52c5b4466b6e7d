"""Plans are made of numbers alone: by seed, without Blender, with nothing standing in anything."""

import math
import sys
from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from models.synth.kinds import KINDS, LABELS
from models.synth.plan import Thing
from models.synth.shapes import Piece
from models.synth.stills import plan_still
from models.synth.streets import STREETS
from models.synth.weathers import WEATHERS

SEEDS = range(30)
VEHICLES = {"car", "bus", "truck", "muck_truck"}


@pytest.mark.parametrize("street", STREETS)
def test_the_same_seed_makes_the_same_plan(street: str) -> None:
    assert plan_still(street, 7) == plan_still(street, 7)


def test_another_seed_makes_another_plan() -> None:
    assert plan_still("shop_street", 7) != plan_still("shop_street", 8)


def test_planning_needs_no_blender() -> None:
    plan_still("junction", 1)

    assert "bpy" not in sys.modules


def test_over_many_seeds_every_weather_and_every_kind_is_drawn() -> None:
    plans = [plan_still(street, seed) for street in STREETS for seed in range(60)]

    weathers = {plan.weather.name for plan in plans}
    kinds = {thing.kind for plan in plans for thing in plan.things}

    assert weathers == set(WEATHERS)
    assert kinds == set(KINDS) - {"fruit_stall"}, "the plain fruit stall belongs to the demo"


def test_there_are_streets_with_water_wet_streets_without_and_pavements_in_order() -> None:
    plans = [plan_still("shop_street", seed) for seed in range(80)]

    wet = Counter((plan.wetness > 0.5, plan.water.level_at(0) > -1) for plan in plans)
    orderly = sum(all(thing.kind != "stall" for thing in plan.things) for plan in plans)

    assert all(wet[case] >= 3 for case in [(True, True), (True, False), (False, True), (False, False)])
    assert 10 < orderly < 70


@pytest.mark.parametrize("street", STREETS)
def test_no_vehicle_stands_in_another_in_any_take(street: str) -> None:
    plans = [plan_still(street, seed, takes=3) for seed in SEEDS]

    crashes = [
        (plan.seed, at_s, one.kind, other.kind)
        for plan in plans
        for at_s in plan.moments_s
        for one, other in combinations([thing for thing in plan.things if thing.kind in VEHICLES], 2)
        if _overlap(one, other, at_s)
    ]

    assert crashes == []


def _overlap(one: Thing, other: Thing, at_s: float) -> bool:
    first, second = one.place_at(at_s), other.place_at(at_s)
    assert first
    assert second
    return abs(first[0] - second[0]) < 4 and abs(first[1] - second[1]) < 1.6


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_built_the_same_from_the_same_seed_and_differs_with_another(kind: str) -> None:
    first, again, other = (KINDS[kind](np.random.default_rng(seed)) for seed in (1, 1, 2))

    assert _looks(first) == _looks(again)
    assert kind == "bollards" or _looks(first) != _looks(other)


def _looks(pieces: tuple[Piece, ...]) -> list[tuple[bytes, object]]:
    return [(part.vertices.tobytes(), part.paint) for piece in pieces for part in piece.parts]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_stands_on_the_ground_within_reason_and_wears_known_labels(kind: str) -> None:
    for seed in range(5):
        pieces = KINDS[kind](np.random.default_rng(seed))

        low = min(
            part.vertices[:, 2].min() + piece.pivot[2]
            for piece in pieces
            for part in piece.parts
            if not part.text
        )
        size = max(
            np.abs(part.vertices[:, :2]).max() for piece in pieces for part in piece.parts if not part.text
        )
        assert -0.15 < low < 0.3
        assert size < 8
        assert {label for piece in pieces for label in piece.labels} <= set(LABELS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_face_of_a_kind_names_vertices_that_there_are(kind: str) -> None:
    pieces = KINDS[kind](np.random.default_rng(3))

    for part in (part for piece in pieces for part in piece.parts if not part.text):
        numbers = [number for face in part.faces for number in face]
        assert 0 <= min(numbers) <= max(numbers) < len(part.vertices)
        assert np.isfinite(part.vertices).all()


def test_a_thing_is_where_its_way_leads_and_nowhere_before_or_after() -> None:
    thing = Thing(kind="car", seed=1, x=10, y=-2, yaw=math.pi, speed_mps=5, from_s=4, to_s=8)

    assert thing.place_at(3.9) is None
    assert thing.place_at(4) == pytest.approx((10, -2, 0))
    assert thing.place_at(6) == pytest.approx((0, -2, 0))
    assert thing.place_at(8) is None
