"""What the keys of a phone do in the room."""

import pytest

from bot.core.effects import Effect, Line, Mute, Says, SayTo
from bot.core.inputs import KeyPressed, Person
from tests.core.memory_world import World, commands, named, said

ANA, BO = "c.1.1", "c.2.1"
GUEST = Person("…0199", "+12125550199")


def in_call(*people: str | Person) -> World:
    world = World(*people)
    for one in people:
        world.came_in(one if isinstance(one, str) else one.name)
    return world


def test_star_6_mutes_me_and_unmutes_me() -> None:
    world = in_call("Ana")
    muted = world.keys("Ana", "*6")
    assert commands(muted) == [Mute(ANA), SayTo(ANA, "muted")]
    assert said(muted) == [(Says.MUTED, "Ana")]
    assert (world.leg("Ana").silent, world.leg("Ana").muted_by) == (True, "")
    unmuted = world.keys("Ana", "*6")
    assert commands(unmuted) == [Mute(ANA), SayTo(ANA, "unmuted")]
    assert said(unmuted) == [(Says.UNMUTED, "Ana")]
    assert not world.leg("Ana").silent


def test_star_6_unmutes_who_was_muted_by_the_host() -> None:
    world = in_call("Ana")
    world.ask("mute", named("ana"))
    world.keys("Ana", "*6")
    assert not world.leg("Ana").silent


def test_star_1_raises_a_hand_and_lowers_it() -> None:
    world = in_call("Ana")
    up = world.keys("Ana", "*1")
    assert (commands(up), said(up)) == ([SayTo(ANA, "hand")], [(Says.HAND, "Ana")])
    assert world.leg("Ana").hand_at == world.now
    down = world.keys("Ana", "*1")
    assert (commands(down), said(down)) == ([SayTo(ANA, "hand_down")], [(Says.HAND_DOWN, "Ana")])
    assert world.leg("Ana").hand_at is None


def test_star_2_counts_those_in_the_room() -> None:
    world = in_call("Ana")
    assert world.keys("Ana", "*2") == [SayTo(ANA, "count", "You are alone")]
    world.ask("invite", "Bo", "Cy")
    world.came_in("Bo")
    assert world.keys("Bo", "*2") == [SayTo(BO, "count", "2 people are")]


def test_star_3_names_them_and_spells_the_digits_of_guests() -> None:
    world = in_call("Ana", GUEST)
    world.ask("invite", "Cy")
    assert world.keys("Ana", "*3") == [SayTo(ANA, "names", "Ana, a guest ending in 0 1 9 9")]


def test_star_3_names_a_dozen_and_counts_the_rest() -> None:
    world = in_call(*"ABCDEFGHIJKLMN")
    (spoken,) = world.keys("A", "*3")
    assert isinstance(spoken, SayTo)
    assert spoken.detail.endswith("L, and 2 more")


def test_star_0_calls_the_host_by_their_slack_name() -> None:
    called = in_call("Ana").keys("Ana", "*0")
    assert commands(called) == [SayTo(ANA, "host_called")]
    assert [(one.says, one.who, one.detail) for one in called if isinstance(one, Line)] == [
        (Says.HOST_WANTED, ("Ana",), "U0")
    ]


def test_star_hash_says_the_keys() -> None:
    assert in_call("Ana").keys("Ana", "*#") == [SayTo(ANA, "keys")]


@pytest.mark.parametrize("keys", ["6", "16", "*4", "*46", "#", "*", "0"])
def test_without_a_star_right_before_it_a_key_does_nothing(keys: str) -> None:
    assert in_call("Ana").keys("Ana", keys) == []


def test_a_second_star_begins_anew() -> None:
    assert in_call("Ana").keys("Ana", "**2") == [SayTo(ANA, "count", "You are alone")]


def pressed(world: World, key: str, at: float) -> list[Effect]:
    return world.take(KeyPressed(world.call("Ana"), at, key))


@pytest.mark.parametrize(("pause", "counts"), [(0, True), (6, True), (6.5, False), (-1, False)])
def test_the_second_key_must_come_soon(pause: float, *, counts: bool) -> None:
    world = in_call("Ana")
    pressed(world, "*", 2000.0)
    assert bool(pressed(world, "2", 2000.0 + pause)) is counts


def test_a_key_that_is_told_twice_is_pressed_once() -> None:
    world = in_call("Ana")
    world.keys("Ana", "*6")
    assert pressed(world, "6", world.now) == []
    assert world.leg("Ana").muted


def test_keys_at_the_gate_and_after_the_room_are_none_of_these() -> None:
    world = World("Ana", "Bo")
    world.rang("Ana")
    world.answered("Ana")
    assert world.keys("Ana", "*6") == []
    assert world.leg("Ana").star_at is None
    world.pressed("Ana")
    world.seated("Ana")
    world.joined("Ana")
    world.left("Ana")
    assert world.keys("Ana", "*6") == []


def test_a_star_from_before_the_room_does_not_count_in_it() -> None:
    world = World("Ana")
    world.passed("Ana")
    pressed(world, "*", world.now)
    world.joined("Ana")
    assert pressed(world, "6", world.now) == []


def test_after_the_end_keys_do_nothing() -> None:
    world = in_call("Ana")
    world.ask("end")
    assert world.keys("Ana", "*0") == []
