"""The statements of the busy path, built once: building costs more than running them."""

import functools
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Table, and_, bindparam, case, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dispatcher.adapters.store import tables as t
from edge.contract.messages import Phase

_OPEN_PHASES = (Phase.OPENED, Phase.UPDATED)

KNOWN_INCIDENT = select(t.incident.c.ticket_id, t.incident.c.rev, t.incident.c.phase).where(
    t.incident.c.incident_id == bindparam("incident_id")
)
CHANGE_INCIDENT = update(t.incident).where(t.incident.c.incident_id == bindparam("known_id"))
PHASES = select(t.incident.c.phase).where(t.incident.c.ticket_id == bindparam("ticket_id"))

TICKET = select(t.ticket).where(t.ticket.c.ticket_id == bindparam("ticket_id")).with_for_update()
CHANGE_TICKET = update(t.ticket).where(
    t.ticket.c.ticket_id == bindparam("known_id"), t.ticket.c.rev == bindparam("was_rev")
)

SET_TIMER = update(t.timer).where(t.timer.c.ticket_id == bindparam("known_id"))

_given = t.ticket.c.assignee_id == bindparam("person_id")
LOAD = select(
    select(func.count()).where(_given, t.ticket.c.is_live).scalar_subquery().label("open_tickets"),
    select(func.max(t.ticket.c.dispatched_at)).where(_given).scalar_subquery().label("last_at"),
)

_still_seen = (
    select(t.incident.c.incident_id)
    .where(t.incident.c.ticket_id == t.ticket.c.ticket_id, t.incident.c.phase.in_(_OPEN_PHASES))
    .exists()
    .label("still_seen")
)
_candidates = select(t.ticket, _still_seen).where(
    t.ticket.c.category == bindparam("category"),
    or_(t.ticket.c.last_seen_at >= bindparam("since"), t.ticket.c.is_live),
)
CANDIDATES_OF_CAMERA = _candidates.where(t.ticket.c.camera_id == bindparam("camera_id"))
CANDIDATES_NEARBY = _candidates.where(
    and_(
        t.ticket.c.lat.between(bindparam("south"), bindparam("north")),
        t.ticket.c.lon.between(bindparam("west"), bindparam("east")),
    )
)

_box = t.box.c
_sequence: BindParameter[int] = bindparam("sequence")


def _unless(column: ColumnElement[int | None], is_beyond: ColumnElement[bool]) -> ColumnElement[int | None]:
    return case((or_(column.is_(None), is_beyond), _sequence), else_=column)


COUNT_EVENT = (
    update(t.box)
    .where(_box.source == bindparam("known_source"))
    .values(
        heard_at=bindparam("now"),
        events=_box.events + 1,
        first_sequence=_unless(_box.first_sequence, _box.first_sequence > _sequence),
        last_sequence=_unless(_box.last_sequence, _box.last_sequence < _sequence),
    )
)


@functools.cache
def insert_unless_there(table: Table, dialect: str) -> Any:  # noqa: ANN401 - of one dialect or the other
    """Return the insert that leaves a row with the same key alone, and counts what it did."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
