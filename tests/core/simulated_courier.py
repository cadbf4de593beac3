"""The courier, as far as the core can notice it: lanes in order, answers as facts, nothing that is unwanted by now."""

from collections import defaultdict
from dataclasses import dataclass, field

from bot.core import effects as e
from bot.core import inputs as i
from tests.core.memory_world import World, leg_of
from tests.core.simulated_telnyx import Telnyx

# "missed" is taken back by a late "left" or "removed".
ORDER = [e.Says.RINGING, e.Says.JOINED, e.Says.MISSED, e.Says.LEFT, e.Says.REMOVED]


@dataclass(slots=True)
class Courier:
    """Each lane holds one leg's commands in their order; its head may be under way (``answers``)."""

    world: World
    telnyx: Telnyx
    lanes: dict[str, list[e.Effect]] = field(default_factory=dict)
    answers: dict[str, i.Fact | None] = field(default_factory=dict)
    told: dict[str, list[e.Says]] = field(default_factory=lambda: defaultdict(list))
    too_late: set[str] = field(default_factory=set)  # legs that pressed 1 when the room was locked

    @property
    def busy(self) -> list[str]:
        return [lane for lane, effects in self.lanes.items() if effects]

    @property
    def free(self) -> list[str]:
        return [lane for lane in self.busy if lane not in self.answers]

    @property
    def at_rest(self) -> bool:
        return not self.busy and not self.telnyx.news

    def begin(self, lane: str, *, refuse: bool) -> None:
        self.answers[lane] = self._perform(self.lanes[lane][0], refuse=refuse)

    def finish(self, lane: str) -> None:
        fact = self.answers.pop(lane)
        self.lanes[lane].pop(0)
        if fact is not None:
            self.take(fact)

    def deliver(self, at: int, *, again: bool) -> None:
        """Hand in one piece of Telnyx's news; ``again`` leaves it to be told once more."""
        self.take(self.telnyx.news[at])
        if not again:
            del self.telnyx.news[at]

    def come_to_rest(self) -> None:
        while not self.at_rest:
            if self.answers:
                self.finish(next(iter(self.answers)))
            elif self.free:
                self.begin(self.free[0], refuse=False)
            else:
                self.deliver(0, again=False)

    def sweep(self) -> None:
        """A while later, Telnyx is asked what is true."""
        self.telnyx.now = max(self.telnyx.now, self.world.now) + 20
        up = tuple(sorted(self.telnyx.calls))
        room_id = self.telnyx.ids.get(self.world.conference.name_of_room(self.world.conference.room), "")
        members = tuple(f"v3:{leg}" for leg in sorted(self.telnyx.rooms[room_id])) if room_id else None
        silent, held = (tuple(f"v3:{leg}" for leg in sorted(legs)) for legs in (self.telnyx.muted, self.telnyx.held))
        calls = tuple(f"v3:{leg}" for leg in up)
        self.take(i.Swept("c", self.telnyx.now, up, calls, members, silent, held, room_id))

    def take(self, fact: i.Fact) -> None:
        self.world.now = max(self.world.now, self.telnyx.now)
        leg_id = leg_of(fact)
        if isinstance(fact, i.KeyGiven) and fact.digits == "1":
            late = self.world.conference.locked and self.world.legs[leg_id].passed_at is None
            self.too_late |= {leg_id} if late else set()
        self.order(self.world.take(fact), leg_id)

    def order(self, effects: list[e.Effect], leg_id: str = "") -> None:
        """Take in what the core has ordered; ``leg_id`` is the leg that its news was about."""
        for effect in effects:
            self._may_be(effect)
            if isinstance(effect, e.Dial | e.AskKey | e.Seat | e.HangUp | e.Mute | e.Hold):
                self.lanes.setdefault(effect.leg_id, []).append(effect)
            elif isinstance(effect, e.EndRoom):
                self.lanes.setdefault("room", []).append(effect)
            elif isinstance(effect, e.Line) and effect.says in ORDER and leg_id:
                assert effect.who == (self.world.people[self.world.legs[leg_id].participant_id].name,)
                self.told[leg_id].append(effect.says)

    def openers(self) -> int:
        """How many of the commands that wait, or are under way, open the room that is meant now."""
        seats = [one for lane in self.lanes.values() for one in lane if isinstance(one, e.Seat) and one.opens]
        return sum(one.room == self.world.conference.room and self._wanted(one.leg_id) for one in seats)

    def _may_be(self, effect: e.Effect) -> None:
        assert not isinstance(effect, e.HangUpCall), "every call is of a leg that is known"
        if isinstance(effect, e.Dial):
            assert not self.world.conference.ended, "nobody is rung after the end"
        if isinstance(effect, e.Seat):
            assert effect.leg_id not in self.too_late, "who pressed 1 after the lock stays outside"

    def _perform(self, effect: e.Effect, *, refuse: bool) -> i.Fact | None:
        match effect:
            case e.Dial():
                return self._dial(effect.leg_id, refuse=refuse)
            case e.AskKey() if self._wanted(effect.leg_id) and self.world.legs[effect.leg_id].passed_at is None:
                return self.telnyx.ask_key(effect.leg_id)
            case e.Seat():
                return self._seat(effect)
            case e.HangUp() if self.world.legs[effect.leg_id].alive or effect.stray:
                return self.telnyx.hang_up(effect.leg_id)
            case e.Mute() | e.Hold():
                self._set_sound(effect)
            case e.EndRoom() if refuse:
                return i.RoomEndFailed(effect.conference_id, self.world.later())
            case e.EndRoom():
                self.telnyx.end_room(effect.room_id)
            case _:
                pass  # no longer wanted
        return None

    def _set_sound(self, effect: e.Mute | e.Hold) -> None:
        leg = self.world.legs[effect.leg_id]
        if not leg.in_room:
            return
        if isinstance(effect, e.Mute):
            self.telnyx.mute(leg.id, muted=leg.silent)
        else:
            self.telnyx.hold(leg.id, held=leg.held)

    def _seat(self, seat: e.Seat) -> i.Fact:
        if not self._wanted(seat.leg_id):
            return i.SeatRefused(seat.leg_id, self.world.later(), seat.room, "cancelled")
        name = self.world.conference.name_of_room(seat.room)
        return self.telnyx.seat(seat.leg_id, name, seat.room, opens=seat.opens)

    def _dial(self, leg_id: str, *, refuse: bool) -> i.Fact | None:
        leg, now = self.world.legs[leg_id], self.world.later()
        if not leg.alive:
            return None
        if leg.stop_asked or self.world.conference.ended:
            return i.DialRefused(leg_id, now, "cancelled", "")
        self.take(i.DialTried(leg_id, now))
        return i.DialRefused(leg_id, now, "refused", "D1", 403) if refuse else self.telnyx.dial(leg_id)

    def _wanted(self, leg_id: str) -> bool:
        leg = self.world.legs[leg_id]
        return leg.alive and not leg.stop_asked
