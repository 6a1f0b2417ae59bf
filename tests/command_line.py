"""The command line as a process of its own, for its tests."""

import json
import subprocess
import sys


def explorer(*arguments) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "explorer.cli", *map(str, arguments)], capture_output=True, text=True)


def answer(*arguments):
    """What a command says as JSON."""
    done = explorer(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
