"""The small worker's command, and waiting for what it does."""

import sys
import time
from pathlib import Path

SMALL_WORKER = (sys.executable, str(Path(__file__).with_name("small_worker.py")))


def wait_until(condition, seconds=20.0):
    """Wait for something another process does; fails if it does not happen."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.02)
    return found
