"""A switchboard under random play: people, a Telnyx that is late and repeats itself, and the core between them."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.core import effects as e
from bot.core import inputs as i
from bot.core.lifecycle import MISSED
from bot.core.replies import Refusal
from tests.core.memory_world import World, leg_of
from tests.core.simulated_telnyx import Telnyx

PICK = st.integers(0, 50)
ORDER = [
    e.Says.RINGING,
    e.Says.JOINED,
    e.Says.MISSED,
    e.Says.LEFT,
    e.Says.REMOVED,
]  # "missed" is taken back by a late "left"


class Switchboard(RuleBasedStateMachine):
    """Each lane holds one leg's commands in their order; its head may be under way (``answers``)."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World("Ana", "Bo")
        self.telnyx = Telnyx()
        self.lanes: dict[str, list[e.Effect]] = {}
        self.answers: dict[str, i.Fact | None] = {}
        self.told: dict[str, list[e.Says]] = defaultdict(list)
        self.enqueue(self.world.effects)

    @initialize(picks=st.lists(PICK, min_size=10, max_size=60))
    def begin(self, picks: list[int]) -> None:
        self.things_go_on(picks)

    @rule(picks=st.lists(PICK, min_size=30, max_size=60))
    def things_go_on(self, picks: list[int]) -> None:
        """Everybody answers and most press 1, everything is carried out and told, all in any order."""
        for pick in picks:
            if moves := self.moves():
                moves[pick % len(moves)](pick // 2)

    def moves(self) -> list[Callable[[int], None]]:
        """What may happen next without any trouble."""
        can: list[tuple[object, Callable[[int], None]]] = [
            (self.free_lanes(), lambda pick: self.carry(pick, refuse=False)),
            (self.answers, self.answer_arrives),
            (self.telnyx.ringing, self.answer_phone),
            (self.telnyx.asked, lambda pick: self.press(pick, "1" if pick % 4 else "2")),
            (self.telnyx.news, lambda pick: self.deliver(pick, again=False)),
        ]
        return [move for there, move in can if there]

    # People.

    @rule(name=st.sampled_from(("Ana", "Bo", "Cy", "Di")))
    @precondition(lambda self: not self.world.conference.ended)
    def invite(self, name: str) -> None:
        with suppress(Refusal):  # it may be locked
            self.enqueue(self.world.ask("invite", name))

    @rule()
    @precondition(lambda self: not self.world.conference.ended and self.missed())
    def redial(self) -> None:
        with suppress(Refusal):
            self.enqueue(self.world.ask("redial"))

    @rule(pick=PICK, verb=st.sampled_from(("mute", "unmute", "hold", "unhold", "kick", "skip", "redial")))
    @precondition(lambda self: not self.world.conference.ended)
    def steer(self, pick: int, verb: str) -> None:
        """Somebody is steered, where that is possible at all."""
        with suppress(Refusal):
            self.enqueue(self.world.ask(verb, _one(set(self.world.names), pick)))

    @rule(verb=st.sampled_from(("lock", "unlock")))
    @precondition(lambda self: not self.world.conference.ended)
    def lock(self, verb: str) -> None:
        with suppress(Refusal):
            self.enqueue(self.world.ask(verb))

    @rule(pick=PICK, digits=st.sampled_from(("*6", "*1", "*0", "*#", "7")))
    @precondition(lambda self: self.telnyx.up)
    def presses_keys(self, pick: int, digits: str) -> None:
        leg_id = _one(self.telnyx.up, pick)
        for digit in digits:
            call = i.Call(f"v3:{leg_id}", leg_id)
            self.take(i.KeyPressed(call, self.world.later(), digit))

    @rule(pick=PICK, held=st.booleans())
    @precondition(lambda self: self.telnyx.up)
    def holds(self, pick: int, *, held: bool) -> None:
        leg_id = _one(self.telnyx.up, pick)
        self.take(i.FarHeld(i.Call(f"v3:{leg_id}", leg_id), self.world.later(), held))

    @rule(pick=PICK)
    @precondition(lambda self: self.telnyx.up)
    def a_machine_is_heard(self, pick: int) -> None:
        leg_id = _one(self.telnyx.up, pick)
        self.take(i.MachineHeard(i.Call(f"v3:{leg_id}", leg_id), self.world.later(), "machine"))

    @rule(dice=st.integers(1, 6))
    @precondition(lambda self: not self.world.conference.ended)
    def end(self, dice: int) -> None:
        if dice == 6:
            self.enqueue(self.world.ask("end", rest="now"))

    @rule(pick=PICK)
    @precondition(lambda self: self.telnyx.ringing)
    def answer_phone(self, pick: int) -> None:
        self.telnyx.answer(_one(self.telnyx.ringing, pick))

    @rule(pick=PICK, digit=st.sampled_from(("1", "1", "1", "2", "9", "")))
    @precondition(lambda self: self.telnyx.asked)
    def press(self, pick: int, digit: str) -> None:
        self.telnyx.press(_one(self.telnyx.asked, pick), digit)

    @rule(pick=PICK, cause=st.sampled_from(("normal_clearing", "user_busy", "timeout")))
    @precondition(lambda self: self.telnyx.calls)
    def hang_up(self, pick: int, cause: str) -> None:
        self.telnyx.hang_up(_one(self.telnyx.calls, pick), cause)

    # Telnyx.

    @rule(pick=PICK)
    @precondition(lambda self: self.telnyx.rooms)
    def lose_room(self, pick: int) -> None:
        self.telnyx.end_room(_one(self.telnyx.rooms, pick))

    @rule(pick=PICK, again=st.booleans())
    @precondition(lambda self: self.telnyx.news)
    def deliver(self, pick: int, *, again: bool) -> None:
        at = pick % len(self.telnyx.news)
        self.take(self.telnyx.news[at])
        if not again:
            del self.telnyx.news[at]

    # The courier.

    @rule(pick=PICK, refuse=st.booleans())
    @precondition(lambda self: self.free_lanes())
    def carry(self, pick: int, *, refuse: bool) -> None:
        lane = _one(self.free_lanes(), pick)
        self.answers[lane] = self.perform(self.lanes[lane][0], refuse=refuse)

    @rule(pick=PICK)
    @precondition(lambda self: self.answers)
    def answer_arrives(self, pick: int) -> None:
        lane = _one(self.answers, pick)
        fact = self.answers.pop(lane)
        self.lanes[lane].pop(0)
        if fact is not None:
            self.take(fact)

    @rule(pick=PICK)
    @precondition(lambda self: self.world.timers)
    def alarm(self, pick: int) -> None:
        key = _one(self.world.timers, pick)
        self.world.now = max(self.world.now, self.world.timers[key].due)
        leg_id = key.removeprefix("gate:") if key.startswith("gate:") else ""
        self.enqueue(self.world.fire(key), leg_id)

    @rule(seconds=st.integers(1, 20))
    def time_passes(self, seconds: int) -> None:
        self.telnyx.now += seconds

    # What always holds.

    @invariant()
    def counts_are_right(self) -> None:
        self.world.counts_are_right()

    @invariant()
    def one_leg_at_a_time_opens_the_room(self) -> None:
        seats = [head for lane in self.lanes.values() for head in lane if isinstance(head, e.Seat)]
        openers = [seat for seat in seats if seat.opens and seat.room == self.world.conference.room]
        wanted = [seat for seat in openers if self.wanted(seat.leg_id)]
        assert len(wanted) <= 1

    @invariant()
    def nobody_is_planned_for_after_the_end(self) -> None:
        if self.world.conference.ended:
            assert not [key for key in self.world.timers if key.startswith(("step:", "alone:", "idle:"))]

    @invariant()
    def a_plan_and_its_timer_go_together(self) -> None:
        planned = {f"step:{who.id}" for who in self.world.people.values() if who.next}
        assert planned == {key for key in self.world.timers if key.startswith("step:")}

    @invariant()
    def each_thing_is_told_once_and_in_order(self) -> None:
        for lines in self.told.values():
            assert lines == sorted(set(lines), key=ORDER.index)

    def teardown(self) -> None:
        """Whatever was played: after the end, when all is done and all news is in, nobody is on the line."""
        if not self.world.conference.ended:
            self.enqueue(self.world.ask("end", rest="now"))
        while self.lanes_with_work() or self.telnyx.news:
            if self.answers:
                self.answer_arrives(0)
            elif self.free_lanes():
                self.carry(0, refuse=False)
            else:
                self.deliver(0, again=False)
        assert not self.telnyx.calls
        assert not self.telnyx.rooms
        assert not self.world.conference.alive_legs
        self.counts_are_right()
        self.each_thing_is_told_once_and_in_order()

    # The courier's rules for what is still wanted.

    def perform(self, effect: e.Effect, *, refuse: bool) -> i.Fact | None:
        match effect:
            case e.Dial():
                return self.dial(effect.leg_id, refuse=refuse)
            case e.AskKey() if self.wanted(effect.leg_id) and self.world.legs[effect.leg_id].passed_at is None:
                return self.telnyx.ask_key(effect.leg_id)
            case e.Seat():
                return self.seat(effect)
            case e.HangUp() if self.world.legs[effect.leg_id].alive:
                return self.telnyx.hang_up(effect.leg_id)
            case e.EndRoom() if refuse:
                return i.RoomEndFailed(effect.conference_id, self.world.later())
            case e.EndRoom():
                self.telnyx.end_room(effect.room_id)
            case _:
                pass  # no longer wanted
        return None

    def seat(self, seat: e.Seat) -> i.Fact:
        if not self.wanted(seat.leg_id):
            return i.SeatRefused(seat.leg_id, self.world.later(), seat.room, "cancelled")
        name = self.world.conference.name_of_room(seat.room)
        return self.telnyx.seat(seat.leg_id, name, seat.room, opens=seat.opens)

    def dial(self, leg_id: str, *, refuse: bool) -> i.Fact | None:
        leg, now = self.world.legs[leg_id], self.world.later()
        if not leg.alive:
            return None
        if leg.stop_asked or self.world.conference.ended:
            return i.DialRefused(leg_id, now, "cancelled", "")
        self.take(i.DialTried(leg_id, now))
        return i.DialRefused(leg_id, now, "refused", "D1", 403) if refuse else self.telnyx.dial(leg_id)

    def take(self, fact: i.Fact) -> None:
        self.world.now = max(self.world.now, self.telnyx.now)
        self.enqueue(self.world.take(fact), leg_of(fact))

    def enqueue(self, effects: list[e.Effect], leg_id: str = "") -> None:
        for effect in effects:
            if isinstance(effect, e.Dial | e.AskKey | e.Seat | e.HangUp):
                self.lanes.setdefault(effect.leg_id, []).append(effect)
            elif isinstance(effect, e.EndRoom):
                self.lanes.setdefault("room", []).append(effect)
            elif isinstance(effect, e.Line) and effect.says in ORDER and leg_id:
                assert effect.who == (self.world.people[self.world.legs[leg_id].participant_id].name,)
                self.told[leg_id].append(effect.says)

    def wanted(self, leg_id: str) -> bool:
        leg = self.world.legs[leg_id]
        return leg.alive and not leg.stop_asked

    def missed(self) -> bool:
        latest = (self.world.legs.get(who.leg_id) for who in self.world.people.values())
        return any(leg is not None and leg.why in MISSED for leg in latest)

    def lanes_with_work(self) -> list[str]:
        return [lane for lane, effects in self.lanes.items() if effects]

    def free_lanes(self) -> list[str]:
        return [lane for lane in self.lanes_with_work() if lane not in self.answers]


def _one(options: object, pick: int) -> str:
    assert isinstance(options, set | dict | list)
    return str(sorted(options)[pick % len(options)])


TestSwitchboard = Switchboard.TestCase
TestSwitchboard.settings = settings(max_examples=120, stateful_step_count=30, deadline=None)
