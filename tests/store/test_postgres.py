"""Several processes on one database: what one has in hand no other takes, and what a dead one had is free at once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Connection, select, text, update

from bot.core import effects as e
from bot.core.scene import Scene
from bot.store import db, ledger, outbox, sealing
from bot.store.db import StoreError
from bot.store.outbox import Parcel
from bot.store.postgres import PostgresStore
from bot.store.tables import attempt, conference, person
from tests.postgres import KEY, Cluster
from tests.store.made import NOW
from tests.store.made import conference as a_conference

PATIENCE = 60.0  # real seconds until a test that hangs is a failure


@pytest.fixture
def url(postgres: Cluster) -> Iterator[str]:
    with postgres.database() as found:
        yield found


@pytest.fixture
async def stores(url: str) -> AsyncIterator[tuple[PostgresStore, PostgresStore]]:
    """Two processes, as far as the database can tell."""
    one, other = PostgresStore(url, KEY), PostgresStore(url, KEY)
    for store in (one, other):
        await asyncio.to_thread(store.prepare)
    yield one, other
    for store in (one, other):
        await asyncio.to_thread(store.close)


def enqueue(*effects: e.Effect) -> Callable[[Connection], None]:
    return lambda connection: outbox.enqueue(connection, a_conference(), effects, NOW)


def heads(connection: Connection) -> list[Parcel]:
    return outbox.heads(connection, NOW)


async def first(store: PostgresStore) -> Parcel:
    return (await store.read(heads))[0]


async def hold(store: PostgresStore, parcel: Parcel) -> db.Hold:
    held = await store.hold(partial(outbox.is_free, parcel=parcel))
    assert held is not None
    return held


def settle(parcel: Parcel) -> Callable[[Connection], None]:
    return lambda connection: outbox.settle(connection, [parcel.id])


async def test_what_one_has_in_hand_the_other_neither_sees_nor_takes(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    one, other = stores
    await one.run(enqueue(e.Dial("c.1.1"), e.HangUp("c.1.1"), e.Dial("c.2.1")))
    parcel = await first(one)
    held = await hold(one, parcel)
    assert [found.effect for found in await other.read(heads)] == [e.Dial("c.2.1")]
    assert await other.hold(partial(outbox.is_free, parcel=parcel)) is None
    assert await other.run(partial(outbox.take, parcel=parcel, now=NOW)) is None
    await held.run(settle(parcel))
    assert [found.effect for found in await other.read(heads)] == [e.HangUp("c.1.1"), e.Dial("c.2.1")]


async def test_what_is_let_go_is_free(stores: tuple[PostgresStore, PostgresStore]) -> None:
    one, other = stores
    await one.run(enqueue(e.Dial("c.1.1")))
    parcel = await first(one)
    await (await hold(one, parcel)).drop()
    await (await hold(other, parcel)).drop()


def kill_others(connection: Connection) -> None:
    """End every other connection to this database, as the death of its process would."""
    connection.execute(
        text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )


async def test_what_a_dead_process_had_is_free_at_once(stores: tuple[PostgresStore, PostgresStore]) -> None:
    one, other = stores
    await one.run(enqueue(e.Dial("c.1.1")))
    parcel = await first(one)
    held = await hold(one, parcel)
    await other.run(kill_others)
    taken = await hold(other, parcel)
    await taken.run(settle(parcel))
    await held.run(settle(parcel))  # it comes back to life, and finds nothing left to do
    assert await other.read(heads) == []


async def test_what_was_done_is_settled_although_the_connection_was_lost(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    one, other = stores
    await one.run(enqueue(e.Dial("c.1.1")))
    parcel = await first(one)
    held = await hold(one, parcel)
    await other.run(kill_others)
    await held.run(settle(parcel))
    assert await other.read(heads) == []


async def test_an_effect_that_was_put_off_meanwhile_is_not_taken(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    one, other = stores
    await one.run(enqueue(e.Dial("c.1.1")))
    parcel = await first(one)
    await other.run(lambda connection: outbox.postpone(connection, parcel, NOW + 5, NOW))
    assert await one.run(partial(outbox.take, parcel=parcel, now=NOW)) is None
    later = await one.run(partial(outbox.take, parcel=parcel, now=NOW + 5))
    assert later is not None
    assert later.tries == 1


async def test_what_may_still_be_under_way_is_left_alone_until_it_must_be_over(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    """A process that lost its connection, and with it what it had in hand, may be posting right now. How long that can
    be, the database's clock tells: those of the processes may jump.
    """
    one, other = stores
    await one.run(enqueue(e.PostCard("c")))
    parcel = await first(one)
    await one.run(partial(outbox.mark_attempt, parcel=parcel, at=NOW, upto=parcel.id))
    await one.run(partial(begun, seconds=-PATIENCE))  # however slow this machine is
    hours_later = partial(outbox.take, parcel=parcel, now=NOW + 7200)
    assert await other.run(hours_later) is None
    assert await other.read(heads) == []
    await one.run(partial(begun, seconds=PATIENCE + outbox.UNDER_WAY))
    assert await other.read(heads) == [parcel]
    assert await other.run(hours_later) is not None


async def test_a_command_to_telnyx_is_taken_over_at_once(stores: tuple[PostgresStore, PostgresStore]) -> None:
    """Telnyx ignores it when it comes twice, and somebody waits for the phone to ring."""
    one, other = stores
    await one.run(enqueue(e.Dial("c.1.1")))
    parcel = await first(one)
    await one.run(partial(outbox.mark_attempt, parcel=parcel, at=NOW, upto=parcel.id))
    assert await other.read(heads) == [parcel]
    assert await other.run(partial(outbox.take, parcel=parcel, now=NOW)) is not None


async def test_a_later_try_may_be_under_way_too(stores: tuple[PostgresStore, PostgresStore]) -> None:
    one, other = stores
    await one.run(enqueue(e.PostCard("c")))
    parcel = await first(one)
    await one.run(partial(outbox.mark_attempt, parcel=parcel, at=NOW, upto=parcel.id))
    await one.run(partial(outbox.postpone, parcel=parcel, due=NOW + 1, since=NOW))
    again = await other.run(partial(outbox.take, parcel=parcel, now=NOW + 1))
    assert again is not None, "the end of the first try was told"
    await other.run(partial(outbox.mark_attempt, parcel=again, at=NOW + 1, upto=again.id))
    await other.run(partial(begun, seconds=-PATIENCE))
    assert await one.run(partial(outbox.take, parcel=again, now=NOW + 2)) is None
    assert await one.read(partial(outbox.doubt, parcel=again)) == (NOW, parcel.id)


def begun(connection: Connection, seconds: float) -> None:
    """As if every try had begun so many seconds earlier than it did."""
    connection.execute(update(attempt).values(begun=attempt.c.begun - seconds))


async def test_two_starts_of_one_pace_are_apart_whoever_makes_them(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    one, other = stores
    await one.run(enqueue(e.Dial("c.1.1"), e.Dial("c.2.1")))
    parcels = await one.read(heads)

    def start(connection: Connection, parcel: Parcel) -> bool:
        if outbox.take(connection, parcel, NOW) is None:
            return False
        outbox.start_paced(connection, parcel.pace, NOW, 1.0, 0.0)
        return True

    started = await asyncio.gather(
        one.run(partial(start, parcel=parcels[0])), other.run(partial(start, parcel=parcels[1]))
    )
    assert sorted(started) == [False, True]


async def test_a_conference_is_changed_by_one_at_a_time(stores: tuple[PostgresStore, PostgresStore]) -> None:
    """Each adds one to what it read; were one not to wait for the other, some would be lost."""
    await stores[0].run(lambda connection: ledger.save(connection, Scene(a_conference(), NOW), new=True) and None)

    def add_one(connection: Connection) -> None:
        scene = ledger.whole_scene(connection, "c", NOW)
        assert scene is not None
        scene.change(participants=scene.conference.participants + 1)
        ledger.save(connection, scene)

    before = a_conference().participants
    await asyncio.gather(*(store.run(add_one) for _ in range(20) for store in stores))
    found = await stores[0].read(lambda connection: ledger.get(connection, "c"))
    assert found is not None
    assert found.participants == before + 40


async def test_a_deadlock_is_nobodys_loss(stores: tuple[PostgresStore, PostgresStore]) -> None:
    def add_both(connection: Connection) -> None:
        for user_id in ("U1", "U2"):
            connection.execute(person.insert(), {"user_id": user_id, "number": "+1", "at": 0.0})

    await stores[0].run(add_both)

    def both(connection: Connection, order: tuple[str, str]) -> None:
        for user_id in order:
            mine = person.c.user_id == user_id
            connection.execute(update(person).where(mine).values(at=person.c.at + 1))
            connection.execute(select(text("pg_sleep(0.05)")))

    orders = [("U1", "U2"), ("U2", "U1")] * 3
    await asyncio.gather(*(stores[at % 2].run(partial(both, order=order)) for at, order in enumerate(orders)))
    assert list(await stores[0].read(lambda connection: connection.execute(select(person.c.at)).scalars().all())) == [
        6.0,
        6.0,
    ]


async def test_a_key_that_somebody_wrote_a_moment_earlier_is_seen(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    def note(connection: Connection) -> bool:
        return ledger.remember(connection, "k", "Rang", NOW, {})

    fresh = await asyncio.gather(*(store.run(note) for _ in range(5) for store in stores))
    assert fresh.count(True) == 1


async def test_ringing_wakes_the_others_and_not_oneself(stores: tuple[PostgresStore, PostgresStore]) -> None:
    one, other = stores
    woken, self_woken = asyncio.Event(), asyncio.Event()
    one.listen(self_woken.set)
    other.listen(woken.set)
    async with asyncio.timeout(PATIENCE):
        while not woken.is_set():  # until its LISTEN has come through
            one.ring()
            await asyncio.sleep(0.05)
    assert not self_woken.is_set()


async def test_work_goes_on_after_the_server_was_restarted(
    postgres: Cluster, stores: tuple[PostgresStore, PostgresStore]
) -> None:
    one, _ = stores
    await one.run(enqueue(e.Dial("c.1.1")))
    await asyncio.to_thread(postgres.restart)
    parcel = await first(one)
    await (await hold(one, parcel)).run(settle(parcel))
    assert await one.read(heads) == []


async def test_a_sentence_is_answered_by_one_of_them(stores: tuple[PostgresStore, PostgresStore]) -> None:
    one, other = stores
    held = await one.hold(lambda connection: db.try_lock(connection, "heard:k"))
    assert held is not None
    assert await other.hold(lambda connection: db.try_lock(connection, "heard:k")) is None
    await held.drop()
    again = await other.hold(lambda connection: db.try_lock(connection, "heard:k"))
    assert again is not None
    await again.drop()


async def test_an_unmigrated_database_names_the_command(postgres: Cluster) -> None:
    with postgres.database(migrated=False) as url:
        store = PostgresStore(url, KEY)
        with pytest.raises(StoreError, match="confab migrate"):
            store.prepare()
        await asyncio.gather(*(asyncio.to_thread(store.migrate) for _ in range(2)))
        store.prepare()
        store.close()


async def test_a_newer_schema_is_worked_on_beside_its_own_version(url: str) -> None:
    store = PostgresStore(url, KEY)
    await store.run(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    store.prepare()
    store.close()


def test_without_the_right_key_it_is_refused(url: str) -> None:
    """Several processes share the database, so no file beside one of them can hold its key."""
    for keys, why in (("", "CONFAB_SECRET_KEY is missing"), (Fernet.generate_key().decode(), "another key")):
        store = PostgresStore(url, keys)
        with pytest.raises(StoreError, match=why):
            store.prepare()
        store.close()


async def test_a_rotation_runs_beside_a_working_process(stores: tuple[PostgresStore, PostgresStore], url: str) -> None:
    one, _ = stores
    await one.run(lambda connection: ledger.save(connection, Scene(a_conference(), NOW), new=True))
    new = Fernet.generate_key().decode()
    rotating = PostgresStore(url, f"{new},{KEY}")
    rotating.prepare()
    assert rotating.rotate() > 0
    assert rotating.rotate() == 0
    rotating.close()
    alone = PostgresStore(url, new)
    alone.prepare()
    found = await alone.read(lambda connection: ledger.get(connection, "c"))
    assert found is not None
    assert found.topic == a_conference().topic
    alone.close()


def test_a_server_that_is_not_there_is_said_without_the_password() -> None:
    store = PostgresStore("postgresql://confab:hush@127.0.0.1:1/confab")
    with pytest.raises(StoreError, match="cannot be used") as refused:
        store.prepare()
    assert "hush" not in str(refused.value)
    assert "\n" not in str(refused.value)
    store.close()


async def test_news_that_comes_while_its_call_is_being_bound_is_not_lost(url: str) -> None:
    """Whoever binds a call lets nobody note early news of it until that is committed."""
    engine = db.engine_of(url).execution_options(**{db.LOCKS: True})
    with engine.connect() as binding, engine.connect() as telling:
        db.lock(binding, "call:v3:1")
        telling.execute(text("SET lock_timeout = '200ms'"))
        with pytest.raises(Exception, match="lock timeout"):
            db.lock(telling, "call:v3:1")
    engine.dispose()


def test_conferences_are_what_is_locked(url: str) -> None:
    engine = sealing.reader(url, KEY).execution_options(**{db.LOCKS: True})
    with engine.begin() as connection:
        ledger.save(connection, Scene(a_conference(), NOW), new=True)
    with engine.connect() as one, engine.connect() as other:
        assert ledger.whole_scene(one, "c", NOW) is not None
        free = select(conference.c.id).with_for_update(skip_locked=True)
        assert other.execute(free).all() == []
        one.rollback()
        assert len(other.execute(free).all()) == 1
    engine.dispose()
