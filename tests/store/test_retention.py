"""What is old goes bit by bit; what somebody wants forgotten goes at once; what is live stays."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from bot.core import inputs as i
from bot.core.conference import Participant
from bot.core.inputs import Person
from bot.core.lifecycle import ConferencePhase
from bot.core.scene import Scene, Timer
from bot.core.side import Purpose, SideCall
from bot.store import book, ledger, oblivion, retention, sides, tables
from bot.store.retention import CONFERENCES, DAY, KEYS_KEPT, NEXT_LOOK, NEXT_PART, ROWS
from tests.store.made import conference

NOW = 1000 * DAY
DAYS = 30
ANA, BO, GUEST = "+12125550111", "+12125550122", "+12125550199"


def made(connection: Connection, name: str, *, ended: float | None = None, host: str = "U0") -> None:
    """A conference with Ana, who has a deputy, and a guest; something was said in it."""
    over: dict[str, Any] = {} if ended is None else {"phase": ConferencePhase.ENDED, "ended_at": ended}
    scene = Scene(conference(id=name, host_id=host, host="Hana", ended_by="Ana" if over else "", **over), NOW)
    people = [
        Participant(f"{name}.1", name, "Ana", ANA, "U1", numbers=(ANA, GUEST), deputies=(Person("Bo", BO, "U2"),)),
        Participant(f"{name}.2", name, "…0199", GUEST, invited_by="Ana", asked_by="U1"),
    ]
    for one in people:
        scene.put_participant(one)
        scene.new_leg(one)
    ledger.save(connection, scene, new=True)
    ledger.add_speech(connection, name, f"{name}.1", NOW, "hush")
    ledger.add_speech(connection, name, f"{name}.2", NOW, "hash")


def loaded(connection: Connection, name: str) -> Scene:
    found = ledger.whole_scene(connection, name, NOW)
    assert found is not None
    return found


def numbers(connection: Connection, name: str) -> set[str]:
    scene = loaded(connection, name)
    people = scene.participants.values()
    found = {leg.number for leg in scene.legs.values()}
    for one in people:
        found |= {one.number, *one.numbers, *(person.number for person in one.deputies)}
    return found - {""}


def names(connection: Connection, name: str) -> list[str]:
    return [one.name for one in loaded(connection, name).participants.values()]


def due(connection: Connection) -> tuple[float, i.Fact] | None:
    found = [one for one in ledger.due_timers(connection, NOW * 9) if one[0] == "purge"]
    row = connection.execute(select(tables.timer.c.due).where(tables.timer.c.key == "purge")).scalar()
    return (row, found[0][1]) if row is not None else None


def purge(connection: Connection, fact: i.PurgeDue | None = None) -> tuple[float, i.PurgeDue]:
    """One part; when the next is due, and its fact."""
    retention.purge(connection, fact or i.PurgeDue(NOW), NOW, DAYS)
    planned = due(connection)
    assert planned is not None
    assert isinstance(planned[1], i.PurgeDue)
    return planned[0] - NOW, planned[1]


def rows(connection: Connection, table: Any) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar() or 0


def test_a_conference_that_is_long_over_keeps_names_and_no_number(connection: Connection) -> None:
    made(connection, "old", ended=NOW - 31 * DAY)
    made(connection, "young", ended=NOW - 29 * DAY)
    made(connection, "live")
    assert numbers(connection, "old") == {ANA, BO, GUEST}
    assert purge(connection)[0] == NEXT_LOOK
    assert numbers(connection, "old") == set()
    assert names(connection, "old") == ["Ana", "…0199"]
    assert ledger.speech(connection, "old") == []
    for name in ("young", "live"):
        assert numbers(connection, name) == {ANA, BO, GUEST}
        assert len(ledger.speech(connection, name)) == 2
    hashes = connection.execute(
        select(tables.participant.c.number_hash).where(tables.participant.c.conference_id == "old")
    )
    assert set(hashes.scalars()) == {""}


def test_many_are_purged_in_parts_the_oldest_first(connection: Connection) -> None:
    for at in range(2 * CONFERENCES + 2):
        made(connection, f"old{at}", ended=NOW - (31 + at) * DAY)
    left, pauses, fact = [], [], None
    for _ in range(3):
        pause, fact = purge(connection, fact)
        pauses.append(pause)
        left.append(sum(bool(numbers(connection, f"old{at}")) for at in range(2 * CONFERENCES + 2)))
    assert left == [CONFERENCES + 2, 2, 0]
    assert pauses == [NEXT_PART, NEXT_PART, NEXT_LOOK]


def remember(connection: Connection, count: int, at: float, prefix: str, **more: Any) -> None:
    for number in range(count):
        assert ledger.remember(connection, f"{prefix}{number}", "slash", at, {"text": f"invite {ANA}"}, **more)


def bodies(connection: Connection) -> int:
    return sum(bool(one) for one in connection.execute(select(tables.journal.c.body)).scalars())


def test_old_entries_of_the_journal_are_emptied_and_still_known(connection: Connection) -> None:
    remember(connection, ROWS + 3, NOW - 31 * DAY, "old")
    remember(connection, 1, NOW - 31 * DAY, "never-done", ref="call:v3:x", done=False)
    remember(connection, 2, NOW - DAY, "young")
    pause, fact = purge(connection)
    assert (pause, bodies(connection)) == (NEXT_PART, 6)
    pause, fact = purge(connection, fact)
    assert (pause, bodies(connection)) == (NEXT_LOOK, 2)
    assert ledger.waiting(connection, "call:v3:x") == []
    assert not ledger.remember(connection, "old1", "slash", NOW, {})
    purge(connection, fact)
    assert bodies(connection) == 2
    assert rows(connection, tables.journal) == ROWS + 6


def test_the_oldest_entries_are_deleted_in_parts(connection: Connection) -> None:
    remember(connection, ROWS + 3, NOW - KEYS_KEPT - 31 * DAY, "ancient")
    remember(connection, 2, NOW - KEYS_KEPT, "old")
    _, fact = purge(connection)
    assert rows(connection, tables.journal) == 5
    pause, _ = purge(connection, fact)
    assert (pause, rows(connection, tables.journal)) == (NEXT_LOOK, 2)


def test_what_means_nothing_any_more_is_deleted(connection: Connection) -> None:
    for name, at in (("old", NOW - 2 * DAY), ("young", NOW - 60)):
        sides.add(connection, SideCall(f"side_{name}", Purpose.DIAL_IN, GUEST, at))
        connection.execute(tables.pin_try.insert(), {"number": GUEST, "at": at})
        dial = {"by": "U1", "number": GUEST, "number_hash": GUEST, "at": at}
        connection.execute(tables.dial.insert(), dial)
        connection.execute(tables.gate.insert(), {"key": f"card:{name}", "not_before": at})
    purge(connection)
    for table in (tables.side_call, tables.pin_try, tables.dial, tables.gate):
        assert rows(connection, table) == 1, table.name


def test_the_timer_is_set_once_and_kept_by_later_starts(connection: Connection) -> None:
    retention.plan(connection, NOW)
    first = due(connection)
    retention.plan(connection, NOW + 5)
    assert due(connection) == first


def forget_on(connection: Connection, now: float) -> set[str]:
    """Fire all that is due about then; keys of the journal's entries that tell nothing."""
    for moment in (now + 2 * step for step in range(9)):
        for key, fact in ledger.due_timers(connection, moment):
            assert isinstance(fact, i.ForgetDue)
            ledger.set_timers(connection, [Timer(key)])
            oblivion.forget_more(connection, fact, moment)
    found = connection.execute(select(tables.journal.c.key, tables.journal.c.body)).all()
    return {row.key for row in found if not row.body}


def test_who_is_forgotten_is_nobody_in_what_is_over(connection: Connection) -> None:
    made(connection, "over", ended=NOW - DAY, host="U1")
    made(connection, "live", host="U1")
    book.set_numbers(connection, "U1", (ANA, GUEST), NOW)
    book.put(connection, book.Contact("vendor", (BO,), "U1"), NOW)
    known = oblivion.forget(connection, "U1", "Ana", NOW)
    assert (known.numbers, known.conferences, known.added) == ((ANA, GUEST), ("over",), 1)
    assert [one.id for one in known.live] == ["live"]
    assert names(connection, "over") == ["somebody", "…0199"]
    assert numbers(connection, "over") == {GUEST}  # another's, who was a guest
    scene = loaded(connection, "over")
    told = scene.conference
    assert (told.host, told.host_id, told.ended_by) == ("somebody", "", "somebody")
    guest = scene.participants["over.2"]
    assert (guest.invited_by, guest.asked_by) == ("somebody", "")
    assert ledger.speech(connection, "over") == [(NOW, "over.2", "hash")]
    assert book.of_user(connection, "U1") == book.Entry()
    assert book.contacts(connection) == [book.Contact("vendor", (BO,), "")]
    assert names(connection, "live") == ["Ana", "…0199"]
    assert loaded(connection, "live").conference.host_id == "U1"


def test_a_deputy_who_was_never_rung_is_forgotten_too(connection: Connection) -> None:
    made(connection, "over", ended=NOW - DAY)
    oblivion.forget(connection, "U2", "Bo", NOW)
    assert loaded(connection, "over").participants["over.1"].deputies == ()
    assert names(connection, "over") == ["Ana", "…0199"]


@pytest.mark.parametrize("verified", [True, False])
def test_a_number_alone_counts_only_when_it_was_checked(connection: Connection, verified: bool) -> None:
    """Else anybody could make Confab forget somebody else by claiming their number."""
    made(connection, "over", ended=NOW - DAY)
    book.set_numbers(connection, "U3", (GUEST,), NOW)
    if verified:
        assert book.verify(connection, "U3", GUEST, NOW)
    book.put(connection, book.Contact("theirs", (GUEST,), "U1"), NOW)
    book.put(connection, book.Contact("both", (BO, GUEST), "U1"), NOW)
    sides.add(connection, replace(SideCall("side_1", Purpose.DIAL_IN, GUEST, NOW), ended_at=NOW))
    oblivion.forget(connection, "U3", "Cy", NOW)
    assert names(connection, "over") == ["Ana", "somebody" if verified else "…0199"]
    left = {one.name: one.numbers for one in book.contacts(connection)}
    assert left == ({"both": (BO,)} if verified else {"both": (BO, GUEST), "theirs": (GUEST,)})
    side = sides.get(connection, "side_1")
    assert side
    assert side.number == ("" if verified else GUEST)
    hashes = connection.execute(select(tables.side_call.c.number_hash)).scalars().all()
    assert all(hashes) is not verified


def test_the_journal_forgets_in_parts_and_keeps_its_keys(connection: Connection) -> None:
    old = NOW - 8 * DAY
    remember(connection, ROWS, old, "other")
    for key, body in {
        "mine": {"by": "U1", "people": ["U9"]},
        "named": {"by": "U9", "people": ["U1"]},
        "theirs": {"by": "U9", "people": ["U9"]},
    }.items():
        assert ledger.remember(connection, key, "invite", old, body)
    assert ledger.remember(connection, "waits", "slash", old, {"by": "U1"}, ref="heard", done=False)
    oblivion.forget(connection, "U1", "Ana", NOW)
    assert forget_on(connection, NOW + 60) == {"mine", "named"}
    assert rows(connection, tables.journal) == ROWS + 4
    assert rows(connection, tables.timer) == 0


def test_what_was_done_lately_stays_in_the_journal_for_a_week(connection: Connection) -> None:
    """Else somebody could have forgotten what they just did."""
    for key, at in (("old", NOW - 8 * DAY), ("young", NOW - DAY), ("asked", NOW), ("later", NOW + DAY)):
        assert ledger.remember(connection, key, "create", at, {"by": "U1"})
    oblivion.forget(connection, "U1", "Ana", NOW)
    assert forget_on(connection, NOW + 60) == {"old"}
    assert forget_on(connection, NOW + 6 * DAY) == {"old"}
    assert forget_on(connection, NOW + 7 * DAY + 60) == {"old", "young", "asked"}
    assert rows(connection, tables.timer) == 0
