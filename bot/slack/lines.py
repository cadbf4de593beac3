"""Thread lines: what a person would say aloud, written once. Names only, no mentions, so that nobody is pinged."""

from collections.abc import Sequence
from itertools import groupby
from typing import assert_never

from bot.core.conference import Conference
from bot.core.effects import Line, Says
from bot.core.lifecycle import Step, Why
from bot.slack.buttons import button, pack
from bot.slack.words import Block, Message, duration, escape, fitting, names, reason, sections, typed

LONGEST = 8000  # characters of all lines in one message; Slack takes about 13,000 in blocks
MOST_OFFERS = 20  # buttons under one message
LONGEST_TEXT = 3500  # characters of the plain text beside them; Slack takes 4,000


def lines(told: Sequence[Line]) -> Message:
    """All these lines as one message; neighbours that tell the same are merged."""
    said = [_sentence(list(same)) for _, same in groupby(told, key=_tells)]
    blocks = sections(fitting(said, LONGEST)) + [block for line in told[:MOST_OFFERS] for block in _offer(line)]
    return Message("\n".join(fitting(said, LONGEST_TEXT)), blocks)


def _offer(line: Line) -> list[Block]:
    """A button under a line that wants something done."""
    if line.says is Says.LIMIT:
        carry = button("Carry everybody over", "conf:carry", pack(line.conference_id, ""), style="primary")
        return [{"type": "actions", "elements": [carry]}]
    if line.says is Says.RECORDED:
        link = button("Get a link", "conf:recording", pack(line.conference_id, line.detail))
        return [{"type": "actions", "elements": [link]}]
    return []


def lost(conference: Conference, why: str) -> Message:
    """To the host alone: the thread can no longer be written to."""
    topic = typed(conference.topic, 150) or "your conference"
    return Message(
        f"I cannot post about {topic} in its channel: {typed(why, 300)}. The phone conference itself goes on. "
        "To see, change or end it, write to me here: `status`, `invite`, `end`."
    )


def _tells(line: Line) -> tuple[str, ...]:
    same = (line.says, line.by, line.detail, line.code)
    return (*same, str(line.at)) if line.says is Says.ENDED else same


def _sentence(told: Sequence[Line]) -> str:  # noqa: C901, PLR0911, PLR0912  # one arm per line, nothing else
    first = told[0]
    who = names([typed(name) for line in told for name in line.who])
    by = f" by {typed(first.by)}" if first.by else ""
    match first.says:
        case Says.RINGING:
            return f"📞 Ringing {who}" + (f" ({typed(first.by)} asked)" if first.by else "")
        case Says.JOINED:
            return f"🟢 {who} joined"
        case Says.DIALED_IN:
            return f"📲 {who} dialed in"
        case Says.LEFT:
            return f"⚪ {_left(told)}"
        case Says.REMOVED:
            return f"⚪ {who} {_was(told)} removed{by}"
        case Says.MISSED:
            return f"❌ {who}: {_missed(first)}"
        case Says.NOT_RUNG:
            return f"⛔ {who}: not rung by itself. {typed(first.detail, 600)}"
        case Says.STEP:
            return f"↪️ {who}: {_step(first)}"
        case Says.MUTED:
            return f"🔇 {who} {_was(told)} muted{by}" if by else f"🔇 {who} muted on the phone"
        case Says.UNMUTED:
            return f"🔊 {who} {_was(told)} unmuted{by}" if by else f"🔊 {who} unmuted on the phone"
        case Says.HELD:
            return f"⏸️ {who} {_was(told)} put on hold{by}"
        case Says.UNHELD:
            return f"▶️ {who} {_was(told)} taken back from hold{by}"
        case Says.FAR_HELD:
            return f"⏸️ {who} put us on hold; muted, so that nobody hears the music"
        case Says.FAR_BACK:
            return f"▶️ {who} took us back from hold"
        case Says.HAND:
            return f"✋ {who} raised a hand"
        case Says.HAND_DOWN:
            return f"{who} took the hand down"
        case Says.HOST_WANTED:
            return f"🛎️ {who} asks for the host" + (f": <@{escape(first.detail)}>" if first.detail else "")
        case Says.HOST:
            return f"👑 {who} is the host now" + (f", made so{by}" if by else "")
        case Says.SAID:
            return f"📣 Said to everybody{by}: {typed(first.detail, 600)}"
        case Says.PLAYED:
            return f"🎵 A sound was played{by}"
        case Says.RECORDING:
            done, more = _RECORDING.get(first.detail, ("Recording changed", ""))
            return f"⏺️ {done}{by}{more}"
        case Says.RECORDED:
            return "⏺️ The recording is ready: `/conf recording` gives you a link"
        case Says.LOCKED:
            return f"🔒 Locked{by}: nobody else comes in"
        case Says.UNLOCKED:
            return f"🔓 Unlocked{by}"
        case Says.RENAMED:
            return f"{who} is now shown as {typed(first.detail)}"
        case Says.ALONE:
            return f"⏳ {who} is alone. The conference ends in {duration(first.seconds)} unless somebody comes"
        case Says.LIMIT:
            most, left = duration(float(first.detail)), duration(first.seconds)
            return f"⏳ A conference ends after {most}; {left} are left. `/conf carry` opens a fresh one"
        case Says.SPENT:
            return _spent(first)
        case Says.CARRIED:
            return f"➡️ Carried over{by}: everybody is rung again in a moment, into a fresh conference"
        case Says.CORRECTED:
            return f"⚠️ {who}: the {typed(first.detail)} had not taken; asked Telnyx again"
        case Says.TROUBLE:
            return "⚠️ " + ": ".join(filter(None, (who, typed(first.detail, 500))))
        case Says.ENDED:
            return f"⚫ {_ended(first, [typed(name) for line in told for name in line.who])}"
        case _:
            assert_never(first.says)


def _spent(line: Line) -> str:
    what, percent = line.detail.split(" ")
    whole = what == "conference"
    cost = (
        f"This conference has cost about {line.code}" if whole else f"All calls of today (UTC) cost about {line.code}"
    )
    until = "" if whole else " today"
    if percent != "100":
        return f"💰 {cost}. From {line.by} on nobody else is rung{until}; who is in stays"
    setting = "CONFAB_MAX_COST_CONFERENCE" if whole else "CONFAB_MAX_COST_DAY"
    told = f"{line.by} is the most, so nobody else is rung{until}, also not by itself; who is in stays"
    return f"⛔ {cost}, and {told}. Who runs Confab can raise that (`{setting}`)"


_RECORDING = {
    "start": ("Recording started", "; everybody was told"),
    "stop": ("Recording stopped", ""),
    "pause": ("Recording paused", ""),
    "resume": ("Recording resumed", "; everybody was told"),
}


def _was(told: Sequence[Line]) -> str:
    return "was" if sum(len(line.who) for line in told) == 1 else "were"


def _step(line: Line) -> str:
    when = f"in {duration(line.seconds)}" if line.seconds >= 5 else "now"
    match Step(line.detail):
        case Step.REDIAL:
            return f"rung again {when}"
        case Step.NUMBER:
            return f"the next number is rung {when}"
        case Step.DEPUTY:
            return f"{typed(line.by)} is rung instead"
        case Step.CALL_BACK:
            return f"called back {when}"
        case Step.RING:
            return f"rung {when}"


def _left(told: Sequence[Line]) -> str:
    if len(told) == 1:
        return f"{names([typed(name) for name in told[0].who])} left after {duration(told[0].seconds)}"
    return names([f"{typed(name)} ({duration(line.seconds)})" for line in told for name in line.who]) + " left"


def _missed(line: Line) -> str:
    try:
        return reason(Why(line.detail), line.code)
    except ValueError:
        return typed(line.detail, 300) or "missed"


def _ended(line: Line, who: Sequence[str]) -> str:
    by = f" by {typed(line.by)}" if line.by else ""
    after = f" after {duration(line.seconds)}" if line.seconds else ""
    cost = f" Cost: {typed(line.code)}." if line.code else ""
    if line.detail == "carried":
        return f"Ended: it goes on in a fresh conference.{cost}"
    if line.detail == "stopped" and not who:
        return f"Ended{by}: all calls were stopped.{cost}"
    if not line.by and not who:
        return f"Ended: nobody came.{cost}"
    alone = "" if line.by else ": nobody was on the line any more"
    alone = ": one person was left alone" if line.detail == "alone" else alone
    alone = ": all calls were stopped" if line.detail == "stopped" else alone
    alone = ": it has lasted as long as a conference may" if line.detail == "minutes" else alone
    return f"Ended{by}{after}{alone}. " + (f"On the line: {names(who)}." if who else "Nobody had joined.") + cost
