"""The verbs for those who are in the call."""

import pytest

from bot.core.effects import HangUp, Hold, Line, Mute, Play, Says, SayTo, SayToAll, SendKeys, StopSound
from bot.core.inputs import Options
from bot.core.lifecycle import Why
from bot.core.replies import Told
from tests.core.memory_world import HOST, World, commands, dialled, named, person, refusal, said

ANA, BO = "c.1.1", "c.2.1"


def in_call(*names: str) -> World:
    """These people are in the room; after them Cy rings."""
    world = World(*names, "Cy")
    for name in names:
        world.came_in(name)
    world.rang("Cy")
    return world


def lines(world: World, verb: str, *names: str, rest: str = "") -> tuple[str, ...]:
    world.ask(verb, *map(named, names), rest=rest)
    assert isinstance(world.reply, Told)
    return world.reply.lines


def test_mute_and_unmute_tell_telnyx_the_phone_and_the_thread() -> None:
    world = in_call("Ana", "Bo")
    muted = world.ask("mute", named("bo"))
    assert commands(muted) == [Mute(BO), SayTo(BO, "muted")]
    assert said(muted) == [(Says.MUTED, "Bo")]
    assert (world.leg("Bo").silent, world.leg("Bo").muted_by) == (True, "Hana")
    unmuted = world.ask("unmute", named("bo"))
    assert commands(unmuted) == [Mute(BO), SayTo(BO, "unmuted")]
    assert said(unmuted) == [(Says.UNMUTED, "Bo")]
    assert not world.leg("Bo").silent


@pytest.mark.parametrize(("verb", "word"), [("mute", "muted"), ("hold", "so")])
def test_what_is_so_already_is_answered_and_not_done_again(verb: str, word: str) -> None:
    world = in_call("Ana")
    world.ask(verb, named("ana"))
    before = len(world.effects)
    assert lines(world, verb, "ana") == (f"Already {word}: Ana.",)
    assert len(world.effects) == before


def test_mute_all_mutes_those_in_the_room_and_no_one_else() -> None:
    world = in_call("Ana", "Bo")
    assert said(world.ask("mute", named("all"))) == [(Says.MUTED, "Ana Bo")]
    assert [world.leg(name).muted for name in ("Ana", "Bo", "Cy")] == [True, True, False]


def test_mute_others_spares_who_asks() -> None:
    world = World(HOST, "Bo")
    world.came_in("Hana")
    world.came_in("Bo")
    assert commands(world.ask("mute", named("others"))) == [Mute(BO), SayTo(BO, "muted")]


def test_of_many_only_those_are_told_who_were_not_muted_yet() -> None:
    world = in_call("Ana", "Bo")
    world.ask("mute", named("ana"))
    assert said(world.ask("mute", named("all"))) == [(Says.MUTED, "Bo")]


@pytest.mark.parametrize("verb", ["mute", "unmute", "hold", "unhold"])
def test_who_only_rings_can_be_neither_muted_nor_held(verb: str) -> None:
    assert "Cy is not on the line" in refusal(in_call("Ana"), verb, named("cy")).wrong


@pytest.mark.parametrize("verb", ["mute", "hold", "kick", "dtmf", "skip", "host", "rename", "details"])
def test_a_verb_about_people_needs_some(verb: str) -> None:
    assert refusal(in_call("Ana"), verb, topic="12").wrong == "Say who is meant."


def test_hold_and_back() -> None:
    world = in_call("Ana")
    held = world.ask("hold", named("ana"))
    assert (commands(held), said(held)) == ([Hold(ANA)], [(Says.HELD, "Ana")])
    assert world.leg("Ana").held
    back = world.ask("unhold", named("ana"))
    assert (commands(back), said(back)) == ([Hold(ANA)], [(Says.UNHELD, "Ana")])
    assert not world.leg("Ana").held


def test_a_kick_hangs_up_and_tells_who_did_it() -> None:
    world = in_call("Ana", "Bo")
    assert world.ask("kick", named("bo")) == [HangUp(BO)]
    (line,) = world.left("Bo")
    assert isinstance(line, Line)
    assert (line.says, line.who, line.by) == (Says.REMOVED, ("Bo",), "Hana")
    assert world.hung_up("Bo") == []
    assert world.passes(30) == []


def test_a_phone_that_rings_can_be_kicked() -> None:
    world = in_call("Ana")
    assert world.ask("kick", named("cy")) == [HangUp("c.2.1")]
    world.hung_up("Cy", "originator_cancel")
    assert world.leg("Cy").why is Why.CANCELLED


def test_who_is_gone_cannot_be_kicked_and_all_is_no_name_for_a_kick() -> None:
    world = in_call("Ana", "Bo")
    world.hung_up("Bo")
    assert "not on the line" in refusal(world, "kick", named("bo")).wrong
    assert "nobody" in refusal(world, "kick", named("all")).wrong


def test_say_speaks_to_all_and_stands_in_the_thread() -> None:
    world = in_call("Ana")
    spoken = world.ask("say", topic=" two more minutes ")
    assert commands(spoken) == [SayToAll("c", "said", "two more minutes")]
    assert [(one.detail, one.by) for one in spoken if isinstance(one, Line)] == [("two more minutes", "Hana")]


def test_say_to_some_speaks_to_them_alone_and_not_in_the_thread() -> None:
    world = in_call("Ana", "Bo")
    assert world.ask("say", named("bo"), topic="psst") == [SayTo(BO, "said", "psst")]
    assert world.ask("say", named("all"), topic="hear") == [SayTo(ANA, "said", "hear"), SayTo(BO, "said", "hear")]


@pytest.mark.parametrize(("text", "wrong"), [("  ", "Say what"), ("x" * 501, "501 characters")])
def test_nothing_and_too_much_are_not_said(text: str, wrong: str) -> None:
    assert wrong in refusal(in_call("Ana"), "say", topic=text).wrong


@pytest.mark.parametrize(
    ("verb", "values"), [("say", {"topic": "hello"}), ("play", {"rest": "https://a.example/x.mp3"})]
)
def test_in_an_empty_room_nobody_would_hear_it(verb: str, values: dict[str, str]) -> None:
    assert "Nobody is in the room" in refusal(in_call(), verb, **values).wrong


@pytest.mark.parametrize(
    "rest", ["https://a.example/x.mp3", "<https://a.example/x.mp3>", "<https://a.example/x.mp3|x>"]
)
def test_play_takes_an_address_as_slack_writes_it(rest: str) -> None:
    played = in_call("Ana").ask("play", rest=rest)
    assert commands(played) == [Play("c", "https://a.example/x.mp3")]
    assert said(played) == [(Says.PLAYED, "")]


def test_play_takes_an_address_with_a_question() -> None:
    played = in_call("Ana").ask("play", rest="<https://cdn.a-b.example:8443/x/y.mp3?a=1&amp;b=%20~_*>")
    assert commands(played) == [Play("c", "https://cdn.a-b.example:8443/x/y.mp3?a=1&b=%20~_*")]


NO_ADDRESS = [
    *("", "x.mp3", "ftp://a.example/x", "https://a.example/x y", "file:///etc/passwd", "http://a.example/x.mp3"),
    *("https://localhost/x", "https://127.0.0.1/x", "https://[::1]/x", "https://2130706433/x", "https://0x7f.1/x"),
    *("https://ana:secret@a.example/x", "https://a.example\\@b.example/x", "https://a.example/\u202ex", "https:///x"),
    *("https://a.example/\x00", "https://a.example:99999999/x", "javascript:alert(1)", "data:audio/mp3;base64,AA"),
]


@pytest.mark.parametrize("rest", NO_ADDRESS)
def test_play_refuses_what_is_no_address(rest: str) -> None:
    assert "address of a sound file" in refusal(in_call("Ana"), "play", rest=rest).wrong


def test_play_stop_stops() -> None:
    assert in_call("Ana").ask("play", rest="stop") == [StopSound("c")]


def test_keys_go_into_the_line_of_those_named() -> None:
    assert in_call("Ana", "Bo").ask("dtmf", named("bo"), topic="1w2 #") == [SendKeys(BO, "1w2#")]


@pytest.mark.parametrize("topic", ["", "12a", "1" * 65, "+1"])
def test_what_is_no_key_is_refused(topic: str) -> None:
    assert "no keys" in refusal(in_call("Ana"), "dtmf", named("ana"), topic=topic).wrong


def test_keys_for_all_are_refused_as_a_name() -> None:
    assert "nobody" in refusal(in_call("Ana"), "dtmf", named("all"), topic="1").wrong


@pytest.mark.parametrize("verb", ["invite", "join", "redial"])
def test_a_locked_conference_rings_nobody(verb: str) -> None:
    world = World("Ana", "Bo")
    world.missed("Bo")
    world.ask("lock")
    people = (person("Di"),) if verb == "invite" else ()
    assert "locked by Hana" in refusal(world, verb, *people).wrong


def test_lock_and_unlock_are_told_once() -> None:
    world = in_call("Ana")
    assert said(world.ask("lock")) == [(Says.LOCKED, "")]
    assert refusal(world, "lock").wrong == "It is locked already."
    assert said(world.ask("unlock")) == [(Says.UNLOCKED, "")]
    assert refusal(world, "unlock").wrong == "It is not locked."
    assert dialled(world.ask("invite", "Di")) == ["c.3.1"]


def test_redial_by_name_rings_also_who_left() -> None:
    world = in_call("Ana", "Bo")
    world.hung_up("Bo")
    assert "Already in or being rung: Ana" in refusal(world, "redial", named("bo"), named("ana")).wrong
    assert dialled(world.ask("redial", named("bo"))) == ["c.2.2"]


def test_options_of_an_invitation_stand_for_every_ring_of_it() -> None:
    world = World()
    world.ask("invite", "Ana", options=Options(ring_secs=15, redials=0, muted=True))
    assert (world.leg("Ana").ring_secs, world.leg("Ana").muted, world.leg("Ana").listen) == (15, True, False)
    world.missed("Ana")
    assert world.step("Ana") == ""
    world.ask("redial")
    assert (world.leg("Ana").ring_secs, world.leg("Ana").muted) == (15, True)
    world.ask("invite", "Bo", options=Options(listen=True, gate=False))
    assert (world.leg("Bo").listen, world.leg("Bo").gated) == (True, False)


def test_a_lock_says_whose_next_ring_it_takes_back() -> None:
    world = World("Ana", "Bo")
    world.came_in("Ana")
    world.missed("Bo", "user_busy")
    world.ask("lock")
    assert world.reply == Told(("Not rung any more: Bo.",), "c")
    assert dialled(world.passes(120)) == []
