"""What a verb is: its usage line, its words, what it needs, and the function that decides."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from bot.core.grammar import Reads
from bot.core.inputs import Request
from bot.core.replies import Reply, VerbHelp
from bot.core.roles import May, Role
from bot.core.scene import Scene


class Needs(Enum):
    NOTHING = auto()  # answered without a conference
    NEW = auto()  # makes one
    CONFERENCE = auto()  # is about a live one
    ANY_CONFERENCE = auto()  # is about a live one, or about the last one here that is over
    NEXT = auto()  # makes a new one out of a live one
    BOOK = auto()  # is about the phone book
    ALL = auto()  # is about all calls there are

    @property
    def one(self) -> bool:
        """Whether a conference must be found first."""
        return self in {Needs.CONFERENCE, Needs.ANY_CONFERENCE, Needs.NEXT}


Decide = Callable[[Scene, Request], Reply]


@dataclass(frozen=True, slots=True)
class Verb:
    help: VerbHelp
    needs: Needs
    reads: Reads
    may: May
    decide: Decide


VERBS: Final[dict[str, Verb]] = {}
WORDS: Final[dict[str, str]] = {}
READS: Final[dict[str, Reads]] = {}


def verb(
    help_: VerbHelp, *, may: Role | May, needs: Needs = Needs.CONFERENCE, reads: Reads = Reads.WORDS
) -> Callable[[Decide], Decide]:
    """Register a verb under its name and synonyms; a word that means two things is a programming error.

    ``may`` is who may say it; only the policy reads it, and ``help`` tells it.
    """
    allowed = may if isinstance(may, May) else May(may)

    def register(decide: Decide) -> Decide:
        for word in (help_.name, *help_.synonyms):
            if WORDS.setdefault(word, help_.name) != help_.name:
                raise ValueError(f"{word!r} already means {WORDS[word]!r}")
        READS[help_.name] = reads
        VERBS[help_.name] = Verb(replace(help_, may=allowed.told), needs, reads, allowed, decide)
        return decide

    return register
