"""One person left alone, and how long a conference may last."""

from bot.core.effects import Effect, EndRoom, Line, Says, SayTo, SayToAll
from bot.core.inputs import Joined, Options
from tests.core.memory_world import World, commands, dialled, named, said

ANA, BO = "c.1.1", "c.2.1"
ALONE = [(Says.ALONE, "Ana")]


def alone(alone_secs: int = 600) -> World:
    """Ana and Bo were in, and Bo has left."""
    world = World("Ana", "Bo", alone_secs=alone_secs)
    world.came_in("Ana")
    world.came_in("Bo")
    world.hung_up("Bo")
    return world


def endings(effects: list[Effect]) -> list[str]:
    return [one.detail for one in effects if isinstance(one, Line) and one.says is Says.ENDED]


def test_who_is_alone_for_a_minute_is_told_in_the_thread_and_on_the_phone() -> None:
    world = alone()
    assert world.passes(59) == []
    told = world.passes(2)
    assert (said(told), commands(told)) == (ALONE, [SayTo(ANA, "alone")])
    assert [one.seconds for one in told if isinstance(one, Line)] == [600]


def test_it_ends_after_as_long_alone_as_was_set_and_is_told_once_before() -> None:
    world = alone(alone_secs=180)
    assert said(world.passes(179)) == ALONE
    over = world.passes(2)
    assert endings(over) == ["alone"]
    assert EndRoom("c", "r1") in over
    assert world.conference.ended_by == ""


def test_the_first_one_in_counts_as_alone_too() -> None:
    world = World("Ana")
    world.came_in("Ana")
    assert said(world.passes(61)) == ALONE
    assert endings(world.passes(600)) == ["alone"]


def test_company_stops_the_countdown_and_it_begins_anew_after_that() -> None:
    world = alone()
    world.passes(500)
    world.ask("redial", named("bo"))
    world.came_in("Bo")
    assert not world.conference.alone_since
    assert world.passes(3000) == []
    world.hung_up("Bo")
    assert world.conference.alone_since == world.now
    assert said(world.passes(61)) == ALONE
    assert endings(world.passes(500)) == []
    assert endings(world.passes(50)) == ["alone"]


def test_who_waits_for_somebody_being_rung_is_not_called_alone() -> None:
    world = World("Ana", "Bo")
    world.came_in("Ana")
    world.rang("Bo")
    assert world.passes(700) == []
    world.hung_up("Bo", "call_rejected")
    assert said(world.passes(121)) == ALONE
    assert not world.conference.ended


def test_nor_who_waits_for_somebody_to_be_rung_again() -> None:
    world = World()
    world.ask("invite", "Ana", "Bo", options=Options(redial_secs=900))
    world.came_in("Ana")
    world.missed("Bo")
    assert said(world.passes(899)) == []
    assert dialled(world.passes(2)) == ["c.2.2"]


def test_an_empty_room_is_nobody_s_loneliness() -> None:
    world = alone()
    world.hung_up("Ana")
    assert world.conference.alone_since is None
    assert (Says.ALONE, "Ana") not in said(world.passes(59))


def test_nobody_is_told_to_be_alone_after_the_end() -> None:
    world = alone()
    world.ask("end")
    assert said(world.passes(3600)) == []


def near(effects: list[Effect]) -> list[Effect]:
    return [one for one in effects if isinstance(one, SayToAll) or (isinstance(one, Line) and one.says is Says.LIMIT)]


def two_in(most_secs: int = 4 * 3600) -> World:
    world = World("Ana", "Bo", most_secs=most_secs)
    world.came_in("Ana")
    world.came_in("Bo")
    return world


def test_everybody_is_warned_a_quarter_of_an_hour_before_the_time_is_over_and_then_it_ends() -> None:
    world = two_in()
    assert near(world.passes(3.74 * 3600)) == []
    warned = near(world.passes(0.02 * 3600))
    assert said(warned) == [(Says.LIMIT, "")]
    assert commands(warned) == [SayToAll("c", "limit", "15 minutes")]
    over = world.passes(900)
    assert endings(over) == ["minutes"]
    assert EndRoom("c", "r1") in over


def test_a_short_conference_is_warned_of_shortly_before_its_end() -> None:
    world = two_in(most_secs=300)
    assert near(world.passes(230)) == []
    assert commands(near(world.passes(15))) == [SayToAll("c", "limit", "one minute")]
    assert endings(world.passes(60)) == ["minutes"]


def test_the_time_counts_from_the_first_who_joined_also_when_that_news_is_late() -> None:
    world = World("Ana", "Bo", most_secs=3600)
    world.came_in("Ana")
    early = world.now - 100
    world.passed("Bo")
    world.seated("Bo")
    world.take(Joined(world.call("Bo"), early, "r1"))
    assert world.conference.live_at == early
    assert world.timers["minutes:c"].due == early + 3600 - 720


def test_a_second_room_does_not_make_it_longer() -> None:
    world = two_in()
    world.passes(3600)
    world.hung_up("Ana")
    world.hung_up("Bo")
    world.room_ended()
    world.ask("invite", "Ana", "Bo")
    for name in ("Ana", "Bo"):
        world.passed(name)
        world.seated(name, room=2, room_id="r2")
        world.joined(name, "r2")
    assert endings(world.passes(3 * 3600)) == ["minutes"]


def test_nobody_is_warned_after_the_end() -> None:
    world = two_in()
    world.ask("end")
    assert near(world.passes(4 * 3600)) == []
