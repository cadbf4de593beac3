"""The state of what people choose and type: how Slack tells it to the app, and what its own form would not take."""

import re
from copy import deepcopy
from typing import Any

from web.sandbox.slack.blocks import elements, options
from web.sandbox.slack.records import Channel, Json
from web.sandbox.slack.workspace import Workspace

# For each element: the name of its value in the state, of its first value in the block, and what is empty.
STATE: dict[str, tuple[str, str, object]] = {
    "users_select": ("selected_user", "initial_user", None),
    "multi_users_select": ("selected_users", "initial_users", []),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", []),
    "channels_select": ("selected_channel", "initial_channel", None),
    "multi_channels_select": ("selected_channels", "initial_channels", []),
    "static_select": ("selected_option", "initial_option", None),
    "multi_static_select": ("selected_options", "initial_options", []),
    "external_select": ("selected_option", "initial_option", None),
    "multi_external_select": ("selected_options", "initial_options", []),
    "radio_buttons": ("selected_option", "initial_option", None),
    "checkboxes": ("selected_options", "initial_options", []),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
    **dict.fromkeys(
        ("plain_text_input", "number_input", "email_text_input", "url_text_input"), ("value", "initial_value", None)
    ),
}
FORMS = {"email_text_input": r"[^\s@]+@[^\s@]+\.[^\s@]+", "url_text_input": r"https?://\S+"}


def first(ws: Workspace, blocks: list[Json], place: str | None = None) -> Json:
    """``state.values`` before anybody touched anything. Buttons and overflow menus have none."""
    values: Json = {}
    for block in blocks:
        for element in elements(block):
            if element["type"] in STATE:
                key, initial, empty = STATE[element["type"]]
                value = element.get(initial) or _here(ws, element, place) or empty
                told = {"type": element["type"], key: deepcopy(value)}
                values.setdefault(block["block_id"], {})[element["action_id"]] = told
    return values


def kept(new: Json, old: Json) -> Json:
    """After an update: what was chosen or typed stays where the block and the action kept their names."""
    for block_id, actions in new.items():
        for action_id, state in actions.items():
            before = old.get(block_id, {}).get(action_id, {})
            if before.get("type") == state["type"]:
                actions[action_id] = before
    return new


def after(values: Json, action: Json) -> Json:
    """What was chosen stands in the state from now on."""
    kind = action["type"]
    if kind in STATE:
        key = STATE[kind][0]
        values[action["block_id"]][action["action_id"]] = {"type": kind, key: action[key]}
    return values


def _here(ws: Workspace, element: Json, place: str | None) -> object:
    """The conversation a form was opened in, for a menu that begins with it."""
    if not element.get("default_to_current_conversation") or place is None:
        return None
    if not _offered(ws.channels[place], element.get("filter") or {}):
        return None
    return [place] if element["type"].startswith("multi_") else place


def _offered(channel: Channel, only: Json) -> bool:
    kind = "im" if channel.is_im else "private" if channel.is_private else "public"
    shared = channel.is_ext_shared and only.get("exclude_external_shared_channels")
    with_bot = channel.is_im and only.get("exclude_bot_users")
    return not shared and not with_bot and kind in (only.get("include") or [kind])


def checked(ws: Workspace, element: Json, given: Json) -> Json:
    """A value as Slack would send it, an option with its words. AssertionError for what nobody could put in."""
    key = STATE[element["type"]][0]
    if key not in given:
        raise AssertionError(f"{element['action_id']!r} is a {element['type']} and has {key!r}, not {sorted(given)}")
    value = given[key]
    if key == "value":
        return {key: _typed(element, value)}
    if not isinstance(value, list):
        return {key: _chosen(ws, element, value) if value else None}
    most = element.get("max_selected_items") or len(value)
    _must(len(value) <= most, element, f"takes {most} at most, not {len(value)}")
    return {key: [_chosen(ws, element, one) for one in value]}


def _must(holds: object, element: Json, what: str) -> None:
    if not holds:
        raise AssertionError(f"{element['action_id']!r} {what}")


def _chosen(ws: Workspace, element: Json, value: Any) -> object:
    key = STATE[element["type"]][0]
    if "option" in key:
        wanted = value["value"] if isinstance(value, dict) else value
        found = [option for option in options(element) if option["value"] == wanted]
        _must(found or "external" in element["type"], element, f"does not offer {wanted!r}")
        return found[0] if found else value
    if "user" in key:
        _must(value in ws.users, element, f"offers nobody with the id {value!r}")
    elif "channel" in key or "conversation" in key:
        known = value in ws.channels and _offered(ws.channels[value], element.get("filter") or {})
        _must(known, element, f"does not offer the channel {value!r}")
    return value


def _typed(element: Json, value: str | None) -> str | None:
    if not value:
        return None
    kind = element["type"]
    if kind == "plain_text_input":
        least, most = element.get("min_length") or 0, element.get("max_length") or 3000
        _must(least <= len(value) <= most, element, f"takes {least} to {most} characters, not {len(value)}")
    elif kind == "number_input":
        _check_number(element, value)
    else:
        _must(re.fullmatch(FORMS[kind], value), element, f"does not take {value!r}")
    return value


def _check_number(element: Json, value: str) -> None:
    pattern = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    _must(re.fullmatch(pattern, value), element, f"takes a number, not {value!r}")
    least, most = element.get("min_value") or value, element.get("max_value") or value
    _must(float(least) <= float(value) <= float(most), element, f"takes {least} to {most}, not {value}")
