"""Whom a sentence means: mentions, groups, names and numbers, looked up and with a number each."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.core import phone, policy
from bot.core.inputs import Heard, Person
from bot.core.policy import Rules
from bot.core.replies import Refusal
from bot.core.targets import ChannelTarget, GroupTarget, Ladder, NameTarget, NumberTarget, Target, UserTarget
from bot.ports import Directory, Profile
from bot.store import book
from bot.store.db import Store

NO_NUMBER = "/conf number +1 212 555 0199"


@dataclass(slots=True)
class Found:
    """``left_out``: members of a group who are not rung, and why. ``crowd``: everybody in the channel was named."""

    people: list[Person] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)  # by number: where it comes from
    crowd: bool = False

    def add(self, person: Person, source: str) -> None:
        self.people.append(person)
        self.sources.setdefault(person.number, source)

    def add_member(self, person: Person, source: str) -> None:
        """Somebody of a group, once, though they were named already or share a phone."""
        if not any(person.number == one.number or person.user_id == one.user_id for one in self.people):
            self.add(person, source)


class People:
    def __init__(self, directory: Directory, store: Store, rules: Rules) -> None:
        self._directory = directory
        self._store = store
        self._rules = rules

    async def to_ring(self, targets: Sequence[Target], heard: Heard) -> Found:
        """Everybody named, with a number each; Refusal when one named alone has none. Raises Later."""
        found = Found()
        for target in targets:
            match target:
                case GroupTarget():
                    await self._members(found, await self._group(target))
                case ChannelTarget():
                    found.crowd = True
                    await self._members(found, await self._channel(heard))
                case _:
                    found.add(*await self._one(target))
        return found

    def named(self, targets: Sequence[Target]) -> tuple[Person, ...]:
        """People of a conference as they were named; nothing is looked up. Raises Refusal."""
        return tuple(_named(target) for target in targets)

    async def of_profile(self, profile: Profile) -> tuple[Person, str]:
        """Somebody of Slack with their numbers, "" when none is known, and where those come from.

        What stands in a profile anybody may have typed there; a registered number wins.
        """
        entry = await self._store.read(lambda connection: book.of_user(connection, profile.user_id))
        if entry.numbers:
            source = "registered, verified" if entry.verified else "registered"
            return Person(profile.name, entry.numbers[0], profile.user_id, entry.numbers[1:]), source
        return Person(profile.name, self._readable(profile.phone), profile.user_id), "Slack profile, not checked"

    async def _one(self, target: Target) -> tuple[Person, str]:
        match target:
            case NumberTarget():
                return Person(phone.masked(target.e164), target.e164), "as typed"
            case UserTarget():
                return await self._user(target)
            case NameTarget():
                return await self._contact(target)
            case Ladder():
                return await self._ladder(target)
            case GroupTarget() | ChannelTarget():
                raise Refusal(
                    "A group cannot be rung in place of somebody. Name a person.", example="/conf invite @ana else @bo"
                )

    async def _ladder(self, target: Ladder) -> tuple[Person, str]:
        (first, source), *later = [await self._one(step) for step in target.steps]
        return replace(first, deputies=tuple(person for person, _ in later)), source

    async def _user(self, target: UserTarget) -> tuple[Person, str]:
        profile = await self._directory.profile(target.user_id)
        if profile is None or profile.deleted:
            raise Refusal(f"I do not know {target.label or 'one of these people'} here. Nobody was rung.")
        if profile.bot:
            raise Refusal(f"{profile.name} is an app and has no phone. Nobody was rung.")
        person, source = await self.of_profile(profile)
        if not person.number:
            raise Refusal(
                f"I have no number for {profile.name}, so nobody was rung. "
                f"{profile.name} can register one, or you write the number itself.",
                example=NO_NUMBER,
            )
        return person, source

    async def _contact(self, target: NameTarget) -> tuple[Person, str]:
        contact = await self._store.read(lambda connection: book.find(connection, target.name))
        if contact is None:
            raise Refusal(
                f"“{target.name[:40]}” is nobody to ring: give a mention, a number, or a name of the phone book. "
                "Pick a mention from Slack's list.",
                example="/conf invite @ana +1 212 555 0199",
                code="unreadable",
            )
        return Person(contact.name, contact.numbers[0], "", contact.numbers[1:]), "phone book"

    async def _group(self, target: GroupTarget) -> tuple[str, ...]:
        members = await self._directory.group(target.group_id)
        if members is None:
            raise Refusal(
                f"I know no group {target.label}, or may not see who is in it. Name the people.", example="@ana @bo"
            )
        return members

    async def _channel(self, heard: Heard) -> tuple[str, ...]:
        members = await self._directory.channel(heard.where.channel)
        if members is None:
            raise Refusal("I cannot see who is in this channel: invite me to it first.", example="/invite @confab")
        return members

    async def _members(self, found: Found, members: Sequence[str]) -> None:
        """Bots, guests and people who left are no members to ring; who has no number is named and left out."""
        if len(members) > 10 * policy.MOST_PEOPLE:
            raise Refusal(f"That is {len(members)} people; at most {policy.MOST_PEOPLE} are rung with one sentence.")
        for user_id in members:
            profile = await self._directory.profile(user_id)
            if profile is None or profile.bot or profile.deleted:
                continue
            if profile.guest or profile.stranger or profile.team != self._rules.team:
                found.left_out.append(f"{profile.name} (a guest)")
                continue
            person, source = await self.of_profile(profile)
            if person.number:
                found.add_member(person, source)
            else:
                found.left_out.append(f"{profile.name} (no number)")
        if not found.people:
            raise Refusal(f"Nobody there can be rung: {_list(found.left_out)}.", example=NO_NUMBER)

    def _readable(self, number: str) -> str:
        try:
            return phone.read(number, self._rules.region) if number else ""
        except Refusal:
            return ""


def left_out(found: Found) -> tuple[str, ...]:
    return (f"Not rung: {_list(found.left_out)}.",) if found.left_out else ()


def _list(names: Sequence[str], most: int = 20) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return (", ".join(names[:most]) or "it is empty") + more


def _named(target: Target) -> Person:
    match target:
        case NumberTarget():
            return Person(phone.masked(target.e164), target.e164)
        case UserTarget():
            return Person(target.label or "that person", "", target.user_id)
        case NameTarget():
            return Person(target.name)
        case GroupTarget() | ChannelTarget() | Ladder():
            raise Refusal("Name people of the conference, one by one.", example="/conf mute bo")
