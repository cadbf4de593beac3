"""Small pieces that every text in Slack is made of: safe names, lengths, moments, reasons, blocks."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from bot.core import dcodes
from bot.core.lifecycle import Why

Block = dict[str, Any]

NAME = 60  # characters of a name that are shown
TOPIC = 150  # a header block takes no more (https://docs.slack.dev/reference/block-kit/blocks/header-block)
SECTION = 2900  # a section's text may have 3,000
JOINER = "\u200d"  # holds emoji together; every other invisible character is dropped

_CARRIER_CODE = re.compile(r"(D|PE|TM)\d{1,3}")

_REASONS = {
    Why.LEFT: "left",
    Why.BUSY: "busy",
    Why.NO_ANSWER: "no answer",
    Why.DECLINED: "declined the call",
    Why.NO_KEY: "no key pressed (voicemail?)",
    Why.VOICEMAIL: "voicemail",
    Why.CALL_BACK: "asked to be called back",
    Why.LOCKED: "came when the conference was locked",
    Why.HUNG_UP: "hung up without pressing 1",
    Why.BAD_NUMBER: "the number is not in service",
    Why.CANCELLED: "cancelled",
    Why.CARRIER: "carrier trouble",
    Why.LIMIT: "not rung: a limit is reached",
    Why.FORBIDDEN: "not rung: this number may not be rung any more",
    Why.UNREACHABLE: "Telnyx could not be reached",
}
_API_CODES = {"10009": "not rung: Telnyx refuses the API key", "90032": "the conference is full"}


class Message(NamedTuple):
    """``text`` alone must tell the story: screen readers and phone notifications show nothing else."""

    text: str
    blocks: list[Block] | None = None


def escape(text: str) -> str:
    """Escape Slack's three control characters (https://docs.slack.dev/messaging/formatting-message-text)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed(text: str, limit: int = NAME) -> str:
    """What a person typed, made safe to show: one line, escaped, at most ``limit`` characters when escaped."""
    clean = "".join(c for c in " ".join(text[: 4 * limit].split()) if c.isprintable() or c == JOINER)
    if len(escape(clean)) <= limit:
        return escape(clean)
    clean = clean[: limit - 1]
    while len(escape(clean)) >= limit:
        clean = clean[:-1]
    return escape(clean) + "…"


def duration(seconds: float) -> str:
    """A length in words: 40 s, 12 min, 1 h 5 min."""
    minutes = int(seconds // 60)
    if not minutes:
        return f"{max(1, int(seconds))} s"
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def moment(at: float, shown: str = "{time}") -> str:
    """A time of day that Slack shows in each reader's own time zone."""
    return f"<!date^{int(at)}^{shown}|{datetime.fromtimestamp(at, UTC):%H:%M} UTC>"


def names(people: Sequence[str], most: int = 20) -> str:
    """Ana, Bo and …0199. The names must be safe already."""
    if len(people) > most:
        return f"{', '.join(people[:most])} and {len(people) - most} more"
    return " and ".join(filter(None, (", ".join(people[:-1]), *people[-1:])))


def reason(why: Why, code: str) -> str:
    """Why somebody was missed. ``code`` is a SIP code (503), a D-code of Telnyx's (D13) or an error code of its API."""
    if _CARRIER_CODE.fullmatch(code):
        return f"not rung: {dcodes.words(code) or 'Telnyx refuses the call'} ({code})"
    if code in _API_CODES:
        return f"{_API_CODES[code]} ({code})"
    if why is Why.CARRIER and code:
        return f"carrier trouble ({'SIP' if len(code) == 3 else 'Telnyx'} {typed(code)})"
    return _REASONS[why]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Block:
    """``verbatim`` stops Slack from making links and mentions of what looks like one."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text: str) -> Block:
    return {"type": "section", "text": mrkdwn(text)}


def context(text: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text)]}


def sections(lines: Iterable[str]) -> list[Block]:
    """Pack lines into as few sections as their limit allows."""
    packed: list[str] = []
    for line in lines:
        if packed and len(packed[-1]) + 1 + len(line) <= SECTION:
            packed[-1] += f"\n{line}"
        else:
            packed.append(line)
    return [section(text) for text in packed]


def fitting(lines: Sequence[str], limit: int) -> list[str]:
    """The first lines that fit into ``limit`` characters, and how many did not."""
    kept: list[str] = []
    for line in lines:
        if sum(map(len, kept)) + len(kept) + len(line) > limit:
            return [*kept, f"… and {len(lines) - len(kept)} more lines"]
        kept.append(line)
    return kept
