"""Who is who in Slack, and which channel is whose; remembered for half a minute, so that no power outlives its role."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Generic, NamedTuple, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.policy import Place
from bot.ports import Clock, Later, Never, Profile
from bot.slack.errors import translated

KEPT = 30.0  # seconds
TRIES = 5  # as long as Slack says when to ask again
PAGES = 5  # of a channel's members
PAGE = 999  # the most that Slack gives at once (https://docs.slack.dev/reference/methods/conversations.members)
ENOUGH = 1000  # answers remembered before old ones are thrown away
NO_GROUP = frozenset({"no_such_subteam", "subteam_not_found", "plan_upgrade_required", "missing_scope"})
SLACKBOT = "USLACKBOT"  # Slack does not call it a bot

T = TypeVar("T")


class _Kept(NamedTuple, Generic[T]):
    asked: "asyncio.Task[T]"
    until: float


class _Memory(Generic[T]):
    """Answers of Slack by their key, asked once for all who wait. What failed is asked again."""

    def __init__(self, clock: Clock, ask: Callable[[str], Awaitable[T]]) -> None:
        self._clock = clock
        self._ask = ask
        self._kept: dict[str, _Kept[T]] = {}

    async def get(self, key: str) -> T:
        now = self._clock.now()
        kept = self._kept.get(key)
        if kept is None or kept.until <= now:
            kept = self._begin(key, now)
        return await asyncio.shield(kept.asked)

    def _begin(self, key: str, now: float) -> _Kept[T]:
        if len(self._kept) >= ENOUGH:
            self._kept = {known: kept for known, kept in self._kept.items() if kept.until > now}
        kept = _Kept(asyncio.ensure_future(self._ask(key)), now + KEPT)
        self._kept[key] = kept
        kept.asked.add_done_callback(lambda task: self._forget_failure(key, task))
        return kept

    def _forget_failure(self, key: str, task: "asyncio.Future[T]") -> None:
        failed = task.cancelled() or task.exception() is not None
        if failed and key in self._kept and self._kept[key].asked is task:
            del self._kept[key]


class SlackDirectory:
    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._profiles = _Memory(clock, self._look_up)
        self._groups = _Memory(clock, self._group)
        self._channels = _Memory(clock, self._channel)
        self._places = _Memory(clock, self._place)

    async def profile(self, user_id: str) -> Profile | None:
        """users.info (100 a minute: https://docs.slack.dev/reference/methods/users.info)."""
        return await self._profiles.get(user_id)

    async def group(self, group_id: str) -> tuple[str, ...] | None:
        """The user ids in a user group (usergroups.users.list, 20 a minute)."""
        return await self._groups.get(group_id)

    async def channel(self, channel_id: str) -> tuple[str, ...] | None:
        """The user ids in a channel, the first five thousand; None when we may not see it."""
        return await self._channels.get(channel_id)

    async def place(self, channel_id: str) -> Place:
        """What conversations.info tells of a channel (50 a minute)."""
        if channel_id.startswith("D"):  # there the bot can only write to one person of ours
            return Place(channel_id, "", shared=False)
        return await self._places.get(channel_id)

    async def _group(self, group_id: str) -> tuple[str, ...] | None:
        try:
            with translated():
                told = await self._client.usergroups_users_list(usergroup=group_id)
        except Never as never:
            if never.code in NO_GROUP:
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
                        channel=channel_id, cursor=cursor or None, limit=PAGE
                    )
            except Never:
                return None
            found += told["members"]
            cursor = (told.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return tuple(found)

    async def _place(self, channel_id: str) -> Place:
        try:
            with translated():
                told = (await self._client.conversations_info(channel=channel_id))["channel"]
        except Never:  # a private channel without us in it
            return Place(channel_id)
        name = "" if told.get("is_private") else told.get("name") or ""
        return Place(channel_id, name, shared=bool(told.get("is_ext_shared") or told.get("is_pending_ext_shared")))

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
        bot=bool(user.get("is_bot") or user.get("is_workflow_bot") or user["id"] == SLACKBOT),
        deleted=bool(user.get("deleted")),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        stranger=bool(user.get("is_stranger") or user.get("is_invited_user")),
        admin=bool(user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")),
    )
