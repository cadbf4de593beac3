"""A short run of ``make chaos``: nothing is lost, nothing is doubled, whatever goes wrong."""

from tests.chaos.__main__ import play
from tests.chaos.run import Outcome
from tests.conftest import need
from tests.postgres import AVAILABLE, WHY_NOT, cluster

SEEDS = range(1, 7)
KILLED = 2


async def test_on_sqlite() -> None:
    _all_is_well(await play([(seed, seed <= KILLED) for seed in SEEDS], None, 1, 4))


async def test_on_postgresql_with_two_processes() -> None:
    need(AVAILABLE, WHY_NOT)
    with cluster() as server:
        _all_is_well(await play([(seed, seed <= 1) for seed in SEEDS[:3]], server, 2, 4))


def _all_is_well(outcomes: list[Outcome]) -> None:
    broken = {one.seed: one.verdict.problems for one in outcomes if one.verdict.problems}
    assert not broken
    assert sum(one.kills for one in outcomes)
    assert sum(sum(one.faults.values()) for one in outcomes) > len(outcomes)
