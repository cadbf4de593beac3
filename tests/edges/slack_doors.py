"""A desk that writes down what it hears, behind real doors, with the stand-in in front of them."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.core.conference import Conference, Picture
from bot.core.inputs import Heard
from bot.core.replies import Ask, Home, Reply, Told, VerbHelp
from bot.ports import Posted
from bot.slack.client import SlackChat
from bot.slack.listeners import build
from web.sandbox.clock import Clock
from web.sandbox.slack import Message, Slack

VERBS = [VerbHelp("end", "end [now]", (), "end it", "/conf end")]


class Paper:
    """A desk that writes down what it hears, once per key, and answers what it was told to."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.answered: list[Heard] = []
        self.reached: list[Heard] = []
        self.asked_for_forms: list[Heard] = []
        self.reply: Reply = Told(("Done.",))
        self.wrong = self.not_for_you = ""
        self.broken_hearing = self.broken_answering = False
        self.listening, self.thinking = asyncio.Event(), asyncio.Event()
        self.may_hear, self.may_answer = asyncio.Event(), asyncio.Event()
        self.may_hear.set()
        self.may_answer.set()

    async def hear(self, heard: Heard) -> bool:
        self.listening.set()
        await self.may_hear.wait()
        if self.broken_hearing:
            raise OSError("disk full")
        new = heard.key not in {known.key for known in self.heard}
        self.heard.append(heard)
        return new

    async def told(self, heard: Heard) -> bool:
        self.reached.append(heard)
        return True

    async def objection(self, heard: Heard) -> str:
        return self.wrong if heard.text.startswith("invite") else ""

    async def closed(self, heard: Heard) -> str:
        self.asked_for_forms.append(heard)
        return self.not_for_you

    async def answer(self, heard: Heard) -> Reply:
        self.thinking.set()
        await self.may_answer.wait()
        self.answered.append(heard)
        if self.broken_answering:
            raise KeyError("a bug")
        return self.reply

    async def home(self, user_id: str, team: str) -> Home:
        return Home(refused=f"{user_id} of {team} is not known here.")


class World:
    def __init__(self) -> None:
        self.clock = Clock()
        self.slack = Slack(self.clock, bot_token="xoxb-1", signing_secret="shh", app_token="xapp-1")
        self.ana = self.slack.add_user("ana")
        self.bo = self.slack.add_user("bo")
        self.ops = self.slack.add_channel("ops", members=[self.ana, self.bo])
        self.desk = Paper()

    def connect(self, base_url: str, signing_secret: str | None) -> None:
        self.client = AsyncWebClient(token="xoxb-1", base_url=base_url)
        self.chat = SlackChat(self.client)
        self.app = build(
            self.client, signing_secret, self.desk, bot_user_id=self.slack.bot_user_id, team_id="T0SANDBOX", verbs=VERBS
        )

    async def card(self, thread_ts: str = "") -> Message:
        conference = Conference("c1", "Payments & co", "Ana", self.ana.id, self.ops.id, 0, thread_ts=thread_ts)
        posted: Posted = await self.chat.post_card(Picture(conference, ()), "t1")
        message = self.slack.find(self.ops, posted.ts)
        assert message is not None
        return message

    async def private(self, count: int = 1) -> list[str]:
        """What Ana alone sees, once it is that many messages."""
        return [m.text for m in await self.slack.until(lambda: self._seen(count), what=f"{count} private answers")]

    def _seen(self, count: int) -> list[Message]:
        seen = self.slack.ephemerals(self.ana)
        return seen if len(seen) == count else []

    async def question(self) -> Message:
        """A private question with a button, as an answer to a command."""
        self.desk.reply = Ask("End it for all?", "End it", "end", "now", "c1", danger=True)
        await self.slack.command(self.ana, self.ops, "end")
        await self.private()
        self.desk.heard.clear()
        self.desk.answered.clear()
        return self.slack.ephemerals(self.ana)[0]


@contextlib.asynccontextmanager
async def over_http(world: World) -> AsyncIterator[None]:
    handler = AsyncSlackRequestHandler(world.app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    door = socket.create_server(("127.0.0.1", 0))
    site = Starlette(routes=[Route("/slack/events", events, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(site, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[door]))
    world.slack.app_url = f"http://127.0.0.1:{door.getsockname()[1]}/slack/events"
    yield
    server.should_exit = True
    await serving


@contextlib.asynccontextmanager
async def over_socket(world: World) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(world.app, "xapp-1")
    await handler.connect_async()  # type: ignore[no-untyped-call] # bolt leaves it without types
    yield
    await handler.close_async()  # type: ignore[no-untyped-call] # bolt leaves it without types


@contextlib.asynccontextmanager
async def serving(door: str) -> AsyncIterator[World]:
    world = World()
    world.connect(await world.slack.start(), "shh" if door == "http" else None)
    async with over_http(world) if door == "http" else over_socket(world):
        yield world
    await world.slack.close()


@pytest.fixture(params=["http", "socket"])
async def both(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with serving(request.param) as world:
        yield world


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with serving("http") as world:
        yield world
