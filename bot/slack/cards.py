"""The card: the one message of a conference that is redrawn from its state. Pure; the same picture, the same card."""

import hashlib
import json
from collections.abc import Sequence
from typing import assert_never

from bot.core import spending
from bot.core.conference import Conference, Picture, Row
from bot.core.lifecycle import ConferencePhase, RecordingState
from bot.slack import menus, roster
from bot.slack.buttons import INVITE_FORM, button, confirmation, pack
from bot.slack.roster import Standing, standing
from bot.slack.words import TOPIC, Block, Message, context, duration, moment, names, plain, section, sections, typed

WANTED = "wanted"  # Conference.slack_call before Slack has made a call
ROWS = 12  # participants shown by name; the rest is counted
STARTED = "{date_short_pretty} {time}"

_HINT = "Nobody is invited yet. Press *Ring me* or *Invite…*, or type `/conf invite @ana +1 212 555 0199`."


def card(picture: Picture) -> Message:
    conference = picture.conference
    blocks = [
        {"type": "header", "text": plain(topic(conference))},
        section(_state(conference, picture.rows)),
        *_notes(picture),
        *_roster(conference, picture.rows),
    ]
    if conference.slack_call not in {"", WANTED}:
        blocks.append({"type": "call", "call_id": conference.slack_call})
    if not conference.ended:
        blocks.append({"type": "actions", "elements": _buttons(conference, picture.rows)})
    return Message(summary(picture), blocks)


def topic(conference: Conference, limit: int = TOPIC) -> str:
    return typed(conference.topic, limit) or "Conference"


def summary(picture: Picture) -> str:
    """The whole card in one or two sentences."""
    conference = picture.conference
    said = f"{topic(conference)}: {_phase_words(conference)}."
    if conference.ended:
        return f"{said} {_presence(picture.rows)}"
    told = roster.counts(picture.rows) or "nobody is invited yet"
    trouble = f" Trouble: {typed(conference.trouble, 300)}" if conference.trouble else ""
    return f"{said} {told[0].upper()}{told[1:]}.{trouble}"


def fingerprint(blocks: Sequence[Block] | None, text: str) -> str:
    """Tells whether a message would look different; 16 hexadecimal digits."""
    drawn = json.dumps([text, blocks], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(drawn.encode()).hexdigest()[:16]


def _roster(conference: Conference, rows: Sequence[Row]) -> list[Block]:
    """A line each, with a menu of what can be done about them while the conference lives; over twelve it folds."""
    if conference.ended:
        return sections(roster.lines(rows, conference.host_id, ROWS))
    shown, rest = roster.folded(rows, ROWS)
    blocks: list[Block] = []
    for row in shown:
        told = roster.line(row, conference.host_id, conference.talking)
        blocks.append({**section(told), "accessory": menus.of_row(conference, row)})
        if row.participant.next:
            blocks.append({"type": "actions", "elements": menus.of_step(conference, row)})
    if rest:
        more = section(f"… and {len(rest)} more: {roster.counts(rest)}")
        blocks.append({**more, "accessory": button("Show all", "conf:status", pack(conference.id, ""))})
    return blocks


def _phase_words(conference: Conference) -> str:
    match conference.phase:
        case ConferencePhase.OPEN:
            return "open, waiting for people"
        case ConferencePhase.LIVE:
            return "live"
        case ConferencePhase.ENDED:
            return f"ended after {_length(conference)}" if conference.live_at else "ended, nobody came"
        case _:
            assert_never(conference.phase)


def _length(conference: Conference) -> str:
    live_at = conference.live_at or conference.created_at
    return duration((conference.ended_at or live_at) - live_at)


def _state(conference: Conference, rows: Sequence[Row]) -> str:
    host = f"host {typed(conference.host)}"
    match conference.phase:
        case ConferencePhase.OPEN:
            parts = ["🟡 *OPEN*: waiting for people", host, f"since {moment(conference.created_at, STARTED)}"]
        case ConferencePhase.LIVE:
            since = moment(conference.live_at or conference.created_at, STARTED)
            parts = [f"🟢 *LIVE*: {roster.counts(rows)}", host, f"since {since}"]
        case ConferencePhase.ENDED:
            parts = [_ended(conference), host, f"started {moment(conference.created_at, STARTED)}"]
        case _:
            assert_never(conference.phase)
    return " · ".join(parts)


def _ended(conference: Conference) -> str:
    length = f" after {_length(conference)}" if conference.live_at else ", nobody came"
    return f"⚫ *ENDED*{length}" + (f", by {typed(conference.ended_by)}" if conference.ended_by else "")


def _presence(rows: Sequence[Row]) -> str:
    there = [typed(row.participant.name) for row in rows if row.leg and row.leg.joined_at is not None]
    return f"On the line: {names(there)}." if there else "Nobody was on the line."


def _notes(picture: Picture) -> list[Block]:
    conference, rows = picture.conference, picture.rows
    notes: list[Block] = []
    if conference.trouble:
        notes.append(section(f"⚠️ *Trouble*: {typed(conference.trouble, 500)}"))
    if conference.ended:
        notes.append(section(_presence(rows)))
    elif not rows:
        notes.append(context(_HINT))
    if said := [*_house_rules(conference), *_cost(picture)]:
        notes.append(context(" · ".join(said)))
    return notes


def _cost(picture: Picture) -> list[str]:
    told = spending.words(picture.spent)
    return [f"💰 {told}"] if told else []


def _house_rules(conference: Conference) -> list[str]:
    """What holds for everybody."""
    if conference.ended:
        return []
    said = []
    if conference.recording is RecordingState.ON:
        said.append(f"⏺️ recording since {moment(conference.recording_since or 0)}, announced")
    if conference.recording is RecordingState.PAUSED:
        said.append("⏺️ recording paused")
    if conference.transcribed:
        said.append("📝 written down, announced")
    if conference.locked:
        said.append("🔒 locked" + (f" by {typed(conference.locked_by)}" if conference.locked_by else ""))
    if conference.pin:
        said.append("📲 dial in: `/conf pin` shows you how")
    return said


def _buttons(conference: Conference, rows: Sequence[Row]) -> list[Block]:
    here = pack(conference.id, "")
    buttons = [
        button("Ring me", "conf:join", here, style="primary"),
        button("Invite…", INVITE_FORM, pack(conference.id, topic(conference))),
    ]
    if any(standing(row) is Standing.MISSED for row in rows):
        buttons.append(button("Ring again", "conf:redial", here))
    if conference.in_room:
        buttons += _room_buttons(conference, rows)
    sure = confirmation(
        "End the conference?",
        "Everybody on the line is hung up, and nobody is rung any more.",
        "End it",
        "Keep it",
    )
    buttons.append(button("End…", "conf:end", pack(conference.id, "now"), style="danger", confirm=sure))
    return buttons


def _room_buttons(conference: Conference, rows: Sequence[Row]) -> list[Block]:
    buttons = []
    if any(row.leg and row.leg.in_room and (row.leg.muted or row.leg.listen) for row in rows):
        buttons.append(button("Unmute all", "conf:unmute", pack(conference.id, "all")))
    elif conference.in_room > 1:
        buttons.append(button("Mute others", "conf:mute", pack(conference.id, "others")))
    if conference.recordings_in != "off":
        running = conference.recording is not RecordingState.OFF
        label, action = ("Stop recording", "stop") if running else ("Record", "start")
        buttons.append(button(label, "conf:record", pack(conference.id, action)))
    label, verb = ("Unlock", "unlock") if conference.locked else ("Lock", "lock")
    buttons.append(button(label, f"conf:{verb}", pack(conference.id, "")))
    return buttons
