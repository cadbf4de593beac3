"""Who is who in Slack, remembered for five minutes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Clock, Later, Never, Profile
from bot.slack.errors import translated

KEPT = 300.0  # seconds
TRIES = 5  # as long as Slack says when to ask again
PAGES = 5  # of a channel's members, 200 each; larger ones are not rung anyway
ENOUGH = 1000  # people remembered before old ones are thrown away


class _Kept(NamedTuple):
    asked: "asyncio.Task[Profile | None]"
    until: float


class SlackDirectory:
    """users.info (100 a minute: https://docs.slack.dev/reference/methods/users.info), asked once for all who wait."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._lists: dict[str, tuple[tuple[str, ...] | None, float]] = {}

    async def profile(self, user_id: str) -> Profile | None:
        now = self._clock.now()
        kept = self._kept.get(user_id)
        if kept is None or kept.until <= now:
            kept = self._ask(user_id, now)
        return await asyncio.shield(kept.asked)

    async def group(self, group_id: str) -> tuple[str, ...] | None:
        """The user ids in a user group (usergroups.users.list, 20 a minute, so it is remembered)."""
        return await self._list(f"group:{group_id}", lambda: self._group(group_id))

    async def channel(self, channel_id: str) -> tuple[str, ...] | None:
        """The user ids in a channel; None when we may not see it."""
        return await self._list(f"channel:{channel_id}", lambda: self._channel(channel_id))

    async def _list(self, key: str, ask: Callable[[], Awaitable[tuple[str, ...] | None]]) -> tuple[str, ...] | None:
        now = self._clock.now()
        known = self._lists.get(key)
        if known is None or known[1] <= now:
            known = await ask(), now + KEPT
            self._lists[key] = known
        return known[0]

    async def _group(self, group_id: str) -> tuple[str, ...] | None:
        try:
            with translated():
                told = await self._client.usergroups_users_list(usergroup=group_id)
        except Never as never:
            if never.code in {"no_such_subteam", "subteam_not_found", "plan_upgrade_required", "missing_scope"}:
                return None
            raise Later(f"Slack does not tell us about groups: {never.reason}") from never
        return tuple(told["users"])

    async def _channel(self, channel_id: str) -> tuple[str, ...] | None:
        found: list[str] = []
        cursor = ""
        for _ in range(PAGES):
            try:
                with translated():
                    told = await self._client.conversations_members(
                        channel=channel_id, cursor=cursor or None, limit=200
                    )
            except Never:
                return None
            found += told["members"]
            cursor = (told.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return tuple(found)

    def _ask(self, user_id: str, now: float) -> _Kept:
        if len(self._kept) >= ENOUGH:
            self._kept = {user: kept for user, kept in self._kept.items() if kept.until > now}
        kept = _Kept(asyncio.create_task(self._look_up(user_id)), now + KEPT)
        self._kept[user_id] = kept
        kept.asked.add_done_callback(lambda task: self._forget_failure(user_id, task))
        return kept

    def _forget_failure(self, user_id: str, task: "asyncio.Task[Profile | None]") -> None:
        failed = task.cancelled() or task.exception() is not None
        if failed and user_id in self._kept and self._kept[user_id].asked is task:
            del self._kept[user_id]

    async def _look_up(self, user_id: str) -> Profile | None:
        for _ in range(TRIES - 1):
            try:
                return await self._info(user_id)
            except Later as later:
                if later.after is None:
                    raise
                await self._clock.until(self._clock.now() + later.after)
        return await self._info(user_id)

    async def _info(self, user_id: str) -> Profile | None:
        try:
            with translated():
                told = await self._client.users_info(user=user_id)
        except Never as never:
            if never.code in {"user_not_found", "user_not_visible"}:
                return None
            raise Later(f"Slack does not tell us about people: {never.reason}") from never
        return profile(told["user"])


def profile(user: dict[str, Any]) -> Profile:
    """A user as users.info tells it. People go by the name they chose."""
    about = user.get("profile", {})
    name = (
        about.get("display_name") or about.get("real_name") or user.get("real_name") or user.get("name") or user["id"]
    )
    return Profile(
        user_id=user["id"],
        name=name,
        team=user.get("team_id", ""),
        phone=about.get("phone") or "",
        bot=bool(user.get("is_bot")),
        deleted=bool(user.get("deleted")),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        stranger=bool(user.get("is_stranger") or user.get("is_invited_user")),
        admin=bool(user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")),
    )
