"""Files in three steps: a place to upload to, the bytes, and then they are shared
(https://docs.slack.dev/messaging/working-with-files#uploading_files).
"""

from typing import Any

from aiohttp import web

from web.sandbox.slack.chat import Method, read_json, thread, where
from web.sandbox.slack.records import File, Json, Refused
from web.sandbox.slack.workspace import Workspace


def get_upload_url(ws: Workspace, args: Json) -> Json:
    ws.need("files:write")
    name, length = str(args.get("filename") or ""), _length(args)
    if not name:
        raise Refused("invalid_arguments")
    file = File(id=ws.new_id("F"), name=name, length=length)
    ws.files[file.id] = file
    return {"upload_url": f"{ws.base}/upload/{file.id}", "file_id": file.id}


def complete_upload(ws: Workspace, args: Json) -> Json:
    """Shares the files as one message; before this nobody sees them."""
    ws.need("files:write")
    asked = read_json(args, "files", "invalid_arguments")
    if not isinstance(asked, list) or not asked:
        raise Refused("invalid_arguments")
    files = [_uploaded(ws, one) for one in asked]
    if not args.get("channel_id"):
        return {"files": [{"id": file.id, "title": file.name} for file in files]}
    channel = where(ws, {"channel": args["channel_id"]})
    names = ", ".join(file.name for file in files)
    text = "\n".join(filter(None, [str(args.get("initial_comment") or ""), f"📎 {names}"]))
    message = ws.post(channel, ws.bot, text, thread_ts=thread(channel, args))
    for file in files:
        file.channel, file.thread_ts, file.ts = channel.id, message.thread_ts, message.ts
    ws.changed()
    return {"files": [{"id": file.id, "title": file.name} for file in files]}


class Uploads:
    """Takes the bytes, which need no token: the address is the secret."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws

    async def handle(self, request: web.Request) -> web.Response:
        file = self._ws.files.get(request.match_info["file"])
        if file is None:
            return web.Response(status=404)
        posted: Any = (await request.post()).get("file")
        data = posted.file.read() if isinstance(posted, web.FileField) else b""
        if len(data) != file.length:
            return web.Response(status=400, text="length_mismatch")
        file.data = data
        return web.Response(text=f"OK - {len(data)}")


def _length(args: Json) -> int:
    text = str(args.get("length") or "")
    if not text.isdecimal() or int(text) < 1:
        raise Refused("invalid_arguments")
    return int(text)


def _uploaded(ws: Workspace, asked: Any) -> File:
    file = ws.files.get(str(asked.get("id"))) if isinstance(asked, dict) else None
    if file is None or not file.data:
        raise Refused("file_not_found")
    return file


METHODS: dict[str, Method] = {
    "files.getUploadURLExternal": get_upload_url,
    "files.completeUploadExternal": complete_upload,
}
