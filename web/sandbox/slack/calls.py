"""Slack's own calls: a record that an app keeps, and a block that shows it
(https://docs.slack.dev/apis/web-api/using-the-calls-api).
"""

from web.sandbox.slack.chat import Method, read_json
from web.sandbox.slack.records import Json, Refused, SlackCall
from web.sandbox.slack.workspace import Workspace


def add(ws: Workspace, args: Json) -> Json:
    ws.need("calls:write")
    for needed in ("external_unique_id", "join_url", "created_by"):  # the last is needed with a bot token
        if not args.get(needed):
            raise Refused("invalid_created_by" if needed == "created_by" else "invalid_arguments")
    if not str(args["join_url"]).startswith("https://"):
        raise Refused("invalid_arguments")
    call = SlackCall(ws.new_id("R"), str(args["external_unique_id"]), str(args.get("title") or ""), _users(args))
    ws.calls[call.id] = call
    ws.changed()
    return {"call": call.picture()}


def end(ws: Workspace, args: Json) -> Json:
    call = _live(ws, args)
    call.ended = True
    ws.changed()
    return {}


def participants_add(ws: Workspace, args: Json) -> Json:
    """Slack's answer to somebody who is in already is a yes with an error beside it."""
    call, users = _live(ws, args), _users(args)
    again = [user for user in users if user in call.users]
    call.users += [user for user in users if user not in call.users]
    ws.changed()
    return {"error": "bad_users"} if again else {}


def participants_remove(ws: Workspace, args: Json) -> Json:
    call = _live(ws, args)
    gone = [_mark(user) for user in _users(args)]
    call.users = [user for user in call.users if _mark(user) not in gone]
    ws.changed()
    return {}


def _live(ws: Workspace, args: Json) -> SlackCall:
    ws.need("calls:write")
    call = ws.calls.get(str(args.get("id")))
    if call is None:
        raise Refused("invalid_call_id")
    if call.ended:
        raise Refused("inactive_call")
    return call


def _users(args: Json) -> list[Json]:
    users = read_json(args, "users", "bad_users") or []
    if not isinstance(users, list) or not all(isinstance(user, dict) and _mark(user) for user in users):
        raise Refused("bad_users")
    return users


def _mark(user: Json) -> str:
    return str(user.get("slack_id") or user.get("external_id") or "")


METHODS: dict[str, Method] = {
    "calls.add": add,
    "calls.end": end,
    "calls.participants.add": participants_add,
    "calls.participants.remove": participants_remove,
}
