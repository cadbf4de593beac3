"""Whom a sentence means: one, several or all of those in a conference, and never nobody."""

from dataclasses import replace

import pytest

from bot.core import who
from bot.core.conference import Conference, Leg, Participant
from bot.core.effects import Mute
from bot.core.inputs import API, Person
from bot.core.replies import Refusal
from bot.core.scene import Scene
from tests.core.memory_world import HOST, World, commands, named, request

PEOPLE = (
    Participant("c.1", "c", "Ana Maria Silva", "+12125550101", "U1"),
    Participant("c.2", "c", "Bo", "+12125550102", "U2", numbers=("+12125550102", "+442079460958")),
    Participant("c.3", "c", "…0199", "+12125550199"),
    Participant("c.4", "c", "Boris", "+12125550104"),
    Participant("c.5", "c", "Hana", "+12125550100", "U0"),
)
BO_CHEN, BO_ADAMS = (replace(PEOPLE[at], name=name) for at, name in ((1, "Bo Chen"), (3, "Bo Adams")))


def room(*people: Participant, inside: str = "") -> Scene:
    """A conference with these people; those whose places are in ``inside`` are in the room, the others are rung."""
    scene = Scene(Conference("c", "payments", HOST.name, "U0", "C1", 0.0), 9.0)
    for one in people:
        leg_id = f"{one.id}.1"
        scene.participants[one.id] = replace(one, leg_id=leg_id)
        joined = 5.0 if one.id[-1] in inside else None
        scene.legs[leg_id] = Leg(leg_id, "c", one.id, one.number, 1.0, call_control_id=f"v3:{leg_id}", joined_at=joined)
    return scene


def chosen(scene: Scene, *people: Person, many: bool = False) -> list[str]:
    return [one.id for one in who.chosen(scene, request("mute", *people), who.anybody, "/conf mute bo", many=many)]


def refused(scene: Scene, *people: Person, fits: who.Fits = who.anybody, many: bool = False) -> Refusal:
    with pytest.raises(Refusal) as caught:
        who.chosen(scene, request("mute", *people), fits, "/conf mute bo", many=many)
    return caught.value


@pytest.mark.parametrize(
    ("person", "meant"),
    [
        (Person("whatever", user_id="U1"), "c.1"),
        (Person("…0102", "+12125550102"), "c.2"),
        (Person("…0958", "+442079460958"), "c.2"),  # another of Bo's numbers
        (named("0199"), "c.3"),
        (named("…0199"), "c.3"),
        (named("#3"), "c.3"),
        (named("bo"), "c.2"),  # the whole of a name wins over a part
        (named("@BO"), "c.2"),
        (named("bor"), "c.4"),
        (named("maria"), "c.1"),
        (named("ana  maria"), "c.1"),
        (named("maria sil"), "c.1"),
    ],
)
def test_each_way_to_name_one(person: Person, meant: str) -> None:
    assert chosen(room(*PEOPLE), person) == [meant]


@pytest.mark.parametrize(
    "person",
    [
        named("zoe"),
        named("ria"),  # the middle of a word
        named("#9"),
        named("199"),  # too short to be the end of a number
        named(""),
        named("@"),
        Person("Bo", user_id="U9"),  # a stranger called like somebody here
        Person("…0199", "+442079460199"),  # another number that ends alike
    ],
)
def test_what_fits_nobody_is_refused_with_all_who_are_there(person: Person) -> None:
    wrong = refused(room(*PEOPLE), person).wrong
    assert "is nobody in this conference" in wrong
    assert all(one.name in wrong for one in PEOPLE)
    assert "Nothing was changed" in wrong


def test_no_name_is_nobody_even_when_there_is_only_one() -> None:
    assert "nobody" in refused(room(PEOPLE[1]), named("")).wrong


def test_where_nobody_is_invited_nobody_is_listed() -> None:
    assert "Nobody has been invited" in refused(room(), named("bo")).wrong


def test_a_long_list_is_cut_short() -> None:
    many = [Participant(f"c.{at}", "c", f"P{at}", f"+1212555{at:04d}") for at in range(1, 41)]
    assert "P12 and 28 more" in refused(room(*many), named("zoe")).wrong


def test_what_fits_several_is_refused_with_what_tells_them_apart() -> None:
    scene = room(PEOPLE[0], BO_CHEN, BO_ADAMS)
    refusal = refused(scene, named("bo"))
    assert "fits several: Bo Chen (#2), Bo Adams (#4)." in refusal.wrong
    assert refusal.example == "/conf mute #2"
    assert chosen(scene, named("#4")) == chosen(scene, named("adams")) == ["c.4"]


def test_two_of_the_same_name_fit_both() -> None:
    twins = room(replace(PEOPLE[1], name="Bo"), replace(PEOPLE[3], name="bo"))
    assert "Bo (#2), bo (#4)" in refused(twins, named("bo")).wrong


def test_two_guests_with_the_same_last_digits_fit_both() -> None:
    alike = room(PEOPLE[2], Participant("c.9", "c", "…0199", "+442079460199"))
    assert "…0199 (#3), …0199 (#9)" in refused(alike, named("0199")).wrong
    assert chosen(alike, Person("…0199", "+442079460199")) == ["c.9"]


def test_a_place_on_the_list_wins_over_a_name_that_looks_like_one() -> None:
    assert chosen(room(replace(PEOPLE[0], name="#2"), PEOPLE[1]), named("#2")) == ["c.2"]


def test_somebody_named_twice_is_meant_once() -> None:
    assert chosen(room(*PEOPLE), named("bo"), named("#2"), named("boris")) == ["c.2", "c.4"]


def test_one_name_that_fits_nobody_refuses_the_whole_sentence() -> None:
    assert "zoe" in refused(room(*PEOPLE), named("bo"), named("zoe")).wrong


def test_naming_nobody_is_refused_with_the_example() -> None:
    refusal = refused(room(*PEOPLE))
    assert (refusal.wrong, refusal.example) == ("Say who is meant.", "/conf mute bo")


def test_who_is_not_on_the_line_is_refused() -> None:
    scene = room(*PEOPLE, inside="2")
    assert "Boris is not on the line" in refused(scene, named("bo"), named("boris"), fits=who.in_room).wrong


def in_room(scene: Scene, word: str, actor: Person = HOST) -> list[str]:
    asked = request("mute", named(word), actor=actor)
    return [one.id for one in who.chosen(scene, asked, who.in_room, "", many=True)]


def test_all_are_those_in_the_room_and_others_are_without_me() -> None:
    scene = room(*PEOPLE, inside="125")
    assert in_room(scene, "all") == ["c.1", "c.2", "c.5"]
    assert in_room(scene, "Others") == ["c.1", "c.2"]


def test_others_are_all_for_who_is_not_in_and_for_a_program() -> None:
    scene = room(*PEOPLE, inside="12")
    assert in_room(scene, "others") == in_room(scene, "others", API) == ["c.1", "c.2"]


@pytest.mark.parametrize(("word", "inside"), [("all", ""), ("others", ""), ("others", "5")])
def test_all_of_nobody_is_refused_and_never_an_empty_list(word: str, inside: str) -> None:
    assert "in the room" in refused(room(*PEOPLE, inside=inside), named(word), fits=who.in_room, many=True).wrong


def test_each_command_to_telnyx_names_its_leg() -> None:
    world = World("Ana", "Bo")
    world.came_in("Bo")
    assert [one for one in commands(world.ask("mute", named("all"))) if isinstance(one, Mute)] == [Mute("c.2.1")]


def test_where_one_must_be_named_all_is_a_name_like_any_other() -> None:
    assert "“all” is nobody" in refused(room(*PEOPLE, inside="12"), named("all")).wrong


def test_a_mention_called_all_is_that_person() -> None:
    assert chosen(room(*PEOPLE), Person("all", user_id="U1"), many=True) == ["c.1"]


def test_many_names_are_told_as_a_dozen_and_a_count() -> None:
    many = [Participant(f"c.{at}", "c", f"P{at}", "") for at in range(1, 15)]
    assert who.names(many[:2]) == "P1, P2"
    assert who.names(many).endswith("P12 and 2 more")
