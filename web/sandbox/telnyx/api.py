"""The HTTP side: which operation a request means, whether it may be done, and what is answered."""

import asyncio
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response

from web.sandbox.clock import Clock
from web.sandbox.telnyx import call_commands as legs
from web.sandbox.telnyx import room_commands as bridges
from web.sandbox.telnyx.call_commands import CallCommands
from web.sandbox.telnyx.delivery import Post
from web.sandbox.telnyx.fields import COMMAND, Body, Fields, check
from web.sandbox.telnyx.reads import Query, Reads
from web.sandbox.telnyx.refusals import Refusal
from web.sandbox.telnyx.room_commands import RoomCommands
from web.sandbox.telnyx.trouble import Trouble

DEDUPE_SECS = 60  # Telnyx ignores a repeated command_id for so long
OK: dict[str, object] = {"result": "ok"}
Command = Callable[[str, Body], dict[str, object]]


@dataclass
class Request:
    """``path`` as it was on the wire, ``operation`` such as "POST calls/*/actions/hangup" (empty when unknown),
    ``status`` None when it was never answered.
    """

    at: float
    method: str
    path: str
    query: dict[str, str]
    body: dict[str, object] | None
    operation: str = ""
    status: int | None = None
    answer: dict[str, object] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


class Api:
    def __init__(self, clock: Clock, trouble: Trouble, post: Post, api_key: str) -> None:
        self.requests: list[Request] = []
        self.closing = asyncio.Event()
        self._clock = clock
        self._trouble = trouble
        self._post = post
        self._api_key = api_key
        self._commands: dict[str, tuple[Command, Fields]] = {}
        self._questions: dict[str, Callable[[str, Query], dict[str, object]]] = {}
        self._done: dict[tuple[str, str], tuple[float, dict[str, object]]] = {}

    def serve_calls(self, calls: CallCommands) -> None:
        self._commands["POST calls"] = (lambda _, body: calls.dial(body), legs.DIAL)
        for name, command, fields in (
            ("answer", calls.answer, COMMAND),
            ("reject", calls.reject, legs.REJECT),
            ("hangup", calls.hangup, COMMAND),
            ("speak", calls.speak, legs.VOICED),
            ("playback_start", calls.playback_start, legs.PLAY),
            ("playback_stop", calls.playback_stop, COMMAND),
            ("gather", calls.gather, legs.GATHER),
            ("gather_using_speak", calls.gather_using_speak, legs.GATHER_USING_SPEAK),
            ("gather_stop", calls.gather_stop, COMMAND),
            ("send_dtmf", calls.send_dtmf, legs.SEND_DTMF),
            ("transcription_start", calls.transcription_start, legs.TRANSCRIBE),
            ("transcription_stop", calls.transcription_stop, COMMAND),
        ):
            self._commands[f"POST calls/*/actions/{name}"] = (_silent(command), fields)

    def serve_rooms(self, rooms: RoomCommands) -> None:
        self._commands["POST conferences"] = (lambda _, body: rooms.create(body), bridges.CREATE)
        for name, command, fields in (
            ("join", rooms.join, bridges.JOIN),
            ("leave", rooms.leave, bridges.LEAVE),
            ("mute", rooms.mute, bridges.SOME),
            ("unmute", rooms.unmute, bridges.SOME),
            ("hold", rooms.hold, bridges.SOME),
            ("unhold", rooms.unhold, bridges.UNHOLD),
            ("speak", rooms.speak, bridges.SPEAK),
            ("play", rooms.play, bridges.PLAY),
            ("stop", rooms.stop, bridges.SOME),
            ("record_start", rooms.record_start, bridges.RECORD),
            ("record_stop", rooms.record_stop, bridges.RECORDING),
            ("record_pause", rooms.record_pause, bridges.RECORDING),
            ("record_resume", rooms.record_resume, bridges.RECORDING),
            ("end", rooms.end, bridges.END),
        ):
            self._commands[f"POST conferences/*/actions/{name}"] = (_silent(command), fields)

    def serve_reads(self, reads: Reads) -> None:
        self._questions |= {
            "GET calls/*": reads.call,
            "GET connections/*/active_calls": reads.active_calls,
            "GET conferences": lambda _, query: reads.conferences(query),
            "GET conferences/*": reads.conference,
            "GET conferences/*/participants": reads.participants,
            "GET recordings": lambda _, query: reads.recordings(query),
            "GET recordings/*": reads.recording,
            "GET balance": lambda _, query: reads.balance(query),
            "GET call_control_applications/*": reads.call_control_application,
        }

    async def handle(self, http: HttpRequest) -> Response:
        try:
            request = await self._note(http)
        except ClientDisconnect:  # it was killed while it asked
            return Response(status_code=400)
        self.requests.append(request)
        if self._trouble.spend("api_hang"):
            return await self._hold(http)
        status, answer, headers = self._answer(http, request)
        if request.operation == "POST calls" and status == 200 and self._trouble.before_answer:
            await self._post.told(_leg(answer))
        if self._trouble.spend("api_hang_after"):
            return await self._hold(http)
        if self._trouble.spend("api_500_after"):
            status, answer = 500, _server_error()
        request.status, request.answer = status, answer
        return JSONResponse(answer, status, headers)

    async def _note(self, http: HttpRequest) -> Request:
        raw = await http.body()
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            body = None
        path = http.scope["raw_path"].decode("ascii").partition("?")[0]
        request = Request(self._clock.now(), http.method, path, dict(http.query_params), body)
        request.headers = dict(http.headers)
        return request

    async def _hold(self, http: HttpRequest) -> JSONResponse:
        """Say nothing until the client has gone, or the sandbox closes."""
        closing = asyncio.ensure_future(self.closing.wait())
        gone = asyncio.ensure_future(http.receive())
        _, left = await asyncio.wait({closing, gone}, return_when=asyncio.FIRST_COMPLETED)
        for task in left:
            task.cancel()
        return JSONResponse(_server_error(), 503)

    def _answer(self, http: HttpRequest, request: Request) -> tuple[int, dict[str, object], dict[str, str]]:
        if self._trouble.spend("api_429"):
            limits = {"x-ratelimit-limit": "20", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}
            return 429, Refusal("10011", "You have exceeded the rate limit.").body(), {**limits, "retry-after": "1"}
        if self._trouble.spend("api_500"):
            return 500, _server_error(), {}
        try:
            self._authenticate(http)
            return 200, self._execute(request), {}
        except Refusal as refusal:
            return refusal.status, refusal.body(), {}

    def _authenticate(self, http: HttpRequest) -> None:
        given = http.headers.get("authorization", "").encode()
        if self._trouble.bad_key or not hmac.compare_digest(given, f"Bearer {self._api_key}".encode()):
            raise Refusal("10009", "Could not find any usable credentials in the request.")

    def _execute(self, request: Request) -> dict[str, object]:
        request.operation, subject = _operation(request)
        if question := self._questions.get(request.operation):
            return question(subject, request.query)
        if request.operation not in self._commands:
            request.operation = ""
            raise Refusal("10005", "The requested resource or URL could not be found.")
        if not isinstance(request.body, Mapping | None):
            raise Refusal("10015", "The request body is not a JSON object.", status=400)
        command, fields = self._commands[request.operation]
        check(request.body or {}, fields)
        return {"data": self._once(request, subject, command)}

    def _once(self, request: Request, subject: str, command: Command) -> dict[str, object]:
        """A repeated command_id is ignored; what Telnyx then answers is not published: here the same again."""
        body = request.body or {}
        key = (_scope(request.operation, subject), str(body.get("command_id")))
        at, answer = self._done.get(key, (0.0, OK))
        if "command_id" in body and self._clock.now() - at < DEDUPE_SECS:
            return answer
        answer = command(subject, body)
        if "command_id" in body:
            self._done[key] = (self._clock.now(), answer)
        return answer


def _silent(command: Callable[[str, Body], None]) -> Command:
    def run(subject: str, body: Body) -> dict[str, object]:
        command(subject, body)
        return OK

    return run


def _operation(request: Request) -> tuple[str, str]:
    """Its name, and the id in its path."""
    kind, *rest = request.path.removeprefix("/v2/").split("/")
    name = "/".join([kind, "*", *rest[1:]] if rest else [kind])
    return f"{request.method} {name}", unquote(rest[0]) if rest else ""


def _scope(operation: str, subject: str) -> str:
    """Telnyx dedupes calls' commands per call, ends per conference, and the rest per kind."""
    per_subject = operation.startswith("POST calls/") or operation.endswith("/end")
    return subject if per_subject else operation


def _leg(answer: Mapping[str, object]) -> str:
    data = answer["data"]
    return str(data["call_leg_id"]) if isinstance(data, Mapping) else ""


def _server_error() -> dict[str, object]:
    return {"errors": [{"code": "10007", "title": "Unexpected error", "detail": "An unexpected error occurred."}]}
