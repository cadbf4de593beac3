"""Side calls are no legs of a conference: somebody dials in and has given no PIN yet, or a number is checked.

A caller's number can be faked, so by it alone only a conference is offered that this number was invited to.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from bot.core import inputs as i
from bot.core import legs, seating
from bot.core.conference import Conference, Leg, Participant, call_cost
from bot.core.effects import Says, SideAnswer, SideAsk, SideEffect, SideHangUp, SideReject, SideSay
from bot.core.phone import masked
from bot.core.scene import Scene

NAMES: Final = "side_"  # how the ids of side calls begin
PIN_DIGITS: Final = 6
MOST_TRIES: Final = 3
LONGEST: Final = 280.0  # seconds; after that a side call is hung up, whatever it waits for
GOODBYE: Final = 20.0  # seconds in which a last sentence is surely spoken
YES: Final = "1"
UNKNOWN: Final = "private number"

News = i.Rang | i.Answered | i.KeyGiven | i.SpeechEnded | i.HungUp | i.SideTimedOut | i.Priced


class Purpose(StrEnum):
    DIAL_IN = "dial-in"
    CHECK = "check"  # of somebody's number, by a spoken code


@dataclass(frozen=True, slots=True)
class SideCall:
    """Times are unix seconds. ``leaving``: the last sentence is being spoken, then it is hung up.

    ``rate``: what a minute costs by estimate, ``settled``: what all of it did by Telnyx's word, both in micros. Who was
    let in is a leg from the beginning of the call, and costs nothing here.
    """

    id: str
    purpose: Purpose
    number: str  # E.164, "" = withheld
    begun_at: float
    user_id: str = ""
    call_control_id: str = ""
    answered_at: float | None = None
    ended_at: float | None = None
    tries: int = 0
    offered: str = ""  # conference that 1 lets in to
    code: str = ""
    leaving: bool = False
    rate: int = 0
    settled: int | None = None

    def cost_by(self, now: float) -> int:
        """Micros up to ``now``."""
        return call_cost(self.rate, self.answered_at, now if self.ended_at is None else self.ended_at, self.settled)


@dataclass(frozen=True, slots=True)
class Doors:
    """What is known at the moment of a decision: which conference the digits open, which the number was invited to."""

    open: bool = True  # somebody may dial in at all, and not too many wrong PINs were given
    any_live: bool = False
    fits: Conference | None = None
    invited: Conference | None = None
    full: bool = False  # no more calls can be taken at all
    most: int = 800  # people in one conference


@dataclass(frozen=True, slots=True)
class Decided:
    side: SideCall
    effects: tuple[SideEffect, ...] = ()
    let_in: str = ""  # conference id
    wrong: bool = False  # a PIN that opens nothing was given


def incoming(side: SideCall, doors: Doors) -> Decided:
    if not doors.open:
        return Decided(replace(side, leaving=True, ended_at=side.begun_at), (SideReject(side.id),))
    return Decided(side, (SideAnswer(side.id),))


def apply(side: SideCall, fact: News, doors: Doors) -> Decided:  # noqa: C901, PLR0911  # one arm per news
    """Take in news of a side call. What is over stays over."""
    call = getattr(fact, "call", None)
    if call is not None and call.call_control_id and not side.call_control_id:
        side = replace(side, call_control_id=call.call_control_id)
    if isinstance(fact, i.Priced):
        return Decided(replace(side, settled=max(side.settled or 0, fact.micros)))
    if side.ended_at is not None:
        return Decided(side)
    match fact:
        case i.Rang():
            return Decided(side)
        case i.Answered():
            return _answered(side, fact.at, doors)
        case i.KeyGiven():
            return _key_given(side, fact, doors)
        case i.SpeechEnded():
            return Decided(side, (SideHangUp(side.id),) if side.leaving else ())
        case i.HungUp():
            return Decided(replace(side, ended_at=fact.at))
        case i.SideTimedOut():
            return Decided(replace(side, leaving=True), (SideHangUp(side.id),))


def let_in(scene: Scene, side: SideCall) -> Leg:
    """Make the call a leg of this conference, past the gate. The scene must be whole."""
    who = _participant(scene, side)
    latest = scene.latest(who)
    if latest is not None and latest.alive:  # their phone rings while they dial in
        legs.stop(scene, latest)
        who = scene.participants[who.id]
    at = side.answered_at or scene.now
    leg = scene.new_leg(
        replace(who, redials_left=0),
        came_in=True,
        rate=scene.budget.tariff.of_caller if scene.budget else 0,
        gated=False,
        call_control_id=side.call_control_id,
        tried_at=at,
        rang_at=at,
        answered_at=at,
        passed_at=scene.now,
    )
    scene.say(Says.DIALED_IN, scene.name(leg))
    seating.want_seat(scene, leg)
    return scene.legs[leg.id]


def spelled(code: str) -> str:
    """Digit by digit, and all of it twice."""
    digits = ", ".join(code)
    return f"{digits}. Again: {digits}"


def _answered(side: SideCall, at: float, doors: Doors) -> Decided:
    if side.answered_at is not None:
        return Decided(side)
    side = replace(side, answered_at=at)
    if side.purpose is Purpose.CHECK:
        return _say_goodbye(side, "code", spelled(side.code))
    if not doors.any_live:
        return _say_goodbye(side, "no_conference")
    if doors.invited is not None:
        side = replace(side, offered=doors.invited.id)
        return Decided(side, (SideAsk(side.id, "ask_known", PIN_DIGITS, doors.invited.topic),))
    return Decided(side, (SideAsk(side.id, "ask_pin", PIN_DIGITS),))


def _key_given(side: SideCall, fact: i.KeyGiven, doors: Doors) -> Decided:
    if side.leaving or fact.status not in {"valid", "invalid", "timeout"}:
        return Decided(side)
    accepts = fact.digits == YES and side.offered
    if not accepts and not doors.open:  # calls that began before there were too many
        return _say_goodbye(side, "too_many")
    chosen = doors.invited if accepts else doors.fits
    if accepts and chosen is not None and chosen.id != side.offered:
        chosen = None
    if fact.status == "valid" and chosen is not None:
        return _chosen(side, fact, doors, chosen)
    side = replace(side, tries=side.tries + 1)
    wrong = fact.status == "valid"
    if side.tries >= MOST_TRIES:
        return replace(_say_goodbye(side, "too_many"), wrong=wrong)
    return Decided(side, (SideAsk(side.id, "wrong_pin", PIN_DIGITS),), wrong=wrong)


def _chosen(side: SideCall, fact: i.KeyGiven, doors: Doors, chosen: Conference) -> Decided:
    """They know the PIN, or were invited; the conference may be closed to them all the same."""
    if chosen.locked:
        return _say_goodbye(side, "locked")
    known = doors.invited is not None and chosen.id == doors.invited.id
    if doors.full or (chosen.participants >= doors.most and not known):
        return _say_goodbye(side, "full")
    return Decided(replace(side, ended_at=fact.at, rate=0), let_in=chosen.id)


def _say_goodbye(side: SideCall, text: str, detail: str = "") -> Decided:
    return Decided(replace(side, leaving=True), (SideSay(side.id, text, detail),))


def _participant(scene: Scene, side: SideCall) -> Participant:
    """Who was invited at this number and is not in the room; else a guest."""
    for known in scene.participants.values():
        latest = scene.latest(known)
        if side.number and side.number in {known.number, *known.numbers} and not (latest and latest.in_room):
            return known
    scene.change(participants=scene.conference.participants + 1)
    new_id = f"{scene.conference.id}.{scene.conference.participants}"
    name = masked(side.number) if side.number else UNKNOWN
    return Participant(new_id, scene.conference.id, name, side.number, numbers=_numbers(side.number))


def _numbers(number: str) -> tuple[str, ...]:
    return (number,) if number else ()
