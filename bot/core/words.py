"""The words of a sentence as Slack sends them: plain ones, and its tokens ``<@U1|ana>``, ``<tel:…|…>``, ``<https://…|…>``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# A comma before a plus sign ends a word too: "+12125550199,+442079460958".
_WORD = re.compile(r"<[^<>]*>|[^\s<]+?[,;](?=\+)|[^\s<]+|<")


@dataclass(frozen=True, slots=True)
class Word:
    """``spaced`` is whether white space stood before it, ``shown`` how a topic shows it."""

    shown: str
    spaced: bool = True
    typed: bool = False  # no token
    user_id: str = ""
    tel: str = ""  # what a tel: link rings
    group_id: str = ""
    everybody: bool = False  # @channel, @here, @everyone


def split(text: str) -> list[Word]:
    return list(_words(text))


def _words(text: str) -> Iterator[Word]:
    end = 0
    for match in _WORD.finditer(text):
        raw, spaced, end = match[0], match.start() > end, match.end()
        if raw.startswith("<") and len(raw) > 2:
            yield _token(raw[1:-1], spaced=spaced)
        else:
            yield Word(_unescaped(raw), spaced, typed=True)


def _unescaped(text: str) -> str:
    """Slack escapes exactly these three (https://docs.slack.dev/messaging/formatting-message-text)."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _token(inside: str, *, spaced: bool) -> Word:
    target, _, label = inside.partition("|")
    label = _unescaped(label)
    if target.startswith("@") and len(target) > 1:
        return Word(f"@{label.removeprefix('@') or target[1:]}", spaced, user_id=target[1:])
    if target.startswith("#"):
        return Word(f"#{label.removeprefix('#') or target[1:]}", spaced)
    if target.startswith("!"):
        return _special(target, label, spaced=spaced)
    if target.lower().startswith("tel:"):
        return Word(label or target[4:], spaced, tel=_unescaped(target))
    return Word(label or _unescaped(target).removeprefix("mailto:"), spaced)


def _special(target: str, label: str, *, spaced: bool) -> Word:
    kind, _, rest = target.partition("^")
    if kind == "!subteam":
        return Word(label or f"@{rest}", spaced, group_id=rest)
    if kind in {"!channel", "!here", "!everyone"}:
        return Word(f"@{kind[1:]}", spaced, everybody=True)
    return Word(label or target, spaced)
