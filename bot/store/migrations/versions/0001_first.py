"""The first schema: conferences, people, legs, journal, outbox, attempts, timers, gates, phone book."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _attempt()
    _conference()
    _gate()
    _journal()
    _outbox()
    _person()
    _timer()
    _participant()
    _leg()


def _attempt() -> None:
    op.create_table(
        "attempt",
        sa.Column("outbox_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("upto", BIG_ID, nullable=False),
        sa.PrimaryKeyConstraint("outbox_id"),
    )


def _conference() -> None:
    op.create_table(
        "conference",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("host_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("thread_ts", sa.String(), nullable=False),
        sa.Column("card_ts", sa.String(), nullable=False),
        sa.Column("card_print", sa.String(), nullable=False),
        sa.Column("chat_lost", sa.String(), nullable=False),
        sa.Column("gated", sa.Boolean(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("live_at", sa.Float(), nullable=True),
        sa.Column("ended_at", sa.Float(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.Column("room_id", sa.String(), nullable=False),
        sa.Column("opener", sa.String(), nullable=False),
        sa.Column("gone_rooms", sa.JSON(), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("alive_legs", sa.Integer(), nullable=False),
        sa.Column("in_room", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.CheckConstraint("(phase = 'ended') = (ended_at IS NOT NULL)", name="ended_has_time"),
        sa.CheckConstraint("phase IN ('open', 'live', 'ended')", name="phase_known"),
        sa.CheckConstraint("alive_legs >= 0 AND in_room >= 0 AND in_room <= alive_legs", name="counts_fit"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("conference_host", "conference", ["host_id", "phase"], unique=False)
    op.create_index("conference_place", "conference", ["channel", "phase"], unique=False)
    op.create_index(op.f("ix_conference_room_id"), "conference", ["room_id"], unique=False)


def _gate() -> None:
    op.create_table(
        "gate",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("not_before", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("conference_id", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "journal_waiting",
        "journal",
        ["ref"],
        unique=False,
        sqlite_where=sa.text("done = 0"),
        postgresql_where=sa.text("NOT done"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("conference_id", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("pace", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_due", "outbox", ["due"], unique=False)
    op.create_index("outbox_lane", "outbox", ["lane", "id"], unique=False)


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("user_id"),
    )


def _timer() -> None:
    op.create_table(
        "timer",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index(op.f("ix_timer_due"), "timer", ["due"], unique=False)


def _participant() -> None:
    op.create_table(
        "participant",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("conference_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("leg_id", sa.String(), nullable=False),
        sa.Column("legs", sa.Integer(), nullable=False),
        sa.Column("invited_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"],
            ["conference.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_participant_conference_id"), "participant", ["conference_id"], unique=False)


def _leg() -> None:
    op.create_table(
        "leg",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("conference_id", sa.String(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("queued_at", sa.Float(), nullable=False),
        sa.Column("tried_at", sa.Float(), nullable=True),
        sa.Column("call_control_id", sa.String(), nullable=True),
        sa.Column("rang_at", sa.Float(), nullable=True),
        sa.Column("answered_at", sa.Float(), nullable=True),
        sa.Column("asked_at", sa.Float(), nullable=True),
        sa.Column("passed_at", sa.Float(), nullable=True),
        sa.Column("no_key_at", sa.Float(), nullable=True),
        sa.Column("seat_asked", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.Float(), nullable=True),
        sa.Column("left_at", sa.Float(), nullable=True),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
        sa.Column("gone_at", sa.Float(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("refused_status", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.CheckConstraint("(phase = 'gone') = (gone_at IS NOT NULL)", name="gone_has_time"),
        sa.CheckConstraint("phase IN ('queued', 'dialing', 'answered', 'joined', 'gone')", name="phase_known"),
        sa.ForeignKeyConstraint(
            ["conference_id"],
            ["conference.id"],
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("call_control_id"),
    )
    op.create_index("leg_place", "leg", ["conference_id", "phase"], unique=False)
    # ### end Alembic commands ###
