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


def assert_refused(word, *arguments):
    """That a command ends with status 2 and one line, which has `word` in it."""
    done = explorer(*arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and done.stderr.startswith("explorer: ") and word in done.stderr, done.stderr
