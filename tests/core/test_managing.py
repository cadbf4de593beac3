"""The verbs about the conference as a whole: its host, its names, its PIN, and the next one."""

import pytest

from bot.core import managing
from bot.core.conference import Conference
from bot.core.effects import Line, Says, SayToAll
from bot.core.inputs import Options, Person, StoppedAll
from bot.core.replies import Refusal, Told
from bot.core.scene import Scene
from bot.core.side import UNKNOWN
from tests.core.memory_world import HOST, World, dialled, named, refusal, request, said

BO = Person("Bo", "+12125550102", "U2", ("+442079460958",))


def in_call() -> World:
    """Hana and Bo are in the room, and Cy rings."""
    world = World(HOST, BO, "Cy")
    world.came_in("Hana")
    world.came_in("Bo")
    world.rang("Cy")
    return world


def answer(world: World, verb: str, *people: Person, **values: str) -> tuple[str, ...]:
    assert world.ask(verb, *people, **values) == []
    assert isinstance(world.reply, Told)
    return world.reply.lines


def test_somebody_else_becomes_the_host() -> None:
    world = in_call()
    (line,) = world.ask("host", named("bo"))
    assert isinstance(line, Line)
    assert (line.says, line.who, line.by) == (Says.HOST, ("Bo",), "Hana")
    assert (world.conference.host, world.conference.host_id) == ("Bo", "U2")


@pytest.mark.parametrize(
    ("people", "wrong"),
    [
        ((named("cy"),), "Cy is not a member"),
        ((named("hana"),), "Hana is the host already"),
        ((named("bo"), named("hana")), "There is one host"),
        ((named("zoe"),), "is nobody in this conference"),
    ],
)
def test_who_cannot_be_the_host_does_not_become_it(people: tuple[Person, ...], wrong: str) -> None:
    assert wrong in refusal(in_call(), "host", *people).wrong


def test_a_new_name_is_told_with_the_old_one_and_used_from_then_on() -> None:
    world = in_call()
    (line,) = world.ask("rename", named("cy"), topic="  The   Plumber ")
    assert isinstance(line, Line)
    assert (line.says, line.who, line.detail) == (Says.RENAMED, ("Cy",), "The Plumber")
    assert said(world.hung_up("The Plumber", "call_rejected")) == [(Says.MISSED, "The Plumber")]


@pytest.mark.parametrize("topic", ["", "  ", "x" * 61])
def test_no_name_and_one_too_long_are_refused(topic: str) -> None:
    assert "new name" in refusal(in_call(), "rename", named("cy"), topic=topic).wrong


def test_one_name_is_for_one_person() -> None:
    assert "one person" in refusal(in_call(), "rename", named("cy"), named("bo"), topic="X").wrong


def test_details_tell_numbers_masked_and_what_happens_next() -> None:
    world = World()
    world.ask("invite", Person("Bo", BO.number, "U2", BO.others, (Person("Ana", "+12125550103"),)))
    world.missed("Bo")
    told = " ".join(answer(world, "details", named("bo")))
    for part in ("*Bo* (#1), …0102: rung once.", "Invited by Hana.", "Gone: no answer.", "…0102, …0958"):
        assert part in told
    assert "Instead of them: Ana." in told
    assert "Next by itself: redial." in told
    assert "555" not in told


def test_details_tell_how_somebody_sounds() -> None:
    world = in_call()
    world.ask("mute", named("bo"))
    world.ask("hold", named("bo"))
    world.far_holds("Bo")
    assert "Now joined, muted, on hold, their hold music." in answer(world, "details", named("bo"))


def dial_in(pin: str = "123456") -> World:
    world = World(HOST, pin=pin)
    world.dial_in, world.spare_pin = "+12125550000", "654321"
    return world


@pytest.mark.parametrize("rest", ["", "show", "SHOW"])
def test_the_pin_is_shown_to_who_asks_with_the_number_to_call(rest: str) -> None:
    world = dial_in()
    assert answer(world, "pin", rest=rest) == ("Call +12125550000 and enter 123456. Only you see this.",)
    assert world.conference.pin == "123456"


def test_a_new_pin_replaces_the_old_one() -> None:
    world = dial_in()
    assert "654321" in answer(world, "pin", rest="new")[0]
    assert world.conference.pin == "654321"


def test_without_a_pin_nobody_dials_in_until_there_is_a_new_one() -> None:
    world = dial_in()
    answer(world, "pin", rest="off")
    assert world.conference.pin == ""
    assert "Nobody can dial in just now" in refusal(world, "pin").wrong
    answer(world, "pin", rest="new")
    assert world.conference.pin == "654321"


def test_the_pin_ends_with_the_conference_and_is_never_said_in_the_thread() -> None:
    world = dial_in()
    answer(world, "pin", rest="new")
    world.ask("end")
    assert world.conference.pin == ""
    assert not any("123456" in str(one) or "654321" in str(one) for one in world.effects)


def test_what_is_unknown_or_switched_off_is_refused() -> None:
    assert "pin rotate" in refusal(dial_in(), "pin", rest="rotate").wrong
    assert "CONFAB_DIAL_IN" in refusal(World(HOST, pin="123456"), "pin").wrong


def carried(world: World, *, gated: bool = True) -> World:
    """Carry everybody over; returns the conference that follows."""
    scene, following = world.whole(), World(gated=gated)
    opened = Conference("d", "payments", HOST.name, "U0", "C1", world.now, gated=gated)
    next_one = Scene(opened, world.now, budget=world.budget())
    following.conference, following.now, following.timers = next_one.conference, world.now, {}
    world.reply = managing.carry_over(scene, next_one, request("carry"))
    world.keep(scene)
    following.keep(next_one)
    return following


def test_everybody_is_told_and_rung_into_the_next_conference() -> None:
    world = in_call()
    following = carried(world)
    assert SayToAll("c", "carried") in world.effects
    told = ("Going on in a fresh conference; ringing again: Hana, Bo.", "Still not reached, and rung there too: Cy.")
    assert world.reply == Told(told, "d")
    assert following.effects == []
    assert following.names == ["Hana", "Bo", "Cy"]
    assert (following.person("Bo").number, following.person("Bo").numbers) == (BO.number, (BO.number, *BO.others))


def test_the_old_one_lets_nobody_in_and_ends_before_the_new_one_rings() -> None:
    world = in_call()
    following = carried(world)
    assert world.conference.locked
    over = world.passes(6)
    assert [one.detail for one in over if isinstance(one, Line) and one.says is Says.ENDED] == ["carried"]
    assert following.passes(6) == []
    assert dialled(following.passes(7)) == ["d.1.1", "d.2.1", "d.3.1"]


def test_who_was_still_to_be_rung_into_the_old_one_is_not() -> None:
    world = in_call()
    world.ask("invite", Person("Di", "+12125550104", deputies=(Person("Ed", "+12125550105"),)))
    world.missed("Di", "call_rejected")
    assert world.step("Di") == "deputy"
    carried(world)
    assert dialled(world.passes(60)) == []


def test_who_is_still_to_be_reached_goes_along_with_what_was_planned() -> None:
    world = in_call()
    world.ask("invite", Person("Di", "+12125550104", deputies=(Person("Ed", "+12125550105"),)))
    world.ask("invite", Person("Flo", "+12125550106"))
    world.missed("Di", "call_rejected")
    following = carried(world)
    assert isinstance(world.reply, Told)
    assert "Still not reached, and rung there too: Cy, Di, Flo." in world.reply.lines
    following.passes(12)
    assert following.names == ["Hana", "Bo", "Cy", "Di", "Flo", "Ed"]
    assert following.person("Di").legs == 0
    assert following.person("Ed").legs == following.person("Flo").legs == 1


def test_the_pin_and_how_people_sound_go_along_and_the_recording_does_not() -> None:
    world = World(HOST, BO, pin="123456")
    for name in ("Hana", "Bo"):
        world.came_in(name)
    world.ask("mute", named("Bo"))
    world.ask("record")
    following = carried(world)
    assert (world.conference.pin, following.conference.pin) == ("", "123456")
    assert (following.person("Bo").muted, following.person("Hana").muted) == (True, False)
    assert isinstance(world.reply, Told)
    assert world.reply.lines[-1].startswith("The recording ends with the old conference")


def test_who_goes_on_keeps_the_gate_and_how_they_sound() -> None:
    world = World()
    world.ask("invite", "Ana", options=Options(gate=False, muted=True, ring_secs=20))
    world.ask("invite", "Bo", options=Options(listen=True))
    world.rang("Ana")
    world.answered("Ana")
    world.seated("Ana")
    world.joined("Ana")
    world.came_in("Bo")
    following = carried(world)
    ana, bo = following.person("Ana"), following.person("Bo")
    assert (ana.gated, ana.muted, ana.ring_secs, ana.listen) == (False, True, 20, False)
    assert (bo.gated, bo.muted, bo.listen) == (True, False, True)


def test_the_end_of_the_new_one_rings_nobody() -> None:
    following = carried(in_call())
    following.ask("end")
    assert dialled(following.passes(600)) == []


def test_a_caller_without_a_number_is_not_rung_and_that_is_said() -> None:
    world = in_call()
    world.calls_in()
    world.seated(UNKNOWN)
    world.joined(UNKNOWN)
    following = carried(world)
    assert following.names == ["Hana", "Bo", "Cy"]
    assert isinstance(world.reply, Told)
    assert world.reply.lines[2:] == (f"Called in without a number, and must again: {UNKNOWN}.",)


def test_where_only_such_callers_are_nothing_is_carried_over() -> None:
    world = World()
    world.calls_in()
    world.seated(UNKNOWN)
    world.joined(UNKNOWN)
    with pytest.raises(Refusal, match="cannot be rung again"):
        carried(world)
    assert not world.conference.locked


def test_where_nobody_is_in_nobody_is_carried_over() -> None:
    world = World("Ana")
    with pytest.raises(Refusal, match="Nobody is in the room"):
        carried(world)


def test_when_all_calls_are_stopped_a_conference_ends_once_and_says_by_whom() -> None:
    world = World("Ana", "Bo")
    world.came_in("Ana")
    world.missed("Bo")
    ordered = world.take(StoppedAll("c", world.later(), "Zoe"))
    (ended,) = (one for one in ordered if isinstance(one, Line))
    assert (ended.says, ended.by, ended.detail) == (Says.ENDED, "Zoe", "stopped")
    assert world.step("Bo") == ""
    assert world.conference.ended_by == "Zoe"
    assert world.take(StoppedAll("c", world.later(), "Zoe")) == []


def test_stop_all_in_two_words_is_pointed_to_the_right_one() -> None:
    assert refusal(World("Ana"), "end", rest="all").example == "/conf stop-all"
