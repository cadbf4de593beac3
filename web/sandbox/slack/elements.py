"""Block Kit's elements: what may stand in a section, an actions row, a context line and an input."""

from web.sandbox.slack.rules import Fields, Rule, anything, boolean, choice, items, number, one_of, plain, string, text

CONFIRM = one_of({
    "title!": plain(100), "text!": text(300), "confirm!": plain(30), "deny!": plain(30),
    "style": choice("primary", "danger"),
})  # fmt: skip
_OPTION: Fields = {"text!": plain(75), "value!": string(150), "description": plain(75)}
OPTION = one_of(_OPTION)
MENU_OPTION = one_of({**_OPTION, "url": string(3000)})  # only an overflow menu's may lead elsewhere
RICH_OPTION = one_of({"text!": text(75), "value!": string(150), "description": text(75)})
OPTION_GROUP = one_of({"label!": plain(75), "options!": items(OPTION, 100)})

_ACTION: dict[str, Rule] = {"action_id": string(255), "confirm": CONFIRM}
_FOCUS: dict[str, Rule] = {**_ACTION, "placeholder": plain(150), "focus_on_load": boolean}
_FILTER: Fields = {
    "include": items(choice("im", "mpim", "private", "public"), 4),
    "exclude_external_shared_channels": boolean,
    "exclude_bot_users": boolean,
}
_HERE: dict[str, Rule] = {"filter": one_of(_FILTER), "default_to_current_conversation": boolean}
_ID = string(255)


def _select(noun: str, first: Rule, more: Fields, single: Fields | None = None) -> dict[str, Fields]:
    """The single and the multiple form of a select menu."""
    return {
        "": {**_FOCUS, f"initial_{noun}": first, **more, **(single or {})},
        "multi_": {
            **_FOCUS,
            f"initial_{noun}s": items(first, 1000, least=0),
            "max_selected_items": number(1, 1000),
            **more,
        },
    }


def _selects() -> dict[str, Fields]:
    found: dict[str, Fields] = {}
    static: Fields = {"options": items(OPTION, 100), "option_groups": items(OPTION_GROUP, 100)}
    answered: Fields = {"response_url_enabled": boolean}
    for name, forms in {
        "static_select": _select("option", OPTION, static),
        "external_select": _select("option", OPTION, {"min_query_length": number(0, 1000)}),
        "users_select": _select("user", _ID, {}),
        "conversations_select": _select("conversation", _ID, _HERE, answered),
        "channels_select": _select("channel", _ID, {}, answered),
    }.items():
        found |= {prefix + name: fields for prefix, fields in forms.items()}
    return found


IMAGE: dict[str, Fields] = {
    "image": {"alt_text!": string(2000), "image_url": string(3000), "slack_file": anything},
}
BUTTON: dict[str, Fields] = {
    "button": {
        **_ACTION, "text!": plain(75), "value": string(2000), "url": string(3000),
        "style": choice("primary", "danger"), "accessibility_label": string(75),
    },
}  # fmt: skip
OVERFLOW: dict[str, Fields] = {"overflow": {**_ACTION, "options!": items(MENU_OPTION, 5)}}
PICKS: dict[str, Fields] = {
    **_selects(),
    "datepicker": {**_FOCUS, "initial_date": anything},
    "timepicker": {**_FOCUS, "initial_time": anything, "timezone": anything},
    "datetimepicker": {**_ACTION, "focus_on_load": boolean, "initial_date_time": anything},
    "checkboxes": {
        **_ACTION,
        "options!": items(RICH_OPTION, 10),
        "initial_options": items(RICH_OPTION, 10),
        "focus_on_load": boolean,
    },
    "radio_buttons": {
        **_ACTION,
        "options!": items(RICH_OPTION, 10),
        "initial_option": RICH_OPTION,
        "focus_on_load": boolean,
    },
}
_TYPED: dict[str, Rule] = {
    "action_id": _ID, "placeholder": plain(150), "initial_value": string(3000, least=0), "focus_on_load": boolean,
    "dispatch_action_config": anything,
}  # fmt: skip
_NUMBER = string(100)
TYPED: dict[str, Fields] = {
    "plain_text_input": {
        **_TYPED, "multiline": boolean, "min_length": number(0, 3000), "max_length": number(1, 3000),
    },
    "email_text_input": _TYPED,
    "url_text_input": _TYPED,
    "number_input": {**_TYPED, "is_decimal_allowed!": boolean, "min_value": _NUMBER, "max_value": _NUMBER},
}  # fmt: skip

SECTION: dict[str, Fields] = {**BUTTON, **OVERFLOW, **PICKS, **IMAGE}
ACTIONS: dict[str, Fields] = {**BUTTON, **OVERFLOW, **PICKS}
INPUTS: dict[str, Fields] = {**PICKS, **TYPED}
CONTEXT: dict[str, Fields] = {
    **IMAGE,
    "mrkdwn": {"text!": string(3000), "verbatim": anything},
    "plain_text": {"text!": string(3000), "emoji": anything},
}
