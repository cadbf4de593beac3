"""The stand-in itself: a workspace, served."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar, Unpack

from aiohttp import web

from web.sandbox.clock import Clock
from web.sandbox.slack.api import WebApi
from web.sandbox.slack.files import Uploads
from web.sandbox.slack.people import People
from web.sandbox.slack.picture import picture
from web.sandbox.slack.records import Channel, Facts, File, Group, Message, Request, Shortcut, SlackCall, User, View
from web.sandbox.slack.respond import ResponseUrls
from web.sandbox.slack.trouble import Trouble
from web.sandbox.slack.views import home_of, open_views
from web.sandbox.slack.workspace import Workspace

T = TypeVar("T")
LOOK_AGAIN = 0.1  # seconds


class Slack(People):
    """A small Slack on 127.0.0.1: one workspace with one app, the bot. It knows only what Slack's papers say."""

    def __init__(
        self,
        clock: Clock,
        *,
        bot_token: str,
        signing_secret: str,
        app_token: str | None = None,
        team_id: str = "T0SANDBOX",
        bot_name: str = "confbot",
        shortcuts: Sequence[Shortcut] = (),
        seed: int = 0,
    ) -> None:
        super().__init__(Workspace(clock, team_id, bot_name, seed), Trouble(), signing_secret)
        self._ws.shortcuts = list(shortcuts)
        self.trouble.changed = self._ws.changed
        self._api = WebApi(self._ws, self.trouble, bot_token, app_token)
        self._runner: web.AppRunner | None = None
        self.bot_user_id = self._ws.bot.id
        self.bot_id = self._ws.bot_id

    async def start(self, port: int = 0) -> str:
        """Serve on 127.0.0.1 and return the base URL of the Web API; port 0 takes a free one."""
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._api.handle)
        app.router.add_post("/respond/{team}/{key}", ResponseUrls(self._ws).handle)
        app.router.add_post("/upload/{file}", Uploads(self._ws).handle)
        app.router.add_get("/link", self._socket.handle)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self._ws.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self.base_url

    @property
    def base_url(self) -> str:
        """Where the Web API is, with a slash at the end."""
        return f"{self._ws.base}/api/"

    async def close(self) -> None:
        self._api.closed.set()
        await self._socket.close()
        await self._http.close()
        if self._runner:
            await self._runner.cleanup()

    @property
    def app_url(self) -> str | None:
        """The app's ``/slack/events``; None delivers by Socket Mode."""
        return self._http.url

    @app_url.setter
    def app_url(self, url: str | None) -> None:
        self._http.url = url

    @property
    def sockets(self) -> int:
        """How many Socket Mode connections are open."""
        return self._socket.connected

    async def refresh_socket(self) -> None:
        """Ask the app to reconnect, as Slack does every few hours, and return when it has."""
        await self._socket.refresh()

    @property
    def requests(self) -> list[Request]:
        return self._api.requests

    @property
    def users(self) -> dict[str, User]:
        return self._ws.users

    @property
    def files(self) -> list[File]:
        """What has been shared, oldest first."""
        return [file for file in self._ws.files.values() if file.channel]

    @property
    def shortcuts(self) -> list[Shortcut]:
        """What the app offers in Slack's menus."""
        return self._ws.shortcuts

    def file(self, file_id: str) -> File | None:
        """Something that has been shared."""
        return next((file for file in self.files if file.id == file_id), None)

    @property
    def calls(self) -> dict[str, SlackCall]:
        return self._ws.calls

    @property
    def channels(self) -> dict[str, Channel]:
        return self._ws.channels

    def add_user(self, name: str, **facts: Unpack[Facts]) -> User:
        return self._ws.add_user(name, **facts)

    def add_channel(
        self,
        name: str,
        *,
        members: Sequence[User] = (),
        bot_in: bool = True,
        is_archived: bool = False,
        is_ext_shared: bool = False,
        is_private: bool = False,
    ) -> Channel:
        ids = [user.id for user in members] + ([self.bot_user_id] if bot_in else [])
        facts = {"is_archived": is_archived, "is_ext_shared": is_ext_shared, "is_private": is_private}
        return self._ws.add_channel(name, ids, **facts)

    def add_group(self, handle: str, users: Sequence[User]) -> Group:
        now = int(self._ws.clock.now())
        group = Group(id=self._ws.new_id("S"), handle=handle, users=[user.id for user in users], created=now)
        self._ws.groups[group.id] = group
        return group

    def direct(self, user: User) -> Channel:
        """The direct messages of a person with the bot."""
        return self._ws.direct(user)

    def messages(self, channel: Channel, *, thread_ts: str | None = None) -> list[Message]:
        """What stands in the channel now, or in one thread (its first message included), oldest first."""
        if thread_ts:
            return [m for m in channel.messages if not m.deleted and thread_ts in {m.ts, m.thread_ts}]
        return [m for m in channel.messages if not m.deleted and (not m.is_reply or m.broadcast)]

    def ephemerals(self, user: User, channel: Channel | None = None) -> list[Message]:
        """What only this person sees, however it was sent, oldest first."""
        mine = [message for message in self._ws.ephemerals if message.shown_to == user.id]
        return [message for message in mine if channel is None or message.channel == channel.id]

    def new_trigger(self, user: User) -> str:
        """A trigger_id as Slack hands it out with everything a person does."""
        return self._ws.new_trigger(user.id)

    def new_response_url(self, user: User, channel: Channel, command: str = "/conf") -> str:
        """A response_url as a slash command brings it."""
        return self._ws.new_response_url(self._payloads.grant(user, channel, typed=command))

    def find(self, channel: Channel, ts: str) -> Message | None:
        """A message by its ts, ephemeral ones included."""
        private = [m for m in self._ws.ephemerals if m.channel == channel.id and m.ts == ts]
        return channel.message(ts) or next(iter(private), None)

    def views(self, user: User) -> list[View]:
        """The modals this person has open, the one on top last."""
        return open_views(self._ws, user.id)

    def home(self, user: User) -> View | None:
        """The Home tab that was published for this person."""
        return home_of(self._ws, user.id)

    def view(self, view_id: str) -> View:
        """Any view that ever was, closed ones included."""
        return self._ws.views[view_id]

    def delete(self, message: Message) -> None:
        self._ws.delete(message)

    def archive(self, channel: Channel) -> None:
        channel.is_archived = True
        self._ws.changed()

    def remove_bot(self, channel: Channel) -> None:
        channel.members.remove(self.bot_user_id)
        self._ws.changed()

    def set_home(self, *, enabled: bool) -> None:
        """Whether the app's manifest has a Home tab."""
        self._ws.home_enabled = enabled

    def set_patience(self, seconds: float) -> None:
        """How long it waits for an answer, in place of three seconds."""
        self._ws.patience = seconds

    def set_scopes(self, *scopes: str) -> None:
        """What the app was granted, in place of everything."""
        self._ws.scopes = set(scopes)

    def on_change(self, callback: Callable[[], None]) -> None:
        self._ws.watchers.append(callback)

    async def until(self, condition: Callable[[], T | None], timeout: float = 60, what: str = "") -> T:  # noqa: ASYNC109 - tests read best so
        """Wait until the condition holds (real seconds) and return what it gave. It may be about more than Slack."""
        changed = asyncio.Event()
        self._ws.watchers.append(changed.set)
        try:
            async with asyncio.timeout(timeout):
                while not (found := condition()):
                    changed.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(changed.wait(), LOOK_AGAIN)
                return found
        except TimeoutError:
            raise AssertionError(f"in {timeout} s it did not happen: {what}\n{self._transcript()}") from None
        finally:
            self._ws.watchers.remove(changed.set)

    def _transcript(self) -> str:
        lines = [f"#{channel.name} {_line(m)}" for channel in self.channels.values() for m in channel.messages]
        private = [f"(only {self.users[str(m.shown_to)].name} sees) {_line(m)}" for m in self._ws.ephemerals]
        return "\n".join(["What Slack shows:", *lines, *private])

    def snapshot(self) -> dict[str, object]:
        """The workspace as JSON for a page."""
        return {**picture(self._ws), "trouble": self.trouble.snapshot()}


def _line(message: Message) -> str:
    mark = "  ↳ " if message.is_reply else ""
    gone = " (deleted)" if message.deleted else ""
    return f"{message.ts} {mark}{message.user}: {message.text!r} blocks={len(message.blocks)}{gone}"
