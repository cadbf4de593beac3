"""The roster: one line for each participant, the liveliest first."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import assert_never

from bot.core.conference import Leg, Row
from bot.core.lifecycle import LegPhase, Why
from bot.slack.words import duration, moment, reason, typed


class Standing(Enum):
    """Where somebody is, in the order of the roster: the emoji, and the word for counts."""

    IN = "🟢", "in"
    ANSWERED = "🚪", "answered"
    RINGING = "📞", "ringing"
    QUEUED = "⏳", "to be rung"
    MISSED = "❌", "missed"
    LEFT = "⚪", "left"

    @property
    def emoji(self) -> str:
        return self.value[0]

    @property
    def word(self) -> str:
        return self.value[1]


_ORDER = {standing: place for place, standing in enumerate(Standing)}


def standing(row: Row) -> Standing:
    leg = row.leg
    if leg is None:
        return Standing.QUEUED
    match leg.phase:
        case LegPhase.QUEUED:
            return Standing.QUEUED
        case LegPhase.DIALING:
            return Standing.RINGING
        case LegPhase.ANSWERED:
            return Standing.ANSWERED
        case LegPhase.JOINED:
            return Standing.IN if leg.in_room else Standing.LEFT
        case LegPhase.GONE:
            return Standing.LEFT if leg.why is Why.LEFT else Standing.MISSED
        case _:
            assert_never(leg.phase)


def counts(rows: Iterable[Row]) -> str:
    """4 in, 2 ringing, 1 missed."""
    found = Counter(map(standing, rows))
    return ", ".join(f"{found[one]} {one.word}" for one in Standing if found[one])


def lines(rows: Sequence[Row], host_id: str, most: int) -> list[str]:
    """At most ``most`` participants, a line each, and one line of counts for all others."""
    ordered = sorted(rows, key=lambda row: _ORDER[standing(row)])
    shown = [_line(row, host_id) for row in ordered[:most]]
    if rest := ordered[most:]:
        shown.append(f"… and {len(rest)} more: {counts(rest)}")
    return shown


def _line(row: Row, host_id: str) -> str:
    who = row.participant
    host = " (host)" if host_id and who.user_id == host_id else ""
    often = f" · rung {who.legs} times" if who.legs > 1 else ""
    return f"{standing(row).emoji} *{typed(who.name)}*{host}: {_state(row)}{often}"


def _state(row: Row) -> str:  # noqa: PLR0911  # one arm per standing
    leg = row.leg
    if leg is None:
        return "not rung yet"
    match standing(row):
        case Standing.IN:
            return f"in since {moment(leg.joined_at or 0)}"
        case Standing.ANSWERED:
            return "answered, asked to press 1" if leg.asked_at and not leg.passed_at else "answered, joining"
        case Standing.RINGING:
            return f"ringing since {moment(leg.rang_at or leg.tried_at or leg.queued_at)}"
        case Standing.QUEUED:
            return "waiting to be rung"
        case Standing.MISSED:
            return f"missed at {moment(leg.gone_at or 0)}: {reason(leg.why or Why.CARRIER, leg.detail)}"
        case Standing.LEFT:
            return _left(leg)


def _left(leg: Leg) -> str:
    at = min(t for t in (leg.left_at, leg.gone_at) if t is not None)
    return f"left at {moment(at)} after {duration(at - (leg.joined_at or at))}"
