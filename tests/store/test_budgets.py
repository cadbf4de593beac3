"""What was rung and spent, as rows; and that decisions about dials come one after the other."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection, func, select

from bot.core.budget import DAY, HOUR, Limits
from bot.core.inputs import Call, KeyGiven, Person, Priced, Request, Where
from bot.core.replies import Refused, Told
from bot.core.roles import Role
from bot.core.side import Doors, Purpose, SideCall, apply
from bot.core.tariff import Tariff
from bot.habits import Habits
from bot.service import Service
from bot.store import budgets, ledger, oblivion, sides, tables
from bot.store.db import open_store
from tests.core.memory_world import NO_LIMITS
from tests.postgres import KEY
from tests.store.made import NOW, conference, scene

AT_ONCE = 8


class StillClock:
    def now(self) -> float:
        return NOW

    def steady(self) -> float:
        return NOW

    async def until(self, when: float) -> None:
        raise AssertionError(f"nobody waits until {when} here")


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Service]:
    """A service that lets one phone be up at once."""
    store = open_store(database_url, KEY)
    store.migrate()
    yield Service(store, StillClock(), Habits(limits=Limits(legs=1)))
    store.close()


def asked(verb: str, number: int, *people: Person, conference_id: str = "") -> Request:
    where = Where("T1", f"C{number}", conference_id=conference_id)
    return Request(f"{verb} {number}", verb, Person("Hana", "", "U0"), where, people, standing=Role.MEMBER)


async def test_of_many_invitations_at_once_one_has_the_last_dial(service: Service) -> None:
    """Each in a conference of its own, so that nothing else makes them wait for each other."""
    made = [await service.request(asked("create", number)) for number in range(AT_ONCE)]
    ids = [told.conference_id for told in made if isinstance(told, Told)]
    people = [Person(f"P{number}", f"+1212555020{number}") for number in range(AT_ONCE)]
    invited = [asked("invite", n, people[n], conference_id=ids[n]) for n in range(AT_ONCE)]
    replies = await asyncio.gather(*map(service.request, invited))
    assert Counter(map(type, replies)) == {Told: 1, Refused: AT_ONCE - 1}


def spend(connection: Connection, name: str, *, answered: float, gone: float | None, rate: int = 100) -> None:
    """A conference in which one call was made."""
    made = scene(name, conference_id=name)
    (leg,) = made.legs.values()
    made.put_leg(
        replace(leg, tried_at=answered, answered_at=answered, gone_at=gone, cause="x" if gone else "", rate=rate)
    )
    ledger.save(connection, made, new=True)


def test_a_call_counts_on_the_day_on_which_it_ends_and_one_that_is_up_on_this(connection: Connection) -> None:
    today = 10 * DAY
    now = today + HOUR
    spend(connection, "yesterday", answered=today - 100, gone=today - 10)
    spend(connection, "midnight", answered=today - 100, gone=today + 15)  # two minutes
    spend(connection, "today", answered=today + 60, gone=today + 61)  # one
    spend(connection, "up", answered=now - 150, gone=None)  # three
    assert budgets.today(connection, now) == (1, 600)
    assert budgets.up(connection, now) == 1


def aside(
    connection: Connection, name: str, *, answered: float | None, over: float | None, rate: int = 100
) -> SideCall:
    """A call that is no leg."""
    begun = over if answered is None else answered
    made = SideCall(name, Purpose.DIAL_IN, "+12125550199", begun or 0.0, call_control_id=f"v3:{name}", rate=rate)
    sides.add(connection, made)
    made = replace(made, answered_at=answered, ended_at=over)
    sides.save(connection, made)
    return made


def test_calls_that_are_no_legs_count_too(connection: Connection) -> None:
    today = 10 * DAY
    now = today + HOUR
    aside(connection, "yesterday", answered=today - 100, over=today - 10)
    aside(connection, "midnight", answered=today - 100, over=today + 15)  # two minutes
    aside(connection, "up", answered=now - 150, over=None)  # three
    aside(connection, "refused", answered=None, over=now)
    came_in = aside(connection, "let in", answered=now - 70, over=None)
    pin = KeyGiven(Call("v3:let in"), now - 10, "123456", "valid")
    sides.save(connection, apply(came_in, pin, Doors(fits=conference())).side)  # its leg counts
    assert budgets.today(connection, now) == (1, 500)
    assert (budgets.up(connection, now), budgets.up(connection, now, but="up")) == (1, 0)
    assert budgets.up(connection, now + HOUR) == 0, "nobody stays up for ever because news of the end was lost"


def test_what_telnyx_says_of_a_call_that_is_no_leg_stands_and_is_not_forgotten(connection: Connection) -> None:
    side = aside(connection, "side_1", answered=100.0, over=130.0)
    for told in (40, 77, 60):
        side = apply(side, Priced(Call("v3:side_1"), 140.0, told), Doors()).side
    sides.save(connection, side)
    assert budgets.today(connection, 200.0) == (0, 77)
    sides.begin_check(connection, "U1", "+12125550199", "123456", 150.0, rate=100)
    sides.begin_check(connection, "U1", "+12125550199", "234567", 160.0, rate=100)
    assert budgets.today(connection, 200.0) == (2, 77), "both may ring"
    first, hung_up, second = connection.execute(
        select(tables.outbox.c.kind, tables.outbox.c.lane).order_by(tables.outbox.c.id)
    ).all()
    assert (first.kind, hung_up.kind, second.kind) == ("SideDial", "SideHangUp", "SideDial")
    assert hung_up.lane == first.lane != second.lane
    assert not sides.check(connection, "U1", "123456", 170.0)
    assert sides.check(connection, "U1", "234567", 170.0)
    oblivion.forget(connection, "U1", "Ana", 180.0)
    assert budgets.today(connection, 200.0)[1] == 77


def test_what_telnyx_says_stands_in_the_days_sum(connection: Connection) -> None:
    spend(connection, "one", answered=100.0, gone=130.0)
    found = ledger.leg_scene(connection, "one.1.1", 200.0)
    assert found
    found.put_leg(replace(found.legs["one.1.1"], settled=77))
    ledger.save(connection, found)
    assert budgets.today(connection, 200.0) == (0, 77)


def test_dials_are_remembered_for_an_hour_by_person_and_by_number(connection: Connection) -> None:
    for by, number, at in (("U1", "+1", 0.0), ("U1", "+2", 100.0), ("U2", "+1", 200.0), ("U3", "+3", 300.0)):
        budgets.note_dial(connection, by, number, at)
    found = budgets.load(connection, {"U1"}, {"+1"}, 400.0, NO_LIMITS, Tariff())
    assert [(one.by, one.number) for one in found.dialled] == [("U1", "+1"), ("U1", "+2"), ("U2", "+1")]
    later = budgets.load(connection, {"U1"}, {"+1"}, HOUR + 150.0, NO_LIMITS, Tariff())
    assert [(one.by, one.number) for one in later.dialled] == [("U2", "+1")]
    budgets.note_dial(connection, "U9", "+9", HOUR + 250.0)
    assert connection.execute(select(func.count()).select_from(tables.dial)).scalar() == 2


def test_the_brake_is_off_until_somebody_pulls_it(connection: Connection) -> None:
    assert budgets.stopped_by(connection) == ""
    budgets.set_brake(connection, "Zoe", 1.0)
    budgets.set_brake(connection, "Yan", 2.0)
    assert budgets.stopped_by(connection) == "Yan"
    assert budgets.load(connection, (), (), NOW, NO_LIMITS, Tariff()).stopped == "Yan"
    budgets.set_brake(connection, "", None)
    assert budgets.stopped_by(connection) == ""
