"""Everything that is written as JSON comes back as it was."""

import json
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.effects import Dial, Effect, Line, Says
from bot.core.inputs import Fact, Heard, SweepDue
from bot.store import codec
from tests.store.made import effects, facts


@settings(max_examples=150, deadline=None)
@given(effects())
def test_effects_come_back(effect: Effect) -> None:
    stored = json.loads(json.dumps(codec.body(effect)))
    found = codec.effect(type(effect).__name__, stored)
    assert found == effect
    assert type(found) is type(effect)


@settings(max_examples=250, deadline=None)
@given(facts())
def test_facts_come_back(fact: Fact) -> None:
    stored = json.loads(json.dumps(codec.body(fact)))
    found = codec.fact(type(fact).__name__, stored)
    assert found == fact
    assert type(found) is type(fact)


@settings(max_examples=50, deadline=None)
@given(st.builds(Heard))
def test_sentences_come_back(heard: Heard) -> None:
    assert codec.heard(json.loads(json.dumps(codec.body(heard)))) == heard


def test_what_a_line_tells_comes_back_as_its_kind() -> None:
    found = codec.effect("Line", {"conference_id": "c", "says": "joined", "who": ["Ana"]})
    assert isinstance(found, Line)
    assert found.says is Says.JOINED


def test_every_effect_and_fact_is_known_by_its_name() -> None:
    assert set(codec.EFFECTS) == {one.__name__ for one in get_args(Effect)}
    assert set(codec.FACTS) == {one.__name__ for one in get_args(Fact)}


def test_what_a_newer_version_wrote_is_left_to_it() -> None:
    assert codec.fact("Tomorrow", {}) is None
    assert codec.effect("Tomorrow", {}) is None
    assert codec.effect("Line", {"conference_id": "c", "says": "sung", "who": []}) is None


def test_a_field_that_a_newer_version_added_is_passed_over() -> None:
    assert codec.effect("Dial", {"leg_id": "c.1.1", "tomorrow": 1}) == Dial("c.1.1")
    assert codec.fact("SweepDue", {"conference_id": "c", "at": 1.0, "tomorrow": 1}) == SweepDue("c", 1.0)
