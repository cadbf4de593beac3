"""The workspace as a picture for a page: what each person could see now."""

from dataclasses import asdict

from web.sandbox.slack.records import Channel, File, Json, Message, User, View
from web.sandbox.slack.workspace import Workspace


def picture(ws: Workspace) -> Json:
    return {
        "team": {"id": ws.team_id, "name": "Sandbox"},
        "bot": {"id": ws.bot.id, "name": ws.bot.name},
        "shortcuts": [asdict(shortcut) for shortcut in ws.shortcuts],
        "users": [_user(user) for user in ws.users.values()],
        "channels": [_channel(ws, channel) for channel in ws.channels.values()],
        "ephemerals": [_ephemeral(ws, message) for message in ws.ephemerals],
        "views": [_view(view) for view in ws.views.values() if not view.closed],
    }


def _user(user: User) -> Json:
    told = {"id": user.id, "name": user.name, "real_name": user.real_name, "is_bot": user.is_bot}
    told |= {"guest": True} if user.is_restricted else {}
    return told | ({"phone": user.phone} if user.phone else {})


def _channel(ws: Workspace, channel: Channel) -> Json:
    told: Json = {"id": channel.id, "name": channel.name, "is_im": channel.is_im, "archived": channel.is_archived}
    told |= {"private": True} if channel.is_private else {}
    told |= {"user": channel.user} if channel.is_im else {}
    tops = [m for m in channel.messages if not m.is_reply and (not m.deleted or channel.replies(m.ts))]
    return told | {"messages": [_message(ws, m) | {"replies": _replies(ws, channel, m)} for m in tops]}


def _replies(ws: Workspace, channel: Channel, top: Message) -> list[Json]:
    return [_message(ws, reply) | {"replies": []} for reply in channel.replies(top.ts)]


def _message(ws: Workspace, message: Message) -> Json:
    """A deleted message that has replies leaves a stone in its place."""
    gone = message.deleted
    return {
        "ts": message.ts,
        "user": message.user,
        "text": "This message was deleted." if gone else message.text,
        "blocks": [] if gone else ws.decorated(message.blocks),
        "files": [] if gone else [_file(file) for file in message.files],
        "thread_ts": message.thread_ts,
        "edited": message.marked,
        "deleted": gone,
    }


def _file(file: File) -> Json:
    return {"id": file.id, "name": file.name, "title": file.title, "size": file.length, "mimetype": file.mimetype}


def _ephemeral(ws: Workspace, message: Message) -> Json:
    told = {"id": message.ts, "user": message.shown_to, "channel": message.channel, "thread_ts": message.thread_ts}
    return told | {"ts": message.ts, "text": message.text, "blocks": ws.decorated(message.blocks)}


def _view(view: View) -> Json:
    blank = {"title": None, "submit": None, "close": None}
    now = {"id": view.id, "user": view.user, "errors": dict(view.errors), "values": view.values}
    return blank | view.raw | now
