"""The truth of a clip: what happens in it, from when to when, and where in the picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.synth.cast import Box, Member
from models.synth.labels import Truth, find_water, road_heights
from models.synth.plan import Plan

LEAST_WATER_M2 = 1.0
LEAST_TRUCK_HEIGHT = 0.1
"""Of the picture's height; a smaller one is too far away to count as seen."""
LEAST_STAY_S = 5.0
"""Whoever puts a crate down for less is unloading or resting."""
KINDS_OF_THINGS = {
    "stall": "street_encroachment",
    "fruit_stall": "street_encroachment",
    "goods": "street_encroachment",
    "car": "illegal_parking",
}
"""What standing on the pavement is called; a car on the road is none of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that ought to be found: seconds of capture time, box in fractions at its fullest."""

    kind: str
    label: str
    from_s: float
    to_s: float
    box: tuple[float, float, float, float]


def find_events(plan: Plan, cast: Sequence[Member]) -> tuple[Event, ...]:
    """All events of the clip in order of their beginning."""
    things = [event for member in cast for event in _stay(plan, member) or _passage(plan, member)]
    return tuple(sorted([*things, *_flood(plan)], key=lambda event: event.from_s))


def _stay(plan: Plan, member: Member) -> list[Event]:
    """What stands on a pavement where it may not, for part of the clip or all of it."""
    thing = member.thing
    kind = KINDS_OF_THINGS.get(thing.kind)
    to_s = min(thing.to_s, plan.duration_s)
    box = member.box_at(thing.from_s, plan.view)
    stays = not thing.speed_mps and thing.z > 0 and to_s - thing.from_s >= LEAST_STAY_S
    if kind is None or box is None or box.empty or not stays:
        return []
    label = member.pieces[0].labels[0]
    return [Event(kind=kind, label=label, from_s=thing.from_s, to_s=to_s, box=_inside(box))]


def _passage(plan: Plan, member: Member) -> list[Event]:
    """A muck truck, for as long as it is seen as a whole and not too small."""
    if member.thing.kind != "muck_truck":
        return []
    seen = [
        (at_s, box) for at_s in plan.moments_s if (box := member.box_at(at_s, plan.view)) and _counts(box)
    ]
    if not seen:
        return []
    largest = max((box for _, box in seen), key=lambda box: box.bottom - box.top)
    times = {"from_s": round(seen[0][0], 3), "to_s": round(seen[-1][0] + 1 / plan.fps, 3)}
    return [Event(kind="muck_truck", label="muck_truck", box=_inside(largest), **times)]


def _counts(box: Box) -> bool:
    return box.whole and box.bottom - box.top >= LEAST_TRUCK_HEIGHT


def _flood(plan: Plan) -> list[Event]:
    """Standing water while at least ``LEAST_WATER_M2`` of it is in view, with its largest sheet's box."""
    heights, metres = road_heights(plan), _pixel_areas(plan)
    masks = [(at_s, heights < plan.water.level_at(at_s)) for at_s in plan.moments_s]
    seen = [(at_s, mask) for at_s, mask in masks if float(metres[mask].sum()) >= LEAST_WATER_M2]
    if not seen:
        return []
    sheet = max(find_water(max((mask for _, mask in seen), key=np.count_nonzero)), key=_area)
    width, height = plan.view.width, plan.view.height
    box = (sheet.left / width, sheet.top / height, sheet.right / width, sheet.bottom / height)
    to_s = round(seen[-1][0] + 1 / plan.fps, 3)
    return [
        Event(kind="standing_water", label="water", from_s=round(seen[0][0], 3), to_s=to_s, box=_rounded(box))
    ]


def _area(sheet: Truth) -> int:
    return (sheet.right - sheet.left) * (sheet.bottom - sheet.top)


def _pixel_areas(plan: Plan) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Square metres of ground that each pixel covers; zero above the horizon."""
    places = np.nan_to_num(plan.view.ground(), nan=0.0)
    along, down = np.gradient(places, axis=1), np.gradient(places, axis=0)
    return np.asarray(np.abs(along[..., 0] * down[..., 1] - along[..., 1] * down[..., 0]))


def _inside(box: Box) -> tuple[float, float, float, float]:
    left, top, right, bottom = (min(1.0, max(0.0, v)) for v in (box.left, box.top, box.right, box.bottom))
    return _rounded((left, top, right, bottom))


def _rounded(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = (round(float(v), 4) for v in box)
    return left, top, right, bottom
