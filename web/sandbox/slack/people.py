"""What people do in the workspace, and how it is brought to the app."""

import json

from web.sandbox.slack.doors import HttpDoor, SocketDoor
from web.sandbox.slack.payloads import Payloads
from web.sandbox.slack.pressing import fill_in, find_action
from web.sandbox.slack.records import Channel, Delivered, Json, Message, Refused, User, View
from web.sandbox.slack.respond import acknowledged, failed
from web.sandbox.slack.state import after
from web.sandbox.slack.text import Typed
from web.sandbox.slack.trouble import Trouble
from web.sandbox.slack.views import close, submitted
from web.sandbox.slack.workspace import Workspace

# What Slack writes into a modal whose submission failed.
TROUBLE: Json = {"response_action": "errors", "errors": {"": "We had some trouble connecting. Try again?"}}


class People:
    def __init__(self, ws: Workspace, trouble: Trouble, signing_secret: str) -> None:
        self._ws = ws
        self.trouble = trouble
        self._payloads = Payloads(ws)
        self._http = HttpDoor(ws, signing_secret)
        self._socket = SocketDoor(ws)

    async def command(
        self, user: User, channel: Channel, text: str, *, trigger_id: str | None = None, command: str = "/conf"
    ) -> Delivered:
        """A slash command. ``text`` is what follows it; with the command in front it is understood as well."""
        rest = text[len(command) :] if f"{text} ".startswith(f"{command} ") else text
        typed = Typed(self._ws, label=True).encode(rest.strip())
        return await self._bring("slash_commands", self._payloads.command(user, channel, command, typed, trigger_id))

    async def mention(
        self, user: User, channel: Channel, text: str, *, thread_ts: str | None = None, event_id: str | None = None
    ) -> Delivered:
        """A message that mentions the bot; the mention is put in front when it is missing.

        Where the bot is not a member the message stands, and nothing is delivered.
        """
        encoded = Typed(self._ws, label=False).encode(text)
        bot = f"<@{self._ws.bot.id}>"
        message = self._write(user, channel, encoded if bot in encoded else f"{bot} {encoded}", thread_ts)
        if self._ws.bot.id not in channel.members:
            return Delivered(kind="events_api", reason="not_in_channel")
        event = self._payloads.written("app_mention", message, channel, user)
        shared = channel.is_ext_shared
        return await self._bring("events_api", self._payloads.event(event, event_id=event_id, shared=shared))

    async def direct_message(
        self, user: User, text: str, *, thread_ts: str | None = None, event_id: str | None = None
    ) -> Delivered:
        channel = self._ws.direct(user)
        message = self._write(user, channel, Typed(self._ws, label=False).encode(text), thread_ts)
        event = self._payloads.written("message", message, channel, user)
        return await self._bring("events_api", self._payloads.event(event, event_id=event_id))

    async def say(self, user: User, channel: Channel, text: str, *, thread_ts: str | None = None) -> Delivered | None:
        """Write anything: the app hears of it when it mentions the bot or is a direct message."""
        if channel.is_im:
            return await self.direct_message(user, text, thread_ts=thread_ts)
        encoded = Typed(self._ws, label=False).encode(text)
        if f"<@{self._ws.bot.id}>" in encoded:
            return await self.mention(user, channel, text, thread_ts=thread_ts)
        self._write(user, channel, encoded, thread_ts)
        return None

    async def click(
        self, user: User, place: Message | View, action_id: str, *, value: str | None = None, row: str | None = None
    ) -> Delivered:
        """Press a button or choose from a menu; see ``find_action`` for what ``value`` and ``row`` mean."""
        self._check_seen(user, place)
        action = find_action(place.blocks, action_id, value, row)
        if isinstance(place, View):
            after(place.values, action)
        return await self._bring("interactive", self._payloads.pressed(user, place, action))

    async def choose(
        self, user: User, place: Message | View, action_id: str, option: str, *, block_id: str | None = None
    ) -> Delivered:
        """Choose an option of a menu by its value; ``block_id`` is needed where several menus have the action."""
        return await self.click(user, place, action_id, value=option, row=block_id)

    def _check_seen(self, user: User, place: Message | View) -> None:
        if isinstance(place, View):
            gone, seen = place.closed, place.user == user.id
        else:
            gone, seen = place.deleted, place.shown_to in {None, user.id}
        if gone or not seen:
            raise AssertionError(f"{user.name} cannot see that {type(place).__name__.lower()}")

    async def submit(self, user: User, view_id: str, values: dict[str, dict[str, Json]]) -> Delivered:
        """Fill in a modal and submit it. Errors that the app answers are kept in ``view.errors``."""
        view = self._ws.views[view_id]
        self._check_seen(user, view)
        fill_in(self._ws, view, values)
        return await self._bring("interactive", self._payloads.submitted(user, view))

    async def close_view(self, user: User, view_id: str) -> Delivered | None:
        """Dismiss a modal; the app is told only when it asked for that with ``notify_on_close``."""
        view = self._ws.views[view_id]
        self._check_seen(user, view)
        gone = close(self._ws, view)
        heard = [one for one in reversed(gone) if one.raw.get("notify_on_close")]
        told = [self._payloads.dismissed(user, one, cleared=len(gone) > 1) for one in heard]
        return next(iter([await self._bring("interactive", payload) for payload in told]), None)

    async def shortcut(self, user: User, callback_id: str, channel: Channel | None = None) -> Delivered:
        """Choose a global shortcut from the lightning menu; ``channel`` is what the person looks at."""
        self._check_offered(callback_id, "global")
        return await self._bring("interactive", self._payloads.shortcut(user, callback_id, channel))

    async def message_shortcut(self, user: User, callback_id: str, message: Message) -> Delivered:
        """Choose a shortcut from a message's menu."""
        self._check_seen(user, message)
        self._check_offered(callback_id, "message")
        if message.shown_to:
            raise AssertionError("what only one person sees has no shortcuts")
        return await self._bring("interactive", self._payloads.message_shortcut(user, callback_id, message))

    def _check_offered(self, callback_id: str, kind: str) -> None:
        """Without a list of shortcuts everything is offered."""
        offered = {one.callback_id for one in self._ws.shortcuts if one.type == kind}
        if self._ws.shortcuts and callback_id not in offered:
            raise AssertionError(f"no {kind} shortcut is called {callback_id!r}, only {sorted(offered)}")

    async def home_opened(self, user: User) -> Delivered:
        """Open the app's Home tab. Wait for ``home`` to see what the app publishes."""
        if not self._ws.home_enabled:
            raise AssertionError("the app has no Home tab")
        return await self._bring("events_api", self._payloads.event(self._payloads.home(user)))

    async def redeliver(self, delivered: Delivered) -> Delivered:
        """The same again: an event with the retry headers, anything else with an identical body."""
        is_event = delivered.kind == "events_api"
        retry = delivered.retry + 1 if is_event else 0
        again = await self._send(delivered.kind, delivered.payload, retry, delivered.reason or "http_timeout")
        self._hear(again)
        return again

    def sign(self, body: bytes, content_type: str, at: float | None = None) -> dict[str, str]:
        """Headers with a valid signature for ``raw``; ``at`` is the time to sign for, in unix seconds."""
        return self._http.sign(body, content_type, at)

    async def raw(self, body: bytes, headers: dict[str, str]) -> Delivered:
        """Any request at all to ``app_url``, exactly as given."""
        return await self._http.post(body, headers)

    def _write(self, user: User, channel: Channel, text: str, thread_ts: str | None) -> Message:
        return self._ws.post(channel, user, text, thread_ts=thread_ts)

    async def _bring(self, kind: str, payload: Json) -> Delivered:
        delivered = await self._try(kind, payload)
        self._hear(delivered)
        if self.trouble.twice:
            delivered.copy = await self._try(kind, payload)
            self._hear(delivered.copy)
        return delivered

    async def _try(self, kind: str, payload: Json) -> Delivered:
        """Only events are tried again, three times at most, unless the app asks not to."""
        delivered = await self._send(kind, payload, 0, "")
        while kind == "events_api" and not delivered.ok and delivered.retry < 3:
            if "X-Slack-No-Retry" in delivered.headers:
                break
            again = await self._send(kind, payload, delivered.retry + 1, delivered.reason)
            again.earlier = [*delivered.earlier, delivered]
            delivered = again
        return delivered

    async def _send(self, kind: str, payload: Json, retry: int, reason: str) -> Delivered:
        door = self._http if self._http.url else self._socket
        return await door.send(kind, payload, retry, reason)

    def _hear(self, delivered: Delivered) -> None:
        """Do what the app's answer asks for."""
        if delivered.kind == "slash_commands":
            self._hear_command(delivered)
        elif delivered.payload.get("type") == "view_submission":
            self._hear_submission(delivered, self._ws.views[delivered.payload["view"]["id"]])

    def _hear_command(self, delivered: Delivered) -> None:
        grant = self._ws.grants[delivered.payload["response_url"].rpartition("/")[2]]
        if delivered.ok:
            acknowledged(self._ws, grant, delivered.body)
        else:
            failed(self._ws, grant, "operation_timeout" if delivered.status is None else "dispatch_failed")

    def _hear_submission(self, delivered: Delivered, view: View) -> None:
        try:
            answer = json.loads(delivered.body or "{}")
            submitted(self._ws, view, answer if delivered.ok else TROUBLE)
        except (Refused, ValueError, AttributeError):
            submitted(self._ws, view, TROUBLE)
