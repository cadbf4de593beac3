"""Muted and held: what is wanted, what Telnyx says is so, and what comes between."""

import pytest

from bot.core.effects import Effect, Hold, Line, Mute, Says, SayTo, Transcribe
from bot.core.inputs import Options, Swept
from bot.core.lifecycle import RecordingState
from bot.core.replies import Told
from tests.core.memory_world import World, commands, named, said

ANA, BO = "c.1.1", "c.2.1"


MUTED = Options(muted=True)


def in_call(*names: str, options: Options | None = None) -> World:
    world = World()
    for name in names:
        world.ask("invite", name, options=options or Options())
        world.came_in(name)
    return world


def corrected(effects: list[Effect]) -> list[tuple[str, str]]:
    """Who was corrected, and what."""
    return [(one.who[0], one.detail) for one in effects if isinstance(one, Line) and one.says is Says.CORRECTED]


def test_who_is_invited_muted_comes_in_muted_and_is_told_how_to_speak() -> None:
    world = World()
    world.ask("invite", "Ana", options=MUTED)
    world.passed("Ana")
    world.seated("Ana")
    assert commands(world.joined("Ana")) == [Mute(ANA), SayTo(ANA, "muted")]
    assert world.leg("Ana").silent


def test_a_listener_comes_in_muted_and_stays_so_until_the_host_lets_them_speak() -> None:
    world = World()
    world.ask("invite", "Ana", options=Options(listen=True))
    world.passed("Ana")
    world.seated("Ana")
    assert commands(world.joined("Ana")) == [Mute(ANA), SayTo(ANA, "listening")]
    assert commands(world.keys("Ana", "*6")) == [SayTo(ANA, "listening")]
    assert world.leg("Ana").silent
    assert commands(world.ask("unmute", named("ana"))) == [Mute(ANA), SayTo(ANA, "unmuted")]
    assert not world.leg("Ana").silent
    assert not world.leg("Ana").listen


def test_who_comes_in_as_everybody_else_hears_nothing() -> None:
    world = World("Ana")
    world.passed("Ana")
    world.seated("Ana")
    assert commands(world.joined("Ana")) == []


def test_who_comes_in_later_is_told_of_the_recording_and_is_written_down_too() -> None:
    world = World("Ana", transcribed=True, recording=RecordingState.ON)
    world.passed("Ana")
    world.seated("Ana")
    told = [SayTo(ANA, "recording"), SayTo(ANA, "transcribed"), Transcribe(ANA)]
    assert commands(world.joined("Ana")) == told
    assert commands(world.joined("Ana")) == []


def test_a_paused_recording_is_not_told() -> None:
    world = World("Ana", recording=RecordingState.PAUSED)
    world.passed("Ana")
    world.seated("Ana")
    assert commands(world.joined("Ana")) == []


@pytest.mark.parametrize("verb", ["mute", "hold"])
def test_whether_it_took_is_asked_three_seconds_later(verb: str) -> None:
    world = in_call("Ana")
    world.ask(verb, named("ana"))
    assert world.timers["sweep:c"].due == world.now + 3


def test_what_took_is_left_alone() -> None:
    world = in_call("Ana", "Bo")
    world.ask("mute", named("ana"))
    world.ask("hold", named("bo"))
    assert world.read_back(muted="Ana", held="Bo") == []
    assert not world.leg("Ana").corrected


def test_a_mute_that_did_not_take_is_asked_for_again_and_told_once() -> None:
    world = in_call("Ana")
    world.ask("mute", named("ana"))
    again = world.read_back()
    assert (commands(again), corrected(again)) == ([Mute(ANA)], [("Ana", "mute")])
    assert world.read_back() == [Mute(ANA)]
    assert world.read_back(muted="Ana") == []


def test_a_hold_that_did_not_take_is_asked_for_again() -> None:
    world = in_call("Ana")
    world.ask("hold", named("ana"))
    again = world.read_back()
    assert (commands(again), corrected(again)) == ([Hold(ANA)], [("Ana", "hold")])


def test_who_is_muted_or_held_and_should_not_be_is_freed() -> None:
    world = in_call("Ana", "Bo")
    assert commands(world.read_back(muted="Ana", held="Bo")) == [Mute(ANA), Hold(BO)]


def test_after_another_change_a_failure_is_told_again() -> None:
    world = in_call("Ana")
    world.ask("mute", named("ana"))
    world.read_back()
    world.ask("unmute", named("ana"))
    assert corrected(world.read_back(muted="Ana")) == [("Ana", "mute")]


@pytest.mark.parametrize(("after", "orders"), [(1.5, []), (2.5, [Mute(ANA)])])
def test_an_answer_that_may_be_older_than_the_wish_is_not_believed(after: float, orders: list[Effect]) -> None:
    world = in_call("Ana")
    world.passes(60)
    world.ask("mute", named("ana"))
    assert commands(world.read_back(after=after)) == orders


def test_nor_one_that_may_be_older_than_the_joining() -> None:
    world = in_call("Ana", options=MUTED)
    assert world.read_back(after=1.5) == []
    assert commands(world.read_back(after=1)) == [Mute(ANA)]


def test_a_room_that_was_not_asked_for_corrects_nobody() -> None:
    world = in_call("Ana")
    world.ask("mute", named("ana"))
    world.now += 60
    assert world.take(Swept("c", world.now, (ANA,), (f"v3:{ANA}",), None)) == []


def test_who_has_left_is_not_corrected() -> None:
    world = in_call("Ana", "Bo")
    world.ask("mute", named("ana"))
    world.left("Ana")
    world.now += 5
    both = (f"v3:{ANA}", f"v3:{BO}")
    assert Mute(ANA) not in world.take(Swept("c", world.now, (ANA, BO), both, both))


def test_a_phone_that_puts_us_on_hold_is_muted_until_it_is_back() -> None:
    world = in_call("Ana", "Bo")
    away = world.far_holds("Ana")
    assert (commands(away), said(away)) == ([Mute(ANA)], [(Says.FAR_HELD, "Ana")])
    assert world.leg("Ana").silent
    assert world.read_back(muted="Ana") == []
    assert world.far_holds("Ana") == []
    back = world.far_holds("Ana", held=False)
    assert (commands(back), said(back)) == ([Mute(ANA)], [(Says.FAR_BACK, "Ana")])
    assert not world.leg("Ana").silent
    assert world.far_holds("Ana", held=False) == []


def test_who_was_muted_before_their_phone_held_us_is_muted_after_it() -> None:
    world = in_call("Ana")
    world.ask("mute", named("ana"))
    world.far_holds("Ana")
    world.far_holds("Ana", held=False)
    assert world.leg("Ana").silent


def test_music_keeps_playing_to_nobody_when_the_host_unmutes_meanwhile() -> None:
    world = in_call("Ana")
    world.ask("mute", named("ana"))
    world.far_holds("Ana")
    world.ask("unmute", named("ana"))
    assert world.leg("Ana").silent


def test_a_phone_at_the_gate_that_holds_us_is_no_matter() -> None:
    world = World("Ana")
    world.rang("Ana")
    world.answered("Ana")
    assert world.far_holds("Ana") == []
    assert not world.leg("Ana").silent


def test_a_new_leg_is_muted_as_invited_and_not_as_the_last_one_was() -> None:
    world = in_call("Ana", "Bo")
    world.ask("mute", named("ana"))
    world.hung_up("Ana")
    world.ask("invite", "Ana")
    assert isinstance(world.reply, Told)
    assert not world.leg("Ana").muted
