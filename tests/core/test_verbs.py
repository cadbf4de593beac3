"""What each verb decides, whom it rings and what it answers."""

import pytest

from bot.core import verbs
from bot.core.effects import Dial, EndRoom, HangUp, Says
from bot.core.inputs import Person
from bot.core.replies import Ask, HelpOn, Status, Told, VerbHelp
from bot.core.roles import Role
from bot.core.verb import verb
from bot.core.verbs import Needs
from tests.core.memory_world import HOST, World, commands, dialled, person, refusal, said


def test_create_rings_everybody_named() -> None:
    world = World("Ana", "Bo")
    assert world.reply == Told(("Ringing Ana, Bo.",), "c", ("c.1.1", "c.2.1"))
    assert world.effects == [Dial("c.1.1"), Dial("c.2.1")]
    assert (world.conference.participants, world.conference.alive_legs) == (2, 2)
    assert world.leg("Ana").number == person("Ana").number
    assert [who.invited_by for who in world.people.values()] == ["Hana", "Hana"]


def test_create_without_people_waits_for_some() -> None:
    world = World()
    assert isinstance(world.reply, Told)
    assert world.reply.lines[0].startswith("Started. Nobody is being rung yet")
    assert list(world.timers) == ["idle:c"]


def test_invite_rings_the_new_and_names_those_already_rung() -> None:
    world = World("Ana")
    assert world.ask("invite", "Ana", "Bo") == [Dial("c.2.1")]
    assert world.reply == Told(("Ringing Bo.", "Already in or being rung: Ana."), "c", ("c.2.1",))


def test_the_same_number_twice_in_one_sentence_rings_once() -> None:
    world = World()
    assert world.ask("invite", "Ana", "Ana") == [Dial("c.1.1")]
    assert world.conference.participants == 1


def test_invite_rings_again_who_has_left_as_the_same_participant() -> None:
    world = World("Ana")
    world.came_in("Ana")
    world.hung_up("Ana")
    assert world.ask("invite", "Ana") == [Dial("c.1.2")]
    assert world.conference.participants == 1
    assert world.people["c.1"].legs == 2


def test_a_slack_user_is_the_same_person_with_another_number() -> None:
    world = World()
    assert dialled(world.ask("invite", Person("Ana", "+12125550001", "U1"))) == ["c.1.1"]
    world.hung_up("Ana", "not_found")
    assert dialled(world.ask("invite", Person("Ana", "+12125550002", "U1"))) == ["c.1.2"]
    assert world.leg("Ana").number == "+12125550002"


def test_a_phone_that_two_people_share_rings_once() -> None:
    world = World()
    both = (Person("Ana", "+12125550001", "U1"), Person("Bo", "+12125550001", "U2"))
    assert dialled(world.ask("invite", *both)) == ["c.1.1"]
    assert world.reply == Told(("Ringing Ana.", "Already in or being rung: Ana."), "c", ("c.1.1",))


def test_invite_without_people_is_refused_with_an_example() -> None:
    refused = refusal(World("Ana"), "invite")
    assert "nobody to ring" in refused.wrong
    assert refused.example.startswith("/conf invite")


def test_join_rings_the_one_who_asks() -> None:
    world = World("Ana")
    assert world.ask("join") == [Dial("c.2.1")]
    assert world.leg("Hana").number == HOST.number
    assert world.reply == Told(("Ringing Hana.",), "c", ("c.2.1",))


def test_join_needs_a_number() -> None:
    assert refusal(World("Ana"), "join", actor=Person("Hana", "", "U0")).example.startswith("/conf number")


def test_redial_rings_who_missed_and_nobody_else() -> None:
    world = World("Ana", "Bo", "Cy", "Di")
    world.came_in("Ana")
    world.came_in("Bo")
    world.hung_up("Bo")  # left: does not want to be rung again
    world.hung_up("Cy", "user_busy")
    assert world.ask("redial") == [Dial("c.3.2")]
    assert world.reply == Told(("Ringing again: Cy.",), "c", ("c.3.2",))


def test_redial_is_refused_when_nobody_missed() -> None:
    assert "Nobody has missed" in refusal(World("Ana"), "redial").wrong


def test_status_shows_everybody_with_their_latest_leg() -> None:
    world = World("Ana", "Bo")
    world.hung_up("Ana", "user_busy")
    world.ask("redial")
    world.ask("status")
    assert isinstance(world.reply, Status)
    shown = [(row.participant.name, row.leg.id if row.leg else "") for row in world.reply.picture.rows]
    assert shown == [("Ana", "c.1.2"), ("Bo", "c.2.1")]


def test_end_is_done_at_once_when_few_are_in() -> None:
    world = World("Ana", "Bo", "Cy")
    world.came_in("Ana")
    world.came_in("Bo")
    ended = world.ask("end")
    assert said(ended) == [(Says.ENDED, "Ana Bo")]
    assert commands(ended) == [EndRoom("c", "r1")]
    assert world.reply == Told(("Ended payments.",), "c", ("c.1.1", "c.2.1", "c.3.1"))


def test_end_asks_first_when_three_are_in() -> None:
    world = World("Ana", "Bo", "Cy")
    for name in ("Ana", "Bo", "Cy"):
        world.came_in(name)
    assert world.ask("end") == []
    assert isinstance(world.reply, Ask)
    assert "3 people" in world.reply.question
    assert (world.reply.verb, world.reply.rest, world.reply.danger) == ("end", "now", True)
    assert not world.conference.ended


def test_end_now_asks_nobody() -> None:
    world = World("Ana", "Bo", "Cy")
    for name in ("Ana", "Bo", "Cy"):
        world.came_in(name)
    assert EndRoom("c", "r1") in world.ask("end", rest="now")
    assert world.conference.ended


def test_end_of_something_else_is_refused() -> None:
    assert "for everybody" in refusal(World("Ana"), "end", rest="ana").wrong


def test_end_while_everybody_rings_hangs_everybody_up() -> None:
    world = World("Ana", "Bo")
    world.rang("Ana")
    world.rang("Bo")
    assert commands(world.ask("end")) == [HangUp("c.1.1"), HangUp("c.2.1")]


@pytest.mark.parametrize(("rest", "verb"), [("", ""), ("create", "create"), ("START now", "create"), ("nonsense", "")])
def test_help_knows_words_and_synonyms(rest: str, verb: str) -> None:
    world = World("Ana")
    world.ask("help", rest=rest)
    assert world.reply == HelpOn(verb)


def test_every_word_leads_to_a_verb_and_every_verb_is_in_the_table() -> None:
    assert set(verbs.WORDS.values()) == set(verbs.VERBS) == {row.name for row in verbs.table()}
    for row in verbs.table():
        assert row.usage.startswith(row.name)
        assert row.example.startswith(f"/conf {row.name}")
        assert all(verbs.WORDS[word] == row.name for word in (row.name, *row.synonyms))


def test_a_word_that_means_two_things_cannot_be_registered() -> None:
    known = verbs.VERBS["end"]
    twice = VerbHelp("end", "end", ("create",), "", "")
    with pytest.raises(ValueError, match="already means"):
        verb(twice, may=Role.HOST, needs=Needs.CONFERENCE)(known.decide)
    assert verbs.VERBS["end"] is known
