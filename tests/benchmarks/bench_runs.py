"""A thousand finished runs: how long a look at all of them takes, as a ratio to plainly reading their JSON files.

`explorer runs list` and the first visit of the Runs page read everything once (cold); every later tick of the page looks
at the files' times only (warm). Prints both, with the seconds, and what the page itself takes to be drawn again.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

from explorer.machine.folders import runs_folder
from explorer.runs import files, listing
from explorer.runs.folder import create
from explorer.runs.listing import runs_and_states
from explorer.runs.writer import RunWriter

RUNS = 1000
EXPLORER = Path(sys.executable).with_name("explorer")
RECIPE = {"dataset": "mnist-5k", "epochs": 4, "batch": 64, "lr": 0.05}
HOME = Path(__file__).resolve().parents[2] / "explorer" / "Home.py"


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["EXPLORER_HOME"] = home
        _make_runs()
        plain = _seconds(_read_plainly)
        report = {"reading the JSON files plainly": plain, "all runs and states, first look": _seconds(_look, forget=True),
                  "all runs and states, later looks": _seconds(_look)}  # fmt: skip
        report["explorer runs list, a process of its own"] = _seconds(_command_line, times=3)
        app = AppTest.from_file(str(HOME), default_timeout=120).switch_page("../pages/runs.py").run()
        assert not app.exception
        report["the Runs page drawn again"] = _seconds(app.run, times=3)
        print(f"{RUNS} finished runs")
        for name, seconds in report.items():
            print(f"  {name:<44}{seconds:7.3f} s   {seconds / plain:6.2f} x plain reading")


def _make_runs() -> None:
    long_ago = time.time() - 3600
    for seed in range(RUNS):
        run = create(f"cifar/{'plain' if seed % 2 else 'basic'}-20?width=8", RECIPE, seed, group=str(seed // 8), data={"title": "MNIST-5k"})
        RunWriter(run.folder).status(state="finished", progress=1.0, latest={"train_error": 0.1, "val_error": 0.2}, best={"val_error": 0.2})
        files.write_json(run.folder / "launch.json", {"pid": 1, "pid_started": "1@x", "time": long_ago - 60})
        for file in run.folder.glob("*.json"):
            os.utime(file, (long_ago, long_ago))
        os.utime(run.folder, (long_ago, long_ago))


def _read_plainly() -> None:
    for folder in runs_folder().iterdir():
        for name in ("run.json", "status.json", "launch.json"):
            json.loads((folder / name).read_bytes())


def _look() -> None:
    assert sum(status.state == "finished" for _, status in runs_and_states()) == RUNS


def _command_line() -> None:
    subprocess.run([EXPLORER, "runs", "list", "--json"], check=True, stdout=subprocess.DEVNULL)


def _seconds(work, times: int = 5, forget: bool = False) -> float:
    """The median of several times."""
    taken = []
    for _ in range(times):
        if forget:
            files._kept.clear()
            listing._ended.clear()
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
