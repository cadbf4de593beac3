"""Whom a sentence names, before anybody has been looked up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NumberTarget:
    e164: str  # or a sip: address


@dataclass(frozen=True, slots=True)
class UserTarget:
    """A mention. ``label`` is the name in it, "" in Slack's newer mentions."""

    user_id: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class GroupTarget:
    """A Slack user group."""

    group_id: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class ChannelTarget:
    """Everybody in the channel where this is said."""


@dataclass(frozen=True, slots=True)
class NameTarget:
    """A name as typed: of the phone book, or of somebody in the conference."""

    name: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """``@ana else @bo``: who comes later is rung when those before cannot be reached."""

    steps: "tuple[Target, ...]"


Target = NumberTarget | UserTarget | GroupTarget | ChannelTarget | NameTarget | Ladder


def identity(target: Target) -> str:
    match target:
        case NumberTarget():
            return target.e164
        case UserTarget():
            return target.user_id
        case GroupTarget():
            return target.group_id
        case ChannelTarget():
            return "!channel"
        case NameTarget():
            return f"name:{target.name.casefold()}"
        case Ladder():
            return identity(target.steps[0])
