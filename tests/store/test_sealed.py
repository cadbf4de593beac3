"""Private values lie in the database sealed, whatever lay there before; only with the right keys is it opened."""

import asyncio
import re
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import JSON, Connection, String, create_engine, select
from sqlmodel import SQLModel

from bot.core import inputs as i
from bot.core.budget import Budget
from bot.core.conference import Participant
from bot.core.effects import SayToAll
from bot.core.inputs import Person
from bot.core.scene import Scene, Timer
from bot.core.side import Purpose, SideCall
from bot.store import book, ledger, migrate, outbox, sealing, sides, tables
from bot.store.db import StoreError
from bot.store.sealed import Keyring, WrongKeyError, private, provide
from bot.store.sqlite import SqliteStore
from tests.core.memory_world import NO_LIMITS
from tests.store.made import NOW, conference, open_keyring

ANA, BO, GUEST = "+12125550111", "+12125550122", "+442079460958"
PIN, WORDS = "836251", "the merger is off"
SECRETS = (ANA[1:], BO[1:], GUEST[1:], PIN, WORDS, "payments")


def key() -> str:
    return Fernet.generate_key().decode()


@contextmanager
def opened(folder: Path, keys: str = "") -> Iterator[SqliteStore]:
    store = SqliteStore(f"sqlite:///{folder}/confab.db", keys)
    try:
        store.migrate()
        yield store
    finally:
        store.close()


def do(store: SqliteStore, work: Callable[[Connection], Any]) -> Any:
    return asyncio.run(store.run(work))


def write_all(connection: Connection) -> None:
    """One row with something private in every table that can have it."""
    scene = Scene(conference(pin=PIN, topic="payments", participants=1), NOW, budget=Budget(NOW, NO_LIMITS))
    deputy = Person("Bo", BO, others=(GUEST,))
    who = Participant("c.1", "c", "Ana", ANA, "U1", numbers=(ANA, GUEST), deputies=(deputy,))
    scene.put_participant(who)
    scene.ring(who)
    ledger.save(connection, scene, new=True)
    ledger.remember(connection, "k", "slash", NOW, {"text": f"invite {GUEST}"}, ref="heard", done=False)
    ledger.finish(connection, "k", answer={"kind": "Told", "said": WORDS})
    ledger.add_speech(connection, "c", "c.1", NOW, WORDS)
    ledger.set_timers(connection, [Timer("t", NOW, i.KeyGiven(i.Call("v3:x"), NOW, PIN, "valid"))])
    outbox.enqueue(connection, conference(), [SayToAll("c", "said", WORDS)], NOW)
    book.set_numbers(connection, "U1", (ANA, GUEST), NOW)
    book.put(connection, book.Contact("vendor", (BO,), "U1"), NOW)
    sides.add(connection, SideCall("side_1", Purpose.CHECK, ANA, NOW, user_id="U1", code=PIN))
    sides.note_wrong(connection, GUEST, NOW)


def assert_all_there(connection: Connection) -> None:
    scene = ledger.whole_scene(connection, "c", NOW)
    assert scene is not None
    who, leg = scene.participants["c.1"], scene.legs["c.1.1"]
    assert (scene.conference.topic, scene.conference.pin) == ("payments", PIN)
    assert (who.number, who.numbers, leg.number) == (ANA, (ANA, GUEST), ANA)
    assert who.deputies == (Person("Bo", BO, others=(GUEST,)),)
    row = ledger.entry(connection, "k")
    assert row is not None
    assert (row.body, row.answer) == ({"text": f"invite {GUEST}"}, {"kind": "Told", "said": WORDS})
    assert ledger.speech(connection, "c") == [(NOW, "c.1", WORDS)]
    assert ("t", i.KeyGiven(i.Call("v3:x"), NOW, PIN, "valid")) in ledger.due_timers(connection, NOW)
    assert SayToAll("c", "said", WORDS) in [one.effect for one in outbox.heads(connection, NOW)]
    assert book.of_user(connection, "U1").numbers == (ANA, GUEST)
    assert book.contacts(connection) == [book.Contact("vendor", (BO,), "U1")]
    side = sides.get(connection, "side_1")
    assert side is not None
    assert (side.number, side.code) == (ANA, PIN)


def assert_found_by_number(connection: Connection) -> None:
    assert book.users_of(connection, ANA) == ["U1"]
    assert book.users_of(connection, BO) == []
    found = [sides.invited(connection, ANA), sides.by_pin(connection, PIN)]
    assert [one and one.id for one in found] == ["c", "c"]
    assert sides.invited(connection, GUEST) is None
    assert ledger.has_pin(connection, PIN)
    assert not ledger.has_pin(connection, "000000")
    wrong = select(tables.pin_try.c.id).where(tables.pin_try.c.number == GUEST)
    assert len(connection.execute(wrong).all()) == 1


def lying_open(folder: Path) -> list[str]:
    """Which secrets can be read in the files of the database, its key's apart."""
    bytes_ = b"".join(one.read_bytes() for one in folder.glob("confab.db*") if one.suffix != ".key")
    return [secret for secret in SECRETS if secret.encode() in bytes_]


def old_database(folder: Path) -> None:
    """As the version before sealing left it, killed in the middle of things: with a log that was not taken in."""
    engine = create_engine(f"sqlite:///{folder}/confab.db")
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
    engine.dispose()


PLAIN = """
INSERT INTO conference (id, topic, host, host_id, channel, created_at, team, thread_ts, card_ts, card_print, chat_lost,
    gated, phase, ended_by, room_id, opener, gone_rooms, participants, alive_legs, in_room, trouble, pin)
VALUES ('c', 'payments', '', '', '', 1000, '', '', '', '', '', 1, 'open', '', '', '', '[]', 1, 1, 0, '', '836251');
INSERT INTO participant (id, conference_id, name, number, user_id, leg_id, legs, invited_by, numbers, deputies)
VALUES ('c.1', 'c', 'Ana', '+12125550111', 'U1', 'c.1.1', 1, '', '["+12125550111", "+442079460958"]',
    '[{"name": "Bo", "number": "+12125550122", "user_id": "", "others": ["+442079460958"], "deputies": []}]');
INSERT INTO leg (id, conference_id, participant_id, number, queued_at, seat_asked, stop_asked, cause, detail,
    refused_status, phase)
VALUES ('c.1.1', 'c', 'c.1', '+12125550111', 1000, 0, 0, '', '', 0, 'queued');
INSERT INTO journal (key, kind, conference_id, at, body, answer, ref, done)
VALUES ('k', 'slash', '', 1000, '{"text": "invite +442079460958"}', '{"kind": "Told", "said": "the merger is off"}',
    '', 1);
INSERT INTO speech (conference_id, participant_id, at, text) VALUES ('c', 'c.1', 1000, 'the merger is off');
INSERT INTO timer (key, due, body) VALUES ('t', 1000, '{"kind": "KeyGiven", "fact": {"call": {"call_control_id":
    "v3:x", "leg_id": ""}, "at": 1000, "digits": "836251", "status": "valid"}}');
INSERT INTO outbox (conference_id, lane, pace, kind, body, due, tries, since) VALUES ('c', 'sound:c', '', 'SayToAll',
    '{"conference_id": "c", "text": "said", "detail": "the merger is off"}', 1000, 0, 1000);
INSERT INTO person (user_id, number, at, others) VALUES ('U1', '+12125550111', 1000, '["+442079460958"]');
INSERT INTO contact (name, numbers, added_by, at) VALUES ('vendor', '["+12125550122"]', 'U1', 1000);
INSERT INTO side_call (id, purpose, number, user_id, call_control_id, begun_at, tries, offered, code, leaving)
VALUES ('side_1', 'check', '+12125550111', 'U1', '', 1000, 0, '', '836251', 0);
INSERT INTO pin_try (number, at) VALUES ('+442079460958', 1000);
"""


def fill(folder: Path) -> sqlite3.Connection:
    """Many rows, some of them deleted again, whose pages are free and still hold what was in them."""
    plain = sqlite3.connect(folder / "confab.db")
    plain.executescript(f"PRAGMA journal_mode=WAL; PRAGMA secure_delete=OFF; {PLAIN}")
    for number in range(1200):
        values = (f"k{number}", f'{{"text": "invite {GUEST}"}}')
        plain.execute(
            "INSERT INTO journal (key, kind, conference_id, at, body, ref, done) VALUES (?, 's', '', 1, ?, '', 1)",
            values,
        )
    plain.execute("DELETE FROM journal WHERE id > 1 AND id % 2")
    plain.commit()
    return plain


def test_nothing_private_lies_open(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        do(store, write_all)
        assert lying_open(tmp_path) == []
        do(store, assert_all_there)
        do(store, assert_found_by_number)
    assert lying_open(tmp_path) == []


def test_a_database_from_before_is_sealed_to_the_last_page(tmp_path: Path) -> None:
    old_database(tmp_path)
    fill(tmp_path).close()
    assert sorted(lying_open(tmp_path)) == sorted(SECRETS)
    with opened(tmp_path) as store:
        assert lying_open(tmp_path) == []
        do(store, assert_all_there)
        do(store, assert_found_by_number)


def test_a_start_that_was_killed_before_the_old_pages_were_gone_is_made_good(tmp_path: Path) -> None:
    old_database(tmp_path)
    fill(tmp_path).close()
    url = f"sqlite:///{tmp_path}/confab.db"
    killed = provide(create_engine(url), Keyring())
    with killed.begin() as connection:
        migrate.upgrade(connection)
        sealing.unlock(connection, "", tmp_path / "confab.db")
    killed.dispose()
    assert lying_open(tmp_path)
    with opened(tmp_path) as store:
        assert lying_open(tmp_path) == []
        do(store, assert_all_there)


def test_the_key_is_made_once_beside_the_database_and_read_by_its_owner_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "confab")
    with opened(tmp_path):
        file = tmp_path / "confab.db.key"
        made = file.read_text()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with opened(tmp_path):
        assert file.read_text() == made
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 1
    assert str(file) in told[0]
    assert made.strip() not in told[0]


def test_a_key_that_others_can_read_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with opened(tmp_path):
        pass
    assert not [one for one in caplog.records if one.levelname == "WARNING"]
    (tmp_path / "confab.db.key").chmod(0o644)
    with opened(tmp_path):
        pass
    (told,) = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert f"chmod 600 {tmp_path / 'confab.db.key'}" in told


def test_the_key_beside_the_database_is_changed_in_its_file(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        do(store, write_all)
    file, new = tmp_path / "confab.db.key", key()
    file.write_text(f"{new},{file.read_text()}")
    with opened(tmp_path) as store:
        assert store.rotate() > 0
    file.write_text(f"{new}\n")
    with opened(tmp_path) as store:
        do(store, assert_all_there)


def test_with_a_key_of_ones_own_none_is_made(tmp_path: Path) -> None:
    mine = key()
    with opened(tmp_path, mine) as store:
        do(store, write_all)
    assert not (tmp_path / "confab.db.key").exists()
    with opened(tmp_path, mine) as store:
        do(store, assert_all_there)


@pytest.mark.parametrize(
    ("made_with", "opened_with", "beside", "why"),
    [
        ("mine", "other", None, "is sealed with another key than that in CONFAB_SECRET_KEY"),
        ("", "other", "", "than that in CONFAB_SECRET_KEY; perhaps with the one in {file}"),
        ("mine", "", None, "is sealed and its key is missing: put {file} back, or set CONFAB_SECRET_KEY"),
        ("", "", "other", "is sealed with another key than that in {file}"),
        ("", "", "no key at all", "{file} holds no key; make one with: python -m web key"),
        ("", "", "ÿ", "{file} holds no key; make one with: python -m web key"),
        ("", "", "\n", "{file} holds no key; make one with: python -m web key"),
    ],
)
def test_without_its_key_a_database_is_refused_and_left_as_it_is(
    tmp_path: Path, made_with: str, opened_with: str, beside: str | None, why: str
) -> None:
    keys = {"": "", "mine": key(), "other": key()}
    with opened(tmp_path, keys[made_with]) as store:
        do(store, write_all)
    file = tmp_path / "confab.db.key"
    if beside:
        file.write_text(keys.get(beside, beside))
    before = (tmp_path / "confab.db").read_bytes()
    with pytest.raises(StoreError, match=re.escape(why.format(file=file))), opened(tmp_path, keys[opened_with]):
        pass
    assert (tmp_path / "confab.db").read_bytes() == before
    assert file.exists() == (beside is not None)


def test_after_a_rotation_the_old_key_is_no_longer_needed(tmp_path: Path) -> None:
    old, new = key(), key()
    with opened(tmp_path, old) as store:
        do(store, write_all)
    with opened(tmp_path, f"{new},{old}") as store:
        do(store, assert_all_there)
        assert store.rotate() > 0
        assert store.rotate() == 0
    with opened(tmp_path, new) as store:
        do(store, assert_all_there)
        do(store, assert_found_by_number)
    with pytest.raises(StoreError, match="another key"), opened(tmp_path, old):
        pass


def test_a_newer_key_that_was_used_is_needed_from_then_on(tmp_path: Path) -> None:
    """Else the database would be opened, and what was written under that key could not be read."""
    old, new = key(), key()
    with opened(tmp_path, old):
        pass
    with opened(tmp_path, f"{new},{old}") as store:
        do(store, write_all)
    for alone in (old, new):
        with pytest.raises(StoreError, match="another key"), opened(tmp_path, alone):
            pass
    with opened(tmp_path, f"{old},{new}") as store:
        do(store, assert_all_there)


def test_a_rotation_that_is_cut_off_is_run_again(tmp_path: Path) -> None:
    old, new = key(), key()
    with opened(tmp_path, old) as store:
        do(store, write_all)
    with opened(tmp_path, f"{new},{old}") as store:
        with pytest.raises(KeyboardInterrupt):
            sealing.rotate(_CutOff(store._writing, after=4))  # type: ignore[arg-type]  # stands in for it
        do(store, assert_all_there)
    with pytest.raises(StoreError, match="another key"), opened(tmp_path, new):
        pass
    with opened(tmp_path, f"{new}, {old}") as store:
        assert store.rotate() > 0
    with opened(tmp_path, new) as store:
        do(store, assert_all_there)


class _CutOff:
    """An engine whose process is killed after so many transactions."""

    def __init__(self, engine: Any, after: int) -> None:
        self._engine = engine
        self._left = after
        self.dialect = engine.dialect

    def begin(self) -> Any:
        self._left -= 1
        if not self._left:
            raise KeyboardInterrupt
        return self._engine.begin()


@pytest.mark.parametrize("column", [tables.participant.c.number, tables.journal.c.body, tables.conference.c.pin])
def test_to_compare_what_is_sealed_is_an_error(column: Any) -> None:
    """It would find nothing and say nothing."""
    with pytest.raises(TypeError, match="ask for its hash"):
        _ = column == "+12125550111"


def test_every_column_that_can_hold_something_private_is_sealed() -> None:
    lists_of_ids = {"conference.gone_rooms", "conference.recordings"}
    tell_tale = re.compile(r"number|pin$|code$|body|text|topic|answer|deputies|others|secret")
    for table in SQLModel.metadata.tables.values():
        for column in table.c:
            name = f"{table.name}.{column.name}"
            telling = isinstance(column.type, String) and tell_tale.search(column.name)
            if (isinstance(column.type, JSON) or telling) and name not in lists_of_ids:
                assert column in private(table), name


def test_the_same_value_never_looks_the_same_twice_and_its_hash_always_does() -> None:
    keyring = open_keyring()
    assert keyring.seal(ANA) != keyring.seal(ANA)
    assert keyring.hash(ANA) == keyring.hash(ANA) != keyring.hash(BO)
    other = open_keyring()
    other.hash_key = b"another"
    assert other.hash(ANA) != keyring.hash(ANA)


@given(st.text(st.characters(codec="utf-8")))
def test_what_is_sealed_is_opened(text: str) -> None:
    keyring = open_keyring()
    assert keyring.open(keyring.seal(text)) == text
    if text:
        with pytest.raises(WrongKeyError):
            open_keyring().open(keyring.seal(text))
