"""The workspace as a picture for a page: what each person could see now."""

from web.sandbox.slack.records import Channel, Json, Message, User, View
from web.sandbox.slack.workspace import Workspace


def picture(ws: Workspace) -> Json:
    return {
        "team": {"id": ws.team_id, "name": "Sandbox"},
        "bot": {"id": ws.bot.id, "name": ws.bot.name},
        "users": [_user(user) for user in ws.users.values()],
        "channels": [_channel(channel) for channel in ws.channels.values()],
        "ephemerals": [_ephemeral(message) for message in ws.ephemerals],
        "views": [_view(view) for view in ws.views.values() if not view.closed],
    }


def _user(user: User) -> Json:
    told = {"id": user.id, "name": user.name, "real_name": user.real_name, "is_bot": user.is_bot}
    told |= {"guest": True} if user.is_restricted else {}
    return told | ({"phone": user.phone} if user.phone else {})


def _channel(channel: Channel) -> Json:
    told: Json = {"id": channel.id, "name": channel.name, "is_im": channel.is_im, "archived": channel.is_archived}
    told |= {"user": channel.user} if channel.is_im else {}
    tops = [m for m in channel.messages if not m.is_reply and (not m.deleted or channel.replies(m.ts))]
    return told | {"messages": [_message(m) | {"replies": _replies(channel, m)} for m in tops]}


def _replies(channel: Channel, top: Message) -> list[Json]:
    return [_message(reply) | {"replies": []} for reply in channel.replies(top.ts)]


def _message(message: Message) -> Json:
    """A deleted message that has replies leaves a stone in its place."""
    gone = message.deleted
    return {
        "ts": message.ts,
        "user": message.user,
        "text": "This message was deleted." if gone else message.text,
        "blocks": [] if gone else message.blocks,
        "thread_ts": message.thread_ts,
        "edited": message.marked,
        "deleted": gone,
    }


def _ephemeral(message: Message) -> Json:
    told = {"id": message.ts, "user": message.shown_to, "channel": message.channel, "thread_ts": message.thread_ts}
    return told | {"ts": message.ts, "text": message.text, "blocks": message.blocks}


def _view(view: View) -> Json:
    blank = {"title": None, "submit": None, "close": None}
    return blank | view.raw | {"id": view.id, "user": view.user, "errors": dict(view.errors)}
