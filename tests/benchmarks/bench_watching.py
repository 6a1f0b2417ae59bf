"""What twenty browsers that watch four runs cost the training, and how often their charts move.

Prints ratios: the training's pace while the sessions watch over its pace while nobody does, in alternating rounds (target:
0.9 or more), and how long the charts stood still between two movements (target: 2 s at most). The server is the real one
and the runs are trained by real workers; the sessions ask and answer as browsers do, but draw nothing: browsers of a class
are on other machines. What the sessions themselves take of this machine's processors is printed too, and is part of the cost.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil
from watching_clients import Watcher, watch_all

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))
from running_app import App  # noqa: E402

from explorer.runs.folder import open_run  # noqa: E402
from explorer.runs.launcher import LocalLauncher  # noqa: E402
from explorer.runs.run import Run  # noqa: E402
from explorer.runs.series import METRICS  # noqa: E402
from explorer.runs.status import State, read_status  # noqa: E402
from explorer.training.recipe import Recipe  # noqa: E402
from explorer.training.start import start_runs  # noqa: E402

NETWORKS = ("cifar/plain-20?width=8&channels=1", "cifar/basic-20?width=8&channels=1",
            "cifar/plain-56?width=8&channels=1", "cifar/basic-56?width=8&channels=1")  # fmt: skip
SESSIONS = 20
ROUNDS = int(os.environ.get("ROUNDS", 5))
SECONDS = 20.0
SETTLE = 15.0  # until all sessions have opened their page


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["EXPLORER_HOME"] = home
        app = App(Path(home)).start()
        runs = start_runs(NETWORKS, Recipe(epochs=1000))
        try:
            wait_until_two_train(runs)
            os.nice(19)  # the sessions stand for other machines
            measure(app, runs)
        finally:
            for run in runs:
                LocalLauncher().stop(run)
            while any(read_status(run).active for run in runs):
                time.sleep(0.2)
            app.stop()


def measure(app: App, runs: list[Run]) -> None:
    query = "runs=" + ",".join(run.id for run in runs)
    asyncio.run(watch_all(app.url, query, 1, 6.0))  # the first session waits for imports
    server, here = psutil.Process(app.process.pid), psutil.Process()
    ratios, watchers, busy = [], [], []
    for _ in range(ROUNDS):
        alone = pace(runs, lambda: time.sleep(SECONDS))
        before = cpu(server), cpu(here)
        watched = pace(runs, lambda: watchers.extend(asyncio.run(watch_all(app.url, query, SESSIONS, SETTLE + SECONDS))), skip=SETTLE)
        busy.append([(after - since) / (SETTLE + SECONDS) for after, since in zip((cpu(server), cpu(here)), before)])
        ratios.append(watched / alone)
        print(f"  pace with {SESSIONS} sessions / alone: {ratios[-1]:.3f}", flush=True)
    tell(ratios, watchers, busy)


def tell(ratios: list[float], watchers: list[Watcher], busy: list[list[float]]) -> None:
    gaps = sorted(gap for watcher in watchers for gap in gaps_of(watcher))
    spread = f" +- {statistics.stdev(ratios):.3f}" if len(ratios) > 1 else ""
    print(f"training's pace, {SESSIONS} sessions / none: {statistics.mean(ratios):.3f}{spread}, n = {len(ratios)} rounds (target 0.9)")
    print(f"charts stood still for {statistics.median(gaps):.2f} s (median), {gaps[int(0.95 * len(gaps))]:.2f} s (95%), {gaps[-1]:.2f} s (most)"
          f" (target 2); {sum(gap <= 2 for gap in gaps) / len(gaps):.1%} within 2 s")  # fmt: skip
    server, sessions = (statistics.mean(one) for one in zip(*busy))
    ticks = sum(watcher.ticks for watcher in watchers)
    print(f"of one core: the server {server:.2f}, the sessions {sessions:.2f}; a tick: {1000 * server * (SETTLE + SECONDS) * len(busy) / ticks:.1f} ms, "
          f"{sum(watcher.messages for watcher in watchers) / ticks:.0f} messages, {sum(watcher.bytes for watcher in watchers) / ticks / 1000:.0f} kB")  # fmt: skip
    if failed := {watcher.failed for watcher in watchers if watcher.failed}:
        print("failed:", failed)


def gaps_of(watcher: Watcher) -> list[float]:
    """Seconds between two movements of its charts; several charts move in one tick."""
    return [gap for gap in (b - a for a, b in zip(watcher.moved, watcher.moved[1:])) if gap > 0.25]


def pace(runs: list[Run], meanwhile, skip: float = 0.0) -> float:
    """Images a second of all runs together, from `skip` seconds after the beginning to the end of `meanwhile`."""
    began = time.time()
    meanwhile()
    ended = time.time()
    return sum(images_between(run, began + skip, ended) for run in runs) / (ended - began - skip)


def images_between(run: Run, began: float, ended: float) -> float:
    """Images that the run was trained on between two moments, by its own clock, which is set by the file's last change."""
    path = run.folder / METRICS
    if not path.exists():
        return 0.0
    rows = [json.loads(line) for line in path.read_text().splitlines() if line.endswith("}")]
    rows = [row for row in rows if "seconds" in row]
    if len(rows) < 2:
        return 0.0
    offset = path.stat().st_mtime - rows[-1]["seconds"]
    inside = [row for row in rows if began <= row["seconds"] + offset <= ended]
    if len(inside) < 2:
        return 0.0
    share = (ended - began) / (inside[-1]["seconds"] - inside[0]["seconds"])
    return share * 64 * (inside[-1]["step"] - inside[0]["step"])


def wait_until_two_train(runs: list[Run]) -> None:
    deadline = time.monotonic() + 120
    while sum(read_status(run).state is State.RUNNING and (read_status(run).step or 0) > 20 for run in map(lambda run: open_run(run.id), runs)) < 2:
        if time.monotonic() > deadline:
            raise TimeoutError([read_status(run) for run in runs])
        time.sleep(0.2)


def cpu(process: psutil.Process) -> float:
    """Seconds of processor time so far."""
    times = process.cpu_times()
    return times.user + times.system


if __name__ == "__main__":
    main()
