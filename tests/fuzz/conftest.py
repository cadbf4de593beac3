"""A whole program with every door open."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.stories.api_client import TOKEN
from tests.stories.harness import Stage, story


@pytest.fixture
async def stage(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Stage]:
    async with story(tmp_path, caplog, confab_api_token=SecretStr(TOKEN)) as stage:
        yield stage
