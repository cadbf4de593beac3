"""Two tiny stand-ins for the page's server, and a visitor of it."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from web.sandbox.clock import Clock
from web.sandbox.site import Feed

SOON = 60  # seconds that anything may take on a busy machine
ANA = "U1"
ROOM = "C1"
NUMBER = "+12125550101"


@dataclass
class Answer:
    status: int | None = 200

    @property
    def ok(self) -> bool:
        return self.status == 200


@dataclass
class File:
    name: str
    data: bytes


class Switches:
    def __init__(self) -> None:
        self.all: dict[str, object] = {"twice": False}

    def set(self, name: str, value: object) -> None:
        if name not in self.all:
            raise ValueError(f"there is no trouble called {name!r}")
        self.all[name] = value


class FakeSlack:
    """Keeps what it was told to do in ``did``."""

    def __init__(self) -> None:
        self.users = {ANA: "ana"}
        self.channels = {ROOM: "incidents"}
        self.trouble = Switches()
        self.did: list[tuple[object, ...]] = []
        self.answer = Answer()
        self.changed: Callable[[], None] = lambda: None

    def on_change(self, callback: Callable[[], None]) -> None:
        self.changed = callback

    def direct(self, user: str) -> str:
        return f"direct messages of {user}"

    def find(self, channel: str, ts: str) -> str | None:
        return f"{ts} in {channel}" if ts == "1.0" else None

    def view(self, view_id: str) -> str:
        return {"V1": "the view"}[view_id]

    async def command(self, user: str, channel: str, text: str) -> Answer:
        return self._do("command", user, channel, text)

    async def say(self, user: str, channel: str, text: str, *, thread_ts: str | None) -> Answer:
        return self._do("say", user, channel, text, thread_ts)

    async def click(self, user: str, place: str, action_id: str, *, value: str | None, row: str | None) -> Answer:
        if row == "of before the edit":
            raise AssertionError("0 places fit")
        return self._do("click", user, place, action_id, value, row)

    async def submit(self, user: str, view_id: str, values: dict[str, Any]) -> Answer:
        return self._do("submit", user, view_id, values)

    async def close_view(self, user: str, view_id: str) -> None:
        self._do("close_view", user, view_id)

    def file(self, file_id: str) -> File | None:
        return {"F1": File("café.txt", b"hello")}.get(file_id)

    async def shortcut(self, user: str, callback_id: str, channel: str) -> Answer:
        return self._do("shortcut", user, callback_id, channel)

    async def message_shortcut(self, user: str, callback_id: str, message: str) -> Answer:
        return self._do("about", user, callback_id, message)

    async def home_opened(self, user: str) -> Answer:
        return self._do("home", user)

    def _do(self, *what: object) -> Answer:
        self.did.append(what)
        self.changed()
        return self.answer

    def snapshot(self) -> dict[str, Any]:
        return {"done": len(self.did), "trouble": self.trouble.all}


@dataclass
class FakePhone:
    number: str
    mood: str = "person"
    did: list[str] = field(default_factory=list)

    def answers(self) -> None:
        raise AssertionError("cannot answer: it is idle")

    def declines(self) -> None:
        self.did.append("declined")

    def hangs_up(self) -> None:
        self.did.append("hung up")

    def presses(self, digits: str) -> None:
        self.did.append(digits)

    def holds(self) -> None:
        self.did.append("held")

    def unholds(self) -> None:
        self.did.append("took back")

    def speaks(self, text: str) -> None:
        self.did.append(f"said {text}")

    def dials(self, number: str) -> None:
        self.did.append(f"dialled {number}")


class FakeTelnyx:
    numbers = ("+15559999999",)

    def __init__(self) -> None:
        self.trouble = Switches()
        self.phones = {number: FakePhone(number) for number in ("+15550000000", NUMBER)}
        self.changed: Callable[[], None] = lambda: None

    def on_change(self, callback: Callable[[], None]) -> None:
        self.changed = callback

    def phone(self, number: str) -> FakePhone:
        return self.phones[number]

    def snapshot(self) -> dict[str, Any]:
        return {"phones": [{"number": p.number, "mood": p.mood} for p in self.phones.values()]}


@dataclass
class Visit:
    slack: FakeSlack
    telnyx: FakeTelnyx
    clock: Clock
    feed: Feed
    http: aiohttp.ClientSession

    async def do(self, deed: str, /, **body: object) -> dict[str, Any]:
        async with self.http.post(f"/do/{deed}", json=body) as response:
            return dict(await response.json())


class Events:
    """Reads one stream of server-sent events."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def state(self) -> dict[str, Any]:
        async with asyncio.timeout(SOON):
            assert await self._response.content.readline() == b"event: state\n"
            data = await self._response.content.readline()
            assert await self._response.content.readline() == b"\n"
        return dict(json.loads(data.removeprefix(b"data: ")))

    async def over(self) -> bool:
        async with asyncio.timeout(SOON):
            return await self._response.content.read() == b""
