"""A ticket: the work that follows from incidents."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

TicketId = NewType("TicketId", str)


class State(StrEnum):
    """Where a ticket stands."""

    RECEIVED = "received"
    FILED = "filed"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    HANDLING = "handling"
    DONE = "done"
    CLOSED = "closed"
    RETURNED = "returned"
    PAUSED = "paused"
    VOID = "void"

    @property
    def is_live(self) -> bool:
        return self not in {State.CLOSED, State.VOID}


class Role(StrEnum):
    """Who may make a move."""

    SYSTEM = "system"
    CAMERA = "camera"
    DESK = "desk"
    HANDLER = "handler"
    SUPERVISOR = "supervisor"


class Verb(StrEnum):
    """What can be done to a ticket."""

    RECEIVE = "receive"
    FILE = "file"
    DISPATCH = "dispatch"
    ACCEPT = "accept"
    START = "start"
    FINISH = "finish"  # the handler says it is done
    VERIFY = "verify"  # the camera, or a person who is not the handler, saw that it is gone
    REWORK = "rework"  # it is still there, or there again
    RETURN = "return"
    REASSIGN = "reassign"
    PAUSE = "pause"
    RESUME = "resume"
    VOID = "void"
    MERGE = "merge"  # one more incident joins
    UPDATE = "update"  # an incident of the ticket changed
    REMIND = "remind"  # half of a clock, or all of it, has run
    ESCALATE = "escalate"  # the next level is called in


class ReturnReason(StrEnum):
    """Why a handler gives a ticket back; other reasons do not count."""

    NOT_OUR_FUNCTION = "not_our_function"
    NOT_OUR_AREA = "not_our_area"
    UNCLEAR_OWNERSHIP = "unclear_ownership"
    FALSE_ALARM = "false_alarm"


class Outcome(StrEnum):
    """How a closed ticket came to its end; self-cleared ones are kept apart in every statistic."""

    CAMERA_VERIFIED = "camera_verified"
    PERSON_VERIFIED = "person_verified"
    SELF_CLEARED = "self_cleared"
    FALSE_ALARM = "false_alarm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket as the fold of its log; ``rev`` grows by one with each log entry.

    ``lat``, ``lon`` is the fixed anchor (WGS 84) that later incidents are merged by. ``due_at`` is the end
    of the clock that runs now. ``escalation_level`` is how many levels above its own are called in.
    ``flags`` names what needs a look: ``outside_cells``, ``unknown_camera``, ``roster_gap``,
    ``historical``. ``head`` is the hash of the last log entry.
    """

    ticket_id: TicketId
    rev: int
    state: State
    category: str
    severity: int
    camera_id: str
    source: str
    lat: float
    lon: float
    cell_code: str
    body_id: str
    assignee_id: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    received_at: datetime
    dispatched_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    escalation_level: int
    outcome: Outcome | None
    reopened: int
    recurs_of: TicketId | None
    flags: tuple[str, ...]
    accepted_at: datetime | None = None
    finished_at: datetime | None = None
    finished_by: str | None = None
    returns: int = 0
    head: str = ""
