import os

import pytest


def need(tool_is_there: bool, why: str) -> None:
    """Skip the test when a tool that it needs is not there. Where CONFAB_CI is set, that is a failure."""
    if tool_is_there:
        return
    if os.environ.get("CONFAB_CI"):
        pytest.fail(f"CI must have what the tests need: {why}")
    pytest.skip(why)
