"""The words with two dashes: ``--ring 25s``, ``--redial 3x60s``, ``--no-gate`` and the others."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.core.inputs import Options
from bot.core.replies import Refusal
from bot.core.words import Word

RING: Final = (5, 120)  # seconds that a phone may be let ring
TIMES: Final = (1, 10)  # of redialling
PAUSE: Final = (10, 900)  # seconds between them
KNOWN: Final = ("--ring", "--redial", "--no-gate", "--muted", "--listen", "--dry-run")
TABLE: Final = (
    ("--ring 25s", "let each phone ring that long (5 to 120 s, else 30)"),
    ("--redial 3x60s", "ring again three times, a minute after a miss (else once; `off`: never)"),
    ("--no-gate", "let them in without pressing 1: for bridges you trust, and `sip:` rooms of allowed domains"),
    ("--muted", "they come in muted"),
    ("--listen", "they come in to listen only"),
    ("--dry-run", "tell whom it would ring, where, why and in which order, and what would be refused; ring nobody"),
)
TO: Final = "--to"
EXAMPLE: Final = "/conf invite @bo --ring 25s --redial 3x60s"

_OPTION = re.compile(r"(?:--|—|–)([a-zA-Z][a-zA-Z-]*)")  # noqa: RUF001  # phones make one dash of two
_RING = re.compile(r"(\d{1,4})s?")
_REDIAL = re.compile(r"(\d{1,3})(?:x(\d{1,5})s?)?", re.IGNORECASE)


def name(word: Word) -> str:
    """``--ring`` for a word that is an option, however its dashes were typed; else ""."""
    found = _OPTION.fullmatch(word.shown) if word.typed else None
    return f"--{found[1].lower()}" if found else ""


def take(said: Sequence[Word], *, strict: bool) -> tuple[Options, list[Word]]:
    """The options, and the words that are none. Not ``strict``: a word like one that is none may belong to a topic."""
    options, left, at = Options(), list[Word](), 0
    while at < len(said):
        option = name(said[at])
        if option not in KNOWN:
            if option:
                _unknown(option, strict=strict)
            left.append(said[at])
            at += 1
            continue
        value = said[at + 1].shown if at + 1 < len(said) else ""
        options, used = _with(options, option, value)
        at += 1 + used
    return options, left


def _with(options: Options, option: str, value: str) -> tuple[Options, int]:
    match option:
        case "--ring":
            return replace(options, ring_secs=_ring(value)), 1
        case "--redial":
            return _redial(options, value), 1
        case "--no-gate":
            return replace(options, gate=False), 0
        case "--muted":
            return replace(options, muted=True), 0
        case "--listen":
            return replace(options, listen=True), 0
        case _:
            return replace(options, dry_run=True), 0


def _ring(value: str) -> int:
    found = _RING.fullmatch(value.rstrip(",;"))
    if not found:
        raise Refusal("Say how many seconds to let it ring.", example="/conf invite @bo --ring 25s", code="unreadable")
    return _within(int(found[1]), RING, "seconds of ringing", "/conf invite @bo --ring 25s")


def _redial(options: Options, value: str) -> Options:
    if value.lower() in {"off", "no", "0"}:
        return replace(options, redials=0)
    found = _REDIAL.fullmatch(value.rstrip(",;"))
    if not found:
        raise Refusal("Say how often, and after how many seconds.", example=EXAMPLE, code="unreadable")
    times = _within(int(found[1]), TIMES, "redials", EXAMPLE)
    pause = _within(int(found[2] or 60), PAUSE, "seconds between redials", EXAMPLE)
    return replace(options, redials=times, redial_secs=pause)


def _within(number: int, bounds: tuple[int, int], what: str, example: str) -> int:
    least, most = bounds
    if not least <= number <= most:
        raise Refusal(f"{number} {what} is not possible: {least} to {most}.", example=example, code="unreadable")
    return number


def _unknown(option: str, *, strict: bool) -> None:
    near = difflib.get_close_matches(option, (*KNOWN, TO), n=1, cutoff=0.7)
    if near and near[0] != TO:
        raise Refusal(f"I do not know “{option}”; did you mean “{near[0]}”?", example=EXAMPLE, code="unreadable")
    if strict:
        raise Refusal(f"I do not know “{option}”. There are {', '.join(KNOWN)}.", example=EXAMPLE, code="unreadable")
