"""Telephone numbers: read as people write them, masked for others to see, refused where ringing them would be wrong.

*Possible* (right length) is required, *valid* (assigned) is not: number ranges change faster than any list of them.
"""

import re
import unicodedata
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberType, ValidationResult, shortnumberinfo

from bot.core.replies import Refusal

EXAMPLE: Final = "+1 212 555 0199"
MAX_TEXT: Final = 60  # characters that a number may be written in

_NUMBER = re.compile(r"[+\d(][\d\s()./\-‐-―−]*")  # noqa: RUF001  # hyphens and dashes as people paste them
_EXTENDED = re.compile(r"\D*\d.*?([,;]\s*(ext=)?\d|[*#]|(?<=[\d)\s])(x|p|w|ext|extension)\.?\s*\d)", re.IGNORECASE)
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_WRAPPING: Final = " \t“”‘’\"'«»„`"  # noqa: RUF001  # curly quotes, as phones type them

_EMERGENCY: Final = frozenset({"112", "911", "999"})  # known beyond the countries that use them
_SATELLITE: Final = frozenset({870, 881, 882, 883})  # calling codes of satellite and global networks
_COSTLY: Final = {PhoneNumberType.PREMIUM_RATE: "premium-rate", PhoneNumberType.SHARED_COST: "shared-cost"}

_WRONG: Final = {
    ValidationResult.TOO_SHORT: "it is too short",
    ValidationResult.TOO_LONG: "it is too long",
    ValidationResult.INVALID_LENGTH: "no number there has that many digits",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "its area code is missing",
    ValidationResult.INVALID_COUNTRY_CODE: "no country has that calling code",
}
_UNPARSED: Final = {
    NumberParseException.INVALID_COUNTRY_CODE: "no country has that calling code",
    NumberParseException.TOO_SHORT_AFTER_IDD: "it is too short",
    NumberParseException.TOO_SHORT_NSN: "it is too short",
    NumberParseException.TOO_LONG: "it is too long",
}


def read(text: str, region: str) -> str:
    """The number in E.164. ``region`` (alpha-2) is where one without a calling code belongs. Raises Refusal."""
    if len(text) > 10 * MAX_TEXT:  # whatever invisible marks stand in it
        raise _unreadable(text, "it is too long")
    plain = _plain(text)
    if _is_emergency(plain, region):
        raise Refusal(f"“{plain}” is an emergency number; dial it on your own phone.", code="forbidden")
    if _EXTENDED.match(plain[:MAX_TEXT]):
        raise with_extension(text)
    if len(plain) > MAX_TEXT or not _NUMBER.fullmatch(plain):
        raise _unreadable(text, "only digits, spaces, brackets, dots and dashes can be in one")
    plain = _with_plus(phonenumbers.normalize_digits_only(plain, keep_non_digits=True), region)
    where = "" if plain.startswith("+") else f"as a number of {region}, "
    try:
        number = phonenumbers.parse(plain, region)
    except NumberParseException as error:
        raise _unreadable(text, where + _UNPARSED.get(error.error_type, "no number is in it")) from None
    reason = phonenumbers.is_possible_number_with_reason(number)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if reason != ValidationResult.IS_POSSIBLE or not _E164.fullmatch(e164):
        raise _unreadable(text, where + _WRONG.get(reason, "it is too short"))
    return e164


def with_extension(text: str) -> Refusal:
    return Refusal(
        f"“{_shown(text)}” has an extension or a pause, and extensions are not dialled. Give a direct number.",
        example=EXAMPLE,
        code="unreadable",
    )


def _unreadable(text: str, why: str) -> Refusal:
    return Refusal(f"“{_shown(text)}” cannot be a telephone number: {why}.", example=EXAMPLE, code="unreadable")


def _shown(text: str) -> str:
    said = " ".join(text[:200].split())
    return said if len(said) <= 40 else f"{said[:39]}…"


def _plain(text: str) -> str:
    """Without invisible marks (copied contacts carry them), quotes around it, and the scheme of a tel: link."""
    seen = "".join(char for char in text if unicodedata.category(char) != "Cf").replace("\uff0b", "+")
    seen = " ".join(seen.split()).strip(_WRAPPING).replace("(+", "+", 1)
    return seen[4:].strip() if seen[:4].lower() == "tel:" else seen


def _with_plus(plain: str, region: str) -> str:
    """``00`` is the plus sign in most of the world, also for somebody who writes it elsewhere; Australia's is 0011."""
    digits = phonenumbers.normalize_digits_only(plain)
    metadata = PhoneMetadata.metadata_for_region(region, None)
    prefix = metadata.international_prefix if metadata else None
    if plain.startswith("00") and not (prefix and re.match(prefix, digits)):
        return f"+{plain[2:]}"
    return plain


def _is_emergency(plain: str, region: str) -> bool:
    digits = phonenumbers.normalize_digits_only(plain) if len(plain) <= 6 else ""
    return digits in _EMERGENCY or bool(digits and shortnumberinfo.is_emergency_number(digits, region))


def masked(e164: str) -> str:
    """The last four digits: what others may see of a number; of a sip: address, its host."""
    if e164.startswith("sip:"):
        return f"sip:…@{e164.partition('@')[2]}"
    return f"…{e164[-4:]}"


def is_landline(e164: str) -> bool:
    """Whether the number is surely no mobile."""
    try:
        return phonenumbers.number_type(phonenumbers.parse(e164)) == PhoneNumberType.FIXED_LINE
    except NumberParseException:
        return False


def is_valid(e164: str) -> bool:
    """Whether the number lies in a range that is known to be assigned."""
    return phonenumbers.is_valid_number(phonenumbers.parse(e164))


def country(e164: str) -> str:
    """Alpha-2 of the number's region, else of its calling code's main region; "" when it belongs to none."""
    try:
        number = phonenumbers.parse(e164)
    except NumberParseException:
        return ""
    found = phonenumbers.region_code_for_number(number)
    found = found or phonenumbers.region_code_for_country_code(number.country_code or 0)
    return found if len(found) == 2 and found != "ZZ" else ""  # "001" is the world, "ZZ" nowhere


def is_abroad(e164: str, region: str) -> bool:
    """Whether the number is one of another country. A sip: address is of none."""
    return not e164.startswith("sip:") and country(e164) != region


def dial_refusal(e164: str, allowed: frozenset[str]) -> str | None:
    """Why this number is not rung, as a sentence for whoever asked, or None. ``allowed`` holds alpha-2 codes."""
    who = masked(e164)
    try:
        number = phonenumbers.parse(e164)
    except NumberParseException:
        return f"{who} is not a telephone number."
    if kind := _kind(number):
        return f"{who} is {kind} number, and those are not rung."
    place = country(e164)
    if place in allowed:
        return None
    rung = ", ".join(sorted(allowed)) or "none"
    return f"{who} is a number {f'in {place}' if place else 'of no country'}; only these countries are rung: {rung}."


def _kind(number: phonenumbers.PhoneNumber) -> str:
    """The kind of number that is never rung, with its article, or ""."""
    national = phonenumbers.national_significant_number(number)
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    if shortnumberinfo.is_emergency_number(national, region) or national in _EMERGENCY:
        return "an emergency"
    if number.country_code in _SATELLITE:
        return "a satellite"
    if costly := _COSTLY.get(phonenumbers.number_type(number)):
        return f"a {costly}"
    # Some small countries have ordinary numbers as short as other countries' short ones.
    short = shortnumberinfo.is_possible_short_number(number) and not phonenumbers.is_valid_number(number)
    return "a short" if short else ""
