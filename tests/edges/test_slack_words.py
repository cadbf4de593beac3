"""Thread lines, private answers and the invite form, in the words people read."""

from typing import Any

import pytest
from slack_sdk.models.views import View

from bot.core.effects import Line, Says
from bot.core.lifecycle import Why
from bot.core.replies import Ask, Choice, HelpOn, Nothing, Refused, Told, Which
from bot.slack import answers, buttons, forms, roster
from bot.slack import lines as thread
from bot.slack.words import duration, names, reason, typed
from tests.edges.slack_shown import NOW, VERBS, check, elements, gone, inside, shown, told
from web.sandbox.slack.blocks import check_view


def said(*told_lines: Line) -> str:
    message = thread.lines(told_lines)
    check(message)
    assert told(message) == message.text
    return message.text


def line(says: Says, *who: str, **more: Any) -> Line:
    return Line("c1", says, who, **more)


def test_lines_are_what_a_person_would_say() -> None:
    assert said(line(Says.JOINED, "Ana")) == "🟢 Ana joined"
    assert said(line(Says.LEFT, "Bo", seconds=725)) == "⚪ Bo left after 12 min"
    assert said(line(Says.MISSED, "…0199", detail=Why.BUSY)) == "❌ …0199: busy"
    assert said(line(Says.MISSED, "Dee", detail=Why.NO_ANSWER, code="480")) == "❌ Dee: no answer"
    assert said(line(Says.MISSED, "Eli", detail=Why.NO_KEY)) == "❌ Eli: no key pressed (voicemail?)"
    assert said(line(Says.MISSED, "Fay", detail=Why.CARRIER, code="503")) == "❌ Fay: carrier trouble (SIP 503)"
    assert said(line(Says.MISSED, "Gus", detail=Why.CARRIER)) == "❌ Gus: carrier trouble"
    assert said(line(Says.TROUBLE, detail="Telnyx is slow")) == "⚠️ Telnyx is slow"


def test_the_end_is_told_with_who_was_there() -> None:
    by_ana = line(Says.ENDED, "Ana", "Bo", by="Ana", seconds=720)
    assert said(by_ana) == "⚫ Ended by Ana after 12 min. On the line: Ana and Bo."
    assert said(line(Says.ENDED)) == "⚫ Ended: nobody came."


def test_a_limit_of_telnyx_is_told_in_words_with_its_code() -> None:
    text = said(line(Says.MISSED, "Ana", detail=Why.CARRIER, code="D13"))
    assert text.startswith("❌ Ana: not rung: the country is not enabled")
    assert text.endswith("(D13)")


def test_a_code_or_a_reason_we_do_not_know_is_still_told() -> None:
    unknown = said(line(Says.MISSED, "Ana", detail=Why.CARRIER, code="D99"))
    assert unknown == "❌ Ana: not rung: Telnyx refuses the call (D99)"
    assert said(line(Says.MISSED, "Bo", detail="a <new> reason")) == "❌ Bo: a &lt;new&gt; reason"
    assert said(line(Says.MISSED, "Cy", detail=Why.CARRIER, code="90018")) == "❌ Cy: carrier trouble (Telnyx 90018)"


def test_neighbours_that_tell_the_same_are_one_line() -> None:
    text = said(
        line(Says.RINGING, "Ana"),
        line(Says.RINGING, "Bo"),
        line(Says.RINGING, "…0199"),
        line(Says.JOINED, "Ana"),
        line(Says.MISSED, "Bo", detail=Why.BUSY),
        line(Says.MISSED, "Cy", detail=Why.NO_ANSWER),
        line(Says.LEFT, "Ana", seconds=60),
        line(Says.LEFT, "Dee", seconds=5),
    )
    assert text.splitlines() == [
        "📞 Ringing Ana, Bo and …0199",
        "🟢 Ana joined",
        "❌ Bo: busy",
        "❌ Cy: no answer",
        "⚪ Ana (1 min) and Dee (5 s) left",
    ]


def test_a_hundred_lines_still_fit_into_one_message() -> None:
    different = [line(Says.MISSED, "N" * 500, detail=Why.CARRIER, code=str(500 + number)) for number in range(100)]
    message = thread.lines(different)
    check(message)
    assert "more lines" in message.text
    check(thread.lines([line(Says.RINGING, f"Person {number}") for number in range(800)]))


def test_why_words_are_there_for_every_reason() -> None:
    words = [reason(why, "") for why in Why]
    assert all(words)
    assert len(set(words)) == len(words)


def test_a_refusal_is_told_with_an_example() -> None:
    message = answers.answer(Refused("No such verb.", "/conf help"), VERBS)
    assert message is not None
    assert message.text == "No such verb.\nFor example: `/conf help`"
    check(message)


def test_a_question_carries_the_sentence_in_its_button() -> None:
    message = answers.answer(Ask("End it for all?", "End it", "end", "now", "c1", danger=True), VERBS)
    check(message)
    assert message is not None
    (button,) = elements(message)
    assert (button["action_id"], button["value"], button["style"]) == ("conf:end", "c1|now", "danger")


def test_which_offers_every_conference_with_the_same_sentence() -> None:
    choices = tuple(Choice(f"c{number}", f"Topic {number}", NOW) for number in range(3))
    message = answers.answer(Which("invite", "<@U2> +1 212", choices), VERBS)
    check(message)
    assert message is not None
    assert [button["action_id"] for button in elements(message)] == ["conf:invite:0", "conf:invite:1", "conf:invite:2"]
    assert buttons.unpack(elements(message)[1]["value"]) == ("c1", "<@U2> +1 212")
    assert "Topic 0, Topic 1, Topic 2" in message.text


@pytest.mark.parametrize("rest", ["x" * 3000, "<" * 1500])
def test_a_sentence_too_long_for_a_button_gets_none(rest: str) -> None:
    choices = tuple(Choice(f"c{number}", "Topic", NOW) for number in range(50))
    for reply in (Which("invite", rest, choices), Ask("Sure?", "Yes", "end", rest, "c1")):
        message = answers.answer(reply, VERBS)
        check(message)
        assert message is not None
        assert elements(message) == []


def test_many_choices_are_cut() -> None:
    message = answers.answer(Which("end", "", tuple(Choice(f"c{n}", "T" * 500, NOW) for n in range(50))), VERBS)
    check(message)
    assert "and 40 more" in shown(message)


def test_help_comes_from_the_verb_table() -> None:
    whole = answers.answer(HelpOn(), VERBS)
    check(whole)
    assert all(f"`/conf {verb.usage}`: {verb.does}" in told(whole) for verb in VERBS)
    short = told(answers.answer(HelpOn(short=True), VERBS))
    assert "`/conf create payments @ana`" in short
    assert "/conf end" not in short
    one = told(answers.answer(HelpOn("end"), VERBS))
    assert "Other words for it: `stop`" in one
    assert "create" not in one


def test_nothing_is_not_sent() -> None:
    assert answers.answer(Nothing(), VERBS) is None
    assert answers.answer(Told(()), VERBS) is None


def test_a_break_is_told_with_its_reference() -> None:
    assert "reference 7f3a9c" in answers.broken("7f3a9c").text


@pytest.mark.parametrize("rest", ["", "now", "<@U1|ana> 100% +1 & co", "a|b", "é…%3C"])
def test_a_buttons_value_comes_back_as_it_was(rest: str) -> None:
    value = buttons.pack("c1", rest)
    assert buttons.unpack(value) == ("c1", rest)
    assert not set(value) & set("<>&")


def test_the_invite_form_is_one_slack_takes() -> None:
    form = forms.invite_form(forms.Place("c1", "C1", "1.2"), typed("T" * 3000, 150))
    View(**form).validate_json()
    assert check_view(form) == []
    assert (form["callback_id"], form["private_metadata"]) == ("conf:invite", "c1|C1|1.2")
    assert forms.place(form["private_metadata"]) == forms.Place("c1", "C1", "1.2")
    assert forms.place("c1") == forms.Place("c1")


def filled(users: list[str] | None, numbers: str | None) -> dict[str, Any]:
    return {"people": {"people": {"selected_users": users}}, "numbers": {"numbers": {"value": numbers}}}


def test_a_filled_form_is_an_invite_sentence() -> None:
    assert forms.invite_sentence(filled(["U1", "U2"], "+1 212\n555 0199")) == "invite <@U1> <@U2> +1 212 555 0199"
    assert forms.invite_sentence(filled(None, "<@U9>")) == "invite &lt;@U9&gt;"
    assert forms.invite_sentence(filled(["U1"], None)) == "invite <@U1>"
    assert forms.invite_sentence(filled([], "  ")) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "1 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (7500, "2 h 5 min")],
)
def test_lengths_are_told_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_names_are_listed_as_people_do() -> None:
    assert names([]) == ""
    assert names(["Ana"]) == "Ana"
    assert names(["Ana", "Bo", "Cy"]) == "Ana, Bo and Cy"
    assert names(["x"] * 25, most=2) == "x, x and 23 more"


def test_what_was_typed_is_cut_after_escaping() -> None:
    assert typed("&" * 100, 20) == "&amp;&amp;&amp;…"
    assert typed("👩\u200d👧 a\u00a0b\u0000") == "👩\u200d👧 a b"


def test_counts_leave_out_what_is_not() -> None:
    assert roster.counts([inside(1), inside(2), gone(3)]) == "2 in, 1 missed"
    assert roster.counts([]) == ""
