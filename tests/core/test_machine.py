"""A switchboard under random play: people, a Telnyx that is late and repeats itself, and the core between them."""

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.core import inputs as i
from bot.core.conference import Leg
from bot.core.lifecycle import MISSED
from bot.core.replies import Refusal
from tests.core.memory_world import World, named, person
from tests.core.simulated_courier import ORDER, Courier
from tests.core.simulated_telnyx import Telnyx

PICK = st.integers(0, 50)
ANA = i.Person("Ana", "+12125550001", others=("+12125550002",), deputies=(person("Bo"), person("Di")))
PEOPLE = {"Ana": ANA, "Bo": person("Bo"), "Cy": i.Person("Cy", "+12125550003", deputies=(ANA,)), "Di": person("Di")}
NAMES = st.sampled_from(tuple(PEOPLE))
OPTIONS = st.sampled_from((i.Options(), i.Options(redials=3, muted=True), i.Options(redials=0, listen=True)))
IN_CALL = st.sampled_from(("mute", "unmute", "hold", "unhold", "kick", "skip", "redial"))


class Switchboard(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World(ANA, "Bo")
        self.telnyx = Telnyx()
        self.courier = Courier(self.world, self.telnyx)
        self.courier.order(self.world.effects)

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
            (self.courier.free, lambda pick: self.carry(pick, refuse=False)),
            (self.courier.answers, self.answer_arrives),
            (self.telnyx.ringing, self.answer_phone),
            (self.telnyx.asked, lambda pick: self.press(pick, "1" if pick % 4 else "2")),
            (self.telnyx.news, lambda pick: self.deliver(pick, again=False)),
        ]
        return [move for there, move in can if there]

    # People in Slack.

    @rule(name=NAMES, options=OPTIONS)
    def invite(self, name: str, options: i.Options) -> None:
        self.ask("invite", PEOPLE[name], options=options)

    @rule()
    @precondition(lambda self: self.missed())
    def redial(self) -> None:
        self.ask("redial")

    @rule(name=NAMES, verb=IN_CALL)
    def steer(self, name: str, verb: str) -> None:
        self.ask(verb, named(name))

    @rule(verb=st.sampled_from(("lock", "unlock", "unlock")))
    def lock(self, verb: str) -> None:
        self.ask(verb)

    @rule(dice=st.integers(1, 6))
    def end(self, dice: int) -> None:
        if dice == 6:
            self.ask("end", rest="now")

    # People at their phones.

    @rule(pick=PICK)
    @precondition(lambda self: self.telnyx.ringing)
    def answer_phone(self, pick: int) -> None:
        self.telnyx.answer(_one(self.telnyx.ringing, pick))

    @rule(pick=PICK, digit=st.sampled_from(("1", "1", "1", "2", "9", "")))
    @precondition(lambda self: self.telnyx.asked)
    def press(self, pick: int, digit: str) -> None:
        self.telnyx.press(_one(self.telnyx.asked, pick), digit)

    @rule(pick=PICK, keys=st.sampled_from(("*6", "*1", "*3", "*0", "*", "6")))
    @precondition(lambda self: self.telnyx.up)
    def press_keys(self, pick: int, keys: str) -> None:
        leg_id = _one(self.telnyx.up, pick)
        for key in keys:
            self.courier.take(i.KeyPressed(i.Call(f"v3:{leg_id}", leg_id), self.world.later(), key))

    @rule(pick=PICK, held=st.booleans())
    @precondition(lambda self: self.telnyx.inside)
    def hold(self, pick: int, *, held: bool) -> None:
        leg_id = _one(self.telnyx.inside, pick)
        self.courier.take(i.FarHeld(i.Call(f"v3:{leg_id}", leg_id), self.world.later(), held))

    @rule(pick=PICK, cause=st.sampled_from(("normal_clearing", "user_busy", "timeout")))
    @precondition(lambda self: self.telnyx.calls)
    def hang_up(self, pick: int, cause: str) -> None:
        self.telnyx.hang_up(_one(self.telnyx.calls, pick), cause)

    # Telnyx.

    @rule(pick=PICK, result=st.sampled_from(("machine", "human_residence", "not_sure")))
    @precondition(lambda self: self.telnyx.up)
    def hear_a_machine(self, pick: int, result: str) -> None:
        self.telnyx.hear(_one(self.telnyx.up, pick), result)

    @rule(pick=PICK)
    @precondition(lambda self: self.telnyx.rooms)
    def lose_room(self, pick: int) -> None:
        self.telnyx.end_room(_one(self.telnyx.rooms, pick))

    @rule(pick=PICK, again=st.booleans())
    @precondition(lambda self: self.telnyx.news)
    def deliver(self, pick: int, *, again: bool) -> None:
        self.courier.deliver(pick % len(self.telnyx.news), again=again)

    @rule(pick=PICK)
    @precondition(lambda self: self.telnyx.news)
    def lose_news(self, pick: int) -> None:
        """Telnyx has given a webhook up."""
        del self.telnyx.news[pick % len(self.telnyx.news)]

    # The courier and the clock.

    @rule(pick=PICK, refuse=st.booleans())
    @precondition(lambda self: self.courier.free)
    def carry(self, pick: int, *, refuse: bool) -> None:
        self.courier.begin(_one(self.courier.free, pick), refuse=refuse)

    @rule(pick=PICK)
    @precondition(lambda self: self.courier.answers)
    def answer_arrives(self, pick: int) -> None:
        self.courier.finish(_one(self.courier.answers, pick))

    @rule(pick=PICK)
    @precondition(lambda self: self.world.timers)
    def alarm(self, pick: int) -> None:
        key = _one(self.world.timers, pick)
        self.world.now = max(self.world.now, self.world.timers[key].due)
        leg_id = key.removeprefix("gate:") if key.startswith("gate:") else ""
        self.courier.order(self.world.fire(key), leg_id)

    @rule()
    def sweep(self) -> None:
        self.courier.sweep()

    @rule(seconds=st.integers(1, 20))
    def time_passes(self, seconds: int) -> None:
        self.telnyx.now += seconds

    # What always holds, beside what the courier and Telnyx assert.

    @invariant()
    def counts_are_right(self) -> None:
        self.world.counts_are_right()

    @invariant()
    def one_leg_at_a_time_opens_the_room(self) -> None:
        assert self.courier.openers() <= 1

    @invariant()
    def nobody_is_rung_twice(self) -> None:
        up = self.alive()
        assert len({leg.participant_id for leg in up}) == len({leg.number for leg in up}) == len(up)

    @invariant()
    def who_came_after_the_lock_is_outside(self) -> None:
        assert not self.courier.too_late & self.telnyx.inside

    @invariant()
    def nobody_is_planned_for_after_the_end(self) -> None:
        if self.world.conference.ended:
            assert not [key for key in self.world.timers if key.startswith(("step:", "alone:", "idle:"))]

    @invariant()
    def a_plan_and_its_timer_go_together(self) -> None:
        planned = {f"step:{who.id}" for who in self.world.people.values() if who.next}
        assert planned == {key for key in self.world.timers if key.startswith("step:")}

    @invariant()
    def nobody_on_the_line_is_planned_for(self) -> None:
        assert not [leg for leg in self.alive() if self.world.people[leg.participant_id].next]

    @invariant()
    def each_thing_is_told_once_and_in_order(self) -> None:
        for lines in self.courier.told.values():
            assert lines == sorted(set(lines), key=ORDER.index)

    def teardown(self) -> None:
        """Whatever was played: once all is done and all news is in, all sounds as wanted, and the end leaves nobody."""
        self.courier.come_to_rest()
        self.courier.sweep()
        self.courier.come_to_rest()
        inside = [self.world.legs[leg_id] for leg_id in self.telnyx.inside]
        assert self.telnyx.muted == {leg.id for leg in inside if leg.silent}
        assert self.telnyx.held == {leg.id for leg in inside if leg.held}
        self.ask("end", rest="now")
        self.courier.come_to_rest()
        for _ in range(2):  # what was lost is found, and what is found is done
            self.courier.sweep()
            self.courier.come_to_rest()
        assert not self.telnyx.calls
        assert not self.telnyx.rooms
        assert not self.world.conference.alive_legs
        self.counts_are_right()
        self.each_thing_is_told_once_and_in_order()

    def ask(self, verb: str, *people: i.Person, **values: object) -> None:
        """Say something about the conference, as long as there is one; a refusal changes nothing."""
        before = self.world.conference
        if before.ended:
            return
        try:
            self.courier.order(self.world.ask(verb, *people, **values))
        except Refusal:
            assert self.world.conference == before

    def alive(self) -> list[Leg]:
        return [leg for leg in self.world.legs.values() if leg.alive]

    def missed(self) -> bool:
        latest = (self.world.legs.get(who.leg_id) for who in self.world.people.values())
        return any(leg is not None and leg.why in MISSED for leg in latest)


def _one(options: object, pick: int) -> str:
    assert isinstance(options, set | dict | list)
    return str(sorted(options)[pick % len(options)])


TestSwitchboard = Switchboard.TestCase
TestSwitchboard.settings = settings(max_examples=120, stateful_step_count=30, deadline=None)
