"""The Slack app's manifest: paste it at https://api.slack.com/apps to create the app or to update it."""

from typing import Any, Literal

from bot.slack.forms import ABOUT_THIS, SHORTCUT

# What the code cannot do without, and why.
BOT_SCOPES = (
    "app_mentions:read",  # @confab in a thread
    "channels:read",  # whether a channel is shared with another company, and who is in it
    "chat:write",  # the card, thread lines, private answers
    "commands",  # /conf
    "groups:read",  # the same of private channels
    "im:history",  # direct messages to the bot
    "im:write",  # to tell the host that a channel is lost
    "users:read",  # names, guests, the number in a profile
)

# What somebody may refuse at installation. The history is for looking whether a line was posted before.
# usergroups:read rings a group (@sre-oncall), and tells who is in the groups that the settings name.
# files:write puts recordings and transcripts into the thread, calls:write mirrors a conference as a Slack call.
OPTIONAL_SCOPES = (
    "calls:write",
    "channels:history",
    "files:write",
    "groups:history",
    "usergroups:read",
)

EVENTS = ("app_home_opened", "app_mention", "message.im")

SHORTCUTS = (
    (SHORTCUT, "Start a conference", "global", "Ring people into a telephone conference"),
    (ABOUT_THIS, "Conference about this", "message", "Start a telephone conference in this thread"),
)

_LONG = (
    "Confab turns a channel into a telephone switchboard. Type /conf create with a topic, people and phone numbers: "
    "their phones ring, whoever presses 1 is put into one telephone conference, and a card in the channel shows who is "
    "in, who is ringing and who was missed, and why. The conference's thread tells the story as it happens."
)


def manifest(mode: Literal["http", "socket"], host: str | None = None) -> dict[str, Any]:
    """``host`` is the public address of the program, as in https://confab.example.com; Socket Mode needs none."""
    if mode == "http" and not host:
        raise ValueError("HTTP mode needs the public address of this program.")
    url = {"url": _events_url(host)} if mode == "http" else {}
    request_url = {"request_url": _events_url(host)} if mode == "http" else {}
    return {
        "_metadata": {"major_version": 2},
        "display_information": {
            "name": "Confab",
            "description": "Rings people's phones and puts them into one telephone conference",
            "long_description": _LONG,
            "background_color": "#1d3557",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "confab", "always_online": True},
            "slash_commands": [{**_command(), **url}],
            "shortcuts": [
                {"name": name, "type": kind, "callback_id": callback, "description": told}
                for callback, name, kind, told in SHORTCUTS
            ],
        },
        "oauth_config": {"scopes": {"bot": list(BOT_SCOPES), "bot_optional": list(OPTIONAL_SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS), **request_url},
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": mode == "socket",
            "token_rotation_enabled": False,
        },
    }


def _events_url(host: str | None) -> str:
    address = (host or "").rstrip("/")
    return f"{address if '://' in address else f'https://{address}'}/slack/events"


def _command() -> dict[str, Any]:
    return {
        "command": "/conf",
        "description": "Ring people into a telephone conference",
        "usage_hint": "create payments down @ana +1 212 555 0199 | invite … | join | status | redial | end | help",
        "should_escape": True,  # turns @ana into a user id; without it there is only a name
    }
