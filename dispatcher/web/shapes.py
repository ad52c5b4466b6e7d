"""The bodies of the API that are not the domain's own types."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field, JsonValue

from dispatcher.domain.log import LogEntry
from dispatcher.domain.ticket import ReturnReason, Role, State, Ticket, TicketId, Verb
from dispatcher.ports import EvidenceView, ReceivedEvent, TicketFilter
from edge.contract.messages import Incident


class LogEntryBody(BaseModel):
    """One move of one ticket: who did what when, and why."""

    log_id: int = Field(description="Grows over all tickets; the id of the live stream.")
    ticket_id: TicketId
    rev: int
    at: datetime
    role: Role
    actor: str = Field(
        description="An account, a person, a camera, or the part of the dispatcher that decided."
    )
    verb: Verb
    from_state: State | None
    to_state: State
    data: dict[str, JsonValue] = Field(description="What the move changed, and the reasons under `why`.")
    hash: str = Field(description="SHA-256 over this entry and the one before it of the same ticket.")

    @classmethod
    def of(cls, entry: LogEntry) -> Self:
        return cls(
            log_id=entry.log_id,
            ticket_id=entry.ticket_id,
            rev=entry.rev,
            at=entry.at,
            role=entry.role,
            actor=entry.actor,
            verb=entry.verb,
            from_state=entry.from_state,
            to_state=entry.to_state,
            data=dict(entry.data),
            hash=entry.hash,
        )


class TicketQuery(BaseModel):
    """Which tickets to list; what is left out sieves nothing."""

    state: list[State] = Field(default=[], description="Only these states; repeat the parameter.")
    category: str | None = Field(default=None, description="Only this category.")
    camera: str | None = Field(default=None, description="Only what this camera saw.")
    cell: str | None = Field(default=None, description="Only this cell and the cells below it.")
    assignee: str | None = Field(default=None, description="Only this person's.")
    cursor: str | None = Field(default=None, description="`next_cursor` of the page before.")
    limit: int = Field(default=50, ge=1, le=500, description="How many at most.")

    def as_filter(self) -> TicketFilter:
        return TicketFilter(
            states=frozenset(self.state),
            category=self.category,
            camera_id=self.camera,
            cell_code=self.cell,
            assignee_id=self.assignee,
            before_id=TicketId(self.cursor) if self.cursor else None,
            limit=self.limit,
        )


class TicketPage(BaseModel):
    """Some tickets, newest first."""

    items: list[Ticket]
    next_cursor: str | None = Field(
        description="Pass it as `cursor` for the page after this one; null: no more."
    )


class TicketBody(BaseModel):
    """One ticket with everything behind it."""

    ticket: Ticket
    legal_verbs: list[Verb] = Field(description="What this account may do to the ticket now.")
    log: list[LogEntryBody]
    incidents: list[Incident]
    evidence: list[EvidenceView] = Field(description="Fetch the bytes at `/api/v1/evidence/{sha256}`.")


class MoveBody(BaseModel):
    """What somebody wants done to a ticket."""

    rev: int = Field(description="The revision that was looked at; a newer one refuses the move.", ge=1)
    reason: str | None = Field(
        default=None,
        max_length=500,
        description=f"Why; some verbs need it. With `return` one of: {', '.join(ReturnReason)}.",
    )
    note: str | None = Field(default=None, max_length=500, description="What else there is to say.")
    assignee_id: str | None = Field(default=None, description="With `reassign`: who takes over.")
    until: datetime | None = Field(default=None, description="With `pause`: when the clock goes on.")


class EventPage(BaseModel):
    """Incident events in order of arrival."""

    items: list[ReceivedEvent]
    next_after: int = Field(description="Pass it as `after` for the events after these.")
