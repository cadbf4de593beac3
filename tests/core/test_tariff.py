"""The table of prices, and what is made of it."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

import bot
from bot.core.tariff import CENT, UNIT, BadTariffError, shown, tariff_of

OURS = tomllib.loads((Path(bot.__file__).parent / "rates.toml").read_text("utf-8"))
TABLE: dict[str, Any] = {"currency": "EUR", "call": 0.2, "conference": 0.3, "incoming": 0.6, "sip": 0.1, "unknown": 60}


@pytest.mark.parametrize(
    ("number", "cents"),
    [
        ("+442079460958", 1.0),  # a landline
        ("+447400123456", 2.0),  # a mobile
        ("+12125550199", 0.7),  # may be either
        ("+15551234567", 0.7),  # assigned to nobody
        ("+4930901820", 60.0),  # no price is given
        ("sip:room@example.com", 0.1),
    ],
)
def test_a_minute_costs_what_the_table_says_for_the_country_and_all_that_is_added(number: str, cents: float) -> None:
    tariff = tariff_of({**TABLE, "countries": {"GB": [1.0, 2.0], "US": 0.7}})
    assert tariff.of_number(number) == round((cents + 0.5) * CENT)
    assert tariff.of_caller == round(1.1 * CENT)
    assert tariff.currency == "EUR"


def test_our_own_table_can_be_used_says_how_old_it_is_and_is_dear_where_it_knows_nothing() -> None:
    tariff = tariff_of(OURS)
    assert OURS["as_of"]
    assert tariff.unknown > max(max(prices) for prices in tariff.countries.values())
    assert 0 < tariff.of_number("+12125550199") < 5 * CENT


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ({"curency": "USD"}, "there is no 'curency'"),
        ({"currency": "dollars"}, "three capital letters"),
        ({"call": "cheap"}, "call is not a price in cents per minute"),
        ({"call": -1}, "call is not a price"),
        ({"call": True}, "call is not a price"),
        ({"call": float("nan")}, "call is not a price"),
        ({"countries": ["US"]}, "countries is not a table"),
        ({"countries": {"us": 1}}, "'us' is no country"),
        ({"countries": {"US": [1, 2, 3]}}, "US is neither one price nor two"),
        ({"countries": {"US": [1, None]}}, "US is not a price"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_the_reason(table: dict[str, Any], wrong: str) -> None:
    with pytest.raises(BadTariffError, match=wrong):
        tariff_of(table)


@pytest.mark.parametrize(
    ("micros", "said"),
    [(0, "0.00 USD"), (1, "0.01 USD"), (10_600, "0.01 USD"), (312_000, "0.31 USD"), (20 * UNIT, "20.00 USD")],
)
def test_amounts_are_shown_in_cents(micros: int, said: str) -> None:
    assert shown(micros, "USD") == said
