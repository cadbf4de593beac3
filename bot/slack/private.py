"""Private answers that have no response_url: shown to one person where they asked, else in a direct message."""

import asyncio

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.inputs import Heard
from bot.ports import Later, Never
from bot.slack.errors import translated
from bot.slack.words import Message

TRIES = 5


async def tell(client: AsyncWebClient, heard: Heard, message: Message) -> None:
    """Waits as long as Slack asks for; when in doubt, it tells twice rather than not at all. Raises Never, Later."""
    for _ in range(TRIES - 1):
        try:
            await _tell(client, heard, message)
        except Later as later:
            await asyncio.sleep(later.after or 1.0)
        else:
            return
    await _tell(client, heard, message)


async def _tell(client: AsyncWebClient, heard: Heard, message: Message) -> None:
    where = heard.where
    if where.channel and not where.direct:
        try:
            await _show(client, heard, message)
        except Never:  # the bot or the person is not in that channel, or it is archived
            await _write(client, heard.user_id, "", message)
    else:
        await _write(client, where.channel or heard.user_id, where.thread_ts, message)


async def _show(client: AsyncWebClient, heard: Heard, message: Message) -> None:
    with translated():
        await client.chat_postEphemeral(
            channel=heard.where.channel,
            user=heard.user_id,
            text=message.text,
            blocks=message.blocks,
            thread_ts=heard.where.thread_ts or None,
        )


async def _write(client: AsyncWebClient, to: str, thread_ts: str, message: Message) -> None:
    """``to`` may be a person: Slack then takes their direct messages."""
    with translated():
        await client.chat_postMessage(
            channel=to,
            text=message.text,
            blocks=message.blocks,
            thread_ts=thread_ts or None,
            unfurl_links=False,
            unfurl_media=False,
        )
