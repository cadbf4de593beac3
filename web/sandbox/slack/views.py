"""Modals and Home tabs: the views.* methods, and what an app may answer when one is submitted."""

import json

from web.sandbox.slack.blocks import check_view, name_blocks
from web.sandbox.slack.chat import Method, invalid_blocks, read_json
from web.sandbox.slack.records import Json, Refused, View
from web.sandbox.slack.workspace import Workspace

# For each input element: the name of its value in the state, of its first value in the block, and what is empty.
STATE: dict[str, tuple[str, str, object]] = {
    "users_select": ("selected_user", "initial_user", None),
    "multi_users_select": ("selected_users", "initial_users", []),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", []),
    "channels_select": ("selected_channel", "initial_channel", None),
    "multi_channels_select": ("selected_channels", "initial_channels", []),
    "static_select": ("selected_option", "initial_option", None),
    "multi_static_select": ("selected_options", "initial_options", []),
    "radio_buttons": ("selected_option", "initial_option", None),
    "checkboxes": ("selected_options", "initial_options", []),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
}
TYPED = ("value", "initial_value", None)


def read_view(args: Json) -> Json:
    raw = read_json(args, "view", "invalid_arguments")
    if len(json.dumps(raw)) > 250_000:
        raise Refused("view_too_large")
    if errors := check_view(raw):
        raise invalid_blocks(errors, "invalid_arguments")
    view: Json = json.loads(json.dumps(raw))
    return view


def fill(ws: Workspace, view: View, raw: Json) -> None:
    """Put (new) content into a view; what was filled in starts again from the initial values."""
    name_blocks(raw["blocks"], ws.dice)
    view.raw, view.errors, view.values = raw, {}, {}
    view.hash = f"{int(ws.clock.now())}.{ws.dice.randbytes(4).hex()}"
    for block in raw["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            key, first, empty = STATE.get(element["type"], TYPED)
            value = {"type": element["type"], key: element.get(first, empty)}
            view.values[block["block_id"]] = {element["action_id"]: value}
    ws.changed()


def create(ws: Workspace, user: str, raw: Json, previous: str | None = None) -> View:
    view = View(id=ws.new_id("V"), user=user, raw=raw, hash="", previous=previous)
    ws.views[view.id] = view
    fill(ws, view, raw)
    return view


def close(ws: Workspace, view: View) -> None:
    view.closed = True
    ws.changed()


def open_views(ws: Workspace, user: str) -> list[View]:
    return [view for view in ws.views.values() if view.user == user and view.type == "modal" and not view.closed]


def _spend(ws: Workspace, trigger_id: object) -> str:
    trigger = ws.triggers.get(str(trigger_id))
    if trigger is None:
        raise Refused("invalid_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    if ws.clock.now() > trigger.until:
        raise Refused("expired_trigger_id")
    trigger.used = True
    return trigger.user


def views_open(ws: Workspace, args: Json) -> Json:
    raw = read_view(args)
    if raw["type"] != "modal":
        raise Refused("invalid_arguments")
    view = create(ws, _spend(ws, args.get("trigger_id")), raw)
    return {"view": view.picture(ws.team_id)}


def views_update(ws: Workspace, args: Json) -> Json:
    raw = read_view(args)
    named = [
        v for v in ws.views.values() if args.get("external_id") and v.raw.get("external_id") == args["external_id"]
    ]
    view = ws.views.get(str(args.get("view_id"))) or next(iter(named), None)
    if view is None or view.closed:
        raise Refused("not_found")
    if args.get("hash") and args["hash"] != view.hash:
        raise Refused("hash_conflict")
    fill(ws, view, raw)
    return {"view": view.picture(ws.team_id)}


def views_publish(ws: Workspace, args: Json) -> Json:
    raw = read_view(args)
    if raw["type"] != "home":
        raise Refused("invalid_arguments")
    user = ws.user(args.get("user_id"))
    home = next((v for v in ws.views.values() if v.user == user.id and v.type == "home"), None)
    if home and args.get("hash") and args["hash"] != home.hash:
        raise Refused("hash_conflict")
    if home is None:
        home = create(ws, user.id, raw)
    else:
        fill(ws, home, raw)
    return {"view": home.picture(ws.team_id)}


def submitted(ws: Workspace, view: View, answer: Json) -> None:
    """Do what the app answered to a submission: show errors, change or push a view, or close."""
    action = answer.get("response_action")
    if action == "errors":
        view.errors = {str(block): str(text) for block, text in answer["errors"].items()}
        ws.changed()
    elif action in {"update", "push"}:
        _replace(ws, view, action, read_view(answer))
    elif action == "clear":
        for other in open_views(ws, view.user):
            close(ws, other)
    else:
        close(ws, view)


def _replace(ws: Workspace, view: View, action: str, raw: Json) -> None:
    if action == "push":
        create(ws, view.user, raw, previous=view.id)
    else:
        fill(ws, view, raw)


METHODS: dict[str, Method] = {"views.open": views_open, "views.update": views_update, "views.publish": views_publish}
