"""Whatever topics, names, numbers and reasons hold, Slack shows as text: nobody is pinged, nothing becomes a link."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core import verbs
from bot.core.conference import Conference, Picture
from bot.core.effects import Line, Says
from bot.core.lifecycle import Step
from bot.core.replies import Ask, Choice, Home, Refused, Reply, Status, Told, Which
from bot.slack import answers, cards, forms, home, lines
from bot.slack.words import SECTION
from tests.edges.card_states import AT, ENDED, IN, LIVE, MISSES, row
from tests.fuzz.profile import tries
from tests.fuzz.strategies import ODD, SLACK, anything

PINGS = (
    *("<!channel>", "<!here|x>", "<@U1>", "<!subteam^S1>", "<#C1>", "<https://a.example|bank>", "a>b<!everyone>c"),
    *("&lt;!channel&gt;", "&amp;lt;!here>", "<!date^0^{time}|x>", "<mailto:a@b.c>", "*_~`<!here>`", "x\n> <!channel>"),
)
hostile = st.sampled_from(PINGS) | st.lists(st.sampled_from((*PINGS, *SLACK, *ODD, "\n")), max_size=30).map("".join)
hostile = hostile | anything | hostile.map(lambda text: text * 100)

OURS = re.compile(r"<!date\^\d+\^[^<>|]*\|\d\d:\d\d UTC>|<#C1>|<@U1>")

OUR_WORDS = {
    Says.HOST_WANTED: "U1",
    Says.STEP: Step.DEPUTY.value,
    Says.LIMIT: "14400",
    Says.SPENT: "day 80",
}  # details that nobody types


def texts(blocks: Any) -> Iterator[str]:
    if isinstance(blocks, dict):
        if blocks.get("type") in {"mrkdwn", "plain_text"}:
            yield blocks["text"]
        for value in blocks.values():
            yield from texts(value)
    elif isinstance(blocks, list):
        for value in blocks:
            yield from texts(value)


def assert_harmless(text: str | None, blocks: Any) -> None:
    for shown in (*texts(blocks), *filter(None, [text])):
        left = OURS.sub("", shown)
        assert "<" not in left, shown
        assert ">" not in left, shown
        assert re.search(r"&(?!amp;|lt;|gt;)", left) is None, shown
        assert len(shown) <= SECTION + 1000
    json.dumps([text, blocks]).encode()


def pictures(text: str) -> list[Picture]:
    deputies = replace(IN, muted=True, muted_by=text)
    rows = (row(1, deputies, text), row(2, MISSES["carrier"], text, next=Step.DEPUTY.value), row(3, None, text))
    told: dict[str, Any] = {"topic": text, "host": text, "trouble": text}
    return [Picture(replace(one, **told), rows) for one in (LIVE, replace(ENDED, ended_by=text))]


@given(hostile)
@example("<!channel> " * 200)
@tries(150)
def test_on_the_card_and_in_the_home_tab(text: str) -> None:
    for picture in pictures(text):
        assert_harmless(*cards.card(picture))
    live, ended = pictures(text)
    shown = home.view(Home((live,), (ended.conference,), text))
    assert_harmless(None, shown["blocks"])
    assert_harmless(None, home.view(Home(refused=text))["blocks"])


@pytest.mark.parametrize("says", [one for one in Says if one is not Says.SPENT])  # that tells amounts alone
@given(hostile)
@tries(12)
def test_in_every_line(says: Says, text: str) -> None:
    line = Line("c1", says, (text, text), text, OUR_WORDS.get(says, text), text[:40], 7.0, AT)
    message = lines.lines([line])
    assert_harmless(message.text, message.blocks)
    lost = lines.lost(Conference("c1", text, text, "U1", "C1", AT), text)
    assert_harmless(lost.text, lost.blocks)


@given(hostile)
@tries(150)
def test_in_every_private_answer(text: str) -> None:
    replies: list[Reply] = [
        Refused(text, f"/conf invite {text}"),
        Told((text, f"Ringing {text}.")),
        Ask(text, text, "invite", text, "c1"),
        Which("end", text, (Choice("c1", text, AT), Choice("c2", text, AT))),
        Status(pictures(text)[0]),
    ]
    for reply in replies:
        for call in ("", "<@U1>"):
            message = answers.answer(reply, verbs.table(), call)
            assert message
            assert_harmless(message.text, message.blocks)


@given(hostile)
@tries(80)
def test_in_every_form(text: str) -> None:
    where = forms.Place("c1", "C1")
    for view in (forms.create_form(where, text), forms.closed_form(text)):
        said = [block for block in view["blocks"] if block["type"] == "section"]
        assert_harmless(None, said)
        json.dumps(view).encode()


@given(hostile)
@tries(80)
def test_a_filled_in_form_says_what_was_typed_and_no_more(text: str) -> None:
    """A topic cannot name people to ring, and a number cannot be a mention."""
    values = {"topic": {"topic": {"value": text}}, "numbers": {"numbers": {"value": text}}}
    sentence = forms.create_sentence({"topic": values["topic"]})
    assert "<" not in sentence
    assert sentence.count('"') in {0, 2}
    assert "<" not in forms.invite_sentence({"numbers": values["numbers"]})
