"""The part of a conference that one input touches, and what was decided about it."""

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any

from bot.core.budget import Budget
from bot.core.conference import Conference, Leg, Participant, Picture, Row, Spent
from bot.core.effects import Dial, DrawCard, Effect, Line, MirrorCall, PostCard, Says
from bot.core.inputs import AloneDue, Fact, IdleTimedOut, StepDue, SweepDue
from bot.core.lifecycle import Step

SWEEP_EVERY = 30.0  # seconds between two looks at what Telnyx says is true, while somebody is on a line
EMPTY_AFTER_CALLS = 60.0  # seconds an empty conference waits for somebody to be rung again
EMPTY_BEFORE_CALLS = 1800.0  # the same before anybody was ever in
READ_BACK = 3.0  # seconds after which Telnyx is asked whether a mute or a hold took
ALONE_AFTER = 60.0  # seconds until somebody who is alone in the room is told so


class Reach(Enum):
    """How much of a conference a scene holds. An event must not cost more because the conference is large."""

    CONFERENCE = auto()  # nobody
    LEG = auto()  # one leg
    WAITING = auto()  # that leg, if any, and all that have answered and are not in the room
    WHOLE = auto()  # everybody


@dataclass(frozen=True, slots=True)
class Timer:
    """Wake us at ``due`` (unix seconds) with ``fact``; None cancels. One timer per key."""

    key: str
    due: float = 0.0
    fact: Fact | None = None


@dataclass(slots=True)
class Scene:
    """A conference with as many of its legs as ``reach`` says, and what is to be saved and done.

    Values go in by ``put_leg``, ``put_participant`` and ``change``, which keep the counts right whatever is loaded.
    """

    conference: Conference
    now: float
    reach: Reach = Reach.WHOLE
    participants: dict[str, Participant] = field(default_factory=dict)
    legs: dict[str, Leg] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    timers: dict[str, Timer] = field(default_factory=dict)
    visible: bool = False
    dial_in: str = ""  # the number to call in at, "" = nobody can
    spare_pin: str = ""  # a PIN that no live conference has
    budget: Budget | None = None  # what may be rung and spent; from a scene without one nobody can be rung
    conference_was: Conference = field(init=False)
    participants_were: dict[str, Participant] = field(init=False)
    legs_were: dict[str, Leg] = field(init=False)

    def __post_init__(self) -> None:
        """Remember what was loaded, so that only what differs from it is written."""
        self.conference_was = self.conference
        self.participants_were = dict(self.participants)
        self.legs_were = dict(self.legs)

    def change(self, *, visible: bool = True, **values: Any) -> None:
        """Set fields of the conference; ``visible`` says whether its card may look different now."""
        changed = replace(self.conference, **values)
        if changed != self.conference:
            self.conference = changed
            self.visible |= visible

    def put_leg(self, leg: Leg) -> Leg:
        old = self.legs.get(leg.id)
        if old == leg:
            return leg
        self.legs[leg.id] = leg
        self.visible = True
        self._count(int(leg.alive) - int(bool(old and old.alive)), int(leg.in_room) - int(bool(old and old.in_room)))
        return leg

    def put_participant(self, participant: Participant) -> None:
        self.participants[participant.id] = participant
        self.visible = True

    def name(self, leg: Leg) -> str:
        return self.participants[leg.participant_id].name

    def latest(self, participant: Participant) -> Leg | None:
        return self.legs.get(participant.leg_id)

    def do(self, effect: Effect) -> None:
        """Order an effect; what only Slack would show is dropped where the conference has no place in Slack."""
        if not isinstance(effect, (Line, DrawCard, PostCard)) or self.conference.in_slack:
            self.effects.append(effect)

    def say(self, says: Says, *who: str, by: str = "", detail: str = "", code: str = "", seconds: float = 0) -> None:
        self.do(Line(self.conference.id, says, who, by, detail, code, seconds, self.now))

    def wake(self, key: str, due: float, fact: Fact) -> None:
        self.timers[key] = Timer(key, due, fact)

    def cancel(self, key: str) -> None:
        self.timers[key] = Timer(key)

    def ring(self, participant: Participant) -> Leg:
        """Queue a new leg of this participant; whatever was to happen next for them is taken back.

        Raises OverLimit, before anything is changed. The scene must be whole and have a budget.
        """
        assert self.budget is not None
        self.budget.check(participant.asked_by, participant.number, self.spent)
        self.budget.note(participant.asked_by, participant.number)
        leg = self.new_leg(participant, rate=self.budget.tariff.of_number(participant.number))
        self.do(Dial(leg.id))
        return leg

    def new_leg(self, participant: Participant, **values: Any) -> Leg:
        self.no_step(participant)
        leg_id = f"{participant.id}.{participant.legs + 1}"
        leg = Leg(
            leg_id,
            self.conference.id,
            participant.id,
            participant.number,
            self.now,
            gated=participant.gated,
            ring_secs=participant.ring_secs,
            muted=participant.muted,
            listen=participant.listen,
        )
        leg = replace(leg, **values)
        self.put_participant(replace(participant, leg_id=leg_id, legs=participant.legs + 1, next="", next_at=None))
        return self.put_leg(leg)

    def step_later(self, participant: Participant, step: Step, due: float) -> Participant:
        """Let something happen by itself for somebody who was not reached."""
        planned = replace(participant, next=step.value, next_at=due)
        self.put_participant(planned)
        self.wake(f"step:{planned.id}", due, StepDue(self.conference.id, due, planned.id))
        return planned

    def no_step(self, participant: Participant) -> Participant:
        """Take back what was to happen next."""
        if not participant.next:
            return participant
        self.cancel(f"step:{participant.id}")
        idle = replace(participant, next="", next_at=None)
        self.put_participant(idle)
        return idle

    def await_company(self) -> None:
        """Start the countdown of a conference that nobody is in or being rung for."""
        wait = EMPTY_AFTER_CALLS if self.conference.live_at else EMPTY_BEFORE_CALLS
        self.wake(f"idle:{self.conference.id}", self.now + wait, IdleTimedOut(self.conference.id, self.now + wait))

    def sweep_later(self, after: float = SWEEP_EVERY) -> None:
        due = self.now + after
        self.wake(f"sweep:{self.conference.id}", due, SweepDue(self.conference.id, due))

    @property
    def spent(self) -> int:
        """What the conference has cost so far, in micros. The scene must be whole."""
        return sum(leg.cost_by(self.now) for leg in self.legs.values())

    def picture(self) -> Picture:
        rows = tuple(Row(person, self.latest(person)) for person in self.participants.values())
        return Picture(self.conference, rows, self.bill())

    def bill(self) -> Spent | None:
        """What is known of the cost; None before anybody answered. The scene must be whole."""
        settled = sum(leg.settled is not None for leg in self.legs.values())
        estimated = sum(leg.settled is None and leg.answered_at is not None for leg in self.legs.values())
        if not settled and not estimated:
            return None
        return Spent(self.spent, self.conference.currency, estimated, settled)

    def settle(self) -> None:
        """Close the scene: a card that may look different is redrawn."""
        if self.visible and self.conference.card_ts:
            self.do(DrawCard(self.conference.id))
        if self.visible and self.conference.slack_call:
            self.do(MirrorCall(self.conference.id))

    def _count(self, alive: int, in_room: int) -> None:
        if not alive and not in_room:
            return
        before = self.conference.alive_legs
        self.change(alive_legs=before + alive, in_room=self.conference.in_room + in_room)
        if in_room:
            self._watch_for_one_alone()
        if self.conference.ended:
            return
        if before and not self.conference.alive_legs:
            self.await_company()
        elif self.conference.alive_legs and not before:
            self.cancel(f"idle:{self.conference.id}")
            self.sweep_later()

    def _watch_for_one_alone(self) -> None:
        key = f"alone:{self.conference.id}"
        if self.conference.in_room == 1 and not self.conference.ended:
            due = self.now + ALONE_AFTER
            self.change(visible=False, alone_since=self.now)
            self.wake(key, due, AloneDue(self.conference.id, due))
        elif self.conference.alone_since is not None:
            self.change(visible=False, alone_since=None)
            self.cancel(key)
