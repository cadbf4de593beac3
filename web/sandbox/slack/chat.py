"""The chat.* methods: writing, changing and removing messages, with Slack's own words of refusal."""

import json
from collections.abc import Callable
from typing import Any

from web.sandbox.slack.blocks import check_blocks, letters
from web.sandbox.slack.records import Channel, Json, Message, Refused, User
from web.sandbox.slack.workspace import Workspace

Method = Callable[[Workspace, Json], Json]


def yes(args: Json, name: str) -> bool:
    """A boolean argument, however it was sent."""
    return str(args.get(name, "")).lower() in {"1", "true"}


def invalid_blocks(errors: list[str], error: str = "invalid_blocks") -> Refused:
    messages = [f"[ERROR] {message}" for message in errors]
    return Refused(error, errors=errors, response_metadata={"messages": messages})


def read_json(args: Json, name: str, error: str) -> Any:
    """An argument that is JSON, or JSON in a string."""
    value = args.get(name)
    if not isinstance(value, str) or not value:
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise Refused(error) from None


def missing(name: str) -> Refused:
    """An argument that must be there is not, or is not what it should be."""
    messages = [f"[ERROR] missing required field: {name}"]
    return Refused("invalid_arguments", response_metadata={"messages": messages})


def read_blocks(ws: Workspace, args: Json) -> list[Json]:
    blocks = read_json(args, "blocks", "invalid_blocks_format")
    if not blocks:
        return []
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    if errors := check_blocks(blocks):
        raise invalid_blocks(errors)
    if {block["call_id"] for block in blocks if block["type"] == "call"} - ws.calls.keys():
        raise invalid_blocks(["invalid call_id [json-pointer:/blocks]"])  # how Slack says it is not documented
    if letters(blocks) > 13_200:
        raise Refused("msg_blocks_too_long")
    copied: list[Json] = json.loads(json.dumps(blocks))
    return copied


def read_metadata(args: Json) -> Json | None:
    found = read_json(args, "metadata", "invalid_metadata_format")
    if found is None or found == {}:
        return None
    if not isinstance(found, dict) or set(found) != {"event_type", "event_payload"}:
        raise Refused("invalid_metadata_format")
    if not isinstance(found["event_payload"], dict):
        raise Refused("invalid_metadata_schema")
    if len(json.dumps(found)) > 8000:
        raise Refused("metadata_too_large")
    return found


def read_text(args: Json, blocks: list[Json], most: int = 40_000) -> str:
    text = str(args.get("text") or "")
    if not text.strip() and not blocks:
        raise Refused("no_text")
    if len(text) > most:
        raise Refused("msg_too_long")
    return text


def where(ws: Workspace, args: Json) -> Channel:
    """The channel to post to; a user's id means their direct messages, as in Slack."""
    person = ws.users.get(str(args.get("channel")))
    channel = ws.direct(person) if person else ws.channel(args.get("channel"))
    if channel.is_archived:
        raise Refused("is_archived")
    if ws.bot.id not in channel.members and "chat:write.public" not in ws.scopes:
        raise Refused("not_in_channel")
    return channel


def thread(channel: Channel, args: Json) -> str | None:
    """A reply goes to a message that is, or once was, at the top of the channel."""
    ts = args.get("thread_ts")
    if not ts:
        return None
    parent = next((message for message in channel.messages if message.ts == str(ts)), None)
    if parent is None or parent.is_reply:
        raise Refused("cannot_reply_to_message")
    return parent.ts


def post_message(ws: Workspace, args: Json) -> Json:
    ws.need("chat:write")
    channel = where(ws, args)
    blocks = read_blocks(ws, args)
    message = ws.post(
        channel,
        ws.bot,
        read_text(args, blocks),
        blocks=blocks,
        metadata=read_metadata(args),
        thread_ts=thread(channel, args),
        broadcast=yes(args, "reply_broadcast"),
    )
    return {"channel": channel.id, "ts": message.ts, "message": ws.told(message)}


def post_ephemeral(ws: Workspace, args: Json) -> Json:
    ws.need("chat:write")
    channel = where(ws, args)
    reader = _reader(ws, channel, args)
    blocks = read_blocks(ws, args)
    text = read_text(args, blocks)
    message = ws.post(channel, ws.bot, text, blocks=blocks, thread_ts=thread(channel, args), shown_to=reader.id)
    return {"message_ts": message.ts}


def _reader(ws: Workspace, channel: Channel, args: Json) -> User:
    if args.get("user") not in channel.members:
        raise Refused("user_not_in_channel")
    return ws.user(args["user"])


def own(ws: Workspace, args: Json, not_own: str, *, gone: str = "message_not_found") -> tuple[Channel, Message]:
    channel = ws.channel(args.get("channel"))
    message = channel.message(str(args.get("ts")))
    if message is None:
        raise Refused(gone)
    if message.user != ws.bot.id:
        raise Refused(not_own)
    return channel, message


def update(ws: Workspace, args: Json) -> Json:
    """Text without blocks removes the blocks; metadata stays unless ``{}`` is given."""
    ws.need("chat:write")
    channel, message = own(ws, args, "cant_update_message")
    if channel.is_archived:
        raise Refused("is_inactive")
    blocks = read_blocks(ws, args)
    text = read_text(args, blocks, 4000)
    if "metadata" in args:
        message.metadata = read_metadata(args)
    ws.edit(message, text or message.text, blocks)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": ws.told(message)}


def delete(ws: Workspace, args: Json) -> Json:
    ws.need("chat:write")
    channel, message = own(ws, args, "cant_delete_message")
    ws.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(ws: Workspace, args: Json) -> Json:
    channel = ws.channel(args.get("channel"))
    message = channel.message(str(args.get("message_ts")))
    if message is None:
        raise Refused("message_not_found")
    link = f"https://sandbox.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    link += f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.is_reply else ""
    return {"channel": channel.id, "permalink": link}


def add_reaction(ws: Workspace, args: Json) -> Json:
    ws.need("reactions:write")
    message = ws.channel(args.get("channel")).message(str(args.get("timestamp")))
    if message is None:
        raise Refused("message_not_found")
    if not args.get("name"):
        raise Refused("no_reaction")
    people = message.reactions.setdefault(str(args["name"]), [])
    if ws.bot.id in people:
        raise Refused("already_reacted")
    people.append(ws.bot.id)
    ws.changed()
    return {}


METHODS: dict[str, Method] = {
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.update": update,
    "chat.delete": delete,
    "chat.getPermalink": get_permalink,
    "reactions.add": add_reaction,
}
