"""The state of one Slack workspace: people, channels, messages, views, and what was handed out for later use."""

import random
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

from web.sandbox.clock import Clock
from web.sandbox.slack.blocks import name_blocks
from web.sandbox.slack.records import (
    Channel,
    Facts,
    File,
    Group,
    Json,
    Message,
    Refused,
    Shortcut,
    SlackCall,
    User,
    View,
)

ALL_SCOPES = (
    "app_mentions:read", "calls:read", "calls:write", "channels:history", "channels:read", "chat:write", "commands",
    "files:write", "groups:history", "groups:read", "im:history", "im:read", "im:write", "reactions:write",
    "usergroups:read", "users.profile:read", "users:read",
)  # fmt: skip


@dataclass(eq=False)
class Trigger:
    """``channel`` and ``view`` say where the person was when it was given."""

    user: str
    until: float
    channel: str | None = None
    view: str | None = None
    used: bool = False


@dataclass(eq=False, kw_only=True)
class Grant:
    """A response_url: who and where it was given, what it may replace, and how often it may still be used."""

    user: str
    channel: str
    until: float
    original: Message | None = None
    typed: str | None = None  # the slash command, which an in_channel answer shows to all
    left: int = 5


class Workspace:
    def __init__(self, clock: Clock, team_id: str, bot_name: str, seed: int) -> None:
        self.clock = clock
        self.patience = 3.0  # seconds it waits for an answer, and what it hands out for opening a form is good
        self.team_id = team_id
        self.base = ""  # where the stand-in is served, without a slash at the end
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, Group] = {}
        self.files: dict[str, File] = {}
        self.calls: dict[str, SlackCall] = {}
        self.ephemerals: list[Message] = []
        self.views: dict[str, View] = {}
        self.triggers: dict[str, Trigger] = {}
        self.grants: dict[str, Grant] = {}
        self.scopes: set[str] = set(ALL_SCOPES)
        self.shortcuts: list[Shortcut] = []
        self.home_enabled = True
        self.watchers: list[Callable[[], None]] = []
        self.dice = random.Random(seed)
        self._last = 0
        self.bot_id = self.new_id("B")
        self.app_id = self.new_id("A")
        self.bot = self.add_user(bot_name, is_bot=True)
        self.slackbot = User(id="USLACKBOT", name="slackbot", real_name="Slackbot", team_id=team_id)
        self.users[self.slackbot.id] = self.slackbot

    def changed(self) -> None:
        for watcher in self.watchers:
            watcher()

    def new_id(self, letter: str) -> str:
        return letter + "0" + "".join(self.dice.choices(string.ascii_uppercase + string.digits, k=8))

    def new_ts(self) -> str:
        """A message's name: unix seconds with six digits, never twice the same and always later than the last."""
        self._last = max(round(self.clock.now() * 1_000_000), self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def new_trigger(
        self, user: str, trigger_id: str | None = None, *, channel: str | None = None, view: str | None = None
    ) -> str:
        """Good for one views.open or views.push, as long as Slack is patient."""
        key = (
            trigger_id or f"{self.dice.randrange(10**12)}.{self.dice.randrange(10**12)}.{self.dice.randbytes(16).hex()}"
        )
        self.triggers.setdefault(key, Trigger(user, self.clock.now() + self.patience, channel, view))
        return key

    def new_response_url(self, grant: Grant) -> str:
        key = self.dice.randbytes(12).hex()
        self.grants[key] = grant
        return f"{self.base}/respond/{self.team_id}/{key}"

    def add_user(self, name: str, **facts: Unpack[Facts]) -> User:
        told: Facts = {"real_name": name.capitalize(), "team_id": self.team_id, **facts}
        user = User(id=self.new_id("U"), name=name, **told)
        self.users[user.id] = user
        self.changed()
        return user

    def add_channel(self, name: str, members: Sequence[str], **facts: Any) -> Channel:
        channel = Channel(id=self.new_id("C"), name=name, members=list(members), **facts)
        self.channels[channel.id] = channel
        self.changed()
        return channel

    def direct(self, user: User) -> Channel:
        """The direct-message channel of a person with the bot, opened on first use."""
        for channel in self.channels.values():
            if channel.user == user.id:
                return channel
        channel = Channel(id=self.new_id("D"), name="directmessage", members=[user.id, self.bot.id], user=user.id)
        self.channels[channel.id] = channel
        return channel

    def need(self, scope: str) -> None:
        if scope not in self.scopes:
            raise Refused("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))

    def channel(self, channel_id: object) -> Channel:
        """A channel that the app may know of: a private one only where it is a member."""
        found = self.channels.get(str(channel_id))
        if found is None or (found.is_private and self.bot.id not in found.members):
            raise Refused("channel_not_found")
        return found

    def user(self, user_id: object) -> User:
        found = self.users.get(str(user_id))
        if found is None:
            raise Refused("user_not_found")
        return found

    def post(self, channel: Channel, author: User, text: str, **more: Any) -> Message:
        """Write a message; ``shown_to`` in ``more`` makes it ephemeral."""
        bot_id = self.bot_id if author is self.bot else None
        message = Message(
            ts=self.new_ts(), channel=channel.id, user=author.id, text=text, bot_id=bot_id, history=[text], **more
        )
        name_blocks(message.blocks, self.dice)
        (self.ephemerals if message.shown_to else channel.messages).append(message)
        self._join_thread(channel, message)
        self.changed()
        return message

    def told(self, message: Message) -> Json:
        """The message as JSON, with what Slack adds to the blocks of calls."""
        told = message.picture()
        return told | {"blocks": self.decorated(message.blocks)} if message.blocks else told

    def decorated(self, blocks: list[Json]) -> list[Json]:
        return [
            block | {"call": self.calls[block["call_id"]].card()} if "call_id" in block else block for block in blocks
        ]

    def _join_thread(self, channel: Channel, reply: Message) -> None:
        parent = channel.message(reply.thread_ts)
        if parent and not reply.shown_to:
            parent.thread_ts = parent.ts

    def edit(self, message: Message, text: str, blocks: list[Json]) -> None:
        message.text, message.blocks = text, blocks
        name_blocks(message.blocks, self.dice)
        message.edited += 1
        message.marked = not blocks
        message.history.append(text)
        self.changed()

    def delete(self, message: Message) -> None:
        message.deleted = True
        if message.shown_to:
            self.ephemerals.remove(message)
        self.changed()
