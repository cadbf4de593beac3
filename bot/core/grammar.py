"""Sentences: a verb, whom it is about, and a topic. ``create payments down @ana +1 212 555 0199``."""

import contextlib
import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final, assert_never

from bot.core import options, phone, roster, words
from bot.core.inputs import Options
from bot.core.replies import Refusal
from bot.core.targets import ChannelTarget, GroupTarget, Ladder, NameTarget, NumberTarget, Target, UserTarget, identity
from bot.core.words import Word

MAX_TEXT = 2000  # characters
MAX_PEOPLE = 20
MAX_PARTS = 8  # words that one number may be written in
MAX_DIGITS = 20  # of a number with all its prefixes
MAX_READINGS = 400  # of groups of digits as numbers, in one sentence; each takes a tenth of a millisecond
FORGET = "forget"
VERIFY = "verify"
ELSE = "else"
CONTACT_EXAMPLE = "/conf contacts add vendor-bridge +1 212 555 0199"

_PART = re.compile(r"[+(]*\d[\d()./\-‐-―−]*|[()./\-‐-―−]+")  # noqa: RUF001  # a piece of a number, dashes as pasted
_START = re.compile(r"[+(]*\d")
_PAUSED = re.compile(r"[+(]*\d[\d().\-]{6,}([,;*#xpw]|ext).*", re.IGNORECASE)
_EXTENSION = re.compile(r"[x#]\d+|(ext\.?|extension)\d*", re.IGNORECASE)
_DATE_OR_ADDRESS = re.compile(r"\d{4}([-./]\d\d?){2}|(\d\d?[-./]){2}(\d{4}|\d\d)|\d{1,3}(\.\d{1,3}){3}")
_SIP = re.compile(r"sip:[^\s@]+@[^\s@]+", re.IGNORECASE)
_MENTION = re.compile(r"@\w[\w.\-]*")
_GLUE = re.compile(r"[,;&]+|and[,;]?", re.IGNORECASE)
_CLOSING: Final = {'"': '"', "'": "'", "“": "”", "„": "“”", "‘": "’", "«": "»", "»": "«"}  # noqa: RUF001  # see below
_QUOTES: Final = "“”‘’\"'«»„"  # noqa: RUF001  # curly ones, as phones type them


class Reads(Enum):
    """How what stands after a verb is read."""

    TOPIC = auto()  # people, the rest is a topic; options
    PEOPLE = auto()  # every word names somebody to ring; options
    OPTIONS = auto()  # options only
    ROSTER = auto()  # people of the conference
    SAY = auto()  # a text, and --to people of the conference
    KEYS = auto()  # people of the conference, and keys
    RENAME = auto()  # somebody of the conference, as a new name
    NUMBER = auto()  # one's own numbers, or a word about them
    CONTACT = auto()  # what to do with a name of the phone book, and its numbers
    WORDS = auto()  # as it was typed


@dataclass(frozen=True, slots=True)
class Sentence:
    """``rest`` is everything after the verb as typed; ``dropped`` are the people who were named again.

    ``topic`` is what was said beside the people: a topic, a text, keys, a new name.
    """

    verb: str
    people: tuple[Target, ...] = ()
    topic: str = ""
    rest: str = ""
    dropped: tuple[Target, ...] = ()
    options: Options = field(default_factory=Options)


def parse(text: str, region: str, verbs: Mapping[str, str], reads: Mapping[str, Reads]) -> Sentence:
    """Read a sentence without the bot's own mention. ``verbs`` maps each word to the verb it means, ``reads`` each verb
    to how the rest of its sentence is read. Raises Refusal.
    """
    if len(text) > MAX_TEXT:
        raise Refusal(f"That is too long: {len(text)} characters, and {MAX_TEXT} are read.", code="unreadable")
    first, rest = ([*text.split(maxsplit=1), "", ""])[:2]
    verb = _verb(first, rest, verbs)
    people, topic, wanted = _read(reads.get(verb, Reads.WORDS), rest, region)
    once = {identity(person): person for person in reversed(people)}
    if len(once) > MAX_PEOPLE:
        raise Refusal(f"That names {len(once)} people; at most {MAX_PEOPLE} can be named at once.", code="unreadable")
    kept = [person for person in people if once.pop(identity(person), None)]
    return Sentence(verb, tuple(kept), topic, rest.strip(), tuple(_again(people)), wanted)


def _read(how: Reads, rest: str, region: str) -> tuple[Sequence[Target], str, Options]:  # noqa: C901, PLR0911  # one arm per way
    """People, what stands beside them, options."""
    match how:
        case Reads.TOPIC | Reads.PEOPLE:
            return _ringing(how, rest, region)
        case Reads.OPTIONS:
            return (), "", options.take(words.split(rest), strict=False)[0]
        case Reads.ROSTER:
            return roster.people(words.split(rest), region), "", Options()
        case Reads.SAY:
            return *_to_say(words.split(rest), region), Options()
        case Reads.KEYS:
            return *roster.with_keys(words.split(rest), region), Options()
        case Reads.RENAME:
            return *roster.with_name(words.split(rest), region), Options()
        case Reads.NUMBER:
            keyword = rest.strip().lower().split(" ")[0] in {"", FORGET, VERIFY}
            return (() if keyword else _own_numbers(rest, region)), "", Options()
        case Reads.CONTACT:
            return *_contact(words.split(rest), region), Options()
        case Reads.WORDS:
            return (), "", Options()
        case _:
            assert_never(how)


def _ringing(how: Reads, rest: str, region: str) -> tuple[Sequence[Target], str, Options]:
    only_people = how is Reads.PEOPLE
    wanted, left = options.take(words.split(rest), strict=only_people)
    people, topic = _Reader(left, region, only_people=only_people).read()
    return people, topic, wanted


def _to_say(said: list[Word], region: str) -> tuple[Sequence[Target], str]:
    """The text, and after ``--to`` who alone is to hear it."""
    at = next((at for at, word in enumerate(said) if options.name(word) == options.TO), len(said))
    text = " ".join("".join(f" {one.shown}" if one.spaced else one.shown for one in said[:at]).split())
    quoted = len(text) > 1 and text[0] in _QUOTES and text[-1] in _QUOTES
    to = roster.people(said[at + 1 :], region)
    if at < len(said) and not to:
        raise Refusal("Say who is to hear it.", example="/conf say two more minutes --to bo", code="unreadable")
    return to, text[1:-1].strip() if quoted else text


def _own_numbers(rest: str, region: str) -> tuple[Target, ...]:
    said = words.split(rest)
    if any(word.user_id for word in said):
        raise Refusal("Everybody registers their own number, and as digits.", example=f"/conf number {phone.EXAMPLE}")
    found, _ = _Reader(said, region, only_people=True).read()
    if not found or not all(isinstance(one, NumberTarget) for one in found):
        phone.read(" ".join(word.tel or word.shown for word in said), region)  # raises, and says what is wrong
    return tuple(found)


def _contact(said: list[Word], region: str) -> tuple[tuple[Target, ...], str]:
    """The numbers, and the name they belong to: ``add vendor-bridge +1 212 555 0199``."""
    if len(said) < 2:
        return (), ""
    found, _ = _Reader(said[2:], region, only_people=True).read()
    if odd := [one for one in found if not isinstance(one, NumberTarget)]:
        name = getattr(odd[0], "name", "") or "that"
        raise Refusal(f"“{name}” is no number; a name is one word.", example=CONTACT_EXAMPLE, code="unreadable")
    return tuple(found), _bare(said[1].shown)


def _again(people: Sequence[Target]) -> list[Target]:
    seen = [identity(person) for person in people]
    return [person for at, person in enumerate(people) if seen[at] in seen[:at]]


def _verb(first: str, rest: str, verbs: Mapping[str, str]) -> str:
    word = first.lower()
    known = verbs.get(word) or verbs.get(word.rstrip(":,.!"))
    if known:
        return known
    if not first:
        raise Refusal("Start with a verb.", example="/conf help", code="unreadable")
    if first.startswith("<") or _START.match(_bare(first)):
        raise Refusal(
            "Start with a verb: what is to be done with them?", example="/conf invite @ana", code="unreadable"
        )
    near = difflib.get_close_matches(word[:30], verbs, n=1)
    if not near:
        raise Refusal(f"I do not know the verb “{first[:40]}”.", example="/conf help", code="unreadable")
    shown = "".join((" " if one.spaced else "") + one.shown for one in words.split(f" {rest}"[:200]))
    raise Refusal(
        f"I do not know the verb “{first[:40]}”; did you mean “{near[0]}”?",
        example=f"/conf {near[0]}{shown}".rstrip(),
        code="unreadable",
    )


class _Reader:
    """Goes through the words once and sorts them into people and topic."""

    def __init__(self, said: list[Word], region: str, *, only_people: bool) -> None:
        self._words = said
        self._region = region
        self._only_people = only_people
        self._readings_left = MAX_READINGS
        self._quoted = set() if only_people else _quoted_text(said)

    def read(self) -> tuple[list[Target], str]:
        people: list[Target] = []
        taken: set[int] = set()
        at = 0
        while at < len(self._words):
            target, count = (None, 1) if at in self._quoted else self._target(at)
            if target:
                if self._is_else(at - 1, taken):
                    target = _after(people.pop(), target)
                    taken.add(at - 1)
                people.append(target)
                taken.update(range(at, at + count))
            at += count
        return people, self._topic(taken)

    def _is_else(self, at: int, taken: set[int]) -> bool:
        """Whether here stands the word between somebody and who is rung instead."""
        return at - 1 in taken and self._words[at].typed and self._words[at].shown.lower() == ELSE

    def _must_be_somebody(self, word: Word) -> bool:
        """A name that Slack did not know stays as it was typed; it is not meant as a part of the topic."""
        return self._only_people or bool(word.typed and _MENTION.fullmatch(_bare(word.shown)))

    def _target(self, at: int) -> tuple[Target | None, int]:
        """Who is named here, and by how many words."""
        word = self._words[at]
        if word.group_id:
            return GroupTarget(word.group_id, word.shown), 1
        if word.everybody:
            return ChannelTarget(), 1
        if word.user_id:
            return UserTarget(word.user_id, word.shown[1:] if word.shown[1:] != word.user_id else ""), 1
        if word.tel:
            return NumberTarget(phone.read(word.tel, self._region)), 1
        if word.typed and _SIP.fullmatch(_bare(word.shown)):
            return NumberTarget(_bare(word.shown)), 1
        target, count = self._number(at)
        return target or self._name(at), count

    def _name(self, at: int) -> Target | None:
        """A name of the phone book, where nothing else can stand: it is looked up later."""
        word = self._words[at]
        between = _GLUE.fullmatch(word.shown) or (at and word.shown.lower() == ELSE)
        if between or not self._must_be_somebody(word):
            return None
        return NameTarget(_bare(word.shown).removeprefix("@"))

    def _number(self, at: int) -> tuple[Target | None, int]:
        parts = self._parts(at)
        if not parts:
            self._refuse_pause(at)
            return None, 1
        for count, e164 in self._readings(parts):
            if self._only_people or _meant(" ".join(parts[:count]), e164):
                after = self._words[at + count : at + count + 1]
                if after and after[0].typed and _EXTENSION.fullmatch(after[0].shown):
                    raise phone.with_extension(" ".join((*parts[:count], after[0].shown)))
                return NumberTarget(e164), count
        whole = " ".join(parts)
        if self._only_people or (whole.startswith("+") and _digits(parts) >= 7):
            phone.read(whole, self._region)  # raises: it was tried above
        return None, 1

    def _refuse_pause(self, at: int) -> None:
        word = _bare(self._words[at].shown)
        if self._words[at].typed and _PAUSED.fullmatch(word) and (self._only_people or word.startswith("+")):
            raise phone.with_extension(word)

    def _parts(self, at: int) -> list[str]:
        """The words from here on that could be one number. A plus sign starts the next one, a comma ends this."""
        parts: list[str] = []
        for word in self._words[at : at + MAX_PARTS]:
            part = _bare(word.shown)
            bracket = part.startswith("(") and _digits(parts) >= 7  # an area code: the number before is complete
            next_one = parts and (not word.spaced or bracket or part.startswith(("+", "(+")))
            if next_one or not word.typed or not self._is_part(part, parts):
                break
            parts.append(part)
            if word.shown.endswith((",", ";")):
                break
        return parts if parts and _START.match(parts[0]) else []

    def _is_part(self, part: str, before: Sequence[str]) -> bool:
        surely = self._only_people or (before and before[0].startswith(("+", "(+")))
        return bool(_PART.fullmatch(part)) and (surely or not _DATE_OR_ADDRESS.fullmatch(part))

    def _readings(self, parts: list[str]) -> list[tuple[int, str]]:
        """Ways to read a number here, the likeliest first.

        Known ranges come before merely possible ones, then a number in one piece, then longer before shorter: in
        countries with numbers of any length the count that follows a number could be its end.
        """
        found: list[tuple[int, str]] = []
        least = 4 if self._only_people else 7
        for count in range(len(parts), 0, -1):
            if least <= _digits(parts[:count]) <= MAX_DIGITS:
                self._count_reading()
                with contextlib.suppress(Refusal):
                    found.append((count, phone.read(" ".join(parts[:count]), self._region)))
        in_one_piece = _digits(parts[:1]) >= 9
        return sorted(found, key=lambda one: (not phone.is_valid(one[1]), not (in_one_piece and one[0] == 1)))

    def _count_reading(self) -> None:
        """Nobody else is served while a sentence is read, so one cannot take long."""
        self._readings_left -= 1
        if self._readings_left < 0:
            raise Refusal("That has more groups of digits than can be read at once.", code="unreadable")

    def _topic(self, taken: set[int]) -> str:
        gone = taken | self._between_people(taken)
        kept = [(at, word) for at, word in enumerate(self._words) if at not in gone]
        pieces = [f" {word.shown}" if word.spaced or at - 1 in gone else word.shown for at, word in kept]
        topic = " ".join("".join(pieces).split()).strip(", ").rstrip(":")
        quoted = len(topic) > 1 and topic[0] in _QUOTES and topic[-1] in _QUOTES
        return topic[1:-1].strip() if quoted else topic

    def _between_people(self, taken: set[int]) -> set[int]:
        """The commas and ands after a person, and before the next one or the end."""
        found: set[int] = set()
        at, end = 0, len(self._words)
        while at < end:
            after = at
            while after < end and self._is_glue(after):
                after += 1
            if after > at and at - 1 in taken and (after in taken or after == end):
                found.update(range(at, after))
            at = max(after, at + 1)
        return found

    def _is_glue(self, at: int) -> bool:
        return bool(_GLUE.fullmatch(self._words[at].shown))


def _after(first: Target, then: Target) -> Target:
    return Ladder((*(first.steps if isinstance(first, Ladder) else (first,)), then))


def _quoted_text(said: list[Word]) -> set[int]:
    """Places of words in quotes that are a text, not a number: nobody is named there."""
    found: set[int] = set()
    start, closing = 0, ""
    for at, word in enumerate(said):
        if not word.typed:
            continue
        if not closing and word.shown[0] in _CLOSING:
            start, closing = at, _CLOSING[word.shown[0]]
            if len(word.shown) == 1:
                continue
        if closing and word.shown.rstrip(",.")[-1:] in closing and (at > start or len(word.shown) > 1):
            span = range(start, at + 1)
            if any(char.isalpha() for place in span for char in said[place].shown):
                found.update(span)
            closing = ""
    return found


def _bare(word: str) -> str:
    """Without invisible marks, and the quotes and punctuation around it."""
    seen = "".join(char for char in word if unicodedata.category(char) != "Cf").replace("\uff0b", "+")
    return seen.strip(f"{_QUOTES}`*_~[]").rstrip(",;:!?.")


def _digits(parts: Sequence[str]) -> int:
    return sum(char.isdigit() for part in parts for char in part)


def _meant(typed: str, e164: str) -> bool:
    """Whether somebody who writes this between other words means a number to ring, rather than a count or a ticket."""
    digits = _digits([typed])
    if typed.startswith(("+", "(+", "00")) or phone.is_valid(e164):
        return digits >= 7
    # Area codes of the North American plan start with 2 to 9; a unix time looks like one that does not.
    return digits >= 10 and e164[:3] not in {"+10", "+11"}
