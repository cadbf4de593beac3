"""What an app says back without the Web API: the body of its acknowledgement, and its posts to a response_url."""

import json

from aiohttp import web

from web.sandbox.slack.chat import read_blocks, read_text, thread
from web.sandbox.slack.records import Json, Message, Refused
from web.sandbox.slack.workspace import Grant, Workspace

LIFETIME = 30 * 60  # seconds a response_url works


def reply(ws: Workspace, grant: Grant, body: Json) -> None:
    """Show an app's answer: to one person unless it says ``in_channel``, new unless it replaces or deletes."""
    if body.get("delete_original") and grant.original:
        ws.delete(grant.original)
        return
    blocks = read_blocks(ws, body)
    text = read_text(body, blocks)
    if body.get("replace_original") and grant.original and not grant.original.deleted:
        ws.edit(grant.original, text, blocks)
        return
    _say(ws, grant, text, blocks, body)


def _say(ws: Workspace, grant: Grant, text: str, blocks: list[Json], body: Json) -> None:
    channel = ws.channels[grant.channel]
    public = body.get("response_type") == "in_channel"
    if public and grant.typed:
        ws.post(channel, ws.user(grant.user), grant.typed)
        grant.typed = None
    top = thread(channel, body)
    ws.post(channel, ws.bot, text, blocks=blocks, thread_ts=top, shown_to=None if public else grant.user)


def acknowledged(ws: Workspace, grant: Grant, body: str) -> None:
    """The body of a slash command's acknowledgement: nothing, plain text, or JSON like that of a response_url."""
    if not body.strip():
        return
    try:
        told = json.loads(body)
    except ValueError:
        told = body
    try:
        reply(ws, grant, told if isinstance(told, dict) else {"text": body})
    except Refused as refused:
        failed(ws, grant, refused.error)


def failed(ws: Workspace, grant: Grant, error: str) -> Message:
    """What Slack itself shows to a person whose command the app did not take."""
    command = (grant.typed or "").split(" ")[0]
    text = f"{command} failed with the error “{error}”"
    return ws.post(ws.channels[grant.channel], ws.slackbot, text, shown_to=grant.user)


def _use(ws: Workspace, key: str) -> Grant:
    grant = ws.grants.get(key)
    if grant is None or ws.clock.now() > grant.until:
        raise Refused("expired_url", status=404)
    if grant.left == 0:
        raise Refused("used_url", status=404)
    grant.left -= 1
    return grant


class ResponseUrls:
    def __init__(self, ws: Workspace) -> None:
        self._ws = ws

    async def handle(self, http: web.Request) -> web.StreamResponse:
        try:
            body = json.loads(await http.text())
            reply(self._ws, _use(self._ws, http.match_info["key"]), body)
        except Refused as refused:
            status = 400 if refused.status == 200 else refused.status
            return web.json_response(refused.answer, status=status)
        except ValueError:
            return web.Response(status=400, text="invalid_payload")
        return web.Response(text="ok")
