"""The things of a plan as pieces, and the boxes that they would fill in an empty street."""

from dataclasses import dataclass

import numpy as np

from models.synth.camera import View
from models.synth.kinds import KINDS
from models.synth.plan import Plan, Thing
from models.synth.poses import corners
from models.synth.shapes import Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box in fractions of the picture; it may reach beyond the picture."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def whole(self) -> bool:
        """Whether all of it lies in the picture."""
        return min(self.left, self.top) >= 0 and max(self.right, self.bottom) <= 1

    @property
    def empty(self) -> bool:
        """Whether none of it lies in the picture."""
        return self.right <= 0 or self.left >= 1 or self.bottom <= 0 or self.top >= 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Member:
    """A thing with its pieces built."""

    thing: Thing
    pieces: tuple[Piece, ...]

    def box_at(self, at_s: float, view: View) -> Box | None:
        """Where it falls in the picture at a moment; None while it is not there or behind the camera."""
        pixels = view.project(corners(self.thing, self.pieces, at_s))
        known = pixels[~np.isnan(pixels).any(axis=1)] / (view.width, view.height)
        if not len(known):
            return None
        left, top = (float(v) for v in known.min(axis=0))
        right, bottom = (float(v) for v in known.max(axis=0))
        return Box(left=left, top=top, right=right, bottom=bottom)


def build_cast(plan: Plan) -> tuple[Member, ...]:
    """Every thing of the plan, built from its own seed."""
    return tuple(
        Member(thing=thing, pieces=KINDS[thing.kind](np.random.default_rng(thing.seed)))
        for thing in plan.things
    )
