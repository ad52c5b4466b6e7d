"""A look: one model run on one region of one frame, and what it saw."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from edge.domain.detection import Box, Detection
from edge.domain.frame import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A look that is due: run ``model`` on ``region`` of the frame for the ``labels`` of ``rule_ids``.

    ``overdue_s`` is how long it has been due; over all cameras the most overdue goes first.
    ``stretch`` is the factor by which overload stretched the intervals.
    """

    camera_id: str
    rule_ids: tuple[str, ...]
    model: str
    labels: frozenset[str]
    region: Box
    cause: Literal["first", "changed", "unsettled", "aged"]
    overdue_s: float
    stretch: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look saw for one rule.

    ``still_s`` is for how much of the time since the rule's look before the zone was watched and did
    not change: what was there then was there all that time.
    """

    frame: Frame
    detections: tuple[Detection, ...]
    still_s: float
    stretch: float = 1.0

    @property
    def at_s(self) -> float:
        return self.frame.stream_s

    @property
    def at(self) -> datetime:
        return self.frame.captured_at


@dataclass(frozen=True, slots=True, kw_only=True)
class LookMark:
    """What one look said about one thing; ``score`` and ``box`` are absent where it was not found.

    ``amount`` is what a rule measures in each look: how many, or which share.
    """

    at: datetime
    at_s: float
    score: float | None = None
    box: Box | None = None
    amount: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One thing found in one look; ``worth`` is what its picture is worth as evidence."""

    score: float
    box: Box
    worth: float
    amount: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shot:
    """A frame worth keeping, with what was seen in it; ``worth`` tells the better of two."""

    frame: Frame
    detections: tuple[Detection, ...]
    box: Box
    worth: float
