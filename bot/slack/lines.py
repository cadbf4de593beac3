"""Thread lines: what a person would say aloud, written once. Names only, no mentions, so that nobody is pinged."""

from collections.abc import Sequence
from itertools import groupby

from bot.core.conference import Conference
from bot.core.effects import Line, Says
from bot.core.lifecycle import Why
from bot.slack.words import Message, duration, fitting, names, reason, sections, typed

LONGEST = 8000  # characters of all lines in one message; Slack takes about 13,000 in blocks
LONGEST_TEXT = 3500  # characters of the plain text beside them; Slack takes 4,000


def lines(told: Sequence[Line]) -> Message:
    """All these lines as one message; neighbours that tell the same are merged."""
    said = [_sentence(list(same)) for _, same in groupby(told, key=_tells)]
    return Message("\n".join(fitting(said, LONGEST_TEXT)), sections(fitting(said, LONGEST)))


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


def _sentence(told: Sequence[Line]) -> str:
    first = told[0]
    who = [typed(name) for line in told for name in line.who]
    match first.says:
        case Says.RINGING:
            return f"📞 Ringing {names(who)}" + (f" ({typed(first.by)} asked)" if first.by else "")
        case Says.JOINED:
            return f"🟢 {names(who)} joined"
        case Says.LEFT:
            return f"⚪ {_left(told)}"
        case Says.MISSED:
            return f"❌ {names(who)}: {_missed(first)}"
        case Says.TROUBLE:
            return "⚠️ " + ": ".join(filter(None, (names(who), typed(first.detail, 500))))
        case Says.ENDED:
            return f"⚫ {_ended(first, who)}"


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
    if not line.by and not who:
        return "Ended: nobody came."
    alone = "" if line.by else ": nobody was on the line any more"
    return f"Ended{by}{after}{alone}. " + (f"On the line: {names(who)}." if who else "Nobody had joined.")
