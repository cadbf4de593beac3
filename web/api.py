"""The tutorial's HTTP API: create, invite, status, hang up; behind a bearer token."""

import asyncio
import hashlib
import hmac
import json
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.bootstrap import Program
from bot.core import dcodes, phone, policy
from bot.core.conference import Leg, Picture
from bot.core.inputs import API, Options, Person, Where
from bot.core.inputs import Request as Asked
from bot.core.replies import Nothing, Refusal, Refused, Reply, Told
from bot.core.roles import Role
from bot.store import ledger
from bot.store.db import StoreBusyError
from web import openapi
from web.bodies import Bodies, TooLargeError, TooManyError
from web.refusals import Refusals

WAIT_FOR_TELNYX = 3.0  # seconds that an invite waits for Telnyx's answer
LOOK_EVERY = 0.05

MOST_TOPIC = 500  # characters
MOST_KEY = 255  # characters of an Idempotency-Key

_BAD_TO = "Phone number must be in E.164 format (e.g., +15551234567)"
_STATUS_OF_REFUSAL = {"forbidden": 403, "unknown": 404, "over": 409, "unreadable": 400, "limit": 429}

Endpoint = Callable[[Request], Awaitable[Response]]


class ApiError(Exception):
    def __init__(self, status: int, error: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(error)
        self.response = JSONResponse({"error": error}, status, headers)


class Api:
    def __init__(self, program: Program, token: str, bodies: Bodies, refusals: Refusals) -> None:
        self._program = program
        self._token = _digest(token.encode())
        self._bodies = bodies
        self._refusals = refusals

    def routes(self) -> list[Route]:
        return [
            Route("/openapi.json", openapi.serve, methods=["GET"]),  # says what stands in our README; needs no token
            Route("/conferences/create", self._guarded(self.create), methods=["POST"]),
            Route("/conferences/{id}/invite", self._guarded(self.invite), methods=["POST"]),
            Route("/conferences/{id}/status", self._guarded(self.status), methods=["GET"]),
            Route("/conferences/{id}/hangup", self._guarded(self.hangup), methods=["POST"]),
        ]

    async def create(self, request: Request) -> Response:
        body = await self._json(request, required=False)
        topic = body.get("topic", "")
        if not isinstance(topic, str) or len(topic) > MOST_TOPIC:
            raise ApiError(400, f"'topic' must be a string of at most {MOST_TOPIC} characters")
        where = Where(team=self._program.team, channel=self._program.settings.slack_default_channel)
        told = await self._ask(request, "create", where, body, topic=_line(topic) or "Conference")
        return JSONResponse({"conference_id": told.conference_id, "status": "created"})

    async def invite(self, request: Request) -> Response:
        conference_id = request.path_params["id"]
        await self._picture(conference_id)
        body = await self._json(request)
        number = self._number(body.get("to"))
        await self._may_ring(number, conference_id)
        who = (Person(phone.masked(number), number),)
        told = await self._ask(request, "invite", Where(conference_id=conference_id), body, people=who)
        leg_id = told.leg_ids[0] if told.leg_ids else await self._latest_leg(conference_id, number)
        leg = await self._wait_for_telnyx(leg_id)
        answer = {"call_control_id": leg.call_control_id, "to": number, "conference_id": conference_id}
        if leg.call_control_id:
            return JSONResponse({**answer, "status": "initiated"})
        if leg.alive:
            return JSONResponse({**answer, "status": "queued"}, 202)
        return _refused_by_telnyx(leg)

    async def status(self, request: Request) -> Response:
        picture = await self._picture(request.path_params["id"])
        legs = [row.leg for row in picture.rows if row.leg and row.leg.alive and row.leg.call_control_id]
        conference = picture.conference
        return JSONResponse(
            {
                "conference_id": conference.id,
                "participants": [leg.call_control_id for leg in legs],
                "created_at": datetime.fromtimestamp(conference.created_at, UTC).isoformat(),
                "participant_count": len(legs),
                "joined_count": conference.in_room,
                "phase": conference.phase.value,
                "roster": [_row(row.participant.name, row.leg) for row in picture.rows],
            }
        )

    async def hangup(self, request: Request) -> Response:
        conference_id = request.path_params["id"]
        await self._picture(conference_id)
        try:
            told = await self._ask(request, "end", Where(conference_id=conference_id), {}, rest="now")
        except ApiError as error:
            if error.response.status_code != _STATUS_OF_REFUSAL["over"]:
                raise
            told = Told(())
        ended = {"disconnected_participants": len(told.leg_ids), "status": "conference_ended"}
        return JSONResponse({"conference_id": conference_id, **ended})

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        """Only with the token; and never a bare 500."""

        async def guarded(request: Request) -> Response:
            if not self._has_token(request):
                challenge = {"WWW-Authenticate": "Bearer"}
                return self._refusals.answer(request, "the API", 401, "Missing or wrong bearer token", challenge)
            try:
                return await endpoint(request)
            except ApiError as error:
                return error.response
            except (SQLAlchemyError, StoreBusyError):
                return JSONResponse({"error": "The database cannot be reached just now"}, 503)

        return guarded

    def _has_token(self, request: Request) -> bool:
        """Digests are compared, so that the time tells nothing, not even how long the token is."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(_digest(token.strip().encode("latin-1")), self._token)
        return same and scheme.lower() == "bearer"

    def _number(self, to: object) -> str:
        if to is None or to == "":
            raise ApiError(400, "Missing required field: 'to'")
        if not isinstance(to, str) or not to.startswith("+"):
            raise ApiError(400, _BAD_TO)
        try:
            number = phone.read(to, self._program.rules.region)
        except Refusal as refusal:
            raise ApiError(400, f"{_BAD_TO}: {refusal.wrong}") from None
        return number

    async def _may_ring(self, number: str, conference_id: str) -> None:
        try:
            policy.may_ring(self._program.rules, [Person(phone.masked(number), number)])
        except Refusal as refusal:
            key = f"api:refused:{uuid.uuid4()}"
            await self._program.service.note_refusal(key, "invite", API.name, refusal.code, conference_id)
            raise ApiError(403, refusal.wrong) from None

    async def _ask(
        self,
        request: Request,
        verb: str,
        where: Where,
        body: dict[str, Any],
        *,
        people: tuple[Person, ...] = (),
        topic: str = "",
        rest: str = "",
    ) -> Told:
        given = request.headers.get("idempotency-key", "")
        if len(given) > MOST_KEY:
            raise ApiError(400, f"An Idempotency-Key has at most {MOST_KEY} characters")
        key = f"api:{request.url.path}:{given or uuid.uuid4()}"
        meant = {name: body[name] for name in ("to", "topic") if name in body}
        fingerprint = hashlib.sha256(json.dumps(meant, sort_keys=True).encode()).hexdigest()
        # A program that wants a second try asks for it.
        asked = Asked(
            key, verb, API, where, people, topic, rest, Options(redials=0), Role.OPERATOR, fingerprint=fingerprint
        )
        reply = await self._program.service.request(asked)
        return await self._said_before(asked) if isinstance(reply, Nothing) else _told(reply)

    async def _said_before(self, asked: Asked) -> Told:
        """The answer that this Idempotency-Key got the first time."""
        entry = await self._program.store.read(lambda connection: ledger.entry(connection, asked.key))
        assert entry is not None
        if entry.body.get("print") != asked.fingerprint:
            raise ApiError(422, "This Idempotency-Key was used for another request")
        if entry.answer["kind"] != "Told":
            raise ApiError(
                _STATUS_OF_REFUSAL.get(entry.answer.get("code", ""), 409), "Refused before; see the first answer"
            )
        return Told((), entry.answer["conference_id"], tuple(entry.answer["leg_ids"]))

    async def _json(self, request: Request, *, required: bool = True) -> dict[str, Any]:
        try:
            raw = await self._bodies.read(request)
        except TooLargeError:
            raise ApiError(413, "The body is over 1 MiB") from None
        except TooManyError:
            raise ApiError(503, "Too many large bodies at once; please come again") from None
        return _read(raw) if raw or required else {}

    async def _picture(self, conference_id: str) -> Picture:
        plain = len(conference_id) <= MOST_KEY and conference_id.isprintable()  # PostgreSQL takes no NUL
        picture = await self._program.service.picture(conference_id) if plain else None
        if picture is None:
            raise ApiError(404, "Conference not found")
        return picture

    async def _latest_leg(self, conference_id: str, number: str) -> str:
        """Of somebody who is in or being rung already."""
        rows = (await self._picture(conference_id)).rows
        return next(row.participant.leg_id for row in rows if row.participant.number == number)

    async def _wait_for_telnyx(self, leg_id: str) -> Leg:
        """The leg once Telnyx has answered for it, or as it is when the time is up."""
        give_up = asyncio.get_running_loop().time() + WAIT_FOR_TELNYX
        while True:
            scene = await self._program.store.read(lambda connection: ledger.leg_scene(connection, leg_id, 0.0))
            assert scene is not None
            leg = scene.legs[leg_id]
            if leg.call_control_id or not leg.alive or asyncio.get_running_loop().time() > give_up:
                return leg
            await asyncio.sleep(LOOK_EVERY)


def _read(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
        json.dumps(body, ensure_ascii=False).encode()  # half a character can neither be stored nor answered
    except (ValueError, RecursionError):
        raise ApiError(400, "The body is not JSON") from None
    if not isinstance(body, dict):
        raise ApiError(400, "The body must be a JSON object")
    return body


def _line(text: str) -> str:
    """On one line, without what cannot be seen."""
    return "".join(one for one in " ".join(text.split()) if one.isprintable())


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()


def _told(reply: Reply) -> Told:
    if isinstance(reply, Refused):
        raise ApiError(_STATUS_OF_REFUSAL.get(reply.code, 409), reply.wrong)
    assert isinstance(reply, Told)
    return reply


def _row(name: str, leg: Leg | None) -> dict[str, Any]:
    if leg is None:
        return {"name": name, "phase": "queued", "why": None, "call_control_id": None}
    why = leg.why.value if leg.why else None
    return {"name": name, "phase": leg.phase.value, "why": why, "call_control_id": leg.call_control_id}


def _refused_by_telnyx(leg: Leg) -> Response:
    """The tutorial's error table."""
    status = leg.refused_status
    if status == 401:
        return JSONResponse({"error": "Invalid API key"}, 401)
    if status == 429:
        return JSONResponse({"error": "Rate limit exceeded. Please slow down."}, 429)
    if 400 <= status < 500:
        why = dcodes.words(leg.detail) or "Telnyx refused the call"
        return JSONResponse({"error": f"{why} ({leg.detail})", "status_code": status}, status)
    return JSONResponse({"error": "Network error connecting to Telnyx"}, 503)
