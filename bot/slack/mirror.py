"""Slack's own call card, kept in step with a conference (https://docs.slack.dev/apis/web-api/using-the-calls-api).

An ornament: our card is the truth, and where Slack does not play along nothing is missed.
"""

import logging
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.conference import Conference, Picture, Row
from bot.ports import Never
from bot.slack import cards
from bot.slack.errors import translated

log = logging.getLogger("confab.slack")

ABSENT = frozenset({"missing_scope", "unknown_method", "not_allowed_token_type", "inactive_call", "invalid_created_by"})


class Mirror:
    """``me`` is the bot's user id: it stands as creator where the host is nobody in Slack."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._shown: dict[str, frozenset[str]] = {}

    async def show(self, picture: Picture) -> str | None:
        """The id of the call when it was made now. What Slack cannot do is left undone; raises Later."""
        conference = picture.conference
        try:
            if conference.slack_call == cards.WANTED:
                return None if conference.ended else await self._add(picture)
            if conference.ended:
                await self._end(conference)
            else:
                await self._set_people(picture)
        except Never as never:
            if never.code not in ABSENT:
                log.warning("Slack's call card is not kept: %s", never.code)
        return None

    async def _add(self, picture: Picture) -> str:
        conference = picture.conference
        inside = _inside(picture)
        with translated():
            link = await self._client.chat_getPermalink(channel=conference.channel, message_ts=conference.card_ts)
            made = await self._client.calls_add(
                external_unique_id=conference.id,
                join_url=link["permalink"],
                title=cards.topic(conference),
                created_by=conference.host_id or None,
                date_start=int(conference.created_at),
                users=list(inside.values()),
            )
        self._shown[conference.id] = frozenset(inside)
        return str(made["call"]["id"])

    async def _end(self, conference: Conference) -> None:
        seconds = int((conference.ended_at or 0) - (conference.live_at or conference.created_at))
        with translated():
            await self._client.calls_end(id=conference.slack_call, duration=max(0, seconds))
        self._shown.pop(conference.id, None)

    async def _set_people(self, picture: Picture) -> None:
        """Adding somebody again does no harm, so a restart begins by adding everybody."""
        call, inside = picture.conference.slack_call, _inside(picture)
        before = self._shown.get(picture.conference.id, frozenset())
        came = [who for mark, who in inside.items() if mark not in before]
        left = [_user(row) for row in picture.rows if row.participant.id in before - frozenset(inside)]
        with translated():
            if came:
                await self._client.calls_participants_add(id=call, users=came)
            if left:
                await self._client.calls_participants_remove(id=call, users=left)
        self._shown[picture.conference.id] = frozenset(inside)


def _inside(picture: Picture) -> dict[str, dict[str, Any]]:
    return {row.participant.id: _user(row) for row in picture.rows if row.leg is not None and row.leg.in_room}


def _user(row: Row) -> dict[str, Any]:
    """Never a number: a guest is shown by the masked name."""
    who = row.participant
    return {"slack_id": who.user_id} if who.user_id else {"external_id": who.id, "display_name": who.name}
