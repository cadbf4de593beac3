"""Every story starts on an empty stage."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stories.harness import Stage, story


@pytest.fixture
async def stage(tmp_path: Path, caplog: pytest.LogCaptureFixture, database_url: str) -> AsyncIterator[Stage]:
    async with story(tmp_path, caplog, database_url=database_url) as stage:
        yield stage
