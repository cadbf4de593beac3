"""The description of the HTTP API, served at ``/openapi.json``."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

_ERROR = {
    "description": "What is wrong",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}
_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 255},
    "description": "A repeated request with the same key does nothing new and gets the first answer",
}
_PHASES = ["queued", "dialing", "answered", "joined", "gone"]


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


def _enum(*values: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


_STRING = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_MAYBE = {"type": ["string", "null"]}

SCHEMAS: dict[str, Any] = {
    "Error": _object(["error"], error=_STRING, status_code={"type": "integer"}),
    "CreateRequest": _object([], topic={"type": "string", "maxLength": 500}),
    "Created": _object(["conference_id", "status"], conference_id=_STRING, status=_enum("created")),
    "InviteRequest": _object(["to"], to={"type": "string", "description": "E.164, e.g. +15551234567"}),
    "Invited": _object(
        ["call_control_id", "to", "conference_id", "status"],
        call_control_id=_MAYBE,
        to=_STRING,
        conference_id=_STRING,
        status=_enum("initiated", "queued"),
    ),
    "Status": _object(
        ["conference_id", "participants", "created_at", "participant_count", "joined_count", "phase", "roster"],
        conference_id=_STRING,
        participants={"type": "array", "items": _STRING, "description": "Call control ids of live legs"},
        created_at={"type": "string", "format": "date-time"},
        participant_count=_COUNT,
        joined_count=_COUNT,
        phase=_enum("open", "live", "ended"),
        roster={"type": "array", "items": {"$ref": "#/components/schemas/Row"}},
    ),
    "Row": _object(
        ["name", "phase", "why", "call_control_id"],
        name=_STRING,
        phase=_enum(*_PHASES),
        why=_MAYBE,
        call_control_id=_MAYBE,
    ),
    "HungUp": _object(
        ["conference_id", "disconnected_participants", "status"],
        conference_id=_STRING,
        disconnected_participants=_COUNT,
        status=_enum("conference_ended"),
    ),
}


def _answer(schema: str, description: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}


def _operation(name: str, summary: str, answers: dict[str, Any], errors: list[int], **rest: Any) -> dict[str, Any]:
    responses = answers | {str(status): _ERROR for status in (*errors, 500)}
    return {"operationId": name, "summary": summary, "responses": responses, **rest}


def _takes(schema: str, *, required: bool) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"required": required, "content": content}


_CREATE = _operation(
    "createConference",
    "Create a conference; nobody is rung yet",
    {"200": _answer("Created", "Created")},
    [400, 401, 413, 422, 429, 503],
    parameters=[_KEY],
    requestBody=_takes("CreateRequest", required=False),
)
_INVITE = _operation(
    "inviteParticipant",
    "Ring a phone into the conference; waits up to 3 s for Telnyx's answer",
    {"200": _answer("Invited", "It rings"), "202": _answer("Invited", "Telnyx has not answered yet")},
    [400, 401, 403, 404, 409, 413, 422, 429, 503],
    parameters=[_ID, _KEY],
    requestBody=_takes("InviteRequest", required=True),
)
_STATUS = _operation(
    "conferenceStatus",
    "Who is in, ringing or missing",
    {"200": _answer("Status", "The conference as it is now")},
    [401, 404, 429, 503],
    parameters=[_ID],
)
_HANGUP = _operation(
    "endConference",
    "End the conference for everybody",
    {"200": _answer("HungUp", "Ended, or over already")},
    [400, 401, 404, 409, 422, 429, 503],
    parameters=[_ID, _KEY],
)

DESCRIPTION: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Confab", "version": "1", "description": "Telephone conferences over HTTP"},
    "paths": {
        "/conferences/create": {"post": _CREATE},
        "/conferences/{id}/invite": {"post": _INVITE},
        "/conferences/{id}/status": {"get": _STATUS},
        "/conferences/{id}/hangup": {"post": _HANGUP},
    },
    "components": {"schemas": SCHEMAS, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    "security": [{"token": []}],
}


async def serve(_request: Request) -> Response:
    return JSONResponse(DESCRIPTION)
