"""What the store remembers of conferences, inputs, timers and numbers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Connection, event
from sqlalchemy.exc import IntegrityError

from bot.core import inputs as i
from bot.core.conference import Conference, Leg, Participant
from bot.core.scene import Reach, Scene, Timer
from bot.habits import Habits
from bot.service import Service
from bot.store import db, ledger, outbox, tables
from bot.store.sqlite import SqliteStore
from tests.store.made import NOW, conference, conferences, legs, participants, scene

PROPERTY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def whole(connection: Connection, conference_id: str = "c") -> Scene:
    found = ledger.whole_scene(connection, conference_id, NOW)
    assert found is not None
    return found


def one_leg(connection: Connection, leg_id: str) -> Scene:
    found = ledger.leg_scene(connection, leg_id, NOW)
    assert found is not None
    return found


@PROPERTY
@given(conferences(), participants(), legs())
def test_what_is_saved_is_loaded(connection: Connection, one: Conference, who: Participant, leg: Leg) -> None:
    with connection.begin_nested() as undo:
        made = Scene(one, NOW)
        made.put_participant(who)
        made.put_leg(leg)
        made.effects.clear()
        made.conference = one
        ledger.save(connection, made, new=True)
        found = whole(connection)
        assert (found.conference, found.participants, found.legs) == (one, {who.id: who}, {leg.id: leg})
        assert ledger.get(connection, "c") == one
        partial = one_leg(connection, leg.id)
        assert (partial.conference, partial.participants, partial.legs) == (one, {who.id: who}, {leg.id: leg})
        undo.rollback()


@PROPERTY
@given(conferences(), participants(), legs())
def test_what_is_changed_is_loaded(connection: Connection, one: Conference, who: Participant, leg: Leg) -> None:
    with connection.begin_nested() as undo:
        ledger.save(connection, scene("Ana"), new=True)
        made = whole(connection)
        made.put_participant(who)
        made.put_leg(leg)
        made.conference = one
        ledger.save(connection, made)
        found = whole(connection)
        assert (found.conference, found.participants, found.legs) == (one, {who.id: who}, {leg.id: leg})
        undo.rollback()


def test_a_leg_comes_alone_and_a_conference_with_everybody(connection: Connection) -> None:
    names = tuple(f"P{at}" for at in range(1, 12))
    ledger.save(connection, scene(*names), new=True)
    partial, all_of_it = one_leg(connection, "c.2.1"), whole(connection)
    assert (partial.reach, list(partial.legs), list(partial.participants)) == (Reach.LEG, ["c.2.1"], ["c.2"])
    assert all_of_it.reach is Reach.WHOLE
    assert [who.name for who in all_of_it.participants.values()] == list(names)
    assert len(all_of_it.legs) == 11
    assert ledger.leg_scene(connection, "c.99.1", NOW) is None
    assert ledger.whole_scene(connection, "no", NOW) is None


def test_a_leg_that_is_saved_alone_leaves_the_others_as_they_are(connection: Connection) -> None:
    ledger.save(connection, scene("Ana", "Bo"), new=True)
    partial = one_leg(connection, "c.1.1")
    partial.put_leg(replace(partial.legs["c.1.1"], gone_at=5.0, cause="user_busy"))
    ledger.save(connection, partial)
    found = whole(connection)
    assert [leg.alive for leg in found.legs.values()] == [False, True]
    assert found.conference.alive_legs == 1


def test_saving_enqueues_what_was_ordered_and_a_new_card(connection: Connection) -> None:
    ledger.save(connection, scene("Ana", card_ts="17.1"), new=True)
    kinds = [type(parcel.effect).__name__ for parcel in outbox.heads(connection, NOW)]
    assert kinds == ["Dial", "DrawCard"]


def test_an_input_is_remembered_once(connection: Connection) -> None:
    assert ledger.remember(connection, "k", "Rang", NOW, {"a": 1}, conference_id="c")
    assert not ledger.remember(connection, "k", "HungUp", NOW, {})
    found = ledger.entry(connection, "k")
    assert found is not None
    assert (found.kind, found.body, found.conference_id, found.done) == ("Rang", {"a": 1}, "c", True)
    assert ledger.entry(connection, "other") is None


def test_early_news_waits_in_its_order_until_it_is_finished(connection: Connection) -> None:
    for key in ("b", "a", "z"):
        ledger.remember(connection, key, "Rang", NOW, {}, ref="call:1", done=False)
    ledger.remember(connection, "other", "Rang", NOW, {}, ref="call:2", done=False)
    ledger.remember(connection, "done", "Rang", NOW, {}, ref="call:1")
    assert [row.key for row in ledger.waiting(connection, "call:1")] == ["b", "a", "z"]
    ledger.finish(connection, "b", conference_id="c", ref="", answer={"kind": "Told"})
    assert [row.key for row in ledger.waiting(connection, "call:1")] == ["a", "z"]
    row = ledger.entry(connection, "b")
    assert row is not None
    assert (row.conference_id, row.answer) == ("c", {"kind": "Told"})


def test_early_news_is_found_by_its_index(connection: Connection) -> None:
    """Else the cost of the first news of a leg would grow with the journal."""
    plans: list[str] = []
    explain = "EXPLAIN QUERY PLAN"
    if db.shared(connection):
        explain = "EXPLAIN"
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # the table is empty, so that would be quickest

    def ask(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT journal"):
            rows = connection.connection.execute(f"{explain} {statement}", parameters)
            plans.extend(row[-1] for row in rows)

    event.listen(connection, "before_cursor_execute", ask)
    ledger.waiting(connection, "call:1")
    assert any("journal_waiting" in plan for plan in plans), plans


def test_a_timer_is_set_moved_and_cancelled(connection: Connection) -> None:
    fact = i.GateTimedOut("c.1.1", 10.0)
    ledger.set_timers(connection, [Timer("gate", 10.0, fact), Timer("idle", 5.0, i.IdleTimedOut("c", 5.0))])
    assert ledger.due_timers(connection, 4.9) == []
    assert ledger.due_timers(connection, 10.0) == [("idle", i.IdleTimedOut("c", 5.0)), ("gate", fact)]
    ledger.set_timers(connection, [Timer("gate", 20.0, i.GateTimedOut("c.1.1", 20.0)), Timer("idle"), Timer("none")])
    assert ledger.due_timers(connection, 19.0) == []
    assert ledger.due_timers(connection, 20.0) == [("gate", i.GateTimedOut("c.1.1", 20.0))]
    assert outbox.next_timer(connection) == 20.0


def test_a_timer_fires_once_and_not_before_it_is_due(connection: Connection) -> None:
    ledger.set_timers(connection, [Timer("gate", 10.0, i.GateTimedOut("c.1.1", 10.0))])
    assert not ledger.take_timer(connection, "gate", 9.0)
    assert ledger.take_timer(connection, "gate", 10.0)
    assert not ledger.take_timer(connection, "gate", 10.0)
    assert outbox.next_timer(connection) is None


def test_a_leg_is_found_by_our_id_or_by_the_call(connection: Connection) -> None:
    made = scene("Ana", "Bo")
    made.put_leg(replace(made.legs["c.1.1"], call_control_id="v3:x"))
    ledger.save(connection, made, new=True)
    found = [("v3:x", ""), ("v3:new", "c.2.1"), ("v3:x", "somebody else's"), ("v3:unknown", ""), ("", "")]
    scenes = [ledger.call_scene(connection, i.Call(*call), NOW) for call in found]
    assert [one and list(one.legs) for one in scenes] == [["c.1.1"], ["c.2.1"], ["c.1.1"], None, None]


def test_conferences_are_found_by_room_place_and_host(connection: Connection) -> None:
    there: list[dict[str, Any]] = [
        {"room_id": "r1", "thread_ts": "17.1", "card_ts": "17.1"},
        {"thread_ts": "18.1"},
        {"channel": "C2", "host_id": "U9"},
        {"phase": "ended", "ended_at": 1.0, "thread_ts": "17.1"},
    ]
    for at, values in enumerate(there):
        row = row_of(conference(id=f"c{at}", created_at=NOW + at)) | values
        connection.execute(tables.conference.insert(), row)
    assert ledger.find_by_room(connection, "r1") == "c0"
    assert ledger.find_by_room(connection, "") is None
    assert [one.id for one in ledger.live_in(connection, "C1")] == ["c1", "c0"]
    assert [one.id for one in ledger.live_in(connection, "C1", "17.1")] == ["c0"]
    assert [one.id for one in ledger.live_of_host(connection, "U9")] == ["c2"]


def row_of(one: Conference) -> dict[str, Any]:
    return ledger._columns(one)


@pytest.mark.parametrize(
    "values",
    [
        {"phase": "paused"},
        {"phase": "ended"},
        {"ended_at": 5.0},
        {"alive_legs": -1, "in_room": -1},
        {"alive_legs": 1, "in_room": 2},
    ],
)
def test_an_impossible_conference_is_refused(connection: Connection, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), connection.begin_nested():
        connection.execute(tables.conference.insert(), row_of(conference()) | values)


@pytest.mark.parametrize(
    "values",
    [
        {"phase": "asleep"},
        {"phase": "gone"},
        {"gone_at": 5.0},
        {"conference_id": "other"},
        {"participant_id": "c.9"},
        {"call_control_id": "v3:taken"},
    ],
)
def test_an_impossible_leg_is_refused(connection: Connection, values: dict[str, Any]) -> None:
    made = scene("Ana", "Bo")
    made.put_leg(replace(made.legs["c.1.1"], call_control_id="v3:taken"))
    ledger.save(connection, made, new=True)
    with pytest.raises(IntegrityError), connection.begin_nested():
        connection.execute(tables.leg.update().where(tables.leg.c.id == "c.2.1").values(**values))


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    statements: list[str] = []

    def count(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(connection, "before_cursor_execute", count)
    yield statements
    event.remove(connection, "before_cursor_execute", count)


class StillClock:
    def now(self) -> float:
        return NOW

    def steady(self) -> float:
        return NOW

    async def until(self, when: float) -> None:
        raise AssertionError(f"nobody waits until {when} here")


@pytest.mark.parametrize("kind", [i.Rang, i.Answered])
def test_news_of_a_leg_costs_the_same_however_many_legs_there_are(
    store: SqliteStore, connection: Connection, kind: type[i.Rang | i.Answered]
) -> None:
    service = Service(store, StillClock(), Habits())
    costs: list[int] = []
    for conference_id, size in (("few", 2), ("many", 800)):
        ledger.save(connection, scene(*map(str, range(size)), conference_id=conference_id), new=True)
        news = kind(i.Call(f"v3:{conference_id}", f"{conference_id}.1.1"), 5.0)
        with counted(connection) as statements:
            assert service._take(i.Delivery(conference_id, news), connection)
        costs.append(len(statements))
    assert costs[0] == costs[1]
    assert costs[0] < 12


def test_a_timer_that_a_newer_version_set_is_left_to_it(connection: Connection) -> None:
    ledger.set_timers(connection, [Timer("gate", 10.0, i.GateTimedOut("c.1.1", 10.0))])
    connection.execute(tables.timer.insert(), {"key": "new", "due": 9.0, "body": {"kind": "Tomorrow", "fact": {}}})
    assert [key for key, _ in ledger.due_timers(connection, 11.0)] == ["gate"]
