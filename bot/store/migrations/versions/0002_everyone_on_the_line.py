"""Control of the call: ladders, mute and hold, recordings, dial-in, what is said."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _add("conference", _conference())
    _add("participant", _participant())
    _add("leg", _leg())
    op.create_index(op.f("ix_conference_pin"), "conference", ["pin"])
    _add("person", [_list("others"), _moment("verified_at")])
    _speech()
    _contact()
    _side_calls()


def _add(table: str, columns: list[sa.Column[object]]) -> None:
    for column in columns:
        op.add_column(table, column)


def _text(name: str, default: str = "") -> sa.Column[object]:
    return sa.Column(name, sa.String(), nullable=False, server_default=default)


def _count(name: str, default: int) -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default=str(default))


def _flag(name: str, *, default: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.true() if default else sa.false())


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Float(), nullable=True)


def _list(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False, server_default="[]")


def _conference() -> list[sa.Column[object]]:
    return [
        _count("alone_secs", 600),
        _flag("locked"),
        _text("locked_by"),
        _text("recording", "off"),
        _text("recorded_by"),
        _moment("recording_since"),
        _list("recordings"),
        _text("recordings_in", "telnyx"),
        _flag("transcribed"),
        _text("talking"),
        _text("pin"),
        _moment("alone_since"),
        _text("slack_call"),
    ]


def _participant() -> list[sa.Column[object]]:
    return [
        _list("numbers"),
        _list("deputies"),
        _count("ring_secs", 30),
        _count("redials", 0),
        _count("redial_secs", 60),
        _count("redials_left", 0),
        _flag("gated", default=True),
        _flag("muted"),
        _flag("listen"),
        _text("next"),
        _moment("next_at"),
    ]


def _leg() -> list[sa.Column[object]]:
    return [
        _flag("came_in"),
        _flag("gated", default=True),
        _count("ring_secs", 30),
        _moment("declined_at"),
        _moment("call_back_at"),
        _moment("machine_at"),
        _flag("locked_out"),
        _text("removed_by"),
        _flag("muted"),
        _text("muted_by"),
        _flag("held"),
        _moment("audio_at"),
        _flag("far_held"),
        _flag("listen"),
        _flag("corrected"),
        _moment("hand_at"),
        _moment("star_at"),
    ]


def _speech() -> None:
    op.create_table(
        "speech",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("conference_id", sa.String(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["conference_id"], ["conference.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("speech_place", "speech", ["conference_id", "id"])


def _contact() -> None:
    op.create_table(
        "contact",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _side_calls() -> None:
    op.create_table(
        "side_call",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("call_control_id", sa.String(), nullable=False),
        sa.Column("begun_at", sa.Float(), nullable=False),
        sa.Column("answered_at", sa.Float(), nullable=True),
        sa.Column("ended_at", sa.Float(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("offered", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("leaving", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_side_call_call_control_id"), "side_call", ["call_control_id"])
    op.create_table(
        "pin_try",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("pin_try_at", "pin_try", ["at"])
