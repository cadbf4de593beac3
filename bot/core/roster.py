"""Sentences about people who are in a conference: ``mute bo, ana``, ``dtmf bo 12#``, ``rename 0199 as "Plumber"``."""

import re
from collections.abc import Sequence

from bot.core import phone
from bot.core.replies import Refusal
from bot.core.targets import NameTarget, NumberTarget, Target, UserTarget
from bot.core.words import Word

_GLUE = re.compile(r"[,;&]+|and[,;]?", re.IGNORECASE)
_QUOTES = "“”‘’\"'«»„`"  # noqa: RUF001  # curly ones, as phones type them


def people(said: Sequence[Word], region: str) -> tuple[Target, ...]:
    """Each mention, number or name; commas and ``and`` stand between names, which may have several words."""
    found: list[Target] = []
    name: list[str] = []

    def close() -> None:
        if name:
            found.append(_named(" ".join(name), region))
            name.clear()

    for word in said:
        if word.user_id or word.tel:
            close()
            found.append(_token(word, region))
        elif _GLUE.fullmatch(word.shown):
            close()
        else:
            name.append(word.shown.strip(_QUOTES).rstrip(",;"))
            if word.shown.endswith((",", ";")):
                close()
    close()
    return tuple(found)


def with_keys(said: Sequence[Word], region: str) -> tuple[tuple[Target, ...], str]:
    """Whose line, and the keys: the last word."""
    if len(said) < 2:
        raise Refusal("Say whose line, and which keys.", example="/conf dtmf bo 12#", code="unreadable")
    return people(said[:-1], region), said[-1].shown


def with_name(said: Sequence[Word], region: str) -> tuple[tuple[Target, ...], str]:
    """Who, and the name after ``as``."""
    at = next((at for at, word in enumerate(said) if word.typed and word.shown.lower() == "as"), None)
    if at is None:
        raise Refusal(
            "Say who, then “as” and the new name.", example='/conf rename 0199 as "Plumber"', code="unreadable"
        )
    new = " ".join(word.shown for word in said[at + 1 :]).strip().strip(_QUOTES).strip()
    return people(said[:at], region), new


def _token(word: Word, region: str) -> Target:
    if word.tel:
        return NumberTarget(phone.read(word.tel, region))
    return UserTarget(word.user_id, word.shown[1:] if word.shown[1:] != word.user_id else "")


def _named(name: str, region: str) -> Target:
    """A number in full is one; four digits alone are the end of one, and ``#3`` a place on the roster."""
    if sum(char.isdigit() for char in name) >= 7 and not any(char.isalpha() for char in name):
        try:
            return NumberTarget(phone.read(name, region))
        except Refusal:
            return NameTarget(name)
    return NameTarget(name)
