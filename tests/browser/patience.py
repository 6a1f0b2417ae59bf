"""How long a busy machine is waited for."""

import time
from collections.abc import Callable

PATIENCE = 120_000  # ms, for two busy cores: nothing is to take as long


def wait_until(true: Callable[[], bool], seconds: float = PATIENCE / 1000) -> None:
    """Come back once it is true; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
