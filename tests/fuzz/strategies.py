"""What strangers may send: texts as nobody types them, JSON of any shape, and known shapes with a few things wrong."""

import copy
from typing import Any

from hypothesis import strategies as st

# Marks that turn the writing direction, take no room, join, or are half of a character.
ODD = "\u202e\u202d\u2066\u2069\u200b\u200d\u2060\ufeff\u00ad\x00\x1b\x7f\u2028\u0085\ud800\udfff\uff0b\u0660\u09e6²½"
SLACK = (
    *("<@U1|ana>", "<@U024BE7LH>", "<@>", "<@|x>", "<!subteam^S1|@ops>", "<!channel>", "<!here|here>", "<#C1|ops>"),
    *("<tel:+12125550199|212 555 0199>", "<tel:>", "<https://a.example/x|y>", "<mailto:a@b.c|a@b.c>", "<", ">", "<>"),
    *("&amp;", "&lt;!channel&gt;", "&amp;lt;", "&", "|", "<@U1", "<tel:+1,,,2>", "<!date^1^{time}|now>"),
)
TYPED = (
    *(
        "+1 212 555 0199",
        "(212) 555-0199",
        "0044 20 7946 0958",
        "911",
        "112",
        "sip:a@b.example",
        "+",
        "++1",
        "1,",
        "x5",
    ),
    *("--ring", "--ring 25s", "--redial 3x60s", "--to", "—muted", "--", "25s", "else", "and", ",", ";", "as", '"', "“"),
    *("”", "„", "«", "'", "`", "*", "_", "~", "[", "@ana", "@", "#3", "#", "0199", "all", "others", "+12125550199,+1"),
    *("stop", "https://a.example/x.mp3", "12#", "verify", "forget", "add", "rm", "now"),
)

anything = st.text(st.characters(codec=None, exclude_categories=()) | st.sampled_from(ODD), max_size=80)
words = st.lists(st.sampled_from(SLACK + TYPED) | anything, max_size=25)
long_words = st.tuples(st.sampled_from((*SLACK, *TYPED, *ODD, " ", "1", "a", "\n")), st.integers(2, 40_000)).map(
    lambda told: (told[0] * told[1])[: told[1]]
)


def sentences(verbs: list[str]) -> st.SearchStrategy[str]:
    """A verb, or none, and after it what people type, paste and invent."""
    verb = st.sampled_from([*verbs, "", "invit", "<@U1>"])
    rest = st.builds(lambda pieces, glue: glue.join(pieces), words, st.sampled_from((" ", "", "  ", "\t", "\u00a0")))
    return st.builds(lambda one, other: f"{one} {other}", verb, rest | anything | long_words)


scalars: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | anything
    | st.sampled_from(["", "x" * 5000, "\x00", "\ud800", "0", "NaN", "' OR 1=1 --", "../../etc/passwd", "=1+1", "%s%n"])
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(anything, inner, max_size=4),
    max_leaves=12,
)


@st.composite
def spoilt(draw: st.DrawFn, shapes: list[Any]) -> Any:
    """One of these shapes with one to three of its parts gone, twice, or something else."""
    shape = copy.deepcopy(draw(st.sampled_from(shapes)))
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(shape))
        if not places:
            break
        inside, key = draw(st.sampled_from(places))
        if draw(st.booleans()):
            inside[key] = draw(values)
        else:
            del inside[key]
    return shape


def _places(shape: Any) -> Any:
    """Every part of a shape as what it stands in and its key there."""
    items = shape.items() if isinstance(shape, dict) else enumerate(shape) if isinstance(shape, list) else ()
    for key, value in list(items):
        yield shape, key
        yield from _places(value)
