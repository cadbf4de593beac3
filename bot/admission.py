"""Who asks, and what they are just now, as Slack tells it; and whether a conference may be started where they ask."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core import policy
from bot.core.policy import Member, Rules
from bot.core.replies import Refusal
from bot.core.roles import Role
from bot.ports import Directory, Later, Profile

GROUP = "S"  # what ids of user groups begin with; people have U or W
CHANNEL = "CG"
POWERFUL = frozenset({"CONFAB_ADMINS", "CONFAB_OPERATORS"})
SHOWN = 3  # channels that are named in a refusal


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who may use Confab. ``sure`` is False when Slack did not say whether they are more than ``role``."""

    profile: Profile
    role: Role
    sure: bool = True


class Admission:
    def __init__(self, directory: Directory, rules: Rules) -> None:
        self._directory = directory
        self._rules = rules

    async def of(self, user_id: str, team: str) -> Asker:
        """Let somebody in; ``team`` is what Slack's payload named. Raises Refusal, Later."""
        profile = await self._directory.profile(user_id)
        member = await self._member(profile) if profile else None
        standing = policy.admit(self._rules, member, team)
        assert profile is not None
        return Asker(profile, standing.role, standing.sure)

    async def powerless(self, user_ids: Iterable[str]) -> frozenset[str]:
        """Those of them who may surely not use Confab (any more)."""
        found = set[str]()
        for user_id in user_ids:
            try:
                await self.of(user_id, self._rules.team)
            except Refusal as refusal:
                found |= {user_id} if refusal.code == "forbidden" else set()
            except Later:
                continue
        return frozenset(found)

    async def to_start(self, channel: str) -> None:
        """Raise Refusal unless conferences may be started in this channel. Raises Later."""
        elsewhere = sorted(self._rules.channels)[:SHOWN] if channel not in self._rules.channels else []
        named = [(await self._directory.place(one)).name for one in elsewhere]
        policy.may_start(self._rules, await self._directory.place(channel), named)

    async def doubts(self) -> list[str]:
        """What looks wrong about the ids in the settings, one sentence each. Raises Later."""
        found: list[str] = []
        for setting, ids in self._rules.named.items():
            for one in sorted(ids):
                place = await self._directory.place(one) if one[0] in CHANNEL else None
                known = place.shared is not None if place else await self._is_known(one)
                if not known:
                    found.append(f"{setting} names {one}, which Slack does not know or does not show us.")
                elif place and place.name and setting in POWERFUL:
                    found.append(f"{setting} names #{place.name}, a public channel: whoever joins it has that role.")
        return found

    async def _is_known(self, one: str) -> bool:
        if one.startswith(GROUP):
            return await self._directory.group(one) is not None
        profile = await self._directory.profile(one)
        return profile is not None and not profile.deleted

    async def _member(self, profile: Profile) -> Member:
        belongs, unsure = set[str](), set[str]()
        for one in sorted(self._rules.circles):
            try:
                known = self._directory.group(one) if one.startswith(GROUP) else self._directory.channel(one)
                if profile.user_id in (await known or ()):
                    belongs.add(one)
            except Later:
                unsure.add(one)
        return Member(
            profile.team,
            profile.bot,
            profile.deleted,
            profile.guest,
            profile.stranger,
            profile.admin,
            frozenset({profile.user_id, *belongs}),
            frozenset(unsure),
        )
