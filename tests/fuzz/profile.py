"""How much is tried. CI tries the same little each time; CONFAB_FUZZ=50 fifty times as much, and something new."""

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("CONFAB_FUZZ", "1"))


def tries(examples: int) -> settings:
    """That many examples, or as many times more as were asked for."""
    return settings(
        max_examples=examples * TIMES,
        derandomize=TIMES == 1,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
