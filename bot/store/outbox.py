"""The outbox: effects in lanes, their paces, and which may go now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, assert_never, get_args

from sqlalchemy import Connection, Select, case, delete, func, or_, select, update

from bot.core import effects as e
from bot.core.conference import Conference
from bot.store import codec, db
from bot.store.tables import attempt, gate, outbox, timer

CLOCKS_DIFFER = 2.0  # seconds by which the clocks of two processes may differ
FURTHEST = 60.0  # seconds; nothing is put off further: what is, was put off before our clock was set back
# Seconds for which a post whose process lost the database is left alone, since it may still be under way. Slack, unlike
# Telnyx with its command_id, does the same thing twice when it is asked twice.
UNDER_WAY = 15.0
FILES_UNDER_WAY = 300.0  # the same for fetching a recording and putting it into Slack
CUT_BEFORE = 5.0  # a try is cut off so much earlier; what was asked until then, Slack may still be doing
NOWHERE = Conference("", "", "", "", "", 0.0)
_OLDER = outbox.alias("older")
# By the database's own clock: those of the processes may jump, and none of them knows what the others have under way.
_FILES = e.KeepRecording | e.PostTranscript
_LONGEST = case(
    (outbox.c.kind.in_([kind.__name__ for kind in get_args(_FILES)]), FILES_UNDER_WAY),
    (outbox.c.kind.in_([kind.__name__ for kind in get_args(e.ChatEffect)]), UNDER_WAY),
    else_=0.0,
)
_UNDER_WAY = select(attempt).where(attempt.c.outbox_id == outbox.c.id, attempt.c.begun > db.clock() - _LONGEST).exists()
_INSERT = outbox.insert()
_PASS = db.insert(gate)
_PASS = _PASS.on_conflict_do_update(index_elements=["key"], set_={"not_before": _PASS.excluded.not_before})


@dataclass(frozen=True, slots=True)
class Parcel:
    """One outbox row: an effect and where it stands in line. ``since``: when it was ordered, or first tried."""

    id: int
    conference_id: str
    lane: str
    pace: str
    effect: e.Effect
    tries: int
    since: float


def enqueue(connection: Connection, conference: Conference, effects: Sequence[e.Effect], now: float) -> None:
    if effects:
        connection.execute(_INSERT, [_row(conference, effect, now) for effect in effects])


def enqueue_side(connection: Connection, effects: Sequence[e.SideEffect], now: float) -> None:
    """Effects on side calls belong to no conference."""
    enqueue(connection, NOWHERE, effects, now)


def heads(connection: Connection, now: float, most: int = 100) -> list[Parcel]:
    """The oldest effect of each lane, where it is due, its pace allows a start now, and no other process has it."""
    # What another process has in hand is not seen at all; the locks taken here end with the look.
    free = startable(now).order_by(outbox.c.id).limit(most).with_for_update(of=outbox, skip_locked=True)
    return [parcel for row in connection.execute(free) if (parcel := _parcel(row))]


def startable(now: float) -> Select[Any]:
    """Rows of effects that could start now, in hand or not."""
    is_due = or_(  # as in _is_due
        outbox.c.due <= now, outbox.c.due > now + FURTHEST, outbox.c.since > now + CLOCKS_DIFFER
    )
    older = select(_OLDER.c.id).where(_OLDER.c.lane == outbox.c.lane, _OLDER.c.id < outbox.c.id).exists()
    open_gate = or_(gate.c.not_before.is_(None), gate.c.not_before <= now, gate.c.not_before > now + FURTHEST)
    joined = outbox.outerjoin(gate, gate.c.key == outbox.c.pace)
    return select(outbox).select_from(joined).where(is_due, open_gate, ~older, ~_UNDER_WAY)


def is_free(connection: Connection, parcel: Parcel) -> bool:
    """Lock an effect; False when another process has it in hand, or has settled it."""
    row = select(outbox.c.id).where(outbox.c.id == parcel.id).with_for_update(skip_locked=True)
    return connection.execute(row).first() is not None


def take(connection: Connection, parcel: Parcel, now: float) -> Parcel | None:
    """The effect as it is now; None when another process was quicker, or its time or pace no longer allows a start.

    A process that loses its connection to the database loses what it has in hand, but not what it has under way at a
    provider: a try that nobody has told the end of is left alone until it must be over.
    """
    if not db.shared(connection):
        return parcel
    row = connection.execute(select(outbox).where(outbox.c.id == parcel.id).with_for_update(skip_locked=True)).first()
    if row is None or not _is_due(row, now):
        return None
    # A statement of its own, behind the lock: that of the lock may not see what was committed while it waited.
    if connection.execute(select(outbox.c.id).where(outbox.c.id == parcel.id, _UNDER_WAY)).first():
        return None
    if row.pace:
        db.lock(connection, row.pace)
        if gate_opens(connection, row.pace, now) > now:
            return None
    return _parcel(row)


def next_due(connection: Connection, now: float) -> float | None:
    """When the next effect that waits for its time or pace may start."""
    start = case((gate.c.not_before > outbox.c.due, gate.c.not_before), else_=outbox.c.due)
    rows = select(func.min(start)).select_from(outbox.outerjoin(gate, gate.c.key == outbox.c.pace)).where(start > now)
    return connection.execute(rows).scalar()


def batch(connection: Connection, head: Parcel, now: float, upto: int | None) -> list[Parcel]:
    """The head and what goes out with it: rows behind it of the same kind that are due. ``upto`` fixes the last one."""
    rows = connection.execute(
        select(outbox).where(outbox.c.lane == head.lane, outbox.c.id >= head.id).order_by(outbox.c.id).limit(50)
    ).all()
    found: list[Parcel] = []
    for row in rows:
        late = row.id > upto if upto is not None else not _is_due(row, now)
        parcel = _parcel(row)
        if row.kind != type(head.effect).__name__ or late or parcel is None:
            break
        found.append(parcel)
    return found


def settle(connection: Connection, ids: Sequence[int]) -> None:
    """These are done, or will never be."""
    connection.execute(delete(outbox).where(outbox.c.id.in_(ids)))
    connection.execute(delete(attempt).where(attempt.c.outbox_id.in_(ids)))


def postpone(connection: Connection, parcel: Parcel, due: float, since: float | None = None) -> None:
    """Keep an effect for ``due``, at most FURTHEST seconds ahead. With ``since``, when it was first tried, this counts
    as a try whose end is told.
    """
    values: dict[str, Any] = {"due": due}
    if since is not None:
        values |= {"tries": parcel.tries + 1, "since": since}
        tell_end(connection, parcel)
    connection.execute(update(outbox).where(outbox.c.id == parcel.id).values(**values))


def doubt(connection: Connection, parcel: Parcel) -> tuple[float, int] | None:
    """When an attempt with unknown fate was made, and up to which row it spoke for."""
    row = connection.execute(select(attempt.c.at, attempt.c.upto).where(attempt.c.outbox_id == parcel.id)).first()
    return (row.at, row.upto) if row else None


def mark_attempt(connection: Connection, parcel: Parcel, at: float, upto: int) -> None:
    """A try begins: of the first one is kept when and up to which row, of the latest one that it is under way."""
    marks = db.insert(attempt).values(outbox_id=parcel.id, at=at, upto=upto, begun=db.clock())
    connection.execute(marks.on_conflict_do_update(index_elements=["outbox_id"], set_={"begun": marks.excluded.begun}))


def tell_end(connection: Connection, parcel: Parcel) -> None:
    """The latest try is under way no more, whatever became of it."""
    connection.execute(update(attempt).where(attempt.c.outbox_id == parcel.id).values(begun=None))


def longest_try(effect: e.Effect) -> float | None:
    """Seconds after its mark at which a try is cut off; None for what may be under way twice."""
    if not isinstance(effect, e.ChatEffect):
        return None
    return (FILES_UNDER_WAY if isinstance(effect, _FILES) else UNDER_WAY) - CUT_BEFORE


def clear_doubt(connection: Connection, parcel: Parcel) -> None:
    connection.execute(delete(attempt).where(attempt.c.outbox_id == parcel.id))


def start_paced(connection: Connection, pace: str, now: float, interval: float, burst: float) -> None:
    """Note a start: the next comes ``interval`` seconds later, save that ``burst`` seconds' worth may come at once."""
    due = max(gate_opens(connection, pace, now) + burst, now) + interval
    close_gate(connection, pace, due - burst)


def close_gate(connection: Connection, pace: str, until: float) -> None:
    """Nothing of this pace starts before ``until``, at most FURTHEST seconds from now."""
    connection.execute(_PASS, {"key": pace, "not_before": until})


def open_gates(connection: Connection) -> None:
    connection.execute(delete(gate))


def gate_opens(connection: Connection, pace: str, now: float) -> float:
    opens = connection.execute(select(gate.c.not_before).where(gate.c.key == pace)).scalar() or 0.0
    return opens if opens <= now + FURTHEST else 0.0


def depth(connection: Connection) -> tuple[int, float | None]:
    """How many effects wait, and since when the oldest does."""
    row = connection.execute(select(func.count(), func.min(outbox.c.since))).one()
    return row[0], row[1]


def lane_and_pace(  # noqa: C901, PLR0911, PLR0912  # one arm per lane
    conference: Conference, effect: e.Effect
) -> tuple[str, str]:
    """A lane keeps effects in order; a pace spaces the starts of effects in different lanes."""
    match effect:
        case e.Dial():
            return f"leg:{effect.leg_id}", "telnyx:dial"
        case e.AskKey() | e.Seat() | e.HangUp() | e.Mute() | e.Hold() | e.SayTo() | e.SendKeys() | e.Transcribe():
            return f"leg:{effect.leg_id}", ""
        case e.SweepAccount():
            return "account", ""
        case e.HangUpCall():
            return f"call:{effect.call_control_id}", ""
        case e.EndRoom() | e.Sweep():
            return f"{'room' if isinstance(effect, e.EndRoom) else 'sweep'}:{conference.id}", ""
        case e.SayToAll() | e.Play() | e.StopSound() | e.Record():
            return f"sound:{conference.id}", ""
        case e.FindRecordings() | e.KeepRecording() | e.PostTranscript():
            return f"files:{conference.id}", ""
        case e.SideDial() | e.SideAnswer() | e.SideReject() | e.SideAsk() | e.SideSay() | e.SideHangUp():
            return f"side:{effect.side_id}", "telnyx:dial" if isinstance(effect, e.SideDial) else ""
        case e.PostCard() | e.Line():
            return f"chat:{conference.id}", f"slack:{conference.channel}"
        case e.DrawCard():
            return f"card:{conference.id}", f"card:{conference.id}"
        case e.MirrorCall():
            return f"mirror:{conference.id}", f"mirror:{conference.id}"
        case e.TellHost():
            return f"host:{conference.id}", ""
        case _:
            assert_never(effect)


def _is_due(row: Any, now: float) -> bool:
    """What was ordered in the future was ordered before our clock was set back."""
    return bool(row.due <= now or row.due > now + FURTHEST or row.since > now + CLOCKS_DIFFER)


def _row(conference: Conference, effect: e.Effect, now: float) -> dict[str, Any]:
    lane, pace = lane_and_pace(conference, effect)
    return {
        "conference_id": conference.id,
        "lane": lane,
        "pace": pace,
        "kind": type(effect).__name__,
        "body": codec.body(effect),
        # Lines of the same second leave together when that second is over.
        "due": float(int(now) + 1) if isinstance(effect, e.Line) else now,
        "tries": 0,
        "since": now,
    }


def _parcel(row: Any) -> Parcel | None:
    """None when a newer version beside us ordered what we do not know: its own couriers see to that."""
    effect = codec.effect(row.kind, row.body)
    if effect is None:
        return None
    return Parcel(row.id, row.conference_id, row.lane, row.pace, effect, row.tries, row.since)


def move_behind(connection: Connection, parcels: Sequence[Parcel]) -> None:
    """Put these rows at the end of their lane, in their order."""
    for parcel in parcels:
        row = connection.execute(select(outbox).where(outbox.c.id == parcel.id)).mappings().one()
        connection.execute(delete(outbox).where(outbox.c.id == parcel.id))
        connection.execute(_INSERT, {key: value for key, value in row.items() if key != "id"})


def next_timer(connection: Connection) -> float | None:
    return connection.execute(select(func.min(timer.c.due))).scalar()
