"""``make chaos``: many runs with seeds, and at the end what broke, was lost or doubled."""

import asyncio
import sys
import tempfile
import traceback
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, closing
from pathlib import Path

import click

from bot.store.db import open_store
from tests.chaos.database import Database
from tests.chaos.faults import added
from tests.chaos.machines import Nursery
from tests.chaos.run import Outcome, Run
from tests.postgres import KEY, Cluster, cluster

RESTART_AFTER = 25.0  # real seconds
LAST_WORDS = 12000  # characters of the log of a process that broke


@click.command()
@click.option("--seeds", default=20, show_default=True, help="How many runs.")
@click.option("--first", default=1, show_default=True, help="The first seed.")
@click.option("--kill", default=5, show_default=True, help="In how many of them processes are killed.")
@click.option("--database", default="sqlite", show_default=True, type=click.Choice(["sqlite", "postgresql"]))
@click.option("--processes", default=0, help="Of the program; 0 = one on SQLite, two on PostgreSQL.")
@click.option("--at-once", default=3, show_default=True, help="How many runs go on at the same time.")
def main(seeds: int, first: int, kill: int, database: str, processes: int, at_once: int) -> None:
    """Play at random with the whole program, break what can break, and see whether anything is lost or doubled."""
    many = processes or (1 if database == "sqlite" else 2)
    with ExitStack() as stack:
        server = stack.enter_context(cluster()) if database == "postgresql" else None
        plan = [(seed, seed - first < kill) for seed in range(first, first + seeds)]
        outcomes = asyncio.run(play(plan, server, many, at_once))
    click.echo(report(outcomes, database, many))
    sys.exit(any(one.verdict.problems for one in outcomes))


async def play(plan: list[tuple[int, bool]], server: Cluster | None, processes: int, at_once: int) -> list[Outcome]:
    """Each seed of the plan with whether processes are killed in it."""
    nursery, turns, databases = Nursery(), asyncio.Semaphore(at_once), Databases(server)
    await nursery.open()
    restarts = asyncio.create_task(databases.restart_now_and_then())

    async def one(seed: int, *, kill: bool) -> Outcome:
        run = Run(seed, kill=kill)
        async with turns, databases.fresh(run) as (folder, database):
            outcome = await _outcome(run, nursery, folder, database, processes)
        _say(outcome, "postgresql" if server else "sqlite")
        return outcome

    try:
        return list(await asyncio.gather(*(one(seed, kill=kill) for seed, kill in plan)))
    finally:
        restarts.cancel()
        await nursery.close()


def _say(one: Outcome, database: str) -> None:
    """A dot when all is well; what broke is told at once, for the runs take long."""
    if one.verdict.problems:
        again = f"--first={one.seed} --seeds=1 --kill={int(one.kills > 0)} --database={database}"
        told = [*(f"  {problem}" for problem in one.verdict.problems), *(log[-LAST_WORDS:] for log in one.said)]
        sys.stderr.write("\n".join((f'\nseed {one.seed} broke; alone: make chaos ARGS="{again}"', *told, "")))
    else:
        sys.stderr.write(".")
    sys.stderr.flush()


async def _outcome(run: Run, nursery: Nursery, folder: Path, database: Database, processes: int) -> Outcome:
    try:
        return await run.play(nursery, folder, database, processes)
    except Exception:  # noqa: BLE001  # one run that falls over must not take the others with it
        run.outcome.verdict.find(traceback.format_exc())
        return run.outcome


class Databases:
    """One for each run; those on PostgreSQL share a server, which dies now and then."""

    def __init__(self, server: Cluster | None) -> None:
        self._server = server
        self._going_on: set[Run] = set()
        self._steady = asyncio.Lock()

    @asynccontextmanager
    async def fresh(self, run: Run) -> AsyncIterator[tuple[Path, Database]]:
        with tempfile.TemporaryDirectory(prefix="confab-chaos-") as name, ExitStack() as stack:
            async with self._steady:
                database = await asyncio.to_thread(self._make, f"sqlite:///{name}/confab.db", stack)
                self._going_on.add(run)
            yield Path(name), database
            self._going_on.discard(run)
            async with self._steady:
                await asyncio.to_thread(stack.close)

    def _make(self, url: str, stack: ExitStack) -> Database:
        if self._server:
            url = stack.enter_context(self._server.database())
            # The tests' server may forget its last commits when it dies; here none may be forgotten.
            self._server.durable(url)
        else:
            store = open_store(url, KEY)
            store.migrate()
            store.close()
        database = stack.enter_context(closing(Database(url)))
        database.remember_orders()
        return database

    async def restart_now_and_then(self) -> None:
        while self._server:
            await asyncio.sleep(RESTART_AFTER)
            async with self._steady:
                for run in self._going_on:
                    run.hurt("PostgreSQL restarted")
                await asyncio.to_thread(self._server.restart)


def report(outcomes: list[Outcome], database: str, processes: int) -> str:
    faults = added(one.faults for one in outcomes)
    lines = [
        "",
        f"{database}, processes: {processes}",
        f"seeds run    {len(outcomes)}, of these with SIGKILL {sum(one.kills > 0 for one in outcomes)}",
        f"SIGKILLs     {sum(one.kills for one in outcomes)}",
        f"faults       {sum(faults.values())}",
        *(f"  {kind:<26}{times:>6}" for kind, times in sorted(faults.items())),
        f"events       {sum(one.verdict.events for one in outcomes)}",
        f"files kept   {sum(one.verdict.files for one in outcomes)}",
        f"lost         {sum(one.verdict.lost for one in outcomes)}",
        f"doubled      {sum(one.verdict.doubled for one in outcomes)}",
        f"broken       {sum(bool(one.verdict.problems) for one in outcomes)}",
        f"seconds      {sum(one.seconds for one in outcomes):.0f}",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
