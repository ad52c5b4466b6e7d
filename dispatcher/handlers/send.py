"""Sending a ticket to somebody: the entries that name who, and why."""

from dataclasses import dataclass
from datetime import datetime

from dispatcher.domain.assign import Assignment, Rules, assign, first_level
from dispatcher.domain.case import Act, Case, enter
from dispatcher.domain.district import District
from dispatcher.domain.log import JsonValue
from dispatcher.domain.ticket import Role, Ticket, Verb
from dispatcher.ports import Writer

SYSTEM = "dispatcher"
"""The actor of what nobody ordered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What is needed to find somebody, in one transaction at one moment."""

    tx: Writer
    district: District
    now: datetime

    @property
    def rules(self) -> Rules:
        return Rules(duty=self.district.duty, roster=self.district.roster, load_of=self.tx.load_of)

    def choose(self, ticket: Ticket, *, exclude: frozenset[str] = frozenset()) -> Assignment:
        """Return who answers for ``ticket`` now; whoever has had it is preferred unless excluded."""
        path = self.district.grid.path(ticket.cell_code)
        level = first_level(path, ticket.category, ticket.severity, self.district.duty)
        return assign(
            path,
            ticket.category,
            rules=self.rules,
            now=self.now,
            level=level,
            prefer=ticket.assignee_id,
            exclude=exclude,
        )

    def choose_above(self, ticket: Ticket) -> Assignment:
        """Return who is called in from the level above the one that has failed to answer."""
        return assign(
            self.district.grid.path(ticket.cell_code),
            ticket.category,
            rules=self.rules,
            now=self.now,
            level=ticket.escalation_level + 1,
        )

    def enter(self, case: Case, act: Act) -> Case:
        return enter(
            case, act, clocks=self.district.categories.of_code(case.ticket.category).clocks, now=self.now
        )

    def dispatch(self, case: Case, *, exclude: frozenset[str] = frozenset()) -> Case:
        """Return ``case`` sent out by the system."""
        return self.send(case, Act(verb=Verb.DISPATCH, role=Role.SYSTEM, actor=SYSTEM), exclude=exclude)

    def send(self, case: Case, act: Act, *, exclude: frozenset[str] = frozenset()) -> Case:
        """Return ``case`` after ``act``, which leads to ``dispatched``, with the person who is sent."""
        assignment = self.choose(case.ticket, exclude=exclude)
        changes, why = describe(case.ticket, assignment)
        return self.enter(
            case,
            Act(
                verb=act.verb,
                role=act.role,
                actor=act.actor,
                changes={**act.changes, **changes},
                facts={**act.facts, "why": {"assignment": why}},
            ),
        )


def describe(ticket: Ticket, assignment: Assignment) -> tuple[dict[str, JsonValue], dict[str, JsonValue]]:
    """Return what ``assignment`` sets on ``ticket``, and its why.

    Where the body that should answer has nobody on shift, it keeps the ticket, and the person is of the
    next level.
    """
    flags = set(ticket.flags) - {"roster_gap"}
    if assignment.gaps:
        flags.add("roster_gap")
    changes: dict[str, JsonValue] = {
        "assignee_id": assignment.person.person_id,
        "body_id": assignment.gaps[0] if assignment.gaps else assignment.row.body_id,
        "escalation_level": assignment.level,
        "flags": [*sorted(flags)],
    }
    return changes, assignment.as_json()
