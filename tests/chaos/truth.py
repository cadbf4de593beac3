"""What must be true after a run, whatever went wrong in it."""

import asyncio
import base64
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, column, select, table
from sqlalchemy.exc import DBAPIError

from bot.core.conference import Picture
from bot.core.effects import Line
from bot.performing import token
from bot.slack import cards
from bot.slack import lines as thread
from bot.slack.answers import NOT_HEARD
from bot.store import codec, ledger, tables
from bot.store.db import StoreError, open_store
from bot.telnyx import webhook
from tests.chaos.database import ORDERED, PAUSES, Database
from web.sandbox.house import CONNECTION, House
from web.sandbox.slack import Channel, Delivered, Message

EXPECTED_TIMERS = frozenset({"account", "purge"})
FATAL = ("Traceback", "failed by a fault of ours", "could not be answered", "a background task ended")


@dataclass
class Verdict:
    problems: list[str] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0
    events: int = 0
    files: int = 0  # recordings and transcripts in threads

    def find(self, problem: str, *, lost: int = 0, doubled: int = 0) -> None:
        self.problems.append(problem)
        self.lost += lost
        self.doubled += doubled

    def once(self, what: str, times: int) -> None:
        """What must be there, and not twice."""
        if times != 1:
            self.find(f"{what} is there {times} times", lost=int(not times), doubled=max(times - 1, 0))


@dataclass(frozen=True)
class Kept:
    """What the database says in the end."""

    pictures: list[Picture]
    ordered: dict[str, list[Line]]
    tokens: dict[str, tuple[str, str]]  # of every effect that was ever ordered: its conference and its kind
    journal: set[str]
    undone: list[str]
    waiting: list[str]
    timers: list[str]
    unposted: set[str]  # conferences of which words are kept for a transcript


async def kept(database: Database, key: str) -> Kept:
    for pause in PAUSES:
        store = open_store(database.url, key)
        try:
            store.prepare()
            return await store.read(read)
        except (StoreError, DBAPIError):  # the server is just being restarted
            await asyncio.sleep(pause)
        finally:
            store.close()
    raise AssertionError("the database does not come back")


def read(connection: Connection) -> Kept:
    ids = list(connection.execute(select(tables.conference.c.id)).scalars())
    scenes = [ledger.whole_scene(connection, one, 0.0) for one in ids]
    rows = connection.execute(
        select(tables.journal.c.key, tables.journal.c.done, tables.journal.c.kind, tables.journal.c.ref)
    ).all()
    return Kept(
        [scene.picture() for scene in scenes if scene],
        *_ordered(connection),
        {row.key for row in rows},
        [f"{row.kind} {row.key}" for row in rows if not row.done and row.ref in {ledger.HEARD, ledger.OWED}],
        [f"{row.kind} {row.id}" for row in connection.execute(select(tables.outbox))],
        list(connection.execute(select(tables.timer.c.key)).scalars()),
        set(connection.execute(select(tables.speech.c.conference_id)).scalars()),
    )


def _ordered(connection: Connection) -> tuple[dict[str, list[Line]], dict[str, tuple[str, str]]]:
    copies = table(
        ORDERED, column("id"), column("conference_id"), column("kind"), column("body", tables.outbox.c.body.type)
    )
    lines: dict[str, list[Line]] = {}
    tokens: dict[str, tuple[str, str]] = {}
    for row in connection.execute(select(copies).order_by(copies.c.id)):
        tokens[token(row.conference_id, row.id)] = row.conference_id, row.kind
        effect = codec.effect(row.kind, row.body)
        if isinstance(effect, Line):
            lines.setdefault(row.conference_id, []).append(effect)
    return lines, tokens


async def check_middle(house: House, database: Database, verdict: Verdict) -> None:
    """While conferences go on, with no fault any more: who is on the line is who we think is."""
    rows = await database.ask("SELECT id, call_control_id, phase, joined_at, left_at FROM leg WHERE phase <> 'gone'")
    known = {row.call_control_id: row for row in rows}
    checks = await database.ask("SELECT call_control_id FROM side_call WHERE ended_at IS NULL")
    sides = {row[0] for row in checks}
    for phone in house.telnyx.phones.values():
        for call in phone.calls:
            if call.alive and call.id not in known and call.id not in sides:
                verdict.find(f"{_leg(call.client_state)} is up and unknown")
            if call.alive and call.id in known:
                row = known.pop(call.id)
                inside = row.joined_at is not None and row.left_at is None
                if inside != (call.seat is not None):
                    verdict.find(
                        f"{row.id} is {'in' if inside else 'not in'} the room here, and at Telnyx it is not so"
                    )
    for row in known.values():
        verdict.find(f"{row.id} is {row.phase} here and not up at Telnyx")


def check_end(
    house: House, state: Kept, said: Sequence[Delivered], channels: Sequence[Channel], verdict: Verdict
) -> None:
    """When everything was ended, and time has passed."""
    verdict.events = len(house.telnyx.deliveries) + len(said)
    verdict.files = len(house.slack.files)
    _inputs(house, state, said, verdict)
    _calls(house, verdict)
    for what in state.waiting:
        verdict.find(f"the outbox holds {what}", lost=1)
    for key in set(state.timers) - EXPECTED_TIMERS:
        verdict.find(f"the timer {key} is set")
    posted, lines = _posted(house, state, channels, verdict)
    for picture in state.pictures:
        one = picture.conference
        _conference(picture, posted.get(one.id, []), verdict)
        check_thread(one.id, state.ordered.get(one.id, []), lines.get(one.id, []), verdict)
        transcripts = _files(house, f"transcript-{one.id.removeprefix('conf_')}.")
        if transcripts or one.id in state.unposted:
            verdict.once(f"the transcript of {one.id}", transcripts)
    _recordings(house, verdict)


def check_logs(said: Sequence[str], *, excused: bool, verdict: Verdict) -> None:
    for log in said:
        found = [line for line in log.splitlines() if any(word in line for word in FATAL)]
        if found and not excused:
            verdict.find(f"the log says: {found[0][:300]}")


def _inputs(house: House, state: Kept, said: Sequence[Delivered], verdict: Verdict) -> None:
    accepted = {f"slack:{one.payload['trigger_id']}" for one in said if one.status == 200 and NOT_HEARD not in one.body}
    for delivery in house.telnyx.deliveries:
        decoded = webhook.decode(delivery.body, CONNECTION) if delivery.status == 200 else None
        if isinstance(decoded, webhook.News):
            accepted.add(decoded.delivery.key)
    for key in accepted - state.journal:
        verdict.find(f"{key} was accepted and is not in the journal", lost=1)
    for what in state.undone:
        verdict.find(f"{what} was heard and never answered", lost=1)


def _calls(house: House, verdict: Verdict) -> None:
    legs: Counter[str] = Counter()
    for phone in house.telnyx.phones.values():
        for call in phone.calls:
            legs[_leg(call.client_state)] += not call.incoming
            if call.alive:
                verdict.find(f"{_leg(call.client_state)} is still on the line after the end")
    for leg, times in legs.items():
        if times > 1:
            verdict.find(f"{leg} was rung {times} times", doubled=times - 1)
    for room in house.telnyx.rooms.values():
        if room.status == "in_progress":
            verdict.find(f"the room {room.name} is still open")


def _posted(
    house: House, state: Kept, channels: Sequence[Channel], verdict: Verdict
) -> tuple[dict[str, list[Message]], dict[str, list[str]]]:
    """The cards and the lines of each conference; one that was carried on shares its thread with the next."""
    found: dict[str, list[Message]] = {}
    lines: dict[str, list[str]] = {}
    threads = {picture.conference.id: picture.conference.thread_ts for picture in state.pictures}
    for message in [one for channel in channels for one in channel.messages]:
        if message.user != house.slack.bot_user_id or message.files or message.deleted:
            continue
        conference_id, kind = state.tokens.get(_token(message), ("", ""))
        if kind == "PostCard":
            found.setdefault(conference_id, []).append(message)
        elif kind == "Line" and message.thread_ts == threads[conference_id]:
            lines.setdefault(conference_id, []).append(message.text)
        else:
            verdict.find(f"nobody ordered {message.text!r} there")
    return found, lines


def _token(message: Message) -> str:
    return str((message.metadata or {}).get("event_payload", {}).get("token", ""))


def _conference(picture: Picture, posted: list[Message], verdict: Verdict) -> None:
    one = picture.conference
    if not one.ended:
        verdict.find(f"{one.id} has not ended")
    if one.alive_legs or any(row.leg and row.leg.alive for row in picture.rows):
        verdict.find(f"{one.id} counts somebody as on the line after the end")
    verdict.once(f"the card of {one.id}", len(posted))
    if posted and posted[0].ts != one.card_ts:
        verdict.find(f"{one.id} has another card")
    drawn = cards.card(picture)
    for message in posted:
        if message.ts == one.card_ts and _plain(message.blocks) != _plain(drawn.blocks):
            verdict.find(
                f"the card of {one.id} is not true:\n  {_plain(message.blocks)}\n  {_plain(drawn.blocks)}", lost=1
            )


def _recordings(house: House, verdict: Verdict) -> None:
    for recording in house.telnyx.recordings:
        verdict.once(f"recording {recording.id}", _files(house, f"recording-{recording.id[:8]}."))


def _files(house: House, name: str) -> int:
    """How often it was put into a thread."""
    return sum(file.name.startswith(name) for file in house.slack.files)


def check_thread(conference_id: str, ordered: list[Line], told: list[str], verdict: Verdict) -> None:
    """The messages are the lines that were ordered, cut into pieces, in this order, each once."""
    left = list(ordered)
    for at, text in enumerate(told):
        sizes = _sizes(left, text)
        # Neighbours that tell the same are one sentence: how many of them it spoke for, what is told next shows.
        size = next(
            (size for size in sizes if told[at + 1 :] and _sizes(left[size:], told[at + 1])), max(sizes, default=0)
        )
        if size:
            del left[:size]
        elif text in told[:at]:
            verdict.find(f"{conference_id}: told twice: {text}", doubled=1)
        else:
            verdict.find(
                f"{conference_id}: not as ordered: {text!r}; ordered was {[one.says for one in left[:3]]}", lost=1
            )
            return
    if left:
        verdict.find(f"{conference_id}: never told: {[(str(one.says), one.who) for one in left]}", lost=len(left))


def _sizes(ordered: Sequence[Line], text: str) -> list[int]:
    """How many of the next lines this message can be."""
    return [size for size in range(1, len(ordered) + 1) if thread.lines(ordered[:size]).text == text]


def _leg(state: str | None) -> str:
    try:
        return str(json.loads(base64.b64decode(state or ""))["leg"])
    except ValueError:
        return "a call that came in"


def _plain(blocks: Any) -> list[str]:
    """What a card shows: all its texts, without ids that the stand-in adds."""
    return list(_texts(blocks))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for key in sorted(value):
            if isinstance(value[key], dict | list):
                yield from _texts(value[key])
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
