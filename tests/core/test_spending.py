"""What a conference costs: by estimate, as Telnyx says, and what its thread is told when a ceiling comes near."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import inputs as i
from bot.core.conference import Leg
from bot.core.effects import DrawCard, Effect, Line, Says
from bot.core.spending import words
from bot.core.tariff import CENT, UNIT
from tests.core.memory_world import NO_LIMITS, TARIFF, World, dialled, person, refusal, said

MINUTE = TARIFF.of_number("+12125550199")  # a cent


def world_of(*names: str, **limits: Any) -> World:
    """These people are in, with such limits."""
    world = World(*names, limits=replace(NO_LIMITS, **limits))
    for name in names:
        world.came_in(name)
    return world


def priced(world: World, name: str, micros: int, currency: str = "USD") -> list[Effect]:
    return world.take(i.Priced(world.call(name), world.later(), micros, currency))


def told(effects: list[Effect]) -> list[tuple[str, str, str]]:
    return [(one.detail, one.code, one.by) for one in effects if isinstance(one, Line) and one.says is Says.SPENT]


def cost(world: World) -> str:
    return words(world.whole().bill())


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 1), (1, 1), (60, 1), (60.5, 2), (119, 2), (3600, 60)])
def test_a_call_costs_by_the_started_minute_from_when_it_is_answered(seconds: float, minutes: int) -> None:
    leg = Leg("l", "c", "p", "+1", 900.0, answered_at=1000.0, rate=MINUTE)
    assert leg.cost_by(1000 + seconds) == minutes * MINUTE
    over = replace(leg, gone_at=1000 + seconds)
    assert over.cost == over.cost_by(99_999) == minutes * MINUTE
    assert leg.cost == 0, "it is counted as over when it is"


def test_who_does_not_answer_costs_nothing() -> None:
    world = World("Ana")
    world.rang("Ana")
    assert cost(world) == ""
    world.hung_up("Ana", "timeout")
    assert cost(world) == ""


def test_the_estimate_gives_way_to_what_telnyx_says() -> None:
    world = world_of("Ana", "Bo")
    world.passes(30)
    assert cost(world) == "about 0.02 USD, by estimate"
    world.hung_up("Ana")
    world.hung_up("Bo")
    priced(world, "Ana", 140_000)
    assert cost(world) == "about 0.15 USD, partly by estimate"
    world.ask("end")
    priced(world, "Bo", 160_000, "EUR")
    assert cost(world) == "0.30 EUR, as Telnyx says"


def test_the_last_line_tells_the_cost() -> None:
    world = world_of("Ana")
    (ended,) = (one for one in world.ask("end") if isinstance(one, Line) and one.says is Says.ENDED)
    assert ended.code == "about 0.01 USD, by estimate"


@given(st.permutations(["priced", "priced again", "hung up"]))
def test_the_order_in_which_it_is_told_does_not_matter(order: list[str]) -> None:
    world = world_of("Ana")
    call, at = world.call("Ana"), world.now + 100
    news: dict[str, i.Fact] = {
        "priced": i.Priced(call, at, 5 * CENT, "USD"),
        "priced again": i.Priced(call, at, 4 * CENT, "USD"),
        "hung up": i.HungUp(call, at, "normal_clearing"),
    }
    for name in order:
        world.take(news[name])
        world.take(news[name])
    assert world.leg("Ana").settled == 5 * CENT
    assert world.leg("Ana").cost == 5 * CENT


def test_the_thread_is_told_once_at_four_fifths_and_once_when_all_is_spent() -> None:
    world = world_of("Ana", "Bo", cost_conference=20 * MINUTE)
    assert told(world.swept()) == []
    world.passes(7 * 60)
    assert told(world.swept()) == [("conference 80", "0.16 USD", "0.20 USD")]
    assert told(world.swept()) == []
    assert dialled(world.ask("invite", "Cy")) == ["c.3.1"]
    world.passes(2 * 60)
    assert told(world.swept()) == [("conference 100", "0.20 USD", "0.20 USD")]
    assert told(world.swept()) == []


def test_from_the_ceiling_on_nobody_is_rung_and_nobody_is_cut_off() -> None:
    world = World(limits=replace(NO_LIMITS, cost_conference=2 * MINUTE))
    world.ask("invite", "Ana", "Bo", options=i.Options(redial_secs=300))
    world.came_in("Ana")
    world.missed("Bo")
    world.passes(200)
    assert "This conference has cost about 0.04 USD, and 0.02 USD is the most" in refusal(world, "invite", "Cy").wrong
    assert "CONFAB_MAX_COST_CONFERENCE" in refusal(world, "redial").wrong
    late = world.passes(200)
    assert (Says.NOT_RUNG, "Bo") in said(late)
    assert dialled(late) == []
    assert world.leg("Ana").in_room


def test_the_day_counts_what_is_spent_in_all_conferences_and_ends_at_midnight() -> None:
    world = world_of("Ana", cost_day=UNIT)
    world.spent_elsewhere = 80 * CENT
    assert told(world.swept()) == [("day 80", "0.81 USD", "1.00 USD")]
    world.spent_elsewhere = 2 * UNIT
    assert told(world.swept()) == [("day 100", "2.01 USD", "1.00 USD")]
    refused = refusal(world, "invite", "Bo").wrong
    assert "About 2.01 USD were spent today, and 1.00 USD is the most until midnight UTC, in 23 h 4" in refused
    assert "CONFAB_MAX_COST_DAY" in refused
    world.spent_elsewhere = 0
    assert dialled(world.ask("invite", person("Bo"))) == ["c.2.1"]


def test_without_ceilings_nothing_is_told() -> None:
    world = world_of("Ana")
    world.spent_elsewhere = 10**12
    assert told(world.swept()) == []


def test_the_card_is_drawn_anew_at_every_other_sweep_for_the_cost() -> None:
    world = world_of("Ana", "Bo", "Cy")
    world.take(i.CardPosted("c", world.now, "1.1", "f"))
    world.now = 6000.0
    draws = []
    for _ in range(6):
        before = len(world.effects)
        world.swept()
        draws.append(sum(isinstance(one, DrawCard) for one in world.effects[before:]))
        world.now += 30
    assert draws == [1, 0, 1, 0, 1, 0]
