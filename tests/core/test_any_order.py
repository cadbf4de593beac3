"""News may come in any order, late or twice: the end is the same."""

from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import inputs as i
from bot.core.conference import Conference, Leg
from tests.core.memory_world import World, said

ROOMS = ("r1", "r2")
NAMES = ("Ana", "Bo", "Cy", "Di")
NEVER_UP = ("user_busy", "timeout", "call_rejected", "not_found", "normal_clearing")


@dataclass(frozen=True, slots=True)
class History:
    """What happened to each leg, in its order, and to the rooms."""

    legs: tuple[tuple[i.Fact, ...], ...]
    rooms: tuple[i.Fact, ...]
    gated: bool

    @property
    def in_order(self) -> list[i.Fact]:
        return sorted((*self.rooms, *(fact for leg in self.legs for fact in leg)), key=lambda fact: fact.at)


@st.composite
def stories(draw: st.DrawFn, leg_id: str, room: int, *, gated: bool) -> tuple[i.Fact, ...]:
    """One phone's story, told up to some point of it. Who joins does so after second 100 in room 1, 200 in room 2."""
    call, start = i.Call(f"v3:{leg_id}", leg_id), 100.0 * room + draw(st.integers(0, 9))
    rang: list[i.Fact] = [i.Rang(call, start), i.Rang(call, start + 0.5)]
    ending = draw(st.sampled_from(("never up", "at the gate", "wrong key", "in")))
    if ending == "never up":
        return (*rang, i.HungUp(call, start + 20, draw(st.sampled_from(NEVER_UP)), "486"))
    up: list[i.Fact] = [*rang, i.Answered(call, start + 10)]
    bye = i.HungUp(call, start + 50, "normal_clearing", "200")
    if ending == "at the gate":
        return (*up, *([i.KeyGiven(call, start + 50, "", "call_hangup")] if gated else []), bye)
    if ending == "wrong key" and gated:
        status, digits = draw(st.sampled_from((("valid", "2"), ("invalid", "9"), ("timeout", ""))))
        return (*up, i.KeyGiven(call, start + 15, digits, status), bye)
    keys = [i.KeyGiven(call, start + 12, "1", "valid")] if gated else []
    room_id = ROOMS[room - 1]
    came = [*up, *keys, i.Seated(leg_id, start + 13, room, room_id), i.Joined(call, start + 14, room_id)]
    return (*came, i.Left(call, start + 49, room_id), bye)


@st.composite
def histories(draw: st.DrawFn) -> History:
    gated = draw(st.booleans())
    legs: list[tuple[i.Fact, ...]] = []
    for at in range(1, draw(st.integers(1, 4)) + 1):
        story = draw(stories(f"c.{at}.1", draw(st.integers(1, 2)), gated=gated))
        legs.append(story[: draw(st.integers(0, len(story)))])
    return History(tuple(legs), tuple(_rooms(legs, close_last=draw(st.booleans()))), gated)


def _rooms(legs: list[tuple[i.Fact, ...]], *, close_last: bool) -> list[i.Fact]:
    """Room 1 is over before there is a room 2; the last room may be over too."""
    news: list[i.Fact] = [i.RoomOpened(i.Call(), 101.0, "r1")]
    second = any(getattr(fact, "room_id", "") == "r2" for leg in legs for fact in leg)
    if second:
        news += [i.RoomEnded(i.Call(), 190.0, "r1", "all_left"), i.RoomOpened(i.Call(), 201.0, "r2")]
    if close_last:
        news.append(i.RoomEnded(i.Call(), 290.0, "r2" if second else "r1", "all_left"))
    return news


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[History, list[i.Fact]]:
    """A history, and the same news in another order, some of it twice.

    One order is kept: nothing of room 2 comes before the end of room 1, for we ask for room 2 when we know of that end.
    """
    history = draw(histories())
    facts = history.in_order
    order = draw(st.permutations([*facts, *draw(st.lists(st.sampled_from(facts), max_size=6))]))
    later = [at for at, fact in enumerate(order) if getattr(fact, "room_id", "") == "r2"]
    over = next((fact for fact in order if isinstance(fact, i.RoomEnded) and fact.room_id == "r1"), None)
    if later and over:
        order.insert(later[0], over)
    return history, order


def evidence(leg: Leg) -> Leg:
    """The leg without the commands we gave: which of them still made sense depends on the order."""
    return replace(leg, asked_at=None, seat_asked=0, stop_asked=False)


def without_commands(conference: Conference) -> Conference:
    """The conference without ``opener``, which leg we ordered to open the room."""
    return replace(conference, opener="")


def told(history: History, order: list[i.Fact]) -> World:
    names = NAMES[: len(history.legs)]
    world = World(*names, gated=history.gated)
    for name in names:
        world.take(i.DialTried(world.leg(name).id, 99.0))  # committed before the dial goes out
    for fact in order:
        world.take(fact)
        world.counts_are_right()
    return world


@settings(max_examples=300, deadline=None)
@given(shuffled())
def test_any_order_and_repetition_ends_in_the_same_state(case: tuple[History, list[i.Fact]]) -> None:
    history, order = case
    expected, found = told(history, history.in_order), told(history, order)
    assert {key: evidence(leg) for key, leg in found.legs.items()} == {
        key: evidence(leg) for key, leg in expected.legs.items()
    }
    assert {key: leg.why for key, leg in found.legs.items()} == {key: leg.why for key, leg in expected.legs.items()}
    assert without_commands(found.conference) == without_commands(expected.conference)
    assert found.people == expected.people


@settings(max_examples=80, deadline=None)
@given(shuffled())
def test_in_any_order_each_thing_is_told_once(case: tuple[History, list[i.Fact]]) -> None:
    lines = said(told(*case).effects)
    assert len(lines) == len(set(lines))


@settings(max_examples=80, deadline=None)
@given(histories())
def test_who_is_over_before_they_were_in_is_told_once_why(history: History) -> None:
    world = told(history, history.in_order)
    missed = [who for says, who in said(world.effects) if says == "missed"]
    over = [leg for leg in world.legs.values() if not leg.alive and leg.joined_at is None]
    assert sorted(missed) == sorted(world.people[leg.participant_id].name for leg in over)
