"""The words on the phone, ours and an operator's own."""

from dataclasses import fields, replace

import pytest

from bot.core import effects, spoken
from bot.core.conference import Conference, Participant
from bot.core.inputs import API
from bot.core.spoken import BadTextError, Texts, texts_of

CONFERENCE = Conference("c", "payments down", "Hana", "U0", "C1", 0.0)
ANA = Participant("c.1", "c", "Ana", "+12125550101", invited_by="Bo")


def test_the_gate_says_who_asks_about_what_and_which_keys_there_are() -> None:
    prompt = Texts().gate_prompt(CONFERENCE, ANA)
    assert prompt.startswith("Hello. Bo asks you to join a conference: payments down. ")
    assert all(words in prompt for words in ("Press 1 to join", "2 to decline", "9 to be called back"))


def test_without_somebody_who_asked_it_is_the_host_and_a_program_is_nobody() -> None:
    assert "Hana asks you" in Texts().gate_prompt(CONFERENCE, replace(ANA, invited_by=""))
    assert "Hello. You are asked to join" in Texts().gate_prompt(CONFERENCE, replace(ANA, invited_by=API.name))


@pytest.mark.parametrize("name", [one.name for one in fields(Texts)])
def test_every_text_can_be_rendered_and_leaves_no_hole(name: str) -> None:
    text = Texts().render(name, topic="payments", asker="Bo", detail="3 people are")
    assert text
    assert not set("{}") & set(text)


def test_what_somebody_types_is_said_and_never_read_as_a_template() -> None:
    assert Texts().render("said", detail="{topic} {0} {") == "{topic} {0} {"


def test_nothing_is_longer_than_anybody_listens() -> None:
    assert len(Texts().render("said", detail="x" * 5000)) == spoken.MOST_CHARACTERS


def test_own_texts_replace_ours_and_leave_the_others() -> None:
    own = texts_of({"muted": "Psst, {asker}.", "gate": "Drück die 1: {topic}, {asker}."})
    assert own.render("muted", asker="Bo") == "Psst, Bo."
    assert own.gate_prompt(CONFERENCE, ANA) == "Drück die 1: payments down, Bo asks you."
    assert own.keys == Texts().keys


def test_no_own_texts_are_ours() -> None:
    assert texts_of({}) == Texts()


def test_doubled_braces_are_braces() -> None:
    assert texts_of({"muted": "{{quiet}}"}).render("muted") == "{quiet}"


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"mutted": "x"}, "no text named 'mutted'"),
        ({"muted": ""}, "'muted' is empty"),
        ({"muted": "  "}, "'muted' is empty"),
        ({"muted": 5}, "'muted' is empty"),
        ({"muted": None}, "'muted' is empty"),
        ({"muted": "so {"}, "stray brace"),
        ({"muted": "so }"}, "stray brace"),
        ({"muted": "{who}"}, "{who}"),
        ({"muted": "{}"}, "{}"),
        ({"muted": "{0}"}, "{0}"),
        ({"muted": "{topic.upper}"}, "{topic.upper}"),
        ({"muted": "{detail[0]}"}, "{detail[0]}"),
    ],
)
def test_a_text_that_cannot_be_spoken_is_refused_by_its_name(given: dict[str, object], wrong: str) -> None:
    with pytest.raises(BadTextError) as refused:
        texts_of(given)
    assert wrong in str(refused.value)


def test_an_unknown_name_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(BadTextError) as refused:
        texts_of({"nonsense": "x"})
    assert all(one.name in str(refused.value) for one in fields(Texts))


@pytest.mark.parametrize(
    "text", ["{topic:>9999999}", "{topic!r}", "{topic:{nope}}", "{topic:z}", "{detail!x}", "{topic:{detail}}"]
)
def test_a_hole_holds_a_name_and_nothing_more(text: str) -> None:
    """Else the text would fail, or grow without bound, while somebody waits on the line."""
    with pytest.raises(BadTextError):
        texts_of({"muted": text})


def test_no_effect_carries_words_but_the_name_of_a_text() -> None:
    assert {one.name for one in fields(effects.SayTo)} == {"leg_id", "text", "detail"}
    assert {one.name for one in fields(effects.SayToAll)} == {"conference_id", "text", "detail"}
