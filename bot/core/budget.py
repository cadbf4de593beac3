"""What may still be rung and spent: limits on dials, legs, people and money, and why one more is too many.

A budget is loaded in the transaction that decides, behind a lock that all such transactions take, so that two at once
cannot both have the last dial.
"""

import math
from dataclasses import dataclass, field
from typing import Final

from bot.core.inputs import Person
from bot.core.phone import masked
from bot.core.replies import Refusal
from bot.core.tariff import UNIT, Tariff, shown

HOUR: Final = 3600.0
DAY: Final = 86400.0
WARN_AT: Final = 80  # percent of a ceiling
_RAISE: Final = "Who runs Confab can raise that"


@dataclass(frozen=True, slots=True)
class Limits:
    """Dials are counted over the last hour and all conferences; amounts are micros, and 0 of them is no ceiling."""

    dials_per_user: int = 100
    dials_per_number: int = 12
    legs: int = 100
    participants: int = 100
    cost_conference: int = 20 * UNIT
    cost_day: int = 100 * UNIT


@dataclass(frozen=True, slots=True)
class Dialled:
    """A dial that was decided: for whom (see ``payer``), to which number, when."""

    by: str
    number: str
    at: float


class OverLimit(Refusal):  # a refusal, as its base is
    """``why`` alone is what a thread is told when nobody asked just now."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Nobody was rung. {why}", code="limit")
        self.why = why


@dataclass(slots=True)
class Budget:
    """``dialled`` holds the last hour's dials for the people and to the numbers that the decision may concern."""

    now: float
    limits: Limits = field(default_factory=Limits)
    tariff: Tariff = field(default_factory=Tariff)
    dialled: list[Dialled] = field(default_factory=list)
    legs: int = 0  # on the line or being rung, in all conferences
    spent_today: int = 0  # in all conferences: calls that ended today (UTC), and those that are up
    stopped: str = ""  # who has stopped all calls

    def check(self, by: str, number: str, spent: int) -> None:
        """Raise OverLimit when this dial is one too many. ``spent`` is the cost of its conference so far, in micros."""
        if why := self._stopped() or self._too_dear(spent) or self._too_often(by, number) or self._too_many():
            raise OverLimit(why)

    def note(self, by: str, number: str) -> None:
        """Count a dial that is decided."""
        self.dialled.append(Dialled(by, number, self.now))
        self.legs += 1

    def check_place(self, participants: int) -> None:
        """Raise OverLimit when a conference of so many people cannot take another."""
        most = self.limits.participants
        if participants >= most:
            raise OverLimit(f"At most {most} people can be in one conference. {_RAISE} (CONFAB_MAX_PARTICIPANTS).")

    def check_open(self) -> None:
        """Raise OverLimit when all calls are stopped."""
        if why := self._stopped():
            raise OverLimit(why)

    def _stopped(self) -> str:
        return stopped_words(self.stopped) if self.stopped else ""

    def _too_dear(self, spent: int) -> str:
        own, day, currency = self.limits.cost_conference, self.limits.cost_day, self.tariff.currency
        if own and spent >= own:
            return (
                f"This conference has cost about {shown(spent, currency)}, and {shown(own, currency)} is the most; "
                f"who is in it stays. {_RAISE} (CONFAB_MAX_COST_CONFERENCE)."
            )
        if day and self.spent_today >= day:
            left = DAY - self.now % DAY
            return (
                f"About {shown(self.spent_today, currency)} were spent today, and {shown(day, currency)} is the most "
                f"until midnight UTC, {_in(left)}; who is in a call stays. {_RAISE} (CONFAB_MAX_COST_DAY)."
            )
        return ""

    def _too_often(self, by: str, number: str) -> str:
        own = [one.at for one in self.dialled if one.by == by]
        if why := self._over_in_an_hour(own, self.limits.dials_per_user, "phones are rung for one person"):
            return f"{why} {_RAISE} (CONFAB_MAX_DIALS_PER_USER)."
        there = [one.at for one in self.dialled if one.number == number]
        if why := self._over_in_an_hour(there, self.limits.dials_per_number, f"calls go to {masked(number)}"):
            return f"{why} {_RAISE} (CONFAB_MAX_DIALS_PER_NUMBER)."
        return ""

    def _over_in_an_hour(self, times: list[float], most: int, what: str) -> str:
        recent = sorted(at for at in times if at > self.now - HOUR)
        if len(recent) < most:
            return ""
        free = recent[len(recent) - most] + HOUR if most else self.now + HOUR
        return f"At most {most} {what} within an hour, so the next can only be {_in(free - self.now)}."

    def _too_many(self) -> str:
        most = self.limits.legs
        if self.legs < most:
            return ""
        return (
            f"At most {most} phones are on the line or ringing at once, in all conferences together; "
            f"try again when somebody has hung up. {_RAISE} (CONFAB_MAX_LEGS)."
        )


def stopped_words(by: str) -> str:
    return f"{by} has stopped all calls; nobody is rung until an admin says `/conf stop-all off`."


def payer(person: Person) -> str:
    """Whom a dial counts for: a Slack user's id, or the API."""
    return person.user_id or person.name


def _in(seconds: float) -> str:
    minutes = max(1, math.ceil(seconds / 60))
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    return f"in {' '.join(parts)}"
