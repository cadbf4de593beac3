"""Slack's own calls: a record that an app keeps, and a block that shows it
(https://docs.slack.dev/apis/web-api/using-the-calls-api).
"""

from web.sandbox.slack.chat import Method, missing, read_json
from web.sandbox.slack.records import Json, Refused, SlackCall
from web.sandbox.slack.workspace import Workspace


def add(ws: Workspace, args: Json) -> Json:
    ws.need("calls:write")
    call = SlackCall(
        id=ws.new_id("R"),
        external_unique_id=_unique(ws, args),
        join_url=_link(args),
        created_by=_creator(ws, args),
        date_start=_time(ws, args),
        title=str(args.get("title") or ""),
        external_display_id=str(args.get("external_display_id") or ""),
        desktop_app_join_url=str(args.get("desktop_app_join_url") or ""),
        users=_users(ws, args),
    )
    call.everybody = list(call.users)
    ws.calls[call.id] = call
    ws.changed()
    return {"call": call.picture()}


def update(ws: Workspace, args: Json) -> Json:
    call = _live(ws, args)
    if args.get("join_url"):
        call.join_url = _link(args)
    for name in ("title", "desktop_app_join_url"):
        if args.get(name):
            setattr(call, name, str(args[name]))
    ws.changed()
    return {"call": call.picture()}


def end(ws: Workspace, args: Json) -> Json:
    call = _live(ws, args)
    length = str(args.get("duration") or "0")
    if not length.isdecimal():
        raise missing("duration")
    call.date_end = call.date_start + int(length) if int(length) else int(ws.clock.now())
    ws.changed()
    return {}


def info(ws: Workspace, args: Json) -> Json:
    ws.need("calls:read")
    return {"call": _call(ws, args).picture()}


def participants_add(ws: Workspace, args: Json) -> Json:
    """Slack's answer to somebody who is in already is a yes with an error beside it."""
    call = _live(ws, args)
    users = _some_users(ws, args)
    inside = {_mark(user) for user in call.users}
    new = [user for user in users if _mark(user) not in inside]
    known = {_mark(user) for user in call.everybody}
    call.users += new
    call.everybody += [user for user in new if _mark(user) not in known]
    ws.changed()
    return {} if len(new) == len(users) else {"error": "bad_users"}


def participants_remove(ws: Workspace, args: Json) -> Json:
    call = _live(ws, args)
    gone = {_mark(user) for user in _some_users(ws, args)}
    call.users = [user for user in call.users if _mark(user) not in gone]
    ws.changed()
    return {}


def _call(ws: Workspace, args: Json) -> SlackCall:
    if not args.get("id"):
        raise missing("id")
    call = ws.calls.get(str(args["id"]))
    if call is None:
        raise Refused("invalid_call_id")
    return call


def _live(ws: Workspace, args: Json) -> SlackCall:
    ws.need("calls:write")
    call = _call(ws, args)
    if call.ended:
        raise Refused("inactive_call")
    return call


def _unique(ws: Workspace, args: Json) -> str:
    unique = str(args.get("external_unique_id") or "")
    if not unique or unique in {call.external_unique_id for call in ws.calls.values()}:
        raise missing("external_unique_id")
    return unique


def _link(args: Json) -> str:
    """Links that are no web page are not documented, so they are not taken."""
    link = str(args.get("join_url") or "")
    if not link.startswith(("https://", "http://")):
        raise missing("join_url")
    return link


def _creator(ws: Workspace, args: Json) -> str:
    """With a bot's token it must be said who began."""
    creator = str(args.get("created_by") or "")
    if creator not in ws.users:
        raise Refused("invalid_created_by")
    return creator


def _time(ws: Workspace, args: Json) -> int:
    text = str(args.get("date_start") or int(ws.clock.now()))
    if not text.isdecimal():
        raise Refused("invalid_start_time")
    return int(text)


def _users(ws: Workspace, args: Json) -> list[Json]:
    users = read_json(args, "users", "bad_users") or []
    if not isinstance(users, list) or not all(isinstance(user, dict) and _mark(user) for user in users):
        raise Refused("bad_users")
    if not {user["slack_id"] for user in users if user.get("slack_id")} <= ws.users.keys():
        raise Refused("user_not_found")
    return users


def _some_users(ws: Workspace, args: Json) -> list[Json]:
    users = _users(ws, args)
    if not users:
        raise missing("users")
    return users


def _mark(user: Json) -> str:
    """Who it is: somebody of the workspace, or an outsider who has a name."""
    outsider = user.get("external_id") if user.get("display_name") else ""
    return str(user.get("slack_id") or outsider or "")


METHODS: dict[str, Method] = {
    "calls.add": add,
    "calls.end": end,
    "calls.info": info,
    "calls.participants.add": participants_add,
    "calls.participants.remove": participants_remove,
    "calls.update": update,
}
