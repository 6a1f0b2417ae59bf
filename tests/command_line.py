"""The command line as a process of its own, for its tests."""

import json
import shlex
import subprocess
import sys

import pytest

from explorer import cli
from explorer.training.start import Planned


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


def planned_by(command: str) -> list[Planned]:
    """What a command would start, as the real command line reads it."""
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [*shlex.split(command), "--no-wait"])
        patch.setattr("explorer.training.start.start", lambda planned, **_: found.extend(planned) or [])
        patch.setattr("explorer.cli_train._fetch", lambda datasets: None)
        patch.setenv("OMP_NUM_THREADS", "1")
        with pytest.raises(SystemExit) as ended:
            cli.main()
    assert ended.value.code == 0
    return found
