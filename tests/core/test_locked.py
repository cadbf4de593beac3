"""The door of the room: nobody who has not pressed comes in, and nobody who comes after the lock, by any path."""

from collections.abc import Callable

import pytest

from bot.core import inputs as i
from bot.core import side
from bot.core.effects import AskKey, HangUp, SayTo, Seat, SideSay
from bot.core.inputs import Options
from bot.core.lifecycle import Why
from tests.core.memory_world import World, commands, dialled, said

ANA, BO = "c.1.1", "c.2.1"


def locked(*, gated: bool = True) -> World:
    """Ana is in, Bo was rung before the lock."""
    world = World("Ana", "Bo", gated=gated)
    world.rang("Ana")
    world.answered("Ana")
    if gated:
        world.pressed("Ana")
    world.seated("Ana")
    world.joined("Ana")
    world.rang("Bo")
    world.ask("lock")
    return world


def seats(world: World) -> list[str]:
    return [one.leg_id for one in world.effects if isinstance(one, Seat)]


def test_who_presses_after_the_lock_hears_why_and_is_hung_up_when_that_is_said() -> None:
    world = locked()
    assert commands(world.answered("Bo")) == [AskKey(BO)]
    assert world.pressed("Bo") == [SayTo(BO, "locked")]
    assert world.speech_ended("Bo") == [HangUp(BO)]
    world.hung_up("Bo")
    assert (world.leg("Bo").why, world.step("Bo")) == (Why.LOCKED, "")
    assert seats(world) == [ANA]


def test_the_hang_up_does_not_wait_for_the_news_that_it_was_said() -> None:
    world = locked()
    world.answered("Bo")
    world.pressed("Bo")
    assert world.passes(16) == [HangUp(BO)]


def test_pressing_again_neither_opens_the_door_nor_stops_the_hang_up() -> None:
    world = locked()
    world.answered("Bo")
    world.pressed("Bo")
    assert world.pressed("Bo") == []
    world.ask("unlock")
    assert world.pressed("Bo") == []
    assert world.passes(16) == [HangUp(BO)]
    assert seats(world) == [ANA]


def test_without_a_gate_answering_is_what_counts() -> None:
    world = locked(gated=False)
    world.answered("Bo")
    assert world.leg("Bo").locked_out
    assert world.passes(16) == [HangUp(BO)]
    assert seats(world) == [ANA]


def test_who_pressed_before_the_lock_and_waits_for_the_room_comes_in() -> None:
    world = World("Ana", "Bo")
    world.passed("Ana")
    world.passed("Bo")
    world.ask("lock")
    assert world.pressed("Bo") == []  # told again, after the lock
    assert world.seated("Ana") == [Seat(BO, 1, opens=False)]


def test_who_pressed_before_the_lock_follows_into_the_next_room() -> None:
    world = World("Ana", "Bo")
    world.came_in("Ana")
    world.passed("Bo")
    world.ask("lock")
    assert world.seat_refused("Bo", "room_gone") == [Seat(BO, 2, opens=True)]


def test_who_waits_outside_is_not_seated_with_the_others_when_a_room_opens() -> None:
    world = World("Ana", "Bo")
    world.passed("Ana")
    world.rang("Bo")
    world.answered("Bo")
    world.ask("lock")
    world.pressed("Bo")
    assert world.take(i.RoomOpened(world.call("Ana"), world.later(), "r1")) == []
    assert world.seated("Ana") == []
    world.room_ended("r1")  # news of Ana's joining was lost, so she is sent to the next room
    assert seats(world) == [ANA, ANA]


def test_who_leaves_a_locked_room_is_not_rung_into_it_again() -> None:
    world = locked()
    world.hung_up("Bo", "timeout")
    assert world.step("Bo") == ""
    assert dialled(world.passes(50)) == []


def test_a_caller_with_the_right_pin_is_told_that_it_is_locked() -> None:
    world = locked()
    call = side.SideCall("s", side.Purpose.DIAL_IN, "", 0.0, answered_at=1.0)
    decided = side.apply(call, i.KeyGiven(i.Call("v3:x"), 2.0, "123456", "valid"), side.Doors(fits=world.conference))
    assert decided.let_in == ""
    assert decided.effects == (SideSay("s", "locked"),)


def test_after_unlocking_people_come_in_again() -> None:
    world = locked()
    world.ask("unlock")
    world.answered("Bo")
    assert world.pressed("Bo") == [Seat(BO, 1, opens=False)]


Path = Callable[[World], object]


@pytest.mark.parametrize(
    "path",
    [
        lambda world: world.pressed("Bo", "", "call_hangup"),
        lambda world: world.pressed("Bo", "", "cancelled_amd"),
        lambda world: world.machine_heard("Bo", "human"),
        lambda world: world.machine_heard("Bo", "not_sure"),
        lambda world: world.keys("Bo", "1"),
        lambda world: world.answered("Bo"),
        lambda world: world.speech_ended("Bo"),
        lambda world: world.take(i.Transcribed(world.call("Bo"), world.later(), "one")),
        lambda world: world.room_ended(),
        lambda world: world.take(i.RoomOpened(world.call("Bo"), world.later(), "r2")),
    ],
)
def test_no_news_but_the_key_lets_anybody_in(path: Path) -> None:
    world = World("Ana", "Bo")
    world.came_in("Ana")
    world.rang("Bo")
    world.answered("Bo")
    path(world)
    world.room_ended("r1")
    assert BO not in seats(world)


def test_a_sweep_that_finds_a_phone_up_asks_for_the_key_before_anything_else() -> None:
    world = World("Ana", "Bo")
    world.came_in("Ana")
    world.rang("Bo")
    world.passes(120)
    assert AskKey(BO) in world.swept()
    assert BO not in seats(world)


def test_each_new_leg_stands_at_the_gate_again() -> None:
    world = World("Ana")
    world.came_in("Ana")
    world.hung_up("Ana")
    world.ask("invite", "Ana")
    world.rang("Ana")
    assert world.answered("Ana") == [AskKey("c.1.2")]
    assert seats(world) == [ANA]


def test_no_gate_is_for_that_invitation_alone() -> None:
    world = World()
    world.ask("invite", "Ana", options=Options(gate=False))
    world.missed("Ana")
    world.ask("redial")
    world.rang("Ana")
    assert world.answered("Ana") == [Seat("c.1.2", 1, opens=True)]
    world.hung_up("Ana")
    world.ask("invite", "Ana")
    world.rang("Ana")
    assert world.answered("Ana") == [AskKey("c.1.3")]


def test_machine_detection_that_cut_the_question_off_asks_again() -> None:
    world = World("Ana")
    world.rang("Ana")
    world.answered("Ana")
    assert world.pressed("Ana", "", "cancelled_amd") == [AskKey(ANA)]
    assert world.passes(61) == [HangUp(ANA)]


def test_a_machine_is_hung_up_and_a_key_pressed_before_it_was_heard_wins() -> None:
    world = World("Ana", "Bo")
    world.passed("Ana")
    assert world.machine_heard("Ana") == []
    world.rang("Bo")
    world.answered("Bo")
    assert world.machine_heard("Bo") == [HangUp(BO)]
    assert said(world.hung_up("Bo")) == [("missed", "Bo")]
    assert world.leg("Bo").why is Why.VOICEMAIL
