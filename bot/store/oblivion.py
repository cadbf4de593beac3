"""Forgetting a person: numbers, names, and what the journal tells of them. A live conference keeps what it needs."""

import json
import secrets
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, delete, or_, select, update

from bot.core.conference import Conference
from bot.core.inputs import ForgetDue
from bot.core.lifecycle import ConferencePhase
from bot.core.scene import Timer
from bot.store import book, ledger, retention
from bot.store.tables import conference, contact, journal, leg, participant, person, side_call, speech

SOMEBODY: Final = "somebody"
SOON: Final = 1.0
AUDIT: Final = 7 * retention.DAY  # so long the journal says who did what: nobody can cover up what they just did
ROWS: Final = 500
_OVER = conference.c.phase == ConferencePhase.ENDED.value


@dataclass(frozen=True, slots=True)
class Traces:
    """What is known of somebody. ``live``: conferences that go on, of which nothing can be forgotten yet."""

    numbers: tuple[str, ...]
    verified: str  # the number that a call has shown to be theirs, "" = none
    seats: tuple[str, ...]  # participants of conferences that are over
    conferences: tuple[str, ...]  # those, and others that they hosted
    live: tuple[Conference, ...]
    added: int  # entries of the phone book


def traces(connection: Connection, user_id: str) -> Traces:
    """A number counts only when a call has checked it: anybody can say that somebody else's is theirs."""
    entry = book.of_user(connection, user_id)
    verified = entry.numbers[0] if entry.verified else ""
    mine = participant.c.user_id == user_id
    if verified:
        mine = or_(mine, (participant.c.user_id == "") & (participant.c.number_hash == verified))
    joined = participant.join(conference, participant.c.conference_id == conference.c.id)
    seats = connection.execute(
        select(participant.c.id, participant.c.conference_id).select_from(joined).where(mine, _OVER)
    ).all()
    hosted = connection.execute(select(conference.c.id).where(conference.c.host_id == user_id, _OVER)).scalars().all()
    added = connection.execute(select(contact.c.name).where(contact.c.added_by == user_id)).all()
    return Traces(
        entry.numbers,
        verified,
        tuple(row.id for row in seats),
        tuple(dict.fromkeys([*(row.conference_id for row in seats), *hosted])),
        tuple(ledger.of_person(connection, user_id, ended=False, most=10)),
        len(added),
    )


def forget(connection: Connection, user_id: str, name: str, now: float) -> Traces:
    """Forget at once all that can be found by who they are; the journal follows by a timer. Returns what there was."""
    known = traces(connection, user_id)
    _anonymize(connection, known, user_id, name)
    _leave_no_deputy(connection, user_id)
    _leave_no_contact(connection, known, user_id)
    calls = side_call.c.user_id == user_id
    if known.verified:
        calls = or_(calls, side_call.c.number_hash == known.verified)
    over = or_(side_call.c.ended_at.is_not(None), side_call.c.begun_at < now - retention.HOUR)
    nobody = {"user_id": "", "number": "", "number_hash": "", "code": ""}  # what it cost counts on
    connection.execute(update(side_call).where(calls, over).values(**nobody))
    connection.execute(delete(person).where(person.c.user_id == user_id))
    numbers = tuple(filter(None, (known.verified,)))
    _go_on(connection, ForgetDue(now + SOON, now, user_id, numbers))
    return known


def forget_more(connection: Connection, fact: ForgetDue, now: float) -> None:
    """Empty the next entries of the journal that tell of somebody, and plan the next part until all are old enough."""
    columns = (journal.c.id, journal.c.at, journal.c.body, journal.c.done)
    theirs = (journal.c.id > fact.upto) & (journal.c.at <= fact.asked_at)
    rows = connection.execute(select(*columns).where(theirs).order_by(journal.c.id).limit(ROWS)).all()
    old = [row for row in rows if row.at <= now - AUDIT]
    retention.empty(connection, [row.id for row in old if row.done and _tells_of(row.body, fact)])
    upto = old[-1].id if old else fact.upto
    if len(old) < len(rows):
        _go_on(connection, replace(fact, at=min(fact.asked_at, now) + AUDIT + SOON, upto=upto))
    elif len(rows) == ROWS:
        _go_on(connection, replace(fact, at=now + SOON, upto=upto))


def _go_on(connection: Connection, fact: ForgetDue) -> None:
    """Under a name that tells nothing."""
    ledger.set_timers(connection, [Timer(f"forget:{secrets.token_hex(8)}", fact.at, fact)])


def _tells_of(body: Any, fact: ForgetDue) -> bool:
    said = json.dumps(body)
    return any(word in said for word in (fact.user_id, *fact.numbers))


def _anonymize(connection: Connection, known: Traces, user_id: str, name: str) -> None:
    seats, places = known.seats, known.conferences
    names = {name, *connection.execute(select(participant.c.name).where(participant.c.id.in_(seats))).scalars()}
    nobody = {**retention.NO_NUMBERS, "name": SOMEBODY, "user_id": ""}
    connection.execute(update(participant).where(participant.c.id.in_(seats)).values(nobody))
    connection.execute(update(leg).where(leg.c.participant_id.in_(seats)).values(number=""))
    connection.execute(delete(speech).where(speech.c.participant_id.in_(seats)))
    hosted = (conference.c.host_id == user_id) & _OVER
    connection.execute(update(conference).where(hosted).values(host=SOMEBODY, host_id=""))
    over = select(conference.c.id).where(_OVER)
    asked = (participant.c.asked_by == user_id) & participant.c.conference_id.in_(over)
    connection.execute(update(participant).where(asked).values(asked_by="", invited_by=SOMEBODY))
    for table, place, column in (
        (conference, conference.c.id, conference.c.ended_by),
        (conference, conference.c.id, conference.c.locked_by),
        (conference, conference.c.id, conference.c.recorded_by),
        (participant, participant.c.conference_id, participant.c.invited_by),
        (leg, leg.c.conference_id, leg.c.muted_by),
        (leg, leg.c.conference_id, leg.c.removed_by),
    ):
        named = place.in_(places) & column.in_(names)
        connection.execute(update(table).where(named).values({column.name: SOMEBODY}))


def _leave_no_deputy(connection: Connection, user_id: str) -> None:
    """Out of the ladders of others; those of purged conferences are gone already."""
    joined = participant.join(conference, participant.c.conference_id == conference.c.id)
    wanted = select(participant.c.id, participant.c.deputies).select_from(joined)
    for row in connection.execute(wanted.where(_OVER, conference.c.purged_at.is_(None))).all():
        if user_id in json.dumps(row.deputies):
            connection.execute(update(participant).where(participant.c.id == row.id).values(deputies=[]))


def _leave_no_contact(connection: Connection, known: Traces, user_id: str) -> None:
    """The phone book is everybody's: what they added stays, without their name on it; their own number goes."""
    connection.execute(update(contact).where(contact.c.added_by == user_id).values(added_by=""))
    for one in book.contacts(connection) if known.verified else ():
        left = [number for number in one.numbers if number != known.verified]
        if not left:
            book.remove(connection, one.name)
        elif len(left) < len(one.numbers):
            connection.execute(update(contact).where(contact.c.name == one.name).values(numbers=left))
