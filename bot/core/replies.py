"""What is answered to the person who asked, and to nobody else. Texts are plain: the door escapes and lays them out."""

from dataclasses import dataclass

from bot.core.conference import Conference, Picture


class Refusal(Exception):  # noqa: N818  # the person's kind of error, an answer rather than a failure
    """A request that is not done: what is wrong, and one right example."""

    def __init__(self, wrong: str, *, example: str = "", code: str = "refused") -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.example = example
        self.code = code  # for programs: unreadable, forbidden, unknown, refused


@dataclass(frozen=True, slots=True)
class Refused:
    wrong: str
    example: str = ""
    code: str = "refused"


@dataclass(frozen=True, slots=True)
class Told:
    """Done; these are the sentences to say about it."""

    lines: tuple[str, ...]
    conference_id: str = ""
    leg_ids: tuple[str, ...] = ()  # legs that this request rings, or hangs up
    links: tuple[tuple[str, str], ...] = ()  # what each link is called, and its address


@dataclass(frozen=True, slots=True)
class Ask:
    """Asks first. The button says ``verb rest`` about this conference."""

    question: str
    button: str
    verb: str
    rest: str
    conference_id: str
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    conference_id: str
    topic: str
    created_at: float


@dataclass(frozen=True, slots=True)
class Which:
    """Several live conferences fit; each button says the same sentence about one of them."""

    verb: str
    rest: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class HelpOn:
    """``verb`` is "" for the whole help, or one verb's name. ``short`` = the three most used sentences."""

    verb: str = ""
    short: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    picture: Picture


@dataclass(frozen=True, slots=True)
class Recordings:
    """Recordings of which the one who asks gets a link; the desk fetches it."""

    ids: tuple[str, ...]
    conference_id: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """Said before, or nothing to add."""


Reply = Refused | Told | Ask | Which | HelpOn | Status | Recordings | Nothing


@dataclass(frozen=True, slots=True)
class Home:
    """What somebody's Home tab tells. ``number`` is theirs, in full; ``refused`` why they may not use Confab."""

    live: tuple[Picture, ...] = ()
    recent: tuple[Conference, ...] = ()
    number: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class VerbHelp:
    """One row of the verb table: the source of ``help`` and of the README's table."""

    name: str
    usage: str
    synonyms: tuple[str, ...]
    does: str
    example: str
    may: str = ""  # who may say it; filled in from the verb's permission
