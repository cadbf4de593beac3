"""Slack's Web API as the ``Chat`` port. It never retries by itself: the courier does."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.core.conference import Conference, Picture
from bot.core.effects import Line
from bot.core.inputs import Heard
from bot.core.replies import Reply, VerbHelp
from bot.ports import Later, Never, Posted
from bot.slack import answers, cards, private
from bot.slack import lines as thread
from bot.slack.errors import in_words, translated
from bot.slack.manifest import BOT_SCOPES
from bot.slack.mirror import Mirror
from bot.slack.words import Block, Message

log = logging.getLogger("confab.slack")

EVENT_TYPE = "confab"  # of our messages' metadata, which holds nothing but an opaque token
CLOCKS_DIFFER = 300.0  # seconds our clock may be ahead of Slack's; a worse one would refuse every signature
PAGES = 5  # of history that are searched
UPLOAD_TIMEOUT = aiohttp.ClientTimeout(total=120, sock_connect=10, sock_read=30)  # a long recording has many megabytes
CARD_IS_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})


class SlackChat:
    """Takes the SDK's own retries off ``client``: a post that is repeated blindly may show up twice."""

    def __init__(self, client: AsyncWebClient) -> None:
        client.retry_handlers = []
        self._client = client
        self._mirror = Mirror(client)

    async def post_card(self, picture: Picture, token: str) -> Posted:
        conference = picture.conference
        text, blocks = cards.card(picture)
        visiting = conference.thread_ts if conference.thread_ts != conference.card_ts else ""
        ts = await self._post(conference.channel, Message(text, blocks), token, visiting)
        return Posted(ts, cards.fingerprint(blocks, text))

    async def draw_card(self, picture: Picture) -> str | None:
        conference = picture.conference
        text, blocks = cards.card(picture)
        drawn = cards.fingerprint(blocks, text)
        if drawn == conference.card_print:
            return drawn
        try:
            await self._update(conference, text, blocks or [])
        except Never as never:
            if never.code in CARD_IS_GONE:
                return None
            if never.code != "invalid_blocks" or not conference.slack_call:
                raise
            # Slack does not take its own call block here: the card without that ornament is the one that counts.
            await self._update(conference, text, [one for one in blocks or [] if one["type"] != "call"])
        return drawn

    async def post_lines(self, conference: Conference, lines: Sequence[Line], token: str) -> None:
        where = conference.thread_ts or conference.card_ts
        await self._post(conference.channel, thread.lines(lines), token, where)

    async def find(self, conference: Conference, token: str, since: float) -> str | None:
        return await self._ours(conference.channel, conference.thread_ts, token, since)

    async def has_file(self, conference: Conference, name: str, since: float) -> bool:
        channel, thread_ts = conference.channel, conference.thread_ts
        named = await self._search(channel, thread_ts, since, lambda message: name in _files(message))
        return named is not None

    async def whisper(self, heard: Heard, reply: Reply, verbs: Sequence[VerbHelp]) -> None:
        """Answer privately what was said a while ago."""
        if message := answers.answer(reply, verbs):
            await private.tell(self._client, heard, message)

    async def tell_host(self, conference: Conference, reason: str, token: str, doubt: float | None) -> None:
        with translated():
            opened = await self._client.conversations_open(users=conference.host_id)
        channel = opened["channel"]["id"]
        if doubt is None or await self._ours(channel, "", token, doubt) is None:
            await self._post(channel, thread.lost(conference, in_words(reason)), token, "")

    async def upload(self, conference: Conference, name: str, data: bytes, comment: str) -> None:
        """In three steps, as Slack wants it (https://docs.slack.dev/messaging/working-with-files#uploading_files).

        Until the last one nobody sees anything, so a try that broke off before is begun anew.
        """
        with translated():
            ticket = await self._client.files_getUploadURLExternal(filename=name, length=len(data))
        await self._send_bytes(str(ticket["upload_url"]), name, data)
        with translated():
            await self._client.files_completeUploadExternal(
                files=[{"id": ticket["file_id"], "title": name}],
                channel_id=conference.channel,
                thread_ts=conference.thread_ts or conference.card_ts or None,
                initial_comment=comment,
            )

    async def _send_bytes(self, url: str, name: str, data: bytes) -> None:
        session = self._client.session
        assert session is not None
        form = aiohttp.FormData()
        form.add_field("file", data, filename=name, content_type="application/octet-stream")
        try:
            async with session.post(url, data=form, timeout=UPLOAD_TIMEOUT) as answer:
                if answer.status != 200:
                    raise Later(f"Slack's upload answered {answer.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Later(f"Slack's upload failed: {type(error).__name__}") from None

    async def mirror(self, picture: Picture) -> str | None:
        return await self._mirror.show(picture)

    async def _post(self, channel: str, message: Message, token: str, thread_ts: str) -> str:
        with translated():
            posted = await self._client.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=message.blocks,
                thread_ts=thread_ts or None,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"token": token}},
                unfurl_links=False,
                unfurl_media=False,
            )
        return str(posted["ts"])

    async def _update(self, conference: Conference, text: str, blocks: Sequence[Block]) -> None:
        """``parse`` is said because chat.update, unlike chat.postMessage, makes links and mentions when it is not."""
        with translated():
            await self._client.chat_update(
                channel=conference.channel, ts=conference.card_ts, text=text, blocks=blocks, parse="none"
            )

    async def _ours(self, channel: str, thread_ts: str, token: str, since: float) -> str | None:
        found = await self._search(channel, thread_ts, since, lambda message: _token(message) == token)
        return str(found["ts"]) if found else None

    async def _search(
        self, channel: str, thread_ts: str, since: float, fits: Callable[[dict[str, Any]], bool]
    ) -> dict[str, Any] | None:
        """Needs the scope channels:history or groups:history, im:history in direct messages; without it nothing is
        found.
        """
        cursor = ""
        for _ in range(PAGES):
            try:
                page = await self._history(channel, thread_ts, since, cursor)
            except Never as never:
                log.info("cannot look for our own message: %s", never.code)
                return None
            for message in page["messages"]:
                if fits(message):
                    return dict(message)
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None
        return None

    async def _history(self, channel: str, thread_ts: str, since: float, cursor: str) -> dict[str, Any]:
        asked: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{since - CLOCKS_DIFFER:.6f}",
            "cursor": cursor or None,
            "include_all_metadata": True,
            "limit": 200,
        }
        with translated():
            if thread_ts:
                page = await self._client.conversations_replies(**asked, ts=thread_ts)
            else:
                page = await self._client.conversations_history(**asked)
        return dict(page.data) if isinstance(page.data, dict) else {}


def _files(message: dict[str, Any]) -> list[str]:
    return [str(file.get("name")) for file in message.get("files") or []]


def _token(message: dict[str, Any]) -> str:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return str(payload.get("token", "")) if metadata.get("event_type") == EVENT_TYPE else ""


@dataclass(frozen=True, slots=True)
class Me:
    """The bot, as Slack knows it. ``scopes`` is empty when Slack did not tell."""

    user_id: str
    bot_id: str
    team_id: str
    team: str
    scopes: frozenset[str]


async def check(client: AsyncWebClient, app_token: str = "") -> Me:
    """Ask Slack who we are. Raises Never with one plain line when a setting is wrong, Later when Slack cannot say."""
    try:
        with translated():
            told = await client.auth_test()
    except Never as never:
        raise Never(f"Slack refuses the bot token (SLACK_BOT_TOKEN): {never.code}.", code=never.code) from never
    except Later as later:
        raise Later(f"{later.reason} at {client.base_url} (SLACK_API_URL).", after=later.after) from later
    me = _me(told)
    if me.scopes and (missing := sorted(set(BOT_SCOPES) - me.scopes)):
        raise Never(
            f"The Slack app lacks {', '.join(missing)}: update it from `confab manifest` and install it again.",
            code="missing_scope",
        )
    if app_token:
        await _check_socket(client, app_token)
    return me


def _me(told: AsyncSlackResponse) -> Me:
    header = told.headers.get("x-oauth-scopes", "")
    scopes = frozenset(scope.strip() for scope in header.split(",") if scope.strip())
    return Me(told["user_id"], told.get("bot_id", ""), told["team_id"], told.get("team", ""), scopes)


async def _check_socket(client: AsyncWebClient, app_token: str) -> None:
    try:
        with translated():
            await client.apps_connections_open(app_token=app_token)
    except Never as never:
        raise Never(f"Slack refuses the app token (SLACK_APP_TOKEN): {never.code}.", code=never.code) from never
