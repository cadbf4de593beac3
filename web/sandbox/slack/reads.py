"""The methods that look: who the bot is, users, conversations, their messages, and user groups."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from web.sandbox.slack.chat import Method, yes
from web.sandbox.slack.records import Channel, Group, Json, Message, Refused
from web.sandbox.slack.workspace import Workspace


def page(found: Sequence[Any], args: Json, default: int) -> tuple[list[Any], Json]:
    """One page of a list and the cursor of the next, empty on the last."""
    try:
        start = int(base64.b64decode(str(args.get("cursor") or ""), validate=True) or b"0")
    except (ValueError, binascii.Error):
        raise Refused("invalid_cursor") from None
    limit = str(args.get("limit") or default)
    if not limit.isdecimal():
        raise Refused("invalid_limit")
    end = start + max(1, min(int(limit), 1000))
    following = base64.b64encode(str(end).encode()).decode() if end < len(found) else ""
    return list(found[start:end]), {"response_metadata": {"next_cursor": following}}


def auth_test(ws: Workspace, _args: Json) -> Json:
    ids = {"team_id": ws.team_id, "user_id": ws.bot.id, "bot_id": ws.bot_id, "app_id": ws.app_id}
    return {"url": "https://sandbox.slack.com/", "team": "Sandbox", "user": ws.bot.name, **ids}


def users_info(ws: Workspace, args: Json) -> Json:
    ws.need("users:read")
    return {"user": ws.user(args.get("user")).picture()}


def users_profile(ws: Workspace, args: Json) -> Json:
    ws.need("users.profile:read")
    return {"profile": ws.user(args.get("user") or ws.bot.id).profile()}


def users_list(ws: Workspace, args: Json) -> Json:
    ws.need("users:read")
    users, more = page(list(ws.users.values()), args, 200)
    return {"members": [user.picture() for user in users], **more}


def _kind(channel: Channel) -> str:
    """The first half of the scope that a channel needs."""
    return "im" if channel.is_im else "groups" if channel.is_private else "channels"


def _channel_picture(ws: Workspace, channel: Channel) -> Json:
    common = {"id": channel.id, "is_archived": channel.is_archived, "is_org_shared": False}
    if channel.is_im:
        return {**common, "is_im": True, "user": channel.user}
    private = channel.is_private
    kinds = {"is_channel": True, "is_group": private, "is_im": False, "is_mpim": False, "is_private": private}
    shared = {
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_pending_ext_shared": channel.is_pending_ext_shared,
    }
    return {**common, **kinds, **shared, "name": channel.name, "is_member": ws.bot.id in channel.members}


def conversations_info(ws: Workspace, args: Json) -> Json:
    channel = ws.channel(args.get("channel"))
    ws.need(f"{_kind(channel)}:read")
    return {"channel": _channel_picture(ws, channel)}


def conversations_members(ws: Workspace, args: Json) -> Json:
    """Everybody who is in it: bots and guests too."""
    channel = ws.channel(args.get("channel"))
    ws.need(f"{_kind(channel)}:read")
    members, more = page(channel.members, args, 100)
    return {"members": members, **more}


def conversations_open(ws: Workspace, args: Json) -> Json:
    """Opens the direct messages with one person; the sandbox has no group messages."""
    ws.need("im:write")
    users = args.get("users") or ""
    names = users if isinstance(users, list) else [name for name in str(users).split(",") if name]
    if not names:
        raise Refused("users_list_not_supplied")
    if len(names) > 1:
        raise Refused("invalid_user_combination")
    user = ws.user(names[0])
    if user.is_bot or user.deleted:
        raise Refused("cannot_dm_bot" if user.is_bot else "user_disabled")
    channel = ws.direct(user)
    return {"channel": _channel_picture(ws, channel) if yes(args, "return_im") else {"id": channel.id}}


def _history(ws: Workspace, args: Json) -> Channel:
    channel = ws.channel(args.get("channel"))
    ws.need(f"{_kind(channel)}:history")
    if ws.bot.id not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _told(ws: Workspace, channel: Channel, message: Message, args: Json) -> Json:
    told = ws.told(message)
    if yes(args, "include_all_metadata") and message.metadata:
        told["metadata"] = message.metadata
    if replies := channel.replies(message.ts):
        told |= {"reply_count": len(replies), "latest_reply": replies[-1].ts}
    return told


def _between(messages: Sequence[Message], args: Json) -> list[Message]:
    oldest, latest = str(args.get("oldest") or "0"), str(args.get("latest") or "9999999999.999999")
    ends = {oldest, latest} if yes(args, "inclusive") else set()
    return [m for m in messages if float(oldest) < float(m.ts) < float(latest) or m.ts in ends]


def _messages(ws: Workspace, channel: Channel, messages: Sequence[Message], args: Json, default: int) -> Json:
    some, more = page(messages, args, default)
    following = more["response_metadata"]["next_cursor"]
    told = [_told(ws, channel, message, args) for message in some]
    return {"messages": told, "has_more": bool(following), **(more if following else {})}


def conversations_history(ws: Workspace, args: Json) -> Json:
    channel = _history(ws, args)
    shown = [m for m in channel.messages if not m.deleted and (not m.is_reply or m.broadcast)]
    return _messages(ws, channel, _between(shown, args)[::-1], args, 100)


def conversations_replies(ws: Workspace, args: Json) -> Json:
    channel = _history(ws, args)
    ts = str(args.get("ts"))
    asked = channel.message(ts)
    top = (asked.thread_ts or ts) if asked else ts
    parent = channel.message(top)
    replies = channel.replies(top)
    if parent is None and not replies:
        raise Refused("thread_not_found")
    return _messages(ws, channel, [*([parent] if parent else []), *_between(replies, args)], args, 1000)


def usergroups_list(ws: Workspace, args: Json) -> Json:
    ws.need("usergroups:read")
    groups = [group for group in ws.groups.values() if yes(args, "include_disabled") or not group.is_disabled]
    return {"usergroups": [_group(ws, group, args) for group in groups]}


def _group(ws: Workspace, group: Group, args: Json) -> Json:
    told = group.picture(ws.team_id)
    told |= {"users": group.users} if yes(args, "include_users") else {}
    return told | ({"user_count": str(len(group.users))} if yes(args, "include_count") else {})


def usergroups_users(ws: Workspace, args: Json) -> Json:
    ws.need("usergroups:read")
    group = ws.groups.get(str(args.get("usergroup")))
    if group is None or (group.is_disabled and not yes(args, "include_disabled")):
        raise Refused("no_such_subteam")
    return {"users": group.users}


METHODS: dict[str, Method] = {
    "auth.test": auth_test,
    "users.info": users_info,
    "users.profile.get": users_profile,
    "users.list": users_list,
    "conversations.info": conversations_info,
    "conversations.members": conversations_members,
    "conversations.open": conversations_open,
    "conversations.history": conversations_history,
    "conversations.replies": conversations_replies,
    "usergroups.list": usergroups_list,
    "usergroups.users.list": usergroups_users,
}
