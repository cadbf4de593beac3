"""The tables. Columns bear the names of the fields in ``bot/core``; constraints refuse what cannot be."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Index,
    Integer,
    Table,
    false,
    true,
)
from sqlmodel import Field, SQLModel

from bot.store.sealed import Hashed, Sealed, SealedJSON


def _new(default: object) -> dict[str, object]:
    """For a column younger than its table: what the rows before it get."""
    return {"server_default": default if isinstance(default, ColumnElement) else str(default)}


# SQLite gives ids of its own only to INTEGER keys.
BigId = BigInteger().with_variant(Integer(), "sqlite")


class ConferenceRow(SQLModel, table=True):
    __tablename__ = "conference"
    __table_args__ = (
        CheckConstraint("phase IN ('open', 'live', 'ended')", name="phase_known"),
        CheckConstraint("(phase = 'ended') = (ended_at IS NOT NULL)", name="ended_has_time"),
        CheckConstraint("alive_legs >= 0 AND in_room >= 0 AND in_room <= alive_legs", name="counts_fit"),
        Index("conference_place", "channel", "phase"),
        Index("conference_host", "host_id", "phase"),
        Index(
            "conference_unpurged",
            "ended_at",
            sqlite_where=Column("purged_at").is_(None),
            postgresql_where=Column("purged_at").is_(None),
        ),
    )
    id: str = Field(primary_key=True)
    topic: str = Field(sa_type=Sealed)
    host: str
    host_id: str
    channel: str
    created_at: float
    team: str
    thread_ts: str
    card_ts: str
    card_print: str
    chat_lost: str
    gated: bool
    phase: str
    live_at: float | None
    ended_at: float | None
    ended_by: str
    room_id: str = Field(index=True)
    opener: str
    gone_rooms: list[str] = Field(sa_column=Column(JSON, nullable=False))
    participants: int
    alive_legs: int
    in_room: int
    trouble: str
    alone_secs: int = Field(sa_column_kwargs=_new(600))
    locked: bool = Field(sa_column_kwargs=_new(false()))
    locked_by: str = Field(sa_column_kwargs=_new(""))
    recording: str = Field(sa_column_kwargs=_new("off"))
    recorded_by: str = Field(sa_column_kwargs=_new(""))
    recording_since: float | None
    recordings: list[str] = Field(sa_column=Column(JSON, nullable=False, server_default="[]"))
    recordings_in: str = Field(sa_column_kwargs=_new("telnyx"))
    transcribed: bool = Field(sa_column_kwargs=_new(false()))
    talking: str = Field(sa_column_kwargs=_new(""))
    pin: str = Field(index=True, sa_type=Sealed, sa_column_kwargs=_new(""))
    alone_since: float | None
    slack_call: str = Field(sa_column_kwargs=_new(""))
    currency: str = Field(sa_column_kwargs=_new("USD"))
    most_secs: int = Field(sa_column_kwargs=_new(14400))
    own_told: int = Field(sa_column_kwargs=_new(0))
    day_told: int = Field(sa_column_kwargs=_new(0))
    purged_at: float | None  # numbers and texts of it are no longer kept


class ParticipantRow(SQLModel, table=True):
    __tablename__ = "participant"
    id: str = Field(primary_key=True)
    conference_id: str = Field(foreign_key="conference.id", index=True)
    name: str
    number: str = Field(sa_type=Sealed)
    user_id: str = Field(index=True)
    leg_id: str
    legs: int
    invited_by: str
    numbers: list[str] = Field(sa_column=Column(SealedJSON, nullable=False, server_default="[]"))
    deputies: list[dict[str, Any]] = Field(sa_column=Column(SealedJSON, nullable=False, server_default="[]"))
    ring_secs: int = Field(sa_column_kwargs=_new(30))
    redials: int = Field(sa_column_kwargs=_new(0))
    redial_secs: int = Field(sa_column_kwargs=_new(60))
    redials_left: int = Field(sa_column_kwargs=_new(0))
    gated: bool = Field(sa_column_kwargs=_new(true()))
    muted: bool = Field(sa_column_kwargs=_new(false()))
    listen: bool = Field(sa_column_kwargs=_new(false()))
    next: str = Field(sa_column_kwargs=_new(""))
    next_at: float | None
    asked_by: str = Field(sa_column_kwargs=_new(""))
    number_hash: str = Field(sa_type=Hashed, index=True, sa_column_kwargs=_new(""))


class LegRow(SQLModel, table=True):
    __tablename__ = "leg"
    __table_args__ = (
        CheckConstraint("phase IN ('queued', 'dialing', 'answered', 'joined', 'gone')", name="phase_known"),
        CheckConstraint("(phase = 'gone') = (gone_at IS NOT NULL)", name="gone_has_time"),
        Index("leg_place", "conference_id", "phase"),
        Index("leg_over", "gone_at"),
    )
    id: str = Field(primary_key=True)
    conference_id: str = Field(foreign_key="conference.id")
    participant_id: str = Field(foreign_key="participant.id")
    number: str = Field(sa_type=Sealed)
    queued_at: float
    tried_at: float | None
    call_control_id: str | None = Field(unique=True)
    rang_at: float | None
    answered_at: float | None
    asked_at: float | None
    passed_at: float | None
    no_key_at: float | None
    seat_asked: int
    joined_at: float | None
    left_at: float | None
    stop_asked: bool
    gone_at: float | None
    cause: str
    detail: str
    refused_status: int
    phase: str
    came_in: bool = Field(sa_column_kwargs=_new(false()))
    gated: bool = Field(sa_column_kwargs=_new(true()))
    ring_secs: int = Field(sa_column_kwargs=_new(30))
    declined_at: float | None
    call_back_at: float | None
    machine_at: float | None
    locked_out: bool = Field(sa_column_kwargs=_new(false()))
    removed_by: str = Field(sa_column_kwargs=_new(""))
    muted: bool = Field(sa_column_kwargs=_new(false()))
    muted_by: str = Field(sa_column_kwargs=_new(""))
    held: bool = Field(sa_column_kwargs=_new(false()))
    audio_at: float | None
    far_held: bool = Field(sa_column_kwargs=_new(false()))
    listen: bool = Field(sa_column_kwargs=_new(false()))
    corrected: bool = Field(sa_column_kwargs=_new(false()))
    hand_at: float | None
    star_at: float | None
    rate: int = Field(sa_column=Column(BigInteger, nullable=False, server_default="0"))
    settled: int | None = Field(sa_column=Column(BigInteger))
    cost: int = Field(sa_column=Column(BigInteger, nullable=False, server_default="0"))  # micros, once it is gone
    ghost_at: float | None


class JournalRow(SQLModel, table=True):
    """Every input that was accepted, once. ``done`` is False while a sentence or early news waits to be applied, and
    while the answer to a sentence is on its way; ``ref`` tells which.
    """

    __tablename__ = "journal"
    __table_args__ = (
        Index("journal_waiting", "ref", sqlite_where=Column("done") == 0, postgresql_where=Column("done").is_(False)),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    key: str = Field(unique=True)
    kind: str
    conference_id: str
    at: float
    body: dict[str, Any] = Field(sa_column=Column(SealedJSON, nullable=False))
    answer: dict[str, Any] | None = Field(sa_column=Column(SealedJSON))
    ref: str
    done: bool


class OutboxRow(SQLModel, table=True):
    """Effects that are decided and not yet done. Only the oldest of a lane may be under way."""

    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_lane", "lane", "id"), Index("outbox_due", "due"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    conference_id: str
    lane: str
    pace: str
    kind: str
    body: dict[str, Any] = Field(sa_column=Column(SealedJSON, nullable=False))
    due: float
    tries: int
    since: float


class AttemptRow(SQLModel, table=True):
    """An effect that may have been done: when it was first sent, and up to which outbox row it spoke for.

    ``begun``: when the latest try began that nobody has told the end of, by ``db.clock``.
    """

    __tablename__ = "attempt"
    outbox_id: int = Field(sa_column=Column(BigId, primary_key=True, autoincrement=False))
    at: float
    upto: int = Field(sa_column=Column(BigId, nullable=False))
    begun: float | None = None


class SpeechRow(SQLModel, table=True):
    """What somebody said in a conference, written down by Telnyx. Kept until the transcript is in the thread."""

    __tablename__ = "speech"
    __table_args__ = (Index("speech_place", "conference_id", "id"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    conference_id: str = Field(foreign_key="conference.id")
    participant_id: str
    at: float
    text: str = Field(sa_type=Sealed)


class TimerRow(SQLModel, table=True):
    __tablename__ = "timer"
    key: str = Field(primary_key=True)
    due: float = Field(index=True)
    body: dict[str, Any] = Field(sa_column=Column(SealedJSON, nullable=False))


class GateRow(SQLModel, table=True):
    """The earliest moment at which the next effect of this pace may start."""

    __tablename__ = "gate"
    key: str = Field(primary_key=True)
    not_before: float


class InstallationRow(SQLModel, table=True):
    """One row: the mark that every call of this installation bears, for as long as its database lives."""

    __tablename__ = "installation"
    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    mark: str


class PersonRow(SQLModel, table=True):
    """The phone book: the numbers each Slack user registered, the first of them in ``number``."""

    __tablename__ = "person"
    user_id: str = Field(primary_key=True)
    number: str = Field(sa_type=Sealed)
    at: float
    others: list[str] = Field(sa_column=Column(SealedJSON, nullable=False, server_default="[]"))
    verified_at: float | None  # the first number was checked by a call
    number_hash: str = Field(sa_type=Hashed, index=True, sa_column_kwargs=_new(""))


class ContactRow(SQLModel, table=True):
    """The phone book: others than Slack users, by a name of one word in lower case."""

    __tablename__ = "contact"
    name: str = Field(primary_key=True)
    numbers: list[str] = Field(sa_column=Column(SealedJSON, nullable=False))
    added_by: str
    at: float


class SideCallRow(SQLModel, table=True):
    """A call that is no leg of a conference: somebody who dials in, or whose number is checked."""

    __tablename__ = "side_call"
    id: str = Field(primary_key=True)
    purpose: str
    number: str = Field(sa_type=Sealed)
    user_id: str
    call_control_id: str = Field(index=True)
    begun_at: float
    answered_at: float | None
    ended_at: float | None
    tries: int
    offered: str
    code: str = Field(sa_type=Sealed)
    leaving: bool
    number_hash: str = Field(sa_type=Hashed, index=True, sa_column_kwargs=_new(""))
    rate: int = Field(sa_column=Column(BigInteger, nullable=False, server_default="0"))
    settled: int | None = Field(sa_column=Column(BigInteger))
    cost: int = Field(sa_column=Column(BigInteger, nullable=False, server_default="0"))  # micros, once it is over


class PinTryRow(SQLModel, table=True):
    """A wrong PIN: when, and from which number ("" = withheld). Old ones are swept away."""

    __tablename__ = "pin_try"
    __table_args__ = (Index("pin_try_at", "at"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    number: str = Field(sa_type=Hashed)
    at: float


class DialRow(SQLModel, table=True):
    """A dial that was decided in the last hour, for whom and to which number."""

    __tablename__ = "dial"
    __table_args__ = (Index("dial_at", "at"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    by: str
    number: str = Field(sa_type=Sealed)
    at: float
    number_hash: str = Field(sa_type=Hashed, index=True, sa_column_kwargs=_new(""))


class BrakeRow(SQLModel, table=True):
    """One row, or none: who has stopped all calls, "" when they may go again."""

    __tablename__ = "brake"
    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    stopped_by: str
    stopped_at: float | None


class SealRow(SQLModel, table=True):
    """One row: the key of all hashes, sealed with the oldest key that is needed; ``newest`` is sealed with the newest.

    ``clean``: no old page of the file holds anything from before.
    """

    __tablename__ = "seal"
    id: int = Field(primary_key=True)
    hash_key: str = Field(sa_type=Sealed)
    clean: bool
    newest: str = Field(sa_type=Sealed, sa_column_kwargs=_new(""))


def table(model: type[SQLModel]) -> Table:
    """The SQLAlchemy table behind a model, for statements on the hot path."""
    found = SQLModel.metadata.tables[str(model.__tablename__)]
    assert isinstance(found, Table)
    return found


conference = table(ConferenceRow)
participant = table(ParticipantRow)
leg = table(LegRow)
journal = table(JournalRow)
outbox = table(OutboxRow)
attempt = table(AttemptRow)
timer = table(TimerRow)
speech = table(SpeechRow)
gate = table(GateRow)
installation = table(InstallationRow)
person = table(PersonRow)
contact = table(ContactRow)
side_call = table(SideCallRow)
pin_try = table(PinTryRow)
dial = table(DialRow)
brake = table(BrakeRow)
seal = table(SealRow)
