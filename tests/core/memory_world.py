"""A conference in memory. Scenes are loaded as the ledger loads them: as far as the fact reaches."""

from typing import Any

import pytest

from bot.core import facts, verbs
from bot.core import inputs as i
from bot.core.budget import DAY, Budget, Dialled, Limits
from bot.core.conference import Conference, Leg, Participant
from bot.core.effects import Dial, DrawCard, Effect, Line, Says, Sweep
from bot.core.lifecycle import LegPhase
from bot.core.replies import Refusal, Reply
from bot.core.scene import Reach, Scene, Timer
from bot.core.side import Purpose, SideCall, let_in
from bot.core.tariff import CENT, Tariff

NO_LIMITS = Limits(10**6, 10**6, 10**6, 10**6, 0, 0)
NO_OPTIONS = i.Options()
TARIFF = Tariff(unknown=50 * CENT, countries={"US": (1 * CENT, 1 * CENT)})
HOST = i.Person("Hana", "+12125550100", "U0")


def person(name: str) -> i.Person:
    """A guest with a number of their own."""
    return i.Person(name, f"+1212555{sum(map(ord, name)):04d}")


def named(name: str) -> i.Person:
    """Somebody of the conference, by a name as typed."""
    return i.Person(name)


def leg_of(fact: i.Fact) -> str:
    """The leg a fact is about, "" when it is about the conference."""
    call: i.Call | None = getattr(fact, "call", None)
    return call.leg_id if call else getattr(fact, "leg_id", "")


def request(verb: str, *people: str | i.Person, actor: i.Person = HOST, **values: Any) -> i.Request:
    found = tuple(person(one) if isinstance(one, str) else one for one in people)
    return i.Request("key", verb, actor, i.Where(channel="C1"), found, **values)


class World:
    """What each call returns are the effects that it ordered, without redrawings of the card.

    People are given as names of guests with numbers of their own, or as they are; ``values`` are of the conference.
    """

    dial_in = ""
    tariff = TARIFF
    stopped = ""
    spare_pin = ""

    def __init__(
        self,
        *names: str | i.Person,
        gated: bool = True,
        channel: str = "C1",
        limits: Limits = NO_LIMITS,
        **values: Any,
    ) -> None:
        self.now = 1000.0
        self.limits = limits
        self.conference = Conference("c", "payments", HOST.name, "U0", channel, self.now, gated=gated, **values)
        self.people: dict[str, Participant] = {}
        self.legs: dict[str, Leg] = {}
        self.timers: dict[str, Timer] = {}
        self.effects: list[Effect] = []
        self.reply: Reply | None = None
        self.dialled: list[Dialled] = []
        self.spent_elsewhere = 0
        self.ask("create", *names)

    def ask(self, verb: str, *people: str | i.Person, **values: Any) -> list[Effect]:
        """``values`` are of the request: rest, topic, options, actor."""
        scene = self.whole()
        self.reply = verbs.VERBS[verb].decide(scene, request(verb, *people, **values))
        return self.keep(scene)

    def take(self, fact: i.Fact) -> list[Effect]:
        leg_id = leg_of(fact)
        scene = self._scene(facts.reach(fact), leg_id)
        facts.apply(scene, fact, scene.legs[leg_id] if leg_id else None)
        return self.keep(scene)

    def passes(self, seconds: float) -> list[Effect]:
        """Let time pass and fire the timers that fall into it."""
        until, ordered = self.now + seconds, list[Effect]()
        while due := sorted((one for one in self.timers.values() if one.due <= until), key=lambda one: one.due):
            self.now = due[0].due
            ordered += self.fire(due[0].key)
        self.now = until
        return ordered

    def fire(self, key: str) -> list[Effect]:
        fact = self.timers.pop(key).fact
        assert fact is not None
        return self.take(fact)

    @property
    def names(self) -> list[str]:
        return [who.name for who in self.people.values()]

    def leg(self, name: str) -> Leg:
        """The latest leg of this person."""
        return self.legs[self.person(name).leg_id]

    def person(self, name: str) -> Participant:
        return next(who for who in self.people.values() if who.name == name)

    def call(self, name: str) -> i.Call:
        leg_id = self.leg(name).id
        return i.Call(f"v3:{leg_id}", leg_id)

    def later(self) -> float:
        self.now += 1
        return self.now

    def rang(self, name: str) -> list[Effect]:
        tried = self.take(i.DialTried(self.leg(name).id, self.later()))
        return tried + self.take(i.Rang(self.call(name), self.later()))

    def answered(self, name: str) -> list[Effect]:
        return self.take(i.Answered(self.call(name), self.later()))

    def pressed(self, name: str, digits: str = "1", status: str = "valid") -> list[Effect]:
        return self.take(i.KeyGiven(self.call(name), self.later(), digits, status))

    def passed(self, name: str) -> list[Effect]:
        """Ring, answer and press 1; returns what the key ordered."""
        self.rang(name)
        self.answered(name)
        return self.pressed(name)

    def seated(self, name: str, room: int = 1, room_id: str = "r1") -> list[Effect]:
        return self.take(i.Seated(self.leg(name).id, self.later(), room, room_id))

    def seat_refused(self, name: str, reason: str, code: str = "", room: int = 1) -> list[Effect]:
        return self.take(i.SeatRefused(self.leg(name).id, self.later(), room, reason, code))

    def joined(self, name: str, room_id: str = "r1") -> list[Effect]:
        return self.take(i.Joined(self.call(name), self.later(), room_id))

    def came_in(self, name: str) -> None:
        """All the way from the first ring into room 1."""
        self.passed(name)
        self.seated(name)
        self.joined(name)

    def left(self, name: str, room_id: str = "r1") -> list[Effect]:
        return self.take(i.Left(self.call(name), self.later(), room_id))

    def hung_up(self, name: str, cause: str = "normal_clearing", code: str = "") -> list[Effect]:
        return self.take(i.HungUp(self.call(name), self.later(), cause, code))

    def room_ended(self, room_id: str = "r1") -> list[Effect]:
        return self.take(i.RoomEnded(i.Call(), self.later(), room_id, "all_left"))

    def keys(self, name: str, keys: str) -> list[Effect]:
        """Press keys in the room, one after the other."""
        return [effect for key in keys for effect in self.take(i.KeyPressed(self.call(name), self.later(), key))]

    def far_holds(self, name: str, *, held: bool = True) -> list[Effect]:
        return self.take(i.FarHeld(self.call(name), self.later(), held))

    def machine_heard(self, name: str, result: str = "machine") -> list[Effect]:
        return self.take(i.MachineHeard(self.call(name), self.later(), result))

    def speech_ended(self, name: str) -> list[Effect]:
        return self.take(i.SpeechEnded(self.call(name), self.later()))

    def calls_in(self, number: str = "") -> list[Effect]:
        """Somebody has called in from this number and given the PIN."""
        scene = self.whole()
        call = SideCall("s", Purpose.DIAL_IN, number, self.now, call_control_id="v3:in", answered_at=self.now)
        let_in(scene, call)
        return self.keep(scene)

    def missed(self, name: str, cause: str = "timeout") -> list[Effect]:
        """Ring, and be not reached; returns what that ordered."""
        self.rang(name)
        return self.hung_up(name, cause)

    def step(self, name: str) -> str:
        """What happens next by itself for this person; asserts that exactly then a timer is set."""
        who = self.person(name)
        assert bool(who.next) == (f"step:{who.id}" in self.timers)
        return who.next

    def step_due(self, name: str) -> list[Effect]:
        """Let time pass until what was planned for this person happens."""
        key = f"step:{self.person(name).id}"
        self.now = self.timers[key].due
        return self.fire(key)

    def read_back(self, *, muted: str = "", held: str = "", after: float = 5) -> list[Effect]:
        """The same after a while; names stand in one word."""
        self.now += after
        return self.swept(muted=tuple(muted.split()), held=tuple(held.split()))

    def swept(self, *, muted: tuple[str, ...] = (), held: tuple[str, ...] = ()) -> list[Effect]:
        """Telnyx says that all is as we think, but for who is muted and held."""
        up = [leg for leg in self.legs.values() if leg.alive]
        calls = tuple(leg.call_control_id or "" for leg in up)
        inside = tuple(leg.call_control_id or "" for leg in up if leg.in_room)
        quiet, waiting = (tuple(self.call(name).call_control_id for name in names) for names in (muted, held))
        return self.take(i.Swept("c", self.now, tuple(leg.id for leg in up), calls, inside, quiet, waiting))

    def counts_are_right(self) -> None:
        assert self.conference.alive_legs == sum(leg.alive for leg in self.legs.values())
        assert self.conference.in_room == sum(leg.in_room for leg in self.legs.values())

    def whole(self) -> Scene:
        scene = Scene(self.conference, self.now, participants=dict(self.people), legs=dict(self.legs))
        scene.dial_in, scene.spare_pin = self.dial_in, self.spare_pin
        scene.budget = self.budget()
        return scene

    def budget(self) -> Budget:
        """As the store would load it."""
        up = [leg for leg in self.legs.values() if leg.alive]
        over = sum(leg.cost for leg in self.legs.values() if (leg.gone_at or 0) >= self.now - self.now % DAY)
        spent = over + sum(leg.cost_by(self.now) for leg in up) + self.spent_elsewhere
        return Budget(self.now, self.limits, self.tariff, list(self.dialled), len(up), spent, self.stopped)

    def _scene(self, reach: Reach, leg_id: str) -> Scene:
        if reach is Reach.WHOLE:
            return self.whole()
        seen = [
            leg
            for leg in self.legs.values()
            if leg.id == leg_id or (reach is Reach.WAITING and leg.phase is LegPhase.ANSWERED)
        ]
        people = {leg.participant_id: self.people[leg.participant_id] for leg in seen}
        return Scene(self.conference, self.now, reach, people, {leg.id: leg for leg in seen})

    def keep(self, scene: Scene) -> list[Effect]:
        """Save only what differs from what was loaded, as the ledger does."""
        scene.settle()
        if scene.conference is not scene.conference_was:
            self.conference = scene.conference
        self.people |= {
            key: who for key, who in scene.participants.items() if who is not scene.participants_were.get(key)
        }
        self.legs |= {key: leg for key, leg in scene.legs.items() if leg is not scene.legs_were.get(key)}
        self.timers |= scene.timers
        self.timers = {key: one for key, one in self.timers.items() if one.fact is not None}
        for effect in scene.effects:
            if isinstance(effect, Dial):
                leg = scene.legs[effect.leg_id]
                self.dialled.append(Dialled(scene.participants[leg.participant_id].asked_by, leg.number, self.now))
        self.effects += scene.effects
        return [effect for effect in scene.effects if not isinstance(effect, DrawCard | Sweep)]


def said(effects: list[Effect]) -> list[tuple[Says, str]]:
    """The lines among these effects: what they tell, and of whom."""
    return [(effect.says, " ".join(effect.who)) for effect in effects if isinstance(effect, Line)]


def commands(effects: list[Effect]) -> list[Effect]:
    """The effects that are not lines."""
    return [effect for effect in effects if not isinstance(effect, Line)]


def dialled(effects: list[Effect]) -> list[str]:
    """The legs that these effects ring."""
    return [effect.leg_id for effect in effects if isinstance(effect, Dial)]


def refusal(world: World, verb: str, *people: str | i.Person, **values: Any) -> Refusal:
    """Ask, be refused, and see that nothing was done or changed."""
    before = world.conference, world.people.copy(), world.legs.copy(), world.effects.copy()
    with pytest.raises(Refusal) as caught:
        world.ask(verb, *people, **values)
    assert before == (world.conference, world.people, world.legs, world.effects)
    return caught.value
