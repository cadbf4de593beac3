import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import dcodes
from bot.core.grammar import Reads, Sentence, parse
from bot.core.replies import Refusal
from bot.core.targets import NumberTarget, Target, UserTarget, identity

VERBS = {"create": "create", "start": "create", "invite": "invite", "add": "invite", "end": "end", "?": "help"}

READS = {"create": Reads.TOPIC, "invite": Reads.PEOPLE}

NY = NumberTarget("+12125550199")
LONDON = NumberTarget("+442079460958")
TUTORIAL = NumberTarget("+15551234567")
ANA = UserTarget("U1", "ana")


def read(text: str, region: str = "US") -> Sentence:
    return parse(text, region, VERBS, READS)


@pytest.mark.parametrize(
    ("text", "topic", "people"),
    [
        ("", "", ()),
        ("payments down", "payments down", ()),
        ("payments down <@U1|ana> +1 212 555 0199 +44 20 7946 0958", "payments down", (ANA, NY, LONDON)),
        ("<@U1|ana> payments +1 212 555 0199 down", "payments down", (ANA, NY)),
        ("payments down 503 errors since 14:30", "payments down 503 errors since 14:30", ()),
        ("503 +1 212 555 0199 503 errors", "503 503 errors", (NY,)),
        ("p (555) 123-4567 q", "p q", (TUTORIAL,)),
        ("p 555.123.4567", "p", (TUTORIAL,)),
        ("p 5551234567", "p", (TUTORIAL,)),
        ("p 0044 20 7946 0958", "p", (LONDON,)),
        ("p <tel:+12125550199|my desk>", "p", (NY,)),
        ("p (+1 212 555 0199)", "p", (NY,)),
        ("p “+1\u00a0212 555\u00a00199”", "p", (NY,)),
        ("p +12125550199,+442079460958", "p", (NY, LONDON)),
        ("p with <@U1|ana>; and, <@U2> and +1 212 555 0199.", "p with", (ANA, UserTarget("U2"), NY)),
        ("“payments down”", "payments down", ()),
        ("this and that", "this and that", ()),
        ("911 outage", "911 outage", ()),
        ("10.0.0.12 192.168.10.101 2026-11-22 1732280000", "10.0.0.12 192.168.10.101 2026-11-22 1732280000", ()),
        ("latency +20 ms", "latency +20 ms", ()),
        ("ticket 1234567", "ticket 1234567", ()),
        ("<#C1|ops> is <https://status.io/x|red> a&amp;b &lt;3 &gt;", "#ops is red a&b <3 >", ()),
        ("see <https://status.io> <mailto:a@b.io|a@b.io> &amp;amp;", "see https://status.io a@b.io &amp;", ()),
        ("at <!date^1392734382^{time}|6:39 AM>", "at 6:39 AM", ()),
        ("(in <#C1|ops>)", "(in #ops)", ()),
    ],
)
def test_create_takes_people_out_of_the_topic(text: str, topic: str, people: tuple[Target, ...]) -> None:
    sentence = read(f"create {text}")
    assert (sentence.verb, sentence.topic, sentence.people) == ("create", topic, people)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("<@U1|ana> <@W2>", (ANA, UserTarget("W2"))),
        ("212 555 0199 646 555 0123", (NY, NumberTarget("+16465550123"))),
        ("1 212 555 0199 1 646 555 0123", (NY, NumberTarget("+16465550123"))),
        ("555 123 4567, 212 - 555 - 0199", (TUTORIAL, NY)),
        ("<@U1|ana>,<@U2>; and +1 212 555 0199", (ANA, UserTarget("U2"), NY)),
        ("", ()),
    ],
)
def test_invite_takes_people_only(text: str, people: tuple[Target, ...]) -> None:
    sentence = read(f"invite {text}")
    assert (sentence.people, sentence.topic) == (people, "")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("invite 503", "“503” cannot be a telephone number"),
        ("invite 911", "emergency"),
        ("invite +1 212 55 +44 20 7946 0958", "“\\+1 212 55” cannot be a telephone number: it is too short"),
        ("invite +1 212 555 0199 503", "“503” cannot be"),
        ("invite <tel:+1212|desk>", "too short"),
        ("create p +1 212 555 01990", "too long"),
        ("create p +12125550199,,1234#", "extensions are not dialled"),
        ("create p +1 212 555 0199 x5", "extensions are not dialled"),
        ("invite 212-555-0199 ext 5", "extensions are not dialled"),
        ("invite 212-555-0199x5", "extensions are not dialled"),
        ("", "Start with a verb"),
        ("<@U1>", "Start with a verb"),
        ("+1 212 555 0199", "Start with a verb"),
        ("xyzzy", "“xyzzy”"),
        ("create " + "x" * 2000, "too long"),
        ("invite " + " ".join(f"<@U{n}>" for n in range(21)), "names 21 people"),
    ],
)
def test_refuses_and_says_why(text: str, wrong: str) -> None:
    with pytest.raises(Refusal, match=wrong):
        read(text)


def test_an_unknown_verb_is_answered_with_the_right_sentence() -> None:
    with pytest.raises(Refusal, match="did you mean “create”") as caught:
        read("crate payments <@U1|ana>")
    assert caught.value.example == "/conf create payments @ana"


@pytest.mark.parametrize(
    ("text", "verb"), [("START x", "create"), ("create: x", "create"), ("?", "help"), ("  end now ", "end")]
)
def test_finds_the_verb(text: str, verb: str) -> None:
    assert read(text).verb == verb


def test_the_rest_is_kept_as_typed() -> None:
    assert read("create  <@U1|ana>  a&amp;b ").rest == "<@U1|ana>  a&amp;b"


def test_whoever_is_named_again_is_dropped_and_reported() -> None:
    sentence = read("invite <@U1|ana> 212 555 0199 <@U1> +12125550199 <@U1>")
    assert sentence.people == (ANA, NY)
    assert sentence.dropped == (UserTarget("U1"), NY, UserTarget("U1"))


def test_twenty_people_named_twice_are_twenty() -> None:
    assert len(read("invite " + " ".join(f"<@U{n % 20}>" for n in range(40))).people) == 20


def test_the_region_reads_national_numbers() -> None:
    assert read("invite 020 7946 0958", "GB").people == (LONDON,)


PIECES = st.sampled_from(
    [
        "create",
        "invite",
        "<@U1|a>",
        "<@",
        "<",
        ">",
        "<tel:+1",
        "|",
        "+1",
        "+44 20 7946 0958",
        "212",
        "555 0199",
        ",",
        ";",
        "x5",
        "&amp;",
    ]
)


@given(
    st.one_of(st.lists(PIECES).map("".join), st.lists(PIECES).map(" ".join), st.text()),
    st.sampled_from(["create ", "invite ", ""]),
)
def test_raises_nothing_but_refusals(text: str, verb: str) -> None:
    try:
        read(verb + text)
    except Refusal:
        return


def numbers() -> st.SearchStrategy[tuple[str, Target]]:
    formats = phonenumbers.PhoneNumberFormat

    def example(region: str, shape: int) -> tuple[str, Target]:
        number = phonenumbers.example_number(region)
        assert number is not None
        return phonenumbers.format_number(number, shape), NumberTarget(phonenumbers.format_number(number, formats.E164))

    regions = st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS))
    return st.builds(example, regions, st.sampled_from([formats.E164, formats.INTERNATIONAL]))


def written() -> st.SearchStrategy[tuple[str, Target]]:
    users = st.from_regex(r"[UW][A-Z0-9]{1,10}", fullmatch=True)
    return st.one_of(
        users.map(lambda user: (f"<@{user}>", UserTarget(user))),
        users.map(lambda user: (f"<@{user}|ana>", UserTarget(user, "ana"))),
        numbers(),
        numbers().map(lambda pair: (f"<tel:{pair[0].replace(' ', '-')}|{pair[0]}>", pair[1])),
        st.just(("(212) 555-0199", NY)),
    )


@given(
    st.lists(written(), max_size=20, unique_by=lambda pair: identity(pair[1])),
    st.sampled_from([" ", "  ", ", ", "\u00a0"]),
    st.sampled_from(["invite", "create"]),
)
def test_people_come_back_however_they_are_joined(pairs: list[tuple[str, Target]], space: str, verb: str) -> None:
    sentence = read(f"{verb} {space.join(text for text, _ in pairs)}")
    assert sentence.people == tuple(target for _, target in pairs)
    assert sentence.topic == ""
    assert sentence.dropped == ()


def test_d_codes_have_words() -> None:
    assert dcodes.words("D13") == "the country is not enabled in the outbound voice profile"
    assert dcodes.words("PE3") == "Telnyx has no route to this destination"
    assert dcodes.words("D99") == ""
