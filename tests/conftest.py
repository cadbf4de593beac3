import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres import AVAILABLE, WHY_NOT, Cluster, cluster

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def need(tool_is_there: bool, why: str) -> None:
    """Skip the test when a tool that it needs is not there. Where CONFAB_CI is set, that is a failure."""
    if tool_is_there:
        return
    if os.environ.get("CONFAB_CI"):
        pytest.fail(f"CI must have what the tests need: {why}")
    pytest.skip(why)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server for all tests of this worker."""
    need(AVAILABLE, WHY_NOT)
    with cluster() as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where the state is kept: once in a file, once in PostgreSQL. What is there is migrated, or migrates itself."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'confab.db'}"
        return
    server: Cluster = request.getfixturevalue("postgres")
    with server.database() as url:
        yield url
