"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table of the ledger."""
    op.create_table(
        "account",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("account"),
    )
    op.create_table(
        "box",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("status", sa.Text()),
        sa.Column("health", sa.Text()),
        sa.Column("heard_at", sa.String(27), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("first_sequence", sa.Integer()),
        sa.Column("last_sequence", sa.Integer()),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_table(
        "dead_letter",
        sa.Column("letter_id", _ID, nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("beginning", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("letter_id"),
    )
    op.create_table(
        "event",
        sa.Column("event_no", _ID, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("arrived_at", sa.String(27), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("event_no"),
        sa.UniqueConstraint("source", "id", name="uq_event_source_id"),
    )
    op.create_index("ix_event_incident_id", "event", ["incident_id"])
    op.create_table(
        "evidence",
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "sha256", "kind"),
    )
    op.create_table(
        "incident",
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id"),
    )
    op.create_index("ix_incident_ticket_id", "incident", ["ticket_id"])
    op.create_table(
        "log",
        sa.Column("log_id", _ID, nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("from_state", sa.String()),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("log_id"),
        sa.UniqueConstraint("ticket_id", "rev", name="uq_log_ticket_rev"),
    )
    op.create_table(
        "picture",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("stored_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_table(
        "ticket",
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("cell_code", sa.String(), nullable=False),
        sa.Column("body_id", sa.String(), nullable=False),
        sa.Column("assignee_id", sa.String()),
        sa.Column("first_seen_at", sa.String(27), nullable=False),
        sa.Column("last_seen_at", sa.String(27), nullable=False),
        sa.Column("received_at", sa.String(27), nullable=False),
        sa.Column("dispatched_at", sa.String(27)),
        sa.Column("accepted_at", sa.String(27)),
        sa.Column("finished_at", sa.String(27)),
        sa.Column("finished_by", sa.String()),
        sa.Column("closed_at", sa.String(27)),
        sa.Column("due_at", sa.String(27)),
        sa.Column("escalation_level", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String()),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("recurs_of", sa.String()),
        sa.Column("flags", sa.String(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id"),
    )
    op.create_index("ix_ticket_assignee", "ticket", ["assignee_id", "dispatched_at"])
    op.create_index("ix_ticket_camera", "ticket", ["category", "camera_id", "last_seen_at"])
    op.create_index("ix_ticket_closed", "ticket", ["closed_at"])
    op.create_index(
        "ix_ticket_live",
        "ticket",
        ["assignee_id", "due_at"],
        sqlite_where=sa.text("is_live"),
        postgresql_where=sa.text("is_live"),
    )
    op.create_index("ix_ticket_place", "ticket", ["category", "lat", "last_seen_at"])
    op.create_index("ix_ticket_state", "ticket", ["state", "ticket_id"])
    op.create_table(
        "timer",
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("due_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id"),
    )
    op.create_index("ix_timer_due_at", "timer", ["due_at"])
