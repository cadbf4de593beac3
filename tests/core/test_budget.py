"""Limits on dials, legs and people: what is refused, what is said, and that nothing slips through."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.core import inputs as i
from bot.core.budget import HOUR, Dialled, Limits
from bot.core.effects import Dial, Line, Says
from bot.core.replies import Refusal
from tests.core.memory_world import HOST, NO_LIMITS, World, dialled, person, refusal, said

OTHER = i.Person("Oz", "+12125550109", "U9")
SMALL = Limits(dials_per_user=6, dials_per_number=3, legs=4, participants=5)


def limited(*names: str | i.Person, **limits: Any) -> World:
    return World(*names, limits=replace(NO_LIMITS, **limits))


def test_a_person_rings_so_many_phones_an_hour_and_is_told_when_and_who_can_raise_it() -> None:
    world = limited("Ana", "Bo", dials_per_user=2)
    world.now += 600
    refused = refusal(world, "invite", "Cy")
    assert refused.code == "limit"
    assert refused.wrong == (
        "Nobody was rung. At most 2 phones are rung for one person within an hour, so the next can only be in 50 min. "
        "Who runs Confab can raise that (CONFAB_MAX_DIALS_PER_USER)."
    )
    assert dialled(world.ask("invite", "Cy", actor=OTHER)) == ["c.3.1"]
    world.now += 3001
    assert dialled(world.ask("invite", "Di")) == ["c.4.1"]


def test_a_sentence_that_goes_over_a_limit_rings_nobody() -> None:
    world = limited("Ana", dials_per_user=2)
    refusal(world, "invite", "Bo", "Cy")
    assert world.names == ["Ana"]


def test_a_number_is_rung_so_often_an_hour_whoever_asks_and_from_wherever() -> None:
    world = limited(dials_per_number=2)
    world.dialled += [
        Dialled("U7", person("Ana").number, world.now - 60),
        Dialled("U8", person("Ana").number, world.now),
    ]
    refused = refusal(world, "invite", "Ana")
    assert refused.wrong.startswith("Nobody was rung. At most 2 calls go to …0")
    assert "in 59 min" in refused.wrong
    assert "CONFAB_MAX_DIALS_PER_NUMBER" in refused.wrong


def test_so_many_phones_are_up_at_once() -> None:
    world = limited("Ana", "Bo", legs=2)
    assert "CONFAB_MAX_LEGS" in refusal(world, "invite", "Cy").wrong
    world.missed("Ana", "call_rejected")
    assert dialled(world.ask("invite", "Cy")) == ["c.3.1"]


def test_so_many_people_are_in_a_conference_and_who_is_known_can_be_rung_again() -> None:
    world = limited("Ana", "Bo", participants=2)
    assert "At most 2 people can be in one conference" in refusal(world, "invite", "Cy").wrong
    world.missed("Ana", "call_rejected")
    assert dialled(world.ask("redial", "Ana")) == ["c.1.2"]


def test_a_redial_that_a_limit_stops_is_told_in_the_thread() -> None:
    world = limited("Ana", dials_per_number=1)
    world.missed("Ana")
    assert world.step("Ana") == "redial"
    ordered = world.step_due("Ana")
    assert said(ordered) == [(Says.NOT_RUNG, "Ana")]
    assert dialled(ordered) == []
    line = next(one for one in ordered if isinstance(one, Line))
    assert line.detail.startswith("At most 1 calls go to")
    assert world.step("Ana") == ""


def test_a_deputy_counts_for_who_invited_and_a_full_conference_takes_none() -> None:
    world = limited(dials_per_user=2)
    world.ask(
        "invite", i.Person("Ana", "+12125550001", deputies=(person("Bo"),)), options=i.Options(redials=0), actor=OTHER
    )
    world.missed("Ana")
    assert dialled(world.step_due("Ana")) == ["c.2.1"]
    assert [one.by for one in world.dialled] == ["U9", "U9"]
    full = limited(participants=1)
    full.ask("invite", i.Person("Ana", "+12125550001", deputies=(person("Bo"),)), options=i.Options(redials=0))
    full.missed("Ana")
    assert said(full.step_due("Ana")) == [(Says.NOT_RUNG, "Ana")]


def test_who_redials_pays_for_it() -> None:
    world = limited("Ana")
    world.missed("Ana", "call_rejected")
    world.ask("redial", "Ana", actor=OTHER)
    assert [one.by for one in world.dialled] == [HOST.user_id, "U9"]


def test_nothing_rings_while_all_calls_are_stopped() -> None:
    world = limited("Ana")
    world.missed("Ana")
    world.stopped = "Zoe"
    assert "Zoe has stopped all calls" in refusal(world, "invite", "Bo").wrong
    assert said(world.step_due("Ana")) == [(Says.NOT_RUNG, "Ana")]


@given(st.lists(st.integers(0, 4000), max_size=30), st.integers(1, 5))
def test_when_the_next_dial_may_be_is_true(ages: list[int], most: int) -> None:
    """A second before the time that is told it is still refused, and at that time it is not."""
    world = limited(dials_per_user=most)
    now = world.now = 100_000.0
    world.dialled = [Dialled("U1", "+1", now - age) for age in ages]
    recent = sorted(one.at for one in world.dialled if one.at > now - HOUR)
    refused = world.budget()._too_often("U1", "+2")
    assert bool(refused) == (len(recent) >= most)
    if refused:
        free = recent[-most] + HOUR
        world.now = free - 1
        assert world.budget()._too_often("U1", "+2")
        world.now = free
        assert not world.budget()._too_often("U1", "+2")


class Callers(RuleBasedStateMachine):
    """Two people who ring whomever they can, whenever they like."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(limits=SMALL)
        self.made: list[Dialled] = []
        self.counted = 0

    @rule(
        names=st.lists(st.sampled_from("ABCDEFG"), min_size=1, max_size=3, unique=True),
        asker=st.sampled_from((HOST, OTHER)),
        redials=st.integers(0, 3),
        deputy=st.sampled_from(("", "A", "G")),
    )
    def invite(self, names: list[str], asker: i.Person, redials: int, deputy: str) -> None:
        deputies = (person(deputy),) if deputy else ()
        people = [
            replace(person(name), others=(f"+1646555000{at}",), deputies=deputies) for at, name in enumerate(names)
        ]
        self.ask("invite", *people, actor=asker, options=i.Options(redials=redials, redial_secs=10))

    @rule(asker=st.sampled_from((HOST, OTHER)))
    def redial(self, asker: i.Person) -> None:
        self.ask("redial", actor=asker)

    @rule(cause=st.sampled_from(("timeout", "user_busy", "call_rejected", "not_found")))
    @precondition(lambda self: any(leg.alive for leg in self.world.legs.values()))
    def miss(self, cause: str) -> None:
        leg = next(leg for leg in self.world.legs.values() if leg.alive)
        self.world.missed(self.world.people[leg.participant_id].name, cause)

    @rule(seconds=st.sampled_from((5, 70, 700, 2000)))
    def time_passes(self, seconds: int) -> None:
        self.world.passes(seconds)

    def ask(self, verb: str, *people: i.Person, **values: Any) -> None:
        with suppress(Refusal):
            self.world.ask(verb, *people, **values)

    @invariant()
    def no_more_than_the_limits_allow(self) -> None:
        """Counted from what was really ordered, by the clock of that moment."""
        for effect in self.world.effects[self.counted :]:
            if isinstance(effect, Dial):
                leg = self.world.legs[effect.leg_id]
                by = self.world.people[leg.participant_id].asked_by
                self.made.append(Dialled(by, leg.number, leg.queued_at))
        self.counted = len(self.world.effects)
        for one in self.made:
            hour = [other for other in self.made if one.at - HOUR < other.at <= one.at]
            assert sum(other.number == one.number for other in hour) <= SMALL.dials_per_number
        for who in (HOST, OTHER):
            times = [one.at for one in self.world.dialled if one.by == who.user_id]
            assert all(sum(at - HOUR < other <= at for other in times) <= SMALL.dials_per_user for at in times)
        assert sum(leg.alive for leg in self.world.legs.values()) <= SMALL.legs
        assert len(self.world.people) <= SMALL.participants
        assert len(self.made) == len(self.world.dialled)


TestCallers = Callers.TestCase
TestCallers.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
