"""The HTTP API as a program uses it; every answer is checked against the API's own description."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import aiohttp
import pytest
from jsonschema import Draft202012Validator
from pydantic import SecretStr
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.stories.harness import Stage, story

TOKEN = "a-long-secret-of-the-api"
OPERATIONS = {"create": "post", "invite": "post", "status": "get", "hangup": "post"}


class Answer(NamedTuple):
    status: int
    body: dict[str, Any]
    headers: dict[str, str]


@dataclass
class Client:
    """``token`` "" sends no header."""

    stage: Stage
    session: aiohttp.ClientSession
    description: dict[str, Any]
    token: str = TOKEN

    async def create(self, topic: str = "payments", key: str = "") -> str:
        answer = await self.call("/conferences/create", {"topic": topic}, key=key)
        assert answer.status == 200, answer.body
        return str(answer.body["conference_id"])

    async def invite(self, conference_id: str, to: object, key: str = "") -> Answer:
        return await self.call(f"/conferences/{conference_id}/invite", {"to": to}, key=key)

    async def status(self, conference_id: str) -> Answer:
        return await self.call(f"/conferences/{conference_id}/status")

    async def hangup(self, conference_id: str, key: str = "") -> Answer:
        return await self.call(f"/conferences/{conference_id}/hangup", key=key)

    async def call(self, path: str, body: object = None, *, key: str = "", data: BinaryIO | None = None) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= {"Idempotency-Key": key} if key else {}
        method = OPERATIONS[path.rsplit("/", 1)[1]]
        sends: dict[str, Any] = {"data": data} if data is not None else {"json": body} if body is not None else {}
        async with self.session.request(method, self.stage.url + path, headers=headers, **sends) as got:
            answer = Answer(got.status, await got.json(), dict(got.headers))
        self._check(path, method, answer)
        return answer

    def _check(self, path: str, method: str, answer: Answer) -> None:
        """The answer is one that ``/openapi.json`` promises."""
        template = (
            "/conferences/create" if path.endswith("/create") else f"/conferences/{{id}}/{path.rsplit('/', 1)[1]}"
        )
        promised = self.description["paths"][template][method]["responses"]
        assert str(answer.status) in promised, f"{answer.status} is not described: {answer.body}"
        schema = promised[str(answer.status)]["content"]["application/json"]["schema"]
        registry = Registry[Any]().with_resource("urn:api", DRAFT202012.create_resource(self.description))
        Draft202012Validator({"$ref": "urn:api" + schema["$ref"]}, registry=registry).validate(answer.body)


@asynccontextmanager
async def api(folder: Path, caplog: pytest.LogCaptureFixture, **settings: Any) -> AsyncIterator[Client]:
    """A stage with the HTTP API on."""
    settings.setdefault("confab_api_token", SecretStr(TOKEN))
    async with story(folder, caplog, **settings) as stage, aiohttp.ClientSession() as session:
        async with session.get(f"{stage.url}/openapi.json") as answer:
            description = await answer.json()
        yield Client(stage, session, description)
