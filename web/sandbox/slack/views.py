"""Modals and Home tabs: the views.* methods, and what an app may answer when one is submitted."""

import json

from web.sandbox.slack import state
from web.sandbox.slack.blocks import check_view, name_blocks
from web.sandbox.slack.chat import Method, invalid_blocks, missing, read_json
from web.sandbox.slack.records import Json, Refused, View
from web.sandbox.slack.workspace import Trigger, Workspace

DEPTH = 3  # modals that may lie on top of each other


def read_view(args: Json, kind: str | None = None) -> Json:
    """``kind`` is the type that it must have."""
    raw = read_json(args, "view", "invalid_arguments")
    if len(json.dumps(raw)) > 250_000:
        raise Refused("view_too_large")
    if errors := check_view(raw):
        raise invalid_blocks(errors, "invalid_arguments")
    if kind and raw["type"] != kind:
        raise invalid_blocks([f"invalid type, must be {kind} [json-pointer:/view/type]"], "invalid_arguments")
    view: Json = json.loads(json.dumps(raw))
    return view


def fill(ws: Workspace, view: View, raw: Json) -> None:
    """Put (new) content into a view."""
    _check_name(ws, raw, view)
    name_blocks(raw["blocks"], ws.dice)
    view.raw, view.errors = raw, {}
    view.values = state.kept(state.first(ws, raw["blocks"], view.place), view.values)
    view.hash = f"{int(ws.clock.now())}.{ws.dice.randbytes(4).hex()}"
    ws.changed()


def _check_name(ws: Workspace, raw: Json, view: View) -> None:
    """An external_id is unique among what is there."""
    name = raw.get("external_id")
    others = [one for one in ws.views.values() if one is not view and not one.closed]
    if name and name in {one.raw.get("external_id") for one in others}:
        raise Refused("duplicate_external_id")


def create(ws: Workspace, user: str, raw: Json, *, place: str | None = None, previous: View | None = None) -> View:
    view = View(id=ws.new_id("V"), user=user, raw=raw, hash="", place=place, previous=previous)
    fill(ws, view, raw)
    ws.views[view.id] = view
    ws.changed()
    return view


def push(ws: Workspace, top: View, raw: Json) -> View:
    if len(top.stack) == DEPTH:
        raise Refused("push_limit_reached")
    return create(ws, top.user, raw, place=top.place, previous=top)


def close(ws: Workspace, view: View) -> list[View]:
    """The views that are closed by this: all of the stack when ``clear_on_close`` says so."""
    gone = view.stack if view.raw.get("clear_on_close") else [view]
    for one in gone:
        one.closed = True
    ws.changed()
    return gone


def open_views(ws: Workspace, user: str) -> list[View]:
    return [view for view in ws.views.values() if view.user == user and view.type == "modal" and not view.closed]


def home_of(ws: Workspace, user: str) -> View | None:
    return next((view for view in ws.views.values() if view.user == user and view.type == "home"), None)


def told(ws: Workspace, view: View) -> Json:
    return view.picture(ws.team_id, ws.app_id, ws.bot_id)


def _spend(ws: Workspace, trigger_id: object) -> Trigger:
    trigger = ws.triggers.get(str(trigger_id))
    if trigger is None:
        raise Refused("invalid_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    if ws.clock.now() > trigger.until:
        raise Refused("expired_trigger_id")
    trigger.used = True
    return trigger


def views_open(ws: Workspace, args: Json) -> Json:
    raw = read_view(args, "modal")
    trigger = _spend(ws, args.get("trigger_id"))
    return {"view": told(ws, create(ws, trigger.user, raw, place=trigger.channel))}


def views_push(ws: Workspace, args: Json) -> Json:
    """Only with a trigger that was given in a modal."""
    raw = read_view(args, "modal")
    top = ws.views.get(str(_spend(ws, args.get("trigger_id")).view))
    if top is None or top.closed or top.type != "modal":
        raise Refused("not_found")
    return {"view": told(ws, push(ws, top, raw))}


def views_update(ws: Workspace, args: Json) -> Json:
    if not args.get("view_id") and not args.get("external_id"):
        raise missing("view_id")
    named = [
        v for v in ws.views.values() if args.get("external_id") and v.raw.get("external_id") == args["external_id"]
    ]
    view = ws.views.get(str(args.get("view_id"))) or next((one for one in named if not one.closed), None)
    if view is None or view.closed:
        raise Refused("not_found")
    raw = read_view(args, view.type)
    _check_hash(view, args)
    fill(ws, view, raw)
    return {"view": told(ws, view)}


def _check_hash(view: View, args: Json) -> None:
    if args.get("hash") and args["hash"] != view.hash:
        raise Refused("hash_conflict")


def views_publish(ws: Workspace, args: Json) -> Json:
    if not ws.home_enabled:
        raise Refused("not_enabled")
    raw = read_view(args, "home")
    user = ws.users.get(str(args.get("user_id")))
    if user is None:
        raise Refused("invalid_arguments", response_metadata={"messages": ["[ERROR] invalid `user_id`"]})
    home = home_of(ws, user.id)
    if home is None:
        return {"view": told(ws, create(ws, user.id, raw))}
    _check_hash(home, args)
    fill(ws, home, raw)
    return {"view": told(ws, home)}


def submitted(ws: Workspace, view: View, answer: Json) -> None:
    """Do what the app answered to a submission: show errors, change or push a view, or close."""
    action = answer.get("response_action")
    if action == "errors":
        view.errors = {str(block): str(text) for block, text in answer["errors"].items()}
        ws.changed()
    elif action == "update":
        fill(ws, view, read_view(answer, "modal"))
    elif action == "push":
        push(ws, view, read_view(answer, "modal"))
    elif action == "clear":
        for other in open_views(ws, view.user):
            other.closed = True
        ws.changed()
    else:
        view.closed = True
        ws.changed()


METHODS: dict[str, Method] = {
    "views.open": views_open,
    "views.publish": views_publish,
    "views.push": views_push,
    "views.update": views_update,
}
