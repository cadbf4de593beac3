"""Roles: what somebody is to Confab and to a conference, and which role a verb takes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final


class Role(IntEnum):
    """Each may do all that those before it may."""

    NOBODY = 0  # is not let in
    MEMBER = 1  # may use Confab
    PARTICIPANT = 2  # is in this conference, or was invited into it
    HOST = 3  # of this conference; while the host is not in the room, everybody who is
    OPERATOR = 4  # of every conference
    ADMIN = 5  # of Confab

    @property
    def told(self) -> str:
        """Who that is, in words."""
        return _WHO[self]


_WHO: Final = {
    Role.NOBODY: "nobody",
    Role.MEMBER: "everybody who may use Confab",
    Role.PARTICIPANT: "people of the conference, operators and admins",
    Role.HOST: "the host (while the host is not in the call, everybody who is in it), operators and admins",
    Role.OPERATOR: "operators and admins",
    Role.ADMIN: "admins",
}


@dataclass(frozen=True, slots=True)
class May:
    """Who may say a verb. A word in ``words`` that is said with it takes a higher role: ``mute all``."""

    role: Role
    words: Mapping[str, Role] = field(default_factory=dict)

    def needed(self, said: Iterable[str]) -> Role:
        """The role it takes to say the verb with these words."""
        return max(self.role, *(self.words.get(word.lower(), self.role) for word in said), self.role)

    @property
    def most(self) -> Role:
        """The highest role that the verb takes with any word."""
        return max(self.role, *self.words.values(), self.role)

    @property
    def told(self) -> str:
        """Who may, in words."""
        more: dict[Role, list[str]] = {}
        for word, role in self.words.items():
            more.setdefault(role, []).append(f"“{word}”")
        return "; ".join((self.role.told, *(f"with {' or '.join(said)} {role.told}" for role, said in more.items())))
