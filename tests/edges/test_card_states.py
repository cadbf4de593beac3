"""The card in every state: as it was when somebody last looked at it, and within Slack's limits."""

import json
from collections.abc import Mapping

import pytest

from bot.core.conference import Picture
from bot.slack import cards
from tests.edges.card_states import GOLDEN, file_of, rendered, states
from web.sandbox.slack.blocks import check_blocks, letters

STATES: Mapping[str, Picture] = dict(states())


@pytest.mark.parametrize("name", STATES)
def test_it_looks_as_it_was_agreed(name: str) -> None:
    assert rendered(STATES[name]) == file_of(name).read_text("utf-8"), (
        "look at it, then: python -m tests.edges.card_states"
    )


@pytest.mark.parametrize("name", STATES)
def test_it_keeps_slacks_limits(name: str) -> None:
    text, blocks = cards.card(STATES[name])
    assert blocks
    assert check_blocks(json.loads(json.dumps(blocks))) == []
    assert len(blocks) <= 50
    assert letters(blocks) <= 13_200
    assert len(text) <= 4000


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.glob("*.json")} == {file_of(name).name for name in STATES}


def test_no_card_shows_a_number_or_a_pin() -> None:
    for picture in STATES.values():
        shown = rendered(picture)
        assert "2125550" not in shown
        assert '123456"' not in shown
