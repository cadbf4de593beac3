"""Who may use Confab, who may do what in a conference, and whom it may ring: the one place that decides."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bot.core import phone, who
from bot.core.inputs import Person, Request
from bot.core.replies import Refusal
from bot.core.roles import Role
from bot.core.scene import Scene
from bot.core.verb import Verb

MOST_PEOPLE = 20  # in one sentence
_CREATE = "/conf create payments down @ana"
_UNSURE = "Slack does not say just now whether you may do that. Please try again."
USER = "UW"  # what ids of Slack users begin with


@dataclass(frozen=True, slots=True)
class Rules:
    """``team`` is the installed Slack workspace; ``countries`` are ISO 3166 alpha-2 codes."""

    team: str
    countries: frozenset[str]
    region: str
    sip_domains: frozenset[str] = frozenset()  # hosts of sip: addresses that may be rung
    admins: frozenset[str] = frozenset()  # these three: Slack ids of users, user groups and channels
    operators: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()  # who may use it at all; empty = every full member
    channels: frozenset[str] = frozenset()  # where conferences may be started; empty = in all
    shared_channels: frozenset[str] = frozenset()  # those shared with other companies where they may be, too

    @property
    def named(self) -> dict[str, frozenset[str]]:
        """The Slack ids by the setting that names them."""
        return {
            "CONFAB_ADMINS": self.admins,
            "CONFAB_OPERATORS": self.operators,
            "CONFAB_ALLOW_PEOPLE": self.people,
            "CONFAB_ALLOW_CHANNELS": self.channels,
            "CONFAB_ALLOW_SHARED_CHANNELS": self.shared_channels,
        }

    @property
    def circles(self) -> frozenset[str]:
        """The user groups and channels whose members these rules speak of."""
        named = self.admins | self.operators | self.people
        return frozenset(one for one in named if one[0] not in USER)


@dataclass(frozen=True, slots=True)
class Member:
    """What the directory says of somebody who asks.

    ``belongs`` holds their user id and those of the rules' groups and channels that they are in; ``unsure`` those of
    which Slack did not tell.
    """

    team: str
    bot: bool = False
    deleted: bool = False
    guest: bool = False
    stranger: bool = False
    admin: bool = False  # of the workspace, or one of its owners
    belongs: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """A channel. ``shared`` is whether people of other companies are in it or invited, None when we may not see it."""

    id: str
    name: str = ""  # "" for a private one, which not everybody may know
    shared: bool | None = None


class Standing(NamedTuple):
    """What somebody is everywhere: a member, an operator or an admin; ``sure`` unless they may be more than that."""

    role: Role
    sure: bool = True


def admit(rules: Rules, member: Member | None, said_team: str) -> Standing:
    """Let full members of the installed workspace in, and raise Refusal for everybody else.

    ``said_team`` is the team the payload named; an absent one counts as foreign (Slack Connect leaves it out).
    """
    if member is None or member.bot or member.deleted:
        raise Refusal("Only people of this workspace can use Confab.", code="forbidden")
    if not rules.team or member.team != rules.team or said_team != rules.team:
        raise Refusal("You belong to another workspace; only members of this one can use Confab.", code="forbidden")
    if member.guest or member.stranger:
        raise Refusal("Guests cannot use Confab: every call costs money. Ask a full member.", code="forbidden")
    if member.admin or member.belongs & rules.admins:
        return Standing(Role.ADMIN)
    sure = not member.unsure & (rules.admins | rules.operators)
    if member.belongs & rules.operators:
        return Standing(Role.OPERATOR, sure)
    if rules.people and not member.belongs & rules.people:
        if member.unsure:
            raise Refusal(_UNSURE, code="later")
        raise Refusal(
            "Confab is for some people of this workspace only (CONFAB_ALLOW_PEOPLE), and you are not among them.",
            code="forbidden",
        )
    return Standing(Role.MEMBER, sure)


def may_start(rules: Rules, place: Place, elsewhere: Sequence[str] = ()) -> None:
    """Raise Refusal unless a conference may be started in this channel; ``elsewhere`` names some where it may be."""
    if rules.channels and place.id not in rules.channels:
        instead = " or ".join(f"#{name}" for name in elsewhere if name)
        raise Refusal(
            f"Conferences are not started in this channel{f', but in {instead}' if instead else ''}"
            " (CONFAB_ALLOW_CHANNELS).",
            example=_CREATE,
            code="forbidden",
        )
    if place.id in rules.shared_channels:
        return
    if place.shared is None:
        raise Refusal(
            "I cannot see whether this channel is shared with another company, so nothing was started. "
            "Invite me to it, and try again.",
            example="/invite @confab",
            code="later",
        )
    if place.shared:
        raise Refusal(
            "People of another company are in this channel and would read the conference's thread. "
            "Start it in a channel of your own.",
            example=_CREATE,
            code="forbidden",
        )


def allow(verb: Verb, request: Request, scene: Scene | None = None) -> Role:
    """The role in which a request is made. Raises Refusal when its verb takes a higher one.

    ``scene`` is the whole conference that the request is about, None when it is about none.
    """
    role = role_in(request, scene)
    needed = verb.may.needed(said := _said(request))
    if role < needed:
        word = next((word for word in said if verb.may.words.get(word) == needed), "")
        raise _not_yours(f"{verb.help.name} {word}".rstrip(), needed, role, request, scene)
    return role


def role_in(request: Request, scene: Scene | None) -> Role:
    """What the one who asks is to this conference.

    While the host is not in the room, everybody who is in it has the host's rights: nobody can leave the others stuck.
    """
    if scene is None or request.standing is not Role.MEMBER:
        return request.standing
    if request.actor.user_id and request.actor.user_id == scene.conference.host_id:
        return Role.HOST
    mine = [one for one in scene.participants.values() if who.is_asker(one, request)]
    seats = [one for one in mine if not who.is_removed(scene.latest(one))]
    if any(who.in_room(scene.latest(one)) for one in seats) and not _host_is_in(scene, request):
        return Role.HOST
    return Role.PARTICIPANT if seats else Role.MEMBER


def _host_is_in(scene: Scene, request: Request) -> bool:
    """Whether the host can act: is in the room, and is somebody who may use Confab."""
    host = scene.conference.host_id
    if not host or host in request.powerless:
        return False
    seats = [one for one in scene.participants.values() if one.user_id == host]
    return any(who.in_room(scene.latest(one)) for one in seats)


def _said(request: Request) -> list[str]:
    """The words after the verb that could change whom it may be said by, in lower case."""
    return [*request.rest.lower().split(), *(one.name.lower() for one in request.people)]


def may_change(request: Request, name: str, added_by: str) -> None:
    """Raise Refusal unless this name of the phone book is nobody's, their own, or they are an operator or more."""
    if added_by in {"", request.actor.user_id} or request.standing >= Role.OPERATOR:
        return
    raise Refusal(
        f"“{name}” was noted by somebody else, whom it would surprise; they, operators and admins may change it. "
        "Take another name.",
        example=f"/conf contacts add {name}-2 {phone.EXAMPLE}",
        code="forbidden",
    )


def _not_yours(asked: str, needed: Role, role: Role, request: Request, scene: Scene | None) -> Refusal:
    """Says what was understood, who may do it, and what now."""
    if role is Role.NOBODY:
        return Refusal("Only people of this workspace can use Confab.", code="forbidden")
    if not request.sure:
        return Refusal(_UNSURE, code="later")
    if scene is None or needed >= Role.OPERATOR:
        return Refusal(
            f"“{asked}” is for {needed.told} of Confab, and you are none.", example="/conf whoami", code="forbidden"
        )
    whose, how, example = _whose(needed, role, request, scene)
    return Refusal(f"“{asked}” is for {whose}. {how}", example=example, code="forbidden")


def _whose(needed: Role, role: Role, request: Request, scene: Scene) -> tuple[str, str, str]:
    """Who may, what to do about it, and what to say."""
    host, join = scene.conference.host, ("Join first.", "/conf join")
    if scene.conference.locked:
        join = "It is locked: ask one of them, an operator or an admin.", "/conf status"
    if needed is Role.PARTICIPANT:
        return "people of this conference, and you are not in it", *join
    if not _host_is_in(scene, request):
        if not scene.conference.host_id:  # made over HTTP
            return "everybody who is in the call, and you are not", *join
        return f"the host ({host}), who is not in the call, so for everybody who is", *join
    if role is Role.PARTICIPANT:  # nobody else can be made the host
        return "the host", f"Ask {host} to do it, or to make you the host.", f"/conf host @{request.actor.name}"
    return "the host", f"Ask {host} to do it.", "/conf status"


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


def last_objection(rules: Rules, number: str, *, gated: bool) -> str | None:
    """Why a call that is about to be made must not be, whenever it was asked for and under whatever rules."""
    if number.startswith("sip:") and gated:
        return f"{phone.masked(number)} answers to nobody's keys."
    return _refusal(rules, number)


def _refusal(rules: Rules, number: str) -> str | None:
    if not number.startswith("sip:"):
        return phone.dial_refusal(number, rules.countries)
    host = number.partition("@")[2].lower()
    return None if host in rules.sip_domains else f"{host} is not among the allowed domains (CONFAB_SIP_DOMAINS)."
