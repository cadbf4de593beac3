"""What the sweep concludes from what Telnyx says is true."""

from dataclasses import replace

from bot.core import inputs as i
from bot.core.effects import EndRoom, HangUp, HangUpCall, Line, Says, Seat, Sweep
from bot.core.lifecycle import LegPhase, Why
from bot.core.sweep import GHOST, LEFT_OPEN, RESEATED
from tests.core.memory_world import World, commands


def swept(world: World, up: list[str], members: list[str] | None = None, after: float = 60) -> i.Swept:
    """An answer of Telnyx, by the names of those whose calls are up and of those in the room."""
    world.now += after
    legs = tuple(sorted(world.leg(name).id for name in up))
    calls = tuple(f"v3:{leg}" for leg in legs)
    inside = None if members is None else tuple(f"v3:{world.leg(name).id}" for name in members)
    return i.Swept("c", world.now, legs, calls, inside)


def told(world: World) -> list[Says]:
    return [effect.says for effect in world.effects if isinstance(effect, Line)]


def test_a_call_that_is_no_longer_up_is_over() -> None:
    world = World("Ana")
    world.rang("Ana")
    world.take(swept(world, []))
    assert world.leg("Ana").phase is LegPhase.GONE
    assert told(world)[-2:] == [Says.MISSED, Says.TROUBLE]


def test_somebody_who_was_in_has_left() -> None:
    world = World("Ana")
    world.came_in("Ana")
    world.take(swept(world, []))
    assert world.leg("Ana").why is Why.LEFT
    world.counts_are_right()


def test_telnyx_own_cause_wins_when_it_comes_after_all() -> None:
    world = World("Ana")
    world.rang("Ana")
    world.take(swept(world, []))
    world.hung_up("Ana", "user_busy")
    assert world.leg("Ana").why is Why.BUSY


def test_what_is_known_since_a_moment_is_newer_than_the_answer() -> None:
    world = World("Ana")
    world.rang("Ana")
    assert world.take(swept(world, [], after=10)) == []
    assert world.leg("Ana").alive


def test_somebody_found_in_the_room_has_joined() -> None:
    world = World("Ana")
    world.rang("Ana")
    world.answered("Ana")
    world.take(swept(world, ["Ana"], ["Ana"]))
    assert world.leg("Ana").in_room
    world.counts_are_right()


def test_a_call_outside_the_room_that_it_was_in_is_hung_up() -> None:
    world = World("Ana", "Bo")
    world.came_in("Ana")
    world.came_in("Bo")
    ordered = world.take(swept(world, ["Ana", "Bo"], ["Ana"]))
    assert HangUp(world.leg("Bo").id, stray=True) in ordered
    assert not world.leg("Bo").in_room
    assert world.leg("Ana").in_room


def test_a_room_that_was_not_asked_for_says_nothing_about_who_is_in() -> None:
    world = World("Ana")
    world.came_in("Ana")
    assert world.take(swept(world, ["Ana"], None)) == []
    assert world.leg("Ana").in_room


def test_a_phone_that_is_up_longer_than_it_can_ring_was_answered() -> None:
    world = World("Ana")
    world.rang("Ana")
    assert world.take(swept(world, ["Ana"], after=60)) == []
    world.take(swept(world, ["Ana"], after=60))
    assert world.leg("Ana").phase is LegPhase.ANSWERED


def test_a_phone_that_may_ring_for_long_is_not_taken_for_answered_meanwhile() -> None:
    world = World()
    world.ask("invite", "Ana", options=i.Options(ring_secs=120))
    world.rang("Ana")
    assert world.take(swept(world, ["Ana"], after=150)) == []
    world.take(swept(world, ["Ana"], after=40))
    assert world.leg("Ana").phase is LegPhase.ANSWERED


def test_a_call_that_is_up_although_its_leg_is_over_is_hung_up() -> None:
    world = World("Ana")
    world.rang("Ana")
    world.hung_up("Ana", "user_busy")
    ordered = world.take(swept(world, ["Ana"]))
    assert commands(ordered) == [HangUp(world.leg("Ana").id, stray=True)]
    assert [effect.detail for effect in ordered if isinstance(effect, Line)] == [GHOST]


def test_a_ghost_is_told_once_and_hung_up_until_it_is_gone() -> None:
    world = World("Ana")
    world.rang("Ana")
    world.hung_up("Ana", "user_busy")
    world.take(swept(world, ["Ana"]))
    assert world.take(swept(world, ["Ana"])) == [HangUp(world.leg("Ana").id, stray=True)]


def test_a_ghost_after_the_end_is_told_too() -> None:
    world = World("Ana")
    world.came_in("Ana")
    world.ask("end", rest="now")
    world.hung_up("Ana")
    ordered = world.take(swept(world, ["Ana"]))
    assert commands(ordered) == [HangUp(world.leg("Ana").id, stray=True)]
    assert told(world)[-1] is Says.TROUBLE


def test_a_second_call_of_a_leg_is_hung_up_and_the_first_goes_on() -> None:
    world = World("Ana")
    world.came_in("Ana")
    leg = world.leg("Ana").id
    world.now += 60
    ordered = world.take(i.Swept("c", world.now, (leg, leg), (f"v3:{leg}", "v3:twin"), (f"v3:{leg}",)))
    assert commands(ordered) == [HangUpCall("v3:twin")]
    assert world.leg("Ana").in_room


def test_a_call_of_a_leg_that_is_in_no_table_is_hung_up() -> None:
    world = World("Ana")
    world.came_in("Ana")
    leg = world.leg("Ana").id
    world.now += 60
    names, calls = (leg, "c.9.1", "cc.1.1", "side_1"), (f"v3:{leg}", "v3:lost", "v3:other", "v3:side")
    ordered = world.take(i.Swept("c", world.now, names, calls, (f"v3:{leg}",)))
    assert commands(ordered) == [HangUpCall("v3:lost")]


def test_a_leg_that_telnyx_rang_without_telling_its_call_is_over_when_it_is_not_up() -> None:
    world = World("Ana")
    leg = world.leg("Ana").id
    world.take(i.DialTried(leg, world.later()))
    world.take(i.Rang(i.Call("", leg), world.later()))
    world.take(swept(world, []))
    assert world.leg("Ana").phase is LegPhase.GONE


def test_a_room_found_by_its_name_tells_who_is_in() -> None:
    world = World("Ana", "Bo")
    world.passed("Ana")
    world.take(i.Seated(world.leg("Ana").id, world.later(), 1))  # its answer named no room, and its news was lost
    found = swept(world, ["Ana"], ["Ana"])
    world.take(replace(found, room_id="r1"))
    assert world.conference.room_id == "r1"
    assert world.leg("Ana").in_room


def test_a_room_that_is_still_open_after_the_end_is_closed() -> None:
    world = World("Ana")
    world.came_in("Ana")
    world.ask("end", rest="now")
    world.room_ended()
    world.hung_up("Ana")
    found = swept(world, [], [])
    ordered = world.take(replace(found, members=("v3:stranger",), room_id="r9"))
    assert commands(ordered) == [EndRoom("c", "r9")]
    assert [effect.detail for effect in ordered if isinstance(effect, Line)] == [LEFT_OPEN]


def test_who_was_let_in_and_is_in_no_room_is_sent_in_again_and_at_last_hung_up() -> None:
    world = World("Ana", "Bo")
    world.came_in("Bo")
    world.passed("Ana")
    world.take(i.Seated(world.leg("Ana").id, world.later(), 1))
    assert world.take(swept(world, ["Ana", "Bo"], ["Bo"], after=60)) == []
    ordered = world.take(swept(world, ["Ana", "Bo"], ["Bo"], after=60))
    assert commands(ordered) == [Seat(world.leg("Ana").id, 1, opens=False)]
    assert [effect.detail for effect in ordered if isinstance(effect, Line)] == [RESEATED]
    ordered = world.take(swept(world, ["Ana", "Bo"], ["Bo"], after=150))
    assert HangUp(world.leg("Ana").id) in ordered
    world.hung_up("Ana")
    assert world.leg("Ana").why is Why.UNREACHABLE


def test_a_call_that_is_up_after_the_end_is_hung_up() -> None:
    world = World("Ana")
    world.rang("Ana")
    world.ask("end", rest="now")
    assert world.take(swept(world, ["Ana"])) == [HangUp(world.leg("Ana").id, stray=True)]


def test_what_is_well_is_left_alone() -> None:
    world = World("Ana", "Bo")
    world.came_in("Ana")
    world.rang("Bo")
    assert world.take(swept(world, ["Ana", "Bo"], ["Ana"], after=40)) == []


def test_it_goes_on_while_somebody_is_on_a_line() -> None:
    world = World("Ana")
    assert "sweep:c" in world.timers
    world.passes(31)
    assert world.timers["sweep:c"].due > world.now
    world.rang("Ana")
    world.hung_up("Ana", "call_rejected")
    world.passes(31)
    assert world.effects[-1] == Sweep("c")  # once more, for what may be left
    assert "sweep:c" not in world.timers
