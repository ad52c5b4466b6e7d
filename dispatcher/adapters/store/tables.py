"""The tables; the migrations make them, a test compares."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


class Moment(TypeDecorator[datetime]):
    """An aware moment as text in UTC: sorts as it should, reads well, is the same in both databases."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC).strftime(_FORMAT)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002
        return None if value is None else datetime.fromisoformat(value)


_Id = BigInteger().with_variant(Integer, "sqlite")
metadata = MetaData()

event = Table(
    "event",
    metadata,
    Column("event_no", _Id, primary_key=True),
    Column("source", String, nullable=False),
    Column("id", String, nullable=False),
    Column("incident_id", String, nullable=False, index=True),
    Column("arrived_at", Moment, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("source", "id", name="uq_event_source_id"),
)
incident = Table(
    "incident",
    metadata,
    Column("incident_id", String, primary_key=True),
    Column("ticket_id", String, nullable=False, index=True),
    Column("source", String, nullable=False),
    Column("rev", Integer, nullable=False),
    Column("phase", String, nullable=False),
    Column("body", Text, nullable=False),
)
ticket = Table(
    "ticket",
    metadata,
    Column("ticket_id", String, primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("is_live", Boolean, nullable=False),
    Column("category", String, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("camera_id", String, nullable=False),
    Column("source", String, nullable=False),
    Column("lat", Float, nullable=False),
    Column("lon", Float, nullable=False),
    Column("cell_code", String, nullable=False),
    Column("body_id", String, nullable=False),
    Column("assignee_id", String),
    Column("first_seen_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("dispatched_at", Moment),
    Column("accepted_at", Moment),
    Column("finished_at", Moment),
    Column("finished_by", String),
    Column("closed_at", Moment),
    Column("due_at", Moment),
    Column("escalation_level", Integer, nullable=False),
    Column("outcome", String),
    Column("reopened", Integer, nullable=False),
    Column("returns", Integer, nullable=False),
    Column("recurs_of", String),
    Column("flags", String, nullable=False),
    Column("head", String(64), nullable=False),
    Index("ix_ticket_state", "state", "ticket_id"),
    Index("ix_ticket_place", "category", "lat", "last_seen_at"),
    Index("ix_ticket_camera", "category", "camera_id", "last_seen_at"),
    Index("ix_ticket_assignee", "assignee_id", "dispatched_at"),
    Index("ix_ticket_closed", "closed_at"),
    Index(
        "ix_ticket_live",
        "assignee_id",
        "due_at",
        sqlite_where=text("is_live"),
        postgresql_where=text("is_live"),
    ),
)
log = Table(
    "log",
    metadata,
    Column("log_id", _Id, primary_key=True),
    Column("ticket_id", String, nullable=False),
    Column("rev", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("role", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("verb", String, nullable=False),
    Column("from_state", String),
    Column("to_state", String, nullable=False),
    Column("data", Text, nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("ticket_id", "rev", name="uq_log_ticket_rev"),
)
timer = Table(
    "timer",
    metadata,
    Column("ticket_id", String, primary_key=True),
    Column("step", String, nullable=False),
    Column("due_at", Moment, nullable=False, index=True),
)
evidence = Table(
    "evidence",
    metadata,
    Column("incident_id", String, primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("media_type", String, nullable=False),
)
picture = Table(
    "picture",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size_bytes", Integer, nullable=False),
    Column("stored_at", Moment, nullable=False),
)
box = Table(
    "box",
    metadata,
    Column("source", String, primary_key=True),
    Column("status", Text),
    Column("health", Text),
    Column("heard_at", Moment, nullable=False),
    Column("events", Integer, nullable=False),
    Column("first_sequence", Integer),
    Column("last_sequence", Integer),
)
dead_letter = Table(
    "dead_letter",
    metadata,
    Column("letter_id", _Id, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("topic", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("beginning", Text, nullable=False),
)
account = Table(
    "account",
    metadata,
    Column("account", String, primary_key=True),
    Column("password_hash", String, nullable=False),
    Column("created_at", Moment, nullable=False),
)
