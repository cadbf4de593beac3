"""What people say, read out of Slack's payloads."""

from typing import Any

import pytest

from bot.core.inputs import Heard, Where
from bot.slack import payloads


def event(body: dict[str, Any], **about: Any) -> dict[str, Any]:
    told = {"type": "app_mention", "user": "U1", "channel": "C1", "text": "<@UB> status", "ts": "1.1"}
    return {"type": "event_callback", "event_id": "Ev1", "team_id": "T1", "event": told | about} | body


@pytest.mark.parametrize(
    ("body", "about", "team"),
    [
        ({}, {}, "T1"),
        ({}, {"team": "T2"}, "T2"),
        ({"is_ext_shared_channel": True}, {}, ""),
        ({"is_ext_shared_channel": True}, {"user_team": "T2", "team": "T1"}, "T2"),
        ({"enterprise_id": "E1"}, {"user_team": "E1"}, "T1"),
        ({"authorizations": [{"enterprise_id": "E1"}]}, {"user_team": "E1"}, "T1"),
        ({"enterprise_id": "E1"}, {"user_team": "E2"}, "E2"),
        ({"enterprise_id": None}, {"user_team": "E2"}, "E2"),
    ],
)
def test_the_team_is_that_of_the_person(body: dict[str, Any], about: dict[str, Any], team: str) -> None:
    heard = payloads.mention(event(body, **about), "UB")
    assert heard is not None
    assert heard.where.team == team


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<@UB> invite <@U2>", "invite <@U2>"),
        ("hey <@UB> status", "status"),
        ("status <@UB>", "status"),
        ("<@UB>", ""),
    ],
)
def test_the_bots_name_is_not_part_of_the_sentence(text: str, said: str) -> None:
    heard = payloads.mention(event({}, text=text), "UB")
    assert heard is not None
    assert heard.text == said


def test_an_edited_mention_is_not_said_again() -> None:
    assert payloads.mention(event({}, edited={"user": "U1", "ts": "1.2"}), "UB") is None


@pytest.mark.parametrize(
    "odd",
    [{"subtype": "message_changed"}, {"bot_id": "B9"}, {"edited": {}}, {"channel_type": "channel"}, {"user": None}],
)
def test_odd_direct_messages_are_not_heard(odd: dict[str, Any]) -> None:
    plain = {"type": "message", "channel_type": "im"}
    assert payloads.direct(event({}, **plain), "UB") is not None
    assert payloads.direct(event({}, **plain | odd), "UB") is None


def test_a_click_without_a_trigger_still_has_a_key_of_its_own() -> None:
    action = {"action_id": "conf:invite:3", "value": "c7|%3C@U2%3E", "action_ts": "5.5"}
    body = {"user": {"id": "U1", "team_id": "T1"}, "channel": {"id": "C1"}, "actions": [action]}
    heard = payloads.click(body)
    assert heard == Heard("slack:5.5:U1", "U1", Where("T1", "C1", "", "c7"), "invite <@U2>", "button")
    assert payloads.click({**body, "actions": [{"action_id": "other", "value": "c7|"}]}) is None
