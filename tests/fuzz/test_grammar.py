"""Whatever somebody types ends as a sentence or as a refusal, after little work."""

import contextlib
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core import grammar, phone, verbs
from bot.core.grammar import Sentence
from bot.core.replies import Refusal
from bot.slack.words import typed
from tests.fuzz.profile import tries
from tests.fuzz.strategies import ODD, SLACK, TYPED, anything, sentences

MOST_CALLS = 500_000  # of Python and C functions for one sentence; a twentieth of a second or so


def read(text: str) -> Sentence | Refusal:
    try:
        return grammar.parse(text, "US", verbs.WORDS, verbs.READS)
    except Refusal as refusal:
        return refusal


def calls(work: Callable[[], object]) -> int:
    """How many functions are called: a measure of work that no other program on the machine changes."""
    count = 0

    def note(_frame: FrameType, event: str, _what: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@given(sentences(sorted(verbs.WORDS)))
@example("create " + "\ud800" * 40_000)
@example("create " + '"' * 1990)
@example("say " + "<" * 1990)
@example("rename \u202e as \u202e")
@tries(300)
def test_any_text_is_a_sentence_or_a_refusal(text: str) -> None:
    told = read(text)
    if isinstance(told, Refusal):
        assert len(told.wrong) < 400
        typed(told.wrong, 2500).encode()
        typed(told.example, 300).encode()
    else:
        assert len(told.people) <= grammar.MAX_PEOPLE


@given(anything | st.lists(st.sampled_from([*SLACK, *TYPED, *ODD]), max_size=30).map("".join))
@tries(200)
def test_any_text_is_a_number_or_a_refusal(text: str) -> None:
    number = ""
    with contextlib.suppress(Refusal):
        number = phone.read(text, "US")
    assert not number or (number.isascii() and number[1:].isdigit())


PUMPS = (*'1 ,<>@+("x.-&;:|\n\t\u200b\ud800', "1 ", "1234 ", "12 34 ", "2125550199 ", "5550199 ", ", ", "and ", "< ")
PUMPS += ("<a", "<@U1>", "<tel:1>", "--ring ", "--a ", '"a ', '" ', "+1 ", "1,+", "1 x", "@a.-", "sip:a@", "a else ")
VERBS = ("create", "invite", "number", "mute", "say", "dtmf", "rename", "contacts add x", "play", "unheard-of")


@pytest.mark.parametrize("verb", VERBS)
def test_no_text_makes_much_work(verb: str) -> None:
    for pump in PUMPS:
        text = f"{verb} {pump * grammar.MAX_TEXT}"[: grammar.MAX_TEXT]
        assert calls(lambda text=text: read(text)) < MOST_CALLS, pump  # type: ignore[misc]  # bound at once
        longer = text + pump * grammar.MAX_TEXT
        assert calls(lambda text=longer: read(text)) < 100, pump  # type: ignore[misc]  # bound at once


@pytest.mark.parametrize("pump", ["1", "1 ", "1,", "+", "(", "\u200b", "1x", ", "])
def test_no_text_makes_a_number_much_work(pump: str) -> None:
    """The HTTP API hands on what fits into a body."""
    with pytest.raises(Refusal):
        phone.read(f"+{pump * (1 << 19)}", "US")
    assert calls(lambda: _refused(f"+{pump * (1 << 19)}")) < 100


def _refused(text: str) -> None:
    with pytest.raises(Refusal):
        phone.read(text, "US")


def test_a_number_is_never_cut_short() -> None:
    """Cut after some characters, this would be another number."""
    with pytest.raises(Refusal):
        phone.read("\u200b" * 590 + "+12125550" + "199", "US")
