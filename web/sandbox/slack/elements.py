"""Block Kit's elements: what may stand in a section, an actions row, a context line and an input."""

from web.sandbox.slack.rules import Fields, Rule, anything, choice, items, one_of, plain, string, text

CONFIRM = one_of({
    "title!": plain(100), "text!": text(300), "confirm!": plain(30), "deny!": plain(30),
    "style": choice("primary", "danger"),
})  # fmt: skip
OPTION = one_of({"text!": plain(75), "value!": string(150), "description": plain(75), "url": string(3000)})
RICH_OPTION = one_of({"text!": text(75), "value!": string(150), "description": text(75)})
OPTION_GROUP = one_of({"label!": plain(75), "options!": items(OPTION, 100)})

_ACTION: dict[str, Rule] = {"action_id": string(255), "confirm": CONFIRM}
_FOCUS: dict[str, Rule] = {**_ACTION, "placeholder": plain(150), "focus_on_load": anything}
_FILTER: dict[str, Rule] = {
    **dict.fromkeys(("filter", "default_to_current_conversation", "response_url_enabled"), anything)
}


def _select(noun: str, **more: Rule) -> dict[str, Fields]:
    """The single and the multiple form of a select menu."""
    one, many = (f"initial_{noun}", f"initial_{noun}s")
    return {
        "": {**_FOCUS, one: anything, **more},
        "multi_": {**_FOCUS, many: anything, "max_selected_items": anything, **more},
    }


def _selects() -> dict[str, Fields]:
    found: dict[str, Fields] = {}
    static = {"options": items(OPTION, 100), "option_groups": items(OPTION_GROUP, 100)}
    for name, forms in {
        "static_select": _select("option", **static),
        "external_select": _select("option", min_query_length=anything),
        "users_select": _select("user"),
        "conversations_select": _select("conversation", **_FILTER),
        "channels_select": _select("channel", response_url_enabled=anything),
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
OVERFLOW: dict[str, Fields] = {"overflow": {**_ACTION, "options!": items(OPTION, 5)}}
PICKS: dict[str, Fields] = {
    **_selects(),
    "datepicker": {**_FOCUS, "initial_date": anything},
    "timepicker": {**_FOCUS, "initial_time": anything, "timezone": anything},
    "datetimepicker": {**_ACTION, "focus_on_load": anything, "initial_date_time": anything},
    "checkboxes": {
        **_ACTION,
        "options!": items(RICH_OPTION, 10),
        "initial_options": anything,
        "focus_on_load": anything,
    },
    "radio_buttons": {
        **_ACTION,
        "options!": items(RICH_OPTION, 10),
        "initial_option": anything,
        "focus_on_load": anything,
    },
}
_TYPED: dict[str, Rule] = {
    "action_id": string(255), "placeholder": plain(150), "initial_value": anything, "focus_on_load": anything,
    "dispatch_action_config": anything,
}  # fmt: skip
TYPED: dict[str, Fields] = {
    "plain_text_input": {**_TYPED, "multiline": anything, "min_length": anything, "max_length": anything},
    "email_text_input": _TYPED,
    "url_text_input": _TYPED,
    "number_input": {**_TYPED, "is_decimal_allowed!": anything, "min_value": anything, "max_value": anything},
}

SECTION: dict[str, Fields] = {**BUTTON, **OVERFLOW, **PICKS, **IMAGE}
ACTIONS: dict[str, Fields] = {**BUTTON, **OVERFLOW, **PICKS}
INPUTS: dict[str, Fields] = {**PICKS, **TYPED}
CONTEXT: dict[str, Fields] = {
    **IMAGE,
    "mrkdwn": {"text!": string(3000), "verbatim": anything},
    "plain_text": {"text!": string(3000), "emoji": anything},
}
