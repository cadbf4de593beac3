"""The manifest: within Slack's limits, for both modes, and asking for nothing that the code does not use."""

import pytest

from bot.slack.manifest import BOT_SCOPES, EVENTS, manifest


def test_http_mode_points_everything_at_the_one_door() -> None:
    made = manifest("http", "https://confab.example.com/")
    url = "https://confab.example.com/slack/events"
    assert made["features"]["slash_commands"][0]["url"] == url
    assert made["settings"]["event_subscriptions"]["request_url"] == url
    assert made["settings"]["interactivity"]["request_url"] == url
    assert made["settings"]["socket_mode_enabled"] is False
    assert manifest("http", "confab.example.com") == made


def test_socket_mode_names_no_address() -> None:
    made = manifest("socket")
    assert "url" not in str(made)
    assert made["settings"]["socket_mode_enabled"] is True
    assert made["settings"]["interactivity"]["is_enabled"] is True


def test_http_mode_without_an_address_is_refused() -> None:
    with pytest.raises(ValueError, match="public address"):
        manifest("http")


def test_mentions_in_a_command_come_as_ids() -> None:
    (command,) = manifest("socket")["features"]["slash_commands"]
    assert command["command"] == "/conf"
    assert command["should_escape"] is True


def test_every_event_has_the_scope_it_needs() -> None:
    needs = {"app_home_opened": None, "app_mention": "app_mentions:read", "message.im": "im:history"}
    assert {needs[event] for event in EVENTS} - {None} <= set(BOT_SCOPES)
    scopes = manifest("socket")["oauth_config"]["scopes"]
    assert not set(scopes["bot"]) & set(scopes["bot_optional"])


def test_slacks_limits_are_kept() -> None:
    made = manifest("http", "https://confab.example.com")
    about = made["display_information"]
    (command,) = made["features"]["slash_commands"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4000
    assert len(command["description"]) <= 2000
    assert len(command["usage_hint"]) <= 1000
    shortcuts = made["features"]["shortcuts"]
    assert {one["type"] for one in shortcuts} == {"global", "message"}
    assert all(len(one["name"]) <= 24 and len(one["description"]) <= 150 for one in shortcuts)
