"""The roster: one line for each participant, the liveliest first."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import assert_never

from bot.core.conference import Leg, Row
from bot.core.lifecycle import LegPhase, Step, Why
from bot.core.phone import masked
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


def lines(rows: Sequence[Row], host_id: str, most: int, talking: str = "") -> list[str]:
    """At most ``most`` participants, a line each, and one line of counts for all others."""
    shown, rest = folded(rows, most)
    return [line(row, host_id, talking) for row in shown] + (
        [f"… and {len(rest)} more: {counts(rest)}"] if rest else []
    )


def folded(rows: Sequence[Row], most: int) -> tuple[list[Row], list[Row]]:
    """The liveliest ``most`` of them, and the others."""
    ordered = sorted(rows, key=lambda row: _ORDER[standing(row)])
    return ordered[:most], ordered[most:]


def line(row: Row, host_id: str, talking: str = "") -> str:
    who, leg = row.participant, row.leg
    host = " (host)" if host_id and who.user_id == host_id else ""
    often = f" · rung {who.legs} times" if who.legs > 1 else ""
    return f"{_emoji(row, talking)} *{typed(who.name)}*{host}: {_state(row)}{_sound(leg)}{often}{_next(row)}"


def _emoji(row: Row, talking: str) -> str:
    leg = row.leg
    if leg is None or not leg.in_room:
        return standing(row).emoji
    if leg.held or leg.far_held:
        return "⏸️"
    if leg.silent:
        return "🔇"
    return "🔊" if leg.id == talking else standing(row).emoji


def _sound(leg: Leg | None) -> str:
    """What is special about somebody who is in."""
    if leg is None or not leg.in_room:
        return ""
    said = []
    if leg.held:
        said.append("on hold")
    if leg.listen:
        said.append("listens only")
    elif leg.muted:
        said.append(f"muted by {typed(leg.muted_by)}" if leg.muted_by else "muted")
    if leg.far_held:
        said.append("their phone holds us, muted")
    if leg.hand_at is not None:
        said.append("✋ hand up")
    return "".join(f" · {one}" for one in said)


def _next(row: Row) -> str:
    """What happens by itself for somebody who was not reached."""
    who = row.participant
    if who.next:
        words = {
            Step.REDIAL: "rung again",
            Step.NUMBER: "next number",
            Step.DEPUTY: f"{typed(who.deputies[0].name)} instead" if who.deputies else "somebody instead",
            Step.CALL_BACK: "called back",
            Step.RING: "rung",
        }[Step(who.next)]
        return f" · next: {words} at {moment(who.next_at or 0)}"
    if row.leg is None or not row.leg.alive or row.leg.in_room:
        return ""
    after = who.numbers[who.numbers.index(who.number) + 1 :] if who.number in who.numbers else ()
    instead = [masked(number) for number in after] + [typed(person.name) for person in who.deputies]
    return f" · else {', then '.join(instead)}" if instead else ""


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
