"""What is said on the phone: texts with names, each of which an operator may replace by their own."""

import string
from dataclasses import dataclass, fields

from bot.core.conference import Conference, Participant
from bot.core.inputs import API

MOST_CHARACTERS = 600  # Telnyx speaks up to 3,000; nobody listens that long
NAMES = frozenset({"topic", "asker", "detail"})  # what a text may hold in braces


class BadTextError(ValueError):
    """A text that cannot be spoken; says which and why."""


@dataclass(frozen=True, slots=True)
class Texts:
    """``{topic}`` is the conference's, ``{asker}`` who invited, ``{detail}`` what the moment adds."""

    gate: str = (
        "Hello. {asker} to join a conference: {topic}. "
        "Press 1 to join, 2 to decline, or 9 to be called back in two minutes."
    )
    asked_by: str = "{asker} asks you"
    asked: str = "You are asked"
    keys: str = (
        "Star six mutes and unmutes you. Star one raises your hand. Star two says how many are here, star three who. "
        "Star zero calls the host."
    )
    muted: str = "You are muted. Press star six to unmute yourself."
    listening: str = "You are here to listen. Only the host can let you speak."
    unmuted: str = "You are unmuted."
    hand: str = "Your hand is raised."
    hand_down: str = "Your hand is down."
    count: str = "{detail} here."
    names: str = "Here are {detail}."
    host_called: str = "I have called the host in Slack."
    recording: str = "This conference is being recorded."
    transcribed: str = "What is said is written down."
    recording_over: str = "The recording has stopped."
    alone: str = "You are alone in this conference. It ends by itself soon."
    limit: str = "This conference ends in {detail}: it has lasted almost as long as one may."
    carried: str = "This line closes now. Your phone will ring again in a moment, to go on."
    locked: str = "This conference is locked. Nobody else can come in just now. Goodbye."
    full: str = "This conference is full. Nobody else can come in just now. Goodbye."
    said: str = "{detail}"
    ask_pin: str = "Welcome. Enter the six digits of the conference."
    ask_known: str = "Welcome. Press 1 and wait to join {detail}, or enter the six digits of another conference."
    wrong_pin: str = "That is no conference. Enter the six digits again."
    too_many: str = "That is no conference either. Ask somebody who is in it for the digits. Goodbye."
    no_conference: str = "There is no conference just now. Goodbye."
    code: str = "Your code for the switchboard is: {detail}."

    def render(self, name: str, *, topic: str = "", asker: str = "", detail: str = "") -> str:
        """The words of the text of this name."""
        text: str = getattr(self, name)
        return text.format(topic=topic, asker=asker, detail=detail)[:MOST_CHARACTERS]

    def gate_prompt(self, conference: Conference, who: Participant) -> str:
        """Who asks, about what, and which keys there are."""
        by = who.invited_by or conference.host
        asker = self.asked if by == API.name else self.render("asked_by", asker=by)
        return self.render("gate", topic=conference.topic, asker=asker)


def texts_of(given: dict[str, object]) -> Texts:
    """Own texts over ours. Raises BadTextError for an unknown name, no text, or braces that mean nothing here."""
    known = {one.name for one in fields(Texts)}
    for name, text in given.items():
        if name not in known:
            raise BadTextError(f"there is no text named {name!r}; there are {', '.join(sorted(known))}")
        if not isinstance(text, str) or not text.strip():
            raise BadTextError(f"the text {name!r} is empty")
        _check(name, text)
    return Texts(**{name: str(text) for name, text in given.items()})


def _check(name: str, text: str) -> None:
    """A hole holds a name alone: anything more could fail, or grow without bound, while somebody waits on the line."""
    try:
        found = [part for part in string.Formatter().parse(text) if part[1] is not None]
    except ValueError as error:
        raise BadTextError(f"the text {name!r} has a stray brace: {error}") from None
    for _, hole, form, conversion in found:
        if hole not in NAMES:
            raise BadTextError(
                f"the text {name!r} has {{{hole}}}, which means nothing; there are {', '.join(sorted(NAMES))}"
            )
        if form or conversion:
            raise BadTextError(f"the text {name!r} has more than the name in {{{hole}}}")
