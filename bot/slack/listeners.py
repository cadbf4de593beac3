"""Slack's doors, by bolt. All of them end in the same desk.

What is said is committed before Slack hears that we have it, so nothing acknowledged can be lost. No listener lets an
exception out once it has acknowledged: bolt would forget an acknowledgement that it has not sent yet. So whatever may
be wrong with a payload is read before.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncRespond
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.inputs import Heard
from bot.core.replies import Home, Nothing, Reply, VerbHelp
from bot.ports import Later, Never
from bot.slack import answers, forms, odd, payloads, private
from bot.slack import home as homes
from bot.slack.buttons import CLICK, CREATE_FORM, INVITE_FORM, unpack
from bot.slack.payloads import Body
from bot.slack.words import Block, Message

log = logging.getLogger("confab.slack")

ANYTHING = re.compile(".*")

Read = Callable[[Body], Heard | None]
Next = Callable[[], Awaitable[None]]
Tell = Callable[[Message | None], Awaitable[None]]


class Desk(Protocol):
    """Where everything that is said ends."""

    async def hear(self, heard: Heard) -> bool:
        """Commit it. False = the same delivery came before."""
        ...

    async def answer(self, heard: Heard) -> Reply:
        """Do what was said, and return what to say privately."""
        ...

    async def told(self, heard: Heard) -> bool:
        """The answer has reached the person. False = that was known."""
        ...

    async def objection(self, heard: Heard) -> str:
        """What is wrong with the numbers in a sentence, "" when they can be rung."""
        ...

    async def closed(self, heard: Heard) -> str:
        """Why a form that would say this is not opened for whoever asks for it, "" when it is."""
        ...

    async def home(self, user_id: str, team: str) -> Home:
        """What somebody's Home tab tells."""
        ...


@dataclass(frozen=True, slots=True)
class _Said:
    """``lost`` = it could not be committed; ``heard`` is None when there was nothing to hear, or an objection."""

    heard: Heard | None = None
    new: bool = False
    lost: bool = False
    objection: str = ""


class _Doors:
    def __init__(self, client: AsyncWebClient, desk: Desk, verbs: Sequence[VerbHelp], bot_user_id: str) -> None:
        self._client = client
        self._bot = bot_user_id
        self.in_hand: set[asyncio.Task[Any]] = set()
        self._desk = desk
        self._verbs = verbs

    def hears(self, read: Read) -> Callable[..., Awaitable[None]]:
        """A bolt middleware: it runs before the listener, and so before bolt acknowledges an event by itself."""

        async def hear(body: Body, context: AsyncBoltContext, next_: Next) -> None:
            context["said"] = await self._hear(read, body)
            await next_()

        return hear

    async def command(self, ack: AsyncAck, context: AsyncBoltContext, respond: AsyncRespond) -> None:
        said: _Said = context["said"]
        await ack(answers.NOT_HEARD if said.lost else "")
        await self._answer(said, _by_url(respond))

    async def click(self, ack: AsyncAck, body: Body, context: AsyncBoltContext, respond: AsyncRespond) -> None:
        at_home = not body.get("response_url")
        asked, thread = bool(body.get("container", {}).get("is_ephemeral")), payloads.thread_of(body)
        await ack()
        said: _Said = context["said"]
        if not at_home:
            await self._serve(said, _by_url(respond, question=asked, thread_ts=thread))
            return
        await self._serve(said, self._privately(said.heard))
        if said.heard:
            await self._show_home(said.heard.user_id, said.heard.where.team)

    async def mention(self, context: AsyncBoltContext) -> None:
        await self._serve(context["said"], self._privately(context["said"].heard))

    async def direct(self, context: AsyncBoltContext) -> None:
        await self._serve(context["said"], self._privately(context["said"].heard))

    async def submission(self, ack: AsyncAck, context: AsyncBoltContext) -> None:
        said: _Said = context["said"]
        if said.lost:
            await ack(response_action="errors", errors=dict.fromkeys(forms.NOBODY, answers.NOT_HEARD))
        elif said.objection:
            await ack(response_action="errors", errors={forms.NUMBERS: said.objection})
        elif said.heard is None:
            await ack(response_action="errors", errors=forms.NOBODY)
        else:
            await ack()
            await self._answer(said, self._privately(said.heard))

    async def home_opened(self, body: Body) -> None:
        if who := payloads.home_opened(body):
            await self._show_home(*who)

    async def _show_home(self, user_id: str, team: str) -> None:
        try:
            home = await self._desk.home(user_id, team)
            await self._client.views_publish(user_id=user_id, view=homes.view(home))
        except Exception as error:  # noqa: BLE001  # no listener lets an exception out
            odd.note("show a Home tab", None, error)

    async def open_create(self, ack: AsyncAck, body: Body) -> None:
        """From the global shortcut or the Home tab: the form asks for the channel."""
        where = forms.Place("")
        heard = odd.sound(payloads.opening(body, "create", where))
        await ack()
        await self._open(heard, forms.create_form(where))

    async def open_about_this(self, ack: AsyncAck, body: Body) -> None:
        """From a message: the conference lives in its thread."""
        channel, thread, words = payloads.about_this(body)
        where = forms.Place("", channel, thread)
        heard = odd.sound(payloads.opening(body, "create", where))
        await ack()
        await self._open(heard, forms.create_form(where, words))

    async def open_form(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        conference_id, topic = unpack(body["actions"][0].get("value", ""))
        where = forms.Place(conference_id, body.get("channel", {}).get("id", ""), payloads.thread_of(body))
        heard = odd.sound(payloads.opening(body, "invite", where))
        await ack()
        if not await self._open(heard, forms.invite_form(where, topic)):
            await self._tell(_by_url(respond), Message(answers.FORM_LATE), None)

    async def _open(self, heard: Heard, form: Block) -> bool:
        """Open a form, or say why not. A trigger lives three seconds; False when that was too short."""
        try:
            why = await self._desk.closed(heard)
            view = forms.closed_form(why) if why else form
            await self._client.views_open(trigger_id=payloads.trigger_of(heard), view=view)
        except Exception as error:  # noqa: BLE001  # no listener lets an exception out
            odd.note("open a form", None, error)
            return False
        return True

    async def _hear(self, read: Read, body: Body) -> _Said:
        heard = None
        try:
            heard = self._read(read, body)
            if heard and heard.door == payloads.FORM and (objection := await self._desk.objection(heard)):
                return _Said(objection=objection)  # the form stays open, so nothing that was typed is lost
            return _Said(heard, new=heard is not None and await self._desk.hear(heard))
        except Exception as error:  # noqa: BLE001  # whatever broke, the person is told
            odd.note("hear", heard, error)
            return _Said(heard, lost=True)

    def _read(self, read: Read, body: Body) -> Heard | None:
        """None also for a payload that is not as Slack documents it: nobody has said anything with it."""
        try:
            heard = read(body)
            return odd.sound(heard) if heard else None
        except odd.SHAPE as error:
            odd.unreadable(error)
            return None

    async def _serve(self, said: _Said, tell: Tell) -> None:
        if said.lost:
            await self._tell(tell, Message(answers.NOT_HEARD), said.heard)
        await self._answer(said, tell)

    async def _answer(self, said: _Said, tell: Tell) -> None:
        if said.heard is None or not said.new:
            return
        task = asyncio.current_task()
        assert task is not None
        self.in_hand.add(task)
        task.add_done_callback(self.in_hand.discard)
        try:
            reply = await self._desk.answer(said.heard)
            message, ours = answers.answer(reply, self._verbs, self._call(said.heard)), not isinstance(reply, Nothing)
        except Exception as error:  # noqa: BLE001  # whatever broke, the person is told
            message, ours = answers.broken(odd.note("answer", said.heard, error)), True
        if await self._tell(tell, message, said.heard) and ours:
            await self._told(said.heard)

    def _call(self, heard: Heard) -> str:
        """How we are called in threads, which have no slash commands; a name in code would not be shown as one."""
        return f"<@{self._bot}>" if heard.where.thread_ts else ""

    async def _tell(self, tell: Tell, message: Message | None, heard: Heard | None) -> bool:
        try:
            await tell(message)
        except Exception as error:  # noqa: BLE001  # no listener lets an exception out
            odd.note("tell the answer", heard, error)
            return False
        return True

    async def _told(self, heard: Heard) -> None:
        try:
            await self._desk.told(heard)
        except Exception as error:  # noqa: BLE001  # no listener lets an exception out
            odd.note("note that an answer was told", heard, error)

    def _privately(self, heard: Heard | None) -> Tell:
        async def tell(message: Message | None) -> None:
            if message and heard:
                await private.tell(self._client, heard, message)

        return tell


def build(
    client: AsyncWebClient,
    signing_secret: str | None,
    desk: Desk,
    *,
    bot_user_id: str,
    team_id: str,
    verbs: Sequence[VerbHelp],
    in_hand: set[asyncio.Task[Any]] | None = None,
) -> AsyncApp:
    """The bolt app with every door. Without a ``signing_secret`` (Socket Mode) bolt refuses all HTTP.

    ``in_hand`` always holds the tasks that are about to answer somebody.
    """
    token = client.token

    async def authorize() -> AuthorizeResult:
        """Who we are is known from the start, so no request waits for auth.test."""
        return AuthorizeResult(enterprise_id=None, team_id=team_id, bot_user_id=bot_user_id, bot_token=token)

    app = AsyncApp(
        name="confab",
        # The same address without a token: bolt warns when it gets both a token and its own way to authorize.
        client=AsyncWebClient(
            base_url=client.base_url, timeout=client.timeout, session=client.session, retry_handlers=[]
        ),
        signing_secret=signing_secret or "",
        authorize=authorize,
        raise_error_for_unhandled_request=True,
    )
    doors = _Doors(client, desk, verbs, bot_user_id)
    doors.in_hand = doors.in_hand if in_hand is None else in_hand
    app.error(odd.refuse)
    _open(app, doors, bot_user_id)
    # bolt writes the whole body of a badly signed request at INFO: numbers and response_urls.
    logging.getLogger("slack_bolt.RequestVerification").setLevel(logging.WARNING)
    return app


def _open(app: AsyncApp, doors: _Doors, bot_user_id: str) -> None:
    """Open all doors. bolt takes the first that fits, so those for anything come last."""

    def mention(body: Body) -> Heard | None:
        return payloads.mention(body, bot_user_id)

    def direct(body: Body) -> Heard | None:
        return payloads.direct(body, bot_user_id)

    app.command("/conf", middleware=[doors.hears(payloads.command)])(doors.command)
    app.event("app_mention", middleware=[doors.hears(mention)])(doors.mention)
    app.event("message", middleware=[doors.hears(direct)])(doors.direct)
    app.action(INVITE_FORM)(doors.open_form)
    app.action(CREATE_FORM)(doors.open_create)
    app.action(CLICK, middleware=[doors.hears(payloads.click)])(doors.click)
    app.shortcut(forms.SHORTCUT)(doors.open_create)
    app.shortcut(forms.ABOUT_THIS)(doors.open_about_this)
    app.event("app_home_opened")(doors.home_opened)
    app.view(forms.CREATE, middleware=[doors.hears(payloads.submission)])(doors.submission)
    app.view(forms.INVITE, middleware=[doors.hears(payloads.submission)])(doors.submission)
    app.event(ANYTHING)(_nothing)
    app.action(ANYTHING)(_acknowledge)


async def _nothing() -> None:
    """An event nobody asked for is taken, or Slack would send it again."""


async def _acknowledge(ack: AsyncAck) -> None:
    await ack()


def _by_url(respond: AsyncRespond, *, question: bool = False, thread_ts: str = "") -> Tell:
    """Over the response_url, at most 5 times in 30 minutes. A ``question`` that was answered gives way."""

    async def tell(message: Message | None) -> None:
        if not str(respond.response_url).startswith(("https://", "http://")):
            raise Never("there is no response_url")
        if message:
            done = await respond(
                message.text,
                message.blocks,
                response_type="ephemeral",
                replace_original=question,
                thread_ts=thread_ts or None,
            )
        elif question:
            done = await respond(delete_original=True)
        else:
            return
        if done.status_code != 200:
            raise Later(f"the response_url answered {done.status_code}")

    return tell
