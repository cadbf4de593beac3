"""What calls cost by estimate: prices per minute and country. Amounts are micros, millionths of a currency unit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import phonenumbers

from bot.core import phone

UNIT: Final = 1_000_000  # micros
CENT: Final = 10_000
DEAREST: Final = 10_000.0  # cents per minute; more is a slip of the pen
_PLAIN: Final = ("call", "conference", "incoming", "sip", "unknown")  # prices that belong to no country


class BadTariffError(ValueError):
    """A table of prices that cannot be used; says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Tariff:
    """Prices in micros per started minute. ``countries`` maps alpha-2 to the price of a landline and of a mobile."""

    currency: str = "USD"
    call: int = 0  # added to every call: Telnyx's call control
    conference: int = 0  # added to every call: a participant's minute in the room
    incoming: int = 0
    sip: int = 0
    unknown: int = 0  # countries that the table does not name
    countries: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def of_number(self, number: str) -> int:
        """A minute of a call to this number (E.164 or sip:), all included."""
        return self._outgoing(number) + self.call + self.conference

    @property
    def of_caller(self) -> int:
        """A minute of somebody who dials in, all included."""
        return self.incoming + self.call + self.conference

    def _outgoing(self, number: str) -> int:
        if number.startswith("sip:"):
            return self.sip
        landline, mobile = self.countries.get(phone.country(number), (self.unknown, self.unknown))
        return landline if phone.is_landline(number) else max(landline, mobile)


def tariff_of(given: Mapping[str, object]) -> Tariff:
    """The tariff that a table in cents per minute describes (see ``bot/rates.toml``). Raises BadTariffError."""
    known = {"as_of", "currency", "countries", *_PLAIN}
    if strange := sorted(set(given) - known):
        raise BadTariffError(f"there is no {strange[0]!r}; there are {', '.join(sorted(known))}")
    currency, countries = given.get("currency", "USD"), given.get("countries", {})
    if not isinstance(currency, str) or not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise BadTariffError('the currency is not three capital letters, e.g. "USD"')
    if not isinstance(countries, dict):
        raise BadTariffError("countries is not a table, e.g. [countries] and below it US = 0.7")
    plain = {name: _micros(name, given[name]) for name in _PLAIN if name in given}
    return Tariff(currency=currency, countries={code: _pair(code, said) for code, said in countries.items()}, **plain)


def shown(micros: int, currency: str) -> str:
    """0.31 USD; what is more than nothing is at least a cent."""
    cents = max(1, round(micros / CENT)) if micros > 0 else 0
    return f"{cents // 100}.{cents % 100:02d} {currency}"


def _pair(code: str, said: object) -> tuple[int, int]:
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise BadTariffError(f"{code!r} is no country; use two capital letters, e.g. US")
    prices = said if isinstance(said, list) else [said, said]
    if len(prices) != 2:
        raise BadTariffError(f"{code} is neither one price nor two: [landline, mobile]")
    landline, mobile = (_micros(code, one) for one in prices)
    return landline, mobile


def _micros(name: str, cents: object) -> int:
    if isinstance(cents, bool) or not isinstance(cents, int | float) or not 0 <= cents <= DEAREST:
        raise BadTariffError(f"{name} is not a price in cents per minute")
    return round(cents * CENT)
