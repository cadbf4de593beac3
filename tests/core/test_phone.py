import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import phone
from bot.core.replies import Refusal

ALLOWED = frozenset({"US", "GB"})


@pytest.mark.parametrize(
    ("text", "region", "e164"),
    [
        ("+12125550199", "US", "+12125550199"),
        ("+15551234567", "US", "+15551234567"),  # possible, not valid
        ("(555) 123-4567", "US", "+15551234567"),
        ("555.123.4567", "US", "+15551234567"),
        ("1 212 555 0199", "US", "+12125550199"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("+44 (0)20 7946 0958", "US", "+442079460958"),
        ("(+1 212 555 0199)", "GB", "+12125550199"),
        ("0044 20 7946 0958", "US", "+442079460958"),
        ("011 44 20 7946 0958", "US", "+442079460958"),
        ("0011 44 20 7946 0958", "AU", "+442079460958"),
        ("tel:+1-212-555-0199", "US", "+12125550199"),
        ("“+1\u00a0212\u00a0555\u00a00199”", "US", "+12125550199"),
        ("\u202a+1 212\u2011555\u20110199\u202c", "US", "+12125550199"),
        ("+1 ٢١٢ ٤٤٤ ٠١٩٩", "US", "+12124440199"),
        ("＋１２１２５５５０１９９", "US", "+12125550199"),  # noqa: RUF001  # full-width digits are the case
        ("+39 06 1234 5678", "US", "+390612345678"),
    ],
)
def test_reads_numbers_as_people_write_them(text: str, region: str, e164: str) -> None:
    assert phone.read(text, region) == e164


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "only digits"),
        ("ana", "only digits"),
        ("1-800-FLOWERS", "only digits"),
        ("call +1 212 555 0199", "only digits"),
        ("²³²³²³²³²³", "only digits"),
        ("9" * 61, "only digits"),
        ("555-0199", "area code is missing"),
        ("+1 212 55", "too short"),
        ("+1 212 555 01990", "too long"),
        ("+999 1234567", "no country has that calling code"),
        ("+290 12", "too short"),
    ],
)
def test_says_why_a_text_is_no_number(text: str, why: str) -> None:
    with pytest.raises(Refusal, match=why) as caught:
        phone.read(text, "US")
    assert caught.value.code == "unreadable"
    assert caught.value.example == "+1 212 555 0199"


def test_says_in_which_country_a_national_number_was_read() -> None:
    with pytest.raises(Refusal, match="as a number of GB"):
        phone.read("20 79", "GB")


@pytest.mark.parametrize(
    "text",
    [
        "+12125550199,,1234#",
        "+12125550199,5",
        "tel:+12125550199;ext=5",
        "+1 212 555 0199 x5",
        "+1 212 555 0199x5",
        "+1 212 555 0199 ext. 5",
        "+1 212 555 0199 #5",
        "+12125550199p5",
    ],
)
def test_refuses_extensions_by_name(text: str) -> None:
    with pytest.raises(Refusal, match="extensions are not dialled"):
        phone.read(text, "US")


@pytest.mark.parametrize(
    ("text", "region"), [("911", "US"), ("112", "US"), ("9-1-1", "GB"), ("999", "GB"), ("110", "DE")]
)
def test_refuses_emergency_numbers_typed_bare(text: str, region: str) -> None:
    with pytest.raises(Refusal, match="emergency") as caught:
        phone.read(text, region)
    assert caught.value.code == "forbidden"


@given(
    st.text(alphabet=st.one_of(st.sampled_from("+0123456789 ()-.,;#xext:tel"), st.characters())),
    st.sampled_from(["US", "DE"]),
)
def test_reading_ends_in_e164_or_a_refusal(text: str, region: str) -> None:
    try:
        e164 = phone.read(text, region)
    except Refusal:
        return
    assert e164[0] == "+"
    assert e164[1:].isascii()
    assert e164[1:].isdigit()
    assert phone.read(e164, "FR") == e164


def test_masks_all_but_four_digits() -> None:
    assert phone.masked("+12125550199") == "…0199"


@pytest.mark.parametrize(
    ("e164", "place"),
    [
        ("+12125550199", "US"),
        ("+15551234567", "US"),  # unknown range: the calling code's main region
        ("+18765551234", "JM"),
        ("+14165550199", "CA"),
        ("+442079460958", "GB"),
        ("+80012345678", ""),
        ("+999123456", ""),
        ("", ""),
    ],
)
def test_knows_the_country(e164: str, place: str) -> None:
    assert phone.country(e164) == place


@pytest.mark.parametrize("e164", ["+12125550199", "+15551234567", "+442079460958", "+18005550199"])
def test_ordinary_numbers_in_allowed_countries_may_be_rung(e164: str) -> None:
    assert phone.dial_refusal(e164, ALLOWED) is None


@pytest.mark.parametrize(
    ("e164", "why"),
    [
        ("+19005550199", "a premium-rate number"),
        ("+979123456789", "a premium-rate number"),
        ("+80812345678", "a shared-cost number"),
        ("+870773111632", "a satellite number"),
        ("+881612345678", "a satellite number"),
        ("+49110", "an emergency number"),
        ("+1911", "an emergency number"),
        ("+49115", "a short number"),
        ("+18765551234", "in JM; only these countries are rung: GB, US"),
        ("+80012345678", "of no country"),
        ("", "not a telephone number"),
    ],
)
def test_refuses_what_must_not_be_rung(e164: str, why: str) -> None:
    # Germany is allowed here, so that only the kind of its numbers can be the reason.
    said = phone.dial_refusal(e164, ALLOWED | ({"DE"} if "+49" in e164 else set()))
    assert said is not None
    assert why in said
    assert e164[1:-4] not in said or len(e164) < 6


def test_an_empty_list_of_countries_allows_none() -> None:
    assert "rung: none." in (phone.dial_refusal("+12125550199", frozenset()) or "")


def test_no_valid_ordinary_number_is_refused_for_its_kind() -> None:
    """Short-number rules must not reach the short ordinary numbers of small countries."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.FIXED_LINE)
        if number is not None:
            e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            assert phone.dial_refusal(e164, frozenset({phone.country(e164)})) is None, e164


def test_valid_means_a_known_range() -> None:
    assert phone.is_valid("+12125550199")
    assert not phone.is_valid("+15551234567")
