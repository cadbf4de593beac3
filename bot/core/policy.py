"""Who may use Confab, and whom it may ring: the one place that decides."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core import phone
from bot.core.inputs import Person
from bot.core.replies import Refusal

MOST_PEOPLE = 20  # in one sentence


@dataclass(frozen=True, slots=True)
class Rules:
    """``team`` is the installed Slack workspace; ``countries`` are ISO 3166 alpha-2 codes."""

    team: str
    countries: frozenset[str]
    region: str
    sip_domains: frozenset[str] = frozenset()  # hosts of sip: addresses that may be rung


@dataclass(frozen=True, slots=True)
class Member:
    """What the directory says of somebody who asks."""

    team: str
    bot: bool = False
    deleted: bool = False
    guest: bool = False
    stranger: bool = False


def admit(rules: Rules, member: Member | None, said_team: str) -> None:
    """Let full members of the installed workspace in; raise Refusal for everybody else.

    ``said_team`` is the team the payload named; an absent one counts as foreign (Slack Connect leaves it out).
    """
    if member is None or member.bot or member.deleted:
        raise Refusal("Only people of this workspace can use Confab.", code="forbidden")
    if not rules.team or member.team != rules.team or said_team != rules.team:
        raise Refusal("You belong to another workspace; only members of this one can use Confab.", code="forbidden")
    if member.guest or member.stranger:
        raise Refusal("Guests cannot use Confab: every call costs money. Ask a full member.", code="forbidden")


def may_ring(rules: Rules, people: Sequence[Person], undone: str = "Nobody was rung.") -> None:
    """Raise Refusal unless every one of these numbers may be rung. Nobody is rung when one may not."""
    if len(people) > MOST_PEOPLE:
        raise Refusal(f"That is {len(people)} people; at most {MOST_PEOPLE} can be rung with one sentence.")
    refused = [why for person in at_all_numbers(people) if (why := _refusal(rules, person.number))]
    if refused:
        raise Refusal(" ".join((undone, *dict.fromkeys(refused))), code="forbidden")


def at_all_numbers(people: Sequence[Person]) -> list[Person]:
    """These people once for each of their numbers, and their deputies likewise."""
    found: list[Person] = []
    for one in people:
        found += [replace(one, number=number) for number in (one.number, *one.others) if number]
        found += at_all_numbers(one.deputies)
    return found


def _refusal(rules: Rules, number: str) -> str | None:
    if not number.startswith("sip:"):
        return phone.dial_refusal(number, rules.countries)
    host = number.partition("@")[2].lower()
    return None if host in rules.sip_domains else f"{host} is not among the allowed domains (CONFAB_SIP_DOMAINS)."
