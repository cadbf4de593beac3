"""Values to rows and back: what the store remembers of conferences, inputs and timers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, bindparam, delete, false, or_, select, update

from bot.core.conference import Conference, Leg, Participant
from bot.core.inputs import Call, Fact
from bot.core.lifecycle import ConferencePhase, LegPhase, RecordingState
from bot.core.scene import Reach, Scene, Timer
from bot.store import budgets, codec, db, outbox
from bot.store.tables import conference, journal, leg, participant, timer
from bot.store.tables import speech as speech_table

_CONFERENCE = [conference.c[name] for name in Conference.__dataclass_fields__]
_PARTICIPANT = [participant.c[name] for name in Participant.__dataclass_fields__]
_LEG = [leg.c[name] for name in Leg.__dataclass_fields__]
_P_AT, _L_AT = len(_CONFERENCE), len(_CONFERENCE) + len(_PARTICIPANT)

_LEG_WITH_ALL = (
    select(*_CONFERENCE, *_PARTICIPANT, *_LEG)
    .select_from(leg.join(participant, leg.c.participant_id == participant.c.id))
    .join(conference, leg.c.conference_id == conference.c.id)
)
_SCENE_OF_LEG = _LEG_WITH_ALL.where(leg.c.id == bindparam("leg_id"))
_SCENE_OF_CALL = _LEG_WITH_ALL.where(leg.c.call_control_id == bindparam("call"))
_CONFERENCE_BY_ID = select(*_CONFERENCE).where(conference.c.id == bindparam("conference"))
_LEGS = select(*_LEG).where(leg.c.conference_id == bindparam("conference")).order_by(leg.c.queued_at, leg.c.id)
HEARD = "heard"  # under this reference the journal keeps sentences that wait to be answered
OWED = "owed"  # and under this those that are answered, while the answer is on its way
_LEGS_WAITING = _LEGS.where(or_(leg.c.phase == LegPhase.ANSWERED.value, leg.c.id == bindparam("leg_id")))
_CONFERENCE_OF_CALL = select(leg.c.conference_id).where(leg.c.call_control_id == bindparam("call"))
_LOCK = select(conference.c.id).where(conference.c.id == bindparam("conference")).with_for_update()
_Value = Conference | Participant | Leg
_VALUES = (conference, participant, leg)
_INSERTS = {one.name: one.insert() for one in _VALUES}
_UPDATES = {one.name: update(one).where(one.c.id == bindparam("the_id")) for one in _VALUES}
_CONFERENCE_BY_ROOM = select(conference.c.id).where(conference.c.room_id == bindparam("room_id"))
_REMEMBER = db.insert(journal).on_conflict_do_nothing(index_elements=["key"]).returning(journal.c.key)
# Written like the condition of the partial index, or SQLite would not use it.
_NOT_DONE = journal.c.done == false()
_WAITING = select(journal).where(journal.c.ref == bindparam("ref_"), _NOT_DONE).order_by(journal.c.id)
_SET_TIMER = db.insert(timer)
_SET_TIMER = _SET_TIMER.on_conflict_do_update(
    index_elements=["key"], set_={"due": _SET_TIMER.excluded.due, "body": _SET_TIMER.excluded.body}
)


def remember(
    connection: Connection,
    key: str,
    kind: str,
    at: float,
    body: dict[str, Any],
    *,
    conference_id: str = "",
    ref: str = "",
    done: bool = True,
) -> bool:
    """Write an input into the journal; False when its key is already there."""
    values = {
        "key": key,
        "kind": kind,
        "at": at,
        "body": body,
        "conference_id": conference_id,
        "ref": ref,
        "done": done,
    }
    return connection.execute(_REMEMBER, values).first() is not None


def finish(connection: Connection, key: str, **values: Any) -> None:
    """Close a journal entry that was waiting."""
    connection.execute(update(journal).where(journal.c.key == key).values({"done": True, "ref": ""} | values))


def answered(connection: Connection, key: str, **values: Any) -> None:
    """What was to be done about a sentence is done; it is closed when its answer has reached the person."""
    finish(connection, key, **values, done=False, ref=OWED)


def told(connection: Connection, key: str) -> bool:
    """Close a sentence whose answer has reached the person; False when it was closed before."""
    owed = update(journal).where(journal.c.key == key, journal.c.ref == OWED)
    return connection.execute(owed.values(done=True, ref="")).rowcount == 1


def entry(connection: Connection, key: str) -> Row[Any] | None:
    return connection.execute(select(journal).where(journal.c.key == key)).first()


def is_unanswered(entry: Row[Any]) -> bool:
    """Whether nothing has been done yet about a sentence."""
    return not entry.done and entry.ref == HEARD


def waiting(connection: Connection, ref: str) -> Sequence[Row[Any]]:
    """Journal entries that wait under this reference, oldest first."""
    return connection.execute(_WAITING, {"ref_": ref}).all()


def lock(connection: Connection, conference_id: str) -> None:
    """Let nobody else change this conference until the end of the transaction, where others write at the same time.

    A statement of its own: one that also read the legs would still see them as they were before it had to wait.
    """
    if db.shared(connection):
        connection.execute(_LOCK, {"conference": conference_id})


def scene_of(connection: Connection, reach: Reach, conference_id: str, leg_id: str | None, now: float) -> Scene | None:
    """As much of a conference as ``reach`` says; None when there is no such conference or leg."""
    lock(connection, conference_id)
    if reach is Reach.LEG:
        return leg_scene(connection, leg_id or "", now)
    row = connection.execute(_CONFERENCE_BY_ID, {"conference": conference_id}).first()
    if row is None:
        return None
    legs = [] if reach is Reach.CONFERENCE else connection.execute(*_legs(reach, conference_id, leg_id)).all()
    ids = None if reach is Reach.WHOLE else {one[2] for one in legs}
    return Scene(
        _conference(row), now, reach, _people(connection, conference_id, ids), {one[0]: _leg(one) for one in legs}
    )


def leg_scene(connection: Connection, leg_id: str, now: float) -> Scene | None:
    """The scene of one leg: its conference, its participant and itself."""
    lock(connection, conference_of(leg_id))
    return _leg_scene(connection.execute(_SCENE_OF_LEG, {"leg_id": leg_id}).first(), now)


def call_scene(connection: Connection, call: Call, now: float) -> Scene | None:
    """The scene of the leg that a call belongs to: by our own id if the call carried it, else by Telnyx's."""
    scene = leg_scene(connection, call.leg_id, now) if call.leg_id else None
    if scene is None and call.call_control_id:
        if db.shared(connection):
            lock(connection, connection.execute(_CONFERENCE_OF_CALL, {"call": call.call_control_id}).scalar() or "")
        scene = _leg_scene(connection.execute(_SCENE_OF_CALL, {"call": call.call_control_id}).first(), now)
    return scene


def conference_of(leg_id: str) -> str:
    """A leg's id begins with its conference's."""
    return leg_id.split(".", 1)[0]


def whole_scene(connection: Connection, conference_id: str, now: float) -> Scene | None:
    """The scene of a conference with everybody in it."""
    return scene_of(connection, Reach.WHOLE, conference_id, None, now)


def _leg_scene(row: Any, now: float) -> Scene | None:
    if row is None:
        return None
    one, who = _leg(row[_L_AT:]), _participant(row[_P_AT:_L_AT])
    return Scene(_conference(row[:_P_AT]), now, Reach.LEG, {who.id: who}, {one.id: one})


def _legs(reach: Reach, conference_id: str, leg_id: str | None) -> tuple[Select[Any], dict[str, Any]]:
    if reach is Reach.WHOLE:
        return _LEGS, {"conference": conference_id}
    return _LEGS_WAITING, {"conference": conference_id, "leg_id": leg_id or ""}


def _people(connection: Connection, conference_id: str, ids: set[str] | None) -> dict[str, Participant]:
    """The participants with these ids, None = all, in the order in which they were added."""
    if ids is not None and not ids:
        return {}
    wanted = participant.c.conference_id == conference_id if ids is None else participant.c.id.in_(ids)
    rows = connection.execute(select(*_PARTICIPANT).where(wanted)).all()
    return {row[0]: _participant(row) for row in sorted(rows, key=_order)}


def save(connection: Connection, scene: Scene, *, new: bool = False) -> bool:
    """Write what changed in a scene, and enqueue what it ordered. Returns whether the courier has something to do."""
    scene.settle()
    _write(connection, conference, None if new else scene.conference_was, scene.conference)
    for who in scene.participants.values():
        _write(connection, participant, scene.participants_were.get(who.id), who)
    for one in scene.legs.values():
        _write(connection, leg, scene.legs_were.get(one.id), one)
    set_timers(connection, scene.timers.values())
    budgets.note_dials(connection, scene)
    outbox.enqueue(connection, scene.conference, scene.effects, scene.now)
    return bool(scene.effects or scene.timers)


def set_timers(connection: Connection, timers: Sequence[Timer] | Any) -> None:
    for one in timers:
        if one.fact is None:
            connection.execute(delete(timer).where(timer.c.key == one.key))
        else:
            body = {"kind": type(one.fact).__name__, "fact": codec.body(one.fact)}
            connection.execute(_SET_TIMER, {"key": one.key, "due": one.due, "body": body})


def due_timers(connection: Connection, now: float) -> list[tuple[str, Fact]]:
    rows = connection.execute(select(timer).where(timer.c.due <= now).order_by(timer.c.due).limit(50)).all()
    due = [(row.key, codec.fact(row.body["kind"], row.body["fact"])) for row in rows]
    return [(key, fact) for key, fact in due if fact is not None]


def move_timer(connection: Connection, key: str, due: float) -> None:
    connection.execute(update(timer).where(timer.c.key == key).values(due=due))


def take_timer(connection: Connection, key: str, now: float) -> bool:
    """Remove a timer that fires; False when it was cancelled, moved or fired meanwhile."""
    return bool(connection.execute(delete(timer).where(timer.c.key == key, timer.c.due <= now)).rowcount)


def add_speech(connection: Connection, conference_id: str, participant_id: str, at: float, text: str) -> None:
    values = {"conference_id": conference_id, "participant_id": participant_id, "at": at, "text": text}
    connection.execute(speech_table.insert(), values)


def speech(connection: Connection, conference_id: str) -> list[tuple[float, str, str]]:
    """What was said: when, by which participant, the words."""
    columns = (speech_table.c.at, speech_table.c.participant_id, speech_table.c.text)
    rows = connection.execute(select(*columns).where(speech_table.c.conference_id == conference_id))
    return [(row.at, row.participant_id, row.text) for row in rows]


def forget_speech(connection: Connection, conference_id: str) -> None:
    connection.execute(delete(speech_table).where(speech_table.c.conference_id == conference_id))


def find_by_room(connection: Connection, room_id: str) -> str | None:
    return connection.execute(_CONFERENCE_BY_ROOM, {"room_id": room_id}).scalar() if room_id else None


def live_in(connection: Connection, channel: str, thread_ts: str = "") -> list[Conference]:
    """Conferences of a channel (or of one of its threads) that have not ended, newest first."""
    wanted = [conference.c.channel == channel, conference.c.phase != ConferencePhase.ENDED.value]
    if thread_ts:
        wanted.append(conference.c.thread_ts == thread_ts)
    return _conferences(connection, *wanted)


def last_in(connection: Connection, channel: str, thread_ts: str) -> list[Conference]:
    """The newest conference of a channel or thread, live or not; empty when there was none."""
    wanted = [conference.c.channel == channel] + ([conference.c.thread_ts == thread_ts] if thread_ts else [])
    return _conferences(connection, *wanted)[:1]


def has_pin(connection: Connection, pin: str) -> bool:
    return pin in connection.execute(select(conference.c.pin).where(conference.c.pin != "")).scalars()


def live(connection: Connection) -> list[str]:
    """The ids of all conferences that have not ended."""
    return list(
        connection.execute(select(conference.c.id).where(conference.c.phase != ConferencePhase.ENDED.value)).scalars()
    )


def live_of_host(connection: Connection, host_id: str) -> list[Conference]:
    return _conferences(connection, conference.c.host_id == host_id, conference.c.phase != ConferencePhase.ENDED.value)


def of_person(connection: Connection, user_id: str, *, ended: bool, most: int) -> list[Conference]:
    """Conferences that this Slack user hosts or is invited to, newest first."""
    is_over = conference.c.phase == ConferencePhase.ENDED.value
    invited = select(participant.c.conference_id).where(participant.c.user_id == user_id)
    mine = or_(conference.c.host_id == user_id, conference.c.id.in_(invited))
    return _conferences(connection, mine, is_over if ended else ~is_over)[:most]


def get(connection: Connection, conference_id: str) -> Conference | None:
    found = _conferences(connection, conference.c.id == conference_id)
    return found[0] if found else None


def _conferences(connection: Connection, *wanted: Any) -> list[Conference]:
    rows = connection.execute(select(*_CONFERENCE).where(*wanted).order_by(conference.c.created_at.desc())).all()
    return [_conference(row) for row in rows]


def _write(connection: Connection, into: Table, was: _Value | None, value: _Value) -> None:
    """Insert a new value; of a known one update the columns that differ, which spares the indexes."""
    if value is was:
        return
    values = _columns(value)
    if was is None:
        connection.execute(_INSERTS[into.name], values)
        return
    before = _columns(was)
    changed = {name: new for name, new in values.items() if new != before[name]}
    if changed:
        connection.execute(_UPDATES[into.name], {**changed, "the_id": value.id})


def _columns(value: _Value) -> dict[str, Any]:
    columns = codec.body(value)
    if isinstance(value, Participant):
        columns["number_hash"] = value.number
    return columns | {"phase": value.phase.value, "cost": value.cost} if isinstance(value, Leg) else columns


def _order(row: Any) -> int:
    """Participants in the order they were added: their ids end in a count."""
    return int(row[0].rsplit(".", 1)[1])


def _conference(row: Any) -> Conference:
    made = dict(zip(Conference.__dataclass_fields__, row, strict=True))
    made |= {"phase": ConferencePhase(made["phase"]), "recording": RecordingState(made["recording"])}
    return Conference(**made | {name: tuple(made[name]) for name in ("gone_rooms", "recordings")})


def _participant(row: Any) -> Participant:
    made = dict(zip(Participant.__dataclass_fields__, row, strict=True))
    return Participant(**made | {"numbers": tuple(made["numbers"]), "deputies": codec.people(made["deputies"])})


def _leg(row: Any) -> Leg:
    return Leg(*row)
