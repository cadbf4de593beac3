"""Files in three steps: a place to upload to, the bytes, and then they are shared
(https://docs.slack.dev/messaging/working-with-files#uploading_files).
"""

from typing import Any

from aiohttp import web

from web.sandbox.slack.chat import Method, missing, read_blocks, read_json, thread, where
from web.sandbox.slack.records import Channel, File, Json, Refused
from web.sandbox.slack.workspace import Workspace

MOST_CHANNELS = 100


def get_upload_url(ws: Workspace, args: Json) -> Json:
    ws.need("files:write")
    if not args.get("filename"):
        raise missing("filename")
    if len(str(args.get("alt_txt") or "")) > 1000:
        raise Refused("alt_txt_too_large")
    name, key = str(args["filename"]), ws.new_id("F")
    url = f"https://files.slack.com/files-pri/{ws.team_id}-{key}/{name}"
    ws.files[key] = File(id=key, name=name, title=name, length=_length(args), user=ws.bot.id, url=url)
    return {"upload_url": f"{ws.base}/upload/{key}", "file_id": key}


def _length(args: Json) -> int:
    text = str(args.get("length") or "")
    if text in {"", "0"}:  # an empty file is as good as none
        raise Refused("missing_argument")
    if not text.isdecimal():
        raise missing("length")
    return int(text)


def complete_upload(ws: Workspace, args: Json) -> Json:
    """Shares the files as one message in each channel; before this nobody sees them."""
    ws.need("files:write")
    asked = read_json(args, "files", "invalid_arguments")
    if not isinstance(asked, list) or not asked:
        raise missing("files")
    files = [_uploaded(ws, one) for one in asked]
    channels = _channels(ws, args)
    tops = [_thread(channel, args) for channel in channels]
    comment = str(args.get("initial_comment") or "")
    blocks = [] if comment else read_blocks(ws, args)
    for file, one in zip(files, asked, strict=True):
        file.title = str(one.get("title") or file.name)
        file.created = int(ws.clock.now())
    for channel, top in zip(channels, tops, strict=True):
        message = ws.post(channel, ws.bot, comment, blocks=blocks, thread_ts=top, files=files)
        for file in files:
            file.channel, file.thread_ts, file.ts = channel.id, message.thread_ts, message.ts
    ws.changed()
    return {"files": [file.picture() for file in files]}


def _uploaded(ws: Workspace, asked: Any) -> File:
    file = ws.files.get(str(asked.get("id"))) if isinstance(asked, dict) else None
    if file is None or not file.data:
        raise Refused("file_not_found")
    return file


def _channels(ws: Workspace, args: Json) -> list[Channel]:
    names = [name for name in str(args.get("channels") or args.get("channel_id") or "").split(",") if name]
    if len(names) > MOST_CHANNELS:
        raise Refused("channels_limit_exceeded")
    if len(names) > 1 and args.get("thread_ts"):
        raise Refused("invalid_arguments")
    return [where(ws, {"channel": name}) for name in names]


def _thread(channel: Channel, args: Json) -> str | None:
    """What Slack answers to a thread that is not there is not documented."""
    try:
        return thread(channel, args)
    except Refused:
        raise Refused("invalid_arguments") from None


class Uploads:
    """Takes the bytes, as they are or as a form's file, which needs no token: the address is the secret."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws

    async def handle(self, request: web.Request) -> web.Response:
        file = self._ws.files.get(request.match_info["file"])
        if file is None or file.channel:
            return web.Response(status=404)
        data = await _bytes(request)
        if len(data) != file.length:
            return web.Response(status=400, text="length_mismatch")
        file.data = data
        return web.Response(text=f"OK - {len(data)}")


async def _bytes(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    posted = (await request.post()).values()
    return b"".join(part.file.read() for part in posted if isinstance(part, web.FileField))


METHODS: dict[str, Method] = {
    "files.getUploadURLExternal": get_upload_url,
    "files.completeUploadExternal": complete_upload,
}
