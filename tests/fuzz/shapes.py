"""What Slack sends, in all its kinds; the tests spoil it."""

from typing import Any

Json = dict[str, Any]

_USER = {"id": "{user}", "username": "ana", "team_id": "{team}"}
_SIDE = {
    "user": _USER,
    "team": {"id": "{team}", "domain": "x"},
    "channel": {"id": "{channel}", "name": "payments"},
    "trigger_id": "{key}",
    "api_app_id": "A1",
    "token": "x",
    "is_enterprise_install": False,
    "enterprise": None,
}
_CONTAINER = {"type": "message", "message_ts": "1.2", "channel_id": "{channel}", "is_ephemeral": False}


def _click(action: Json, **more: Any) -> Json:
    message = {"ts": "1.2", "text": "x", "thread_ts": "1.1"}
    click = {"type": "block_actions", "actions": [action], "message": message, "container": _CONTAINER}
    return {**_SIDE, **click, "response_url": "{response_url}", **more}


def _view(callback_id: str, values: Json) -> Json:
    view = {"id": "V1", "hash": "1.a", "type": "modal", "callback_id": callback_id, "private_metadata": "|{channel}|"}
    return {**_SIDE, "type": "view_submission", "view": {**view, "state": {"values": values}}}


_VALUES = {
    "topic": {"topic": {"type": "plain_text_input", "value": "payments"}},
    "channel": {"channel": {"type": "conversations_select", "selected_conversation": "{channel}"}},
    "people": {"people": {"type": "multi_users_select", "selected_users": ["{user}"]}},
    "numbers": {"numbers": {"type": "plain_text_input", "value": "+44 20 7946 0958"}},
    "options": {"options": {"type": "checkboxes", "selected_options": [{"value": "--muted"}]}},
    "ring": {"ring": {"type": "static_select", "selected_option": {"value": "30"}}},
}
_BUTTON = {"type": "button", "action_id": "conf:status", "value": "conf_1|", "block_id": "b", "action_ts": "1.3"}
_CHOICE = {"text": {"type": "plain_text", "text": "Details"}, "value": "conf_1|details #1"}

INTERACTIVITY: list[Json] = [
    _click(_BUTTON),
    _click({**_BUTTON, "action_id": "conf:end", "value": "conf_1|now"}),
    _click({**_BUTTON, "action_id": "conf:invite_form", "value": "conf_1|payments"}),
    _click({**_BUTTON, "action_id": "conf:create_form", "value": "|"}),
    _click({**_BUTTON, "action_id": "somebody:else"}),
    _click({"type": "overflow", "action_id": "conf:row:1", "selected_option": _CHOICE, "action_ts": "1.3"}),
    {**_SIDE, "type": "block_actions", "actions": [_BUTTON], "view": {"type": "home", "id": "V1"}},
    _view("conf:create", _VALUES),
    _view("conf:invite", _VALUES),
    _view("somebody:else", {}),
    {**_SIDE, "type": "view_closed", "view": {"id": "V1", "callback_id": "conf:create"}, "is_cleared": False},
    {**_SIDE, "type": "shortcut", "callback_id": "conf_create", "action_ts": "1.3"},
    {
        **_SIDE,
        "type": "message_action",
        "callback_id": "conf_create_from_message",
        "message": {"type": "message", "user": "{user}", "ts": "1.2", "text": "help!\nnow"},
        "message_ts": "1.2",
        "response_url": "{response_url}",
    },
    {**_SIDE, "type": "block_suggestion", "action_id": "conf:who", "block_id": "b", "value": "x"},
    {**_SIDE, "type": "interactive_message", "callback_id": "x", "actions": [{"name": "a", "value": "b"}]},
    {**_SIDE, "type": "dialog_submission", "callback_id": "x", "submission": {}},
    {**_SIDE, "type": "workflow_step_edit", "callback_id": "x", "workflow_step": {}},
]


def _event(event: Json, **more: Any) -> Json:
    side = {"team_id": "{team}", "api_app_id": "A1", "event_id": "{key}", "event_time": 1, "token": "x"}
    authorizations = [{"team_id": "{team}", "user_id": "UB", "is_bot": True, "enterprise_id": None}]
    return {**side, "type": "event_callback", "event": event, "authorizations": authorizations, **more}


_SAID = {"user": "{user}", "channel": "{channel}", "ts": "1.5", "event_ts": "1.5", "team": "{team}"}

EVENTS: list[Json] = [
    _event({**_SAID, "type": "app_mention", "text": "<@{bot}> status"}),
    _event({**_SAID, "type": "app_mention", "text": "<@{bot}> help", "thread_ts": "1.1"}, is_ext_shared_channel=True),
    _event({**_SAID, "type": "message", "channel_type": "im", "text": "whoami"}),
    _event({**_SAID, "type": "message", "subtype": "message_changed", "message": {"text": "x"}}),
    _event({"type": "app_home_opened", "user": "{user}", "channel": "D1", "tab": "home", "view": None}),
    _event({"type": "member_joined_channel", "user": "{user}", "channel": "{channel}", "channel_type": "C"}),
    _event({"type": "never_heard_of"}),
    {"type": "url_verification", "challenge": "abc", "token": "x"},
    {"type": "app_rate_limited", "team_id": "{team}", "minute_rate_limited": 1, "api_app_id": "A1", "token": "x"},
]

COMMANDS: list[Json] = [
    {
        "command": command,
        "text": text,
        "user_id": "{user}",
        "user_name": "ana",
        "team_id": "{team}",
        "team_domain": "x",
        "channel_id": "{channel}",
        "channel_name": "payments",
        "trigger_id": "{key}",
        "response_url": "{response_url}",
        "api_app_id": "A1",
        "token": "x",
        "is_enterprise_install": "false",
    }
    for command, text in (("/conf", "status"), ("/conf", "help"), ("/conf", "whoami"), ("/else", "x"))
]
