"""What is up in our whole Telnyx account, and what of it belongs to nothing here any more.

Only a call that proves to be ours is ended: it names a conference or side call that we know, or it bears the mark of
this installation. Whatever else uses the account, another Confab too, is left alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bot.core import inputs as i
from bot.core.effects import HangUpCall
from bot.core.side import LONGEST, NAMES, SideCall

EVERY: Final = 300.0  # seconds between two looks
AFTER_START: Final = 10.0
FRESH: Final = 15.0  # seconds; younger knowledge than this may be younger than Telnyx's answer


@dataclass(frozen=True, slots=True)
class Known:
    """What we know of what Telnyx named, and all that we think is going on.

    ``watched`` are conferences whose own sweep is due soon. ``lines`` are the calls of legs that are not over,
    ``sides`` the side calls that were named or are not over.
    """

    conferences: frozenset[str]
    going_on: frozenset[str]
    watched: frozenset[str]
    lines: frozenset[str]
    sides: Mapping[str, SideCall]


@dataclass(frozen=True, slots=True)
class Verdict:
    """``lost``: calls that nothing here stands for. ``sweeps``: conferences to be swept now. ``over``: side calls."""

    lost: tuple[HangUpCall, ...]
    sweeps: tuple[str, ...]
    over: tuple[str, ...]


def conference_of(name: str) -> str:
    return "" if name.startswith(NAMES) else name.partition(".")[0]


def judge(swept: i.AccountSwept, known: Known) -> Verdict:
    named = {conference_of(name) for name in swept.names} | set(swept.conferences)
    sweeps = (known.conferences & named | known.going_on) - known.watched
    return Verdict(tuple(_lost(swept, known)), tuple(sorted(sweeps)), tuple(_over(swept, known)))


def _lost(swept: i.AccountSwept, known: Known) -> Iterator[HangUpCall]:
    for name, call, ours in zip(swept.names, swept.calls, swept.ours, strict=True):
        side = known.sides.get(name)
        if call in known.lines or conference_of(name) in known.conferences:
            continue
        if _outstays(side, swept.at) if side else ours:
            yield HangUpCall(call)


def _outstays(side: SideCall, at: float) -> bool:
    """Whether a side call must have been off the line for a while."""
    until = side.begun_at + LONGEST if side.ended_at is None else side.ended_at
    return at - until > FRESH


def _over(swept: i.AccountSwept, known: Known) -> Iterator[str]:
    """Side calls that are up no more, although we never heard of their end."""
    up = frozenset(swept.calls)
    for side in known.sides.values():
        wait = FRESH if side.call_control_id else LONGEST
        if side.ended_at is None and side.call_control_id not in up and swept.at - side.begun_at > wait:
            yield side.id
