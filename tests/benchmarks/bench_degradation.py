"""The degradation problem on several seeds, by the preset's own worker processes.

Target: on every seed plain-56's training error is more than 1.5 times plain-20's, residual-56's is less than half of
plain-56's and at most 1.2 times plain-20's, and the four networks end within 4 minutes on two cores.
`--seeds N` measures fewer or more than five, `--write` keeps the figures in assets/degradation.csv.
"""

import argparse
import csv
import os
import tempfile
import time
from statistics import mean, stdev

from explorer.machine.folders import ASSETS
from explorer.networks.spec import parse_spec
from explorer.runs.status import State, read_status
from explorer.training.presets import PRESETS
from explorer.training.start import start_runs

PRESET = PRESETS["degradation"]
COLUMNS = ("network", "seed", "train_error", "val_error", "seconds")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    rows, holds = [], 0
    with tempfile.TemporaryDirectory() as home:
        os.environ["EXPLORER_HOME"] = home
        for seed in range(options.seeds):
            measured, seconds = measure(seed)
            rows += measured
            holds += report(seed, measured, seconds)
    print(f"the phenomenon shows on {holds} of {options.seeds} seeds")
    for network in PRESET.networks:
        errors = [row["train_error"] for row in rows if row["network"] == network]
        spread = f" +- {stdev(errors):.1%}" if len(errors) > 1 else ""
        print(f"{parse_spec(network).title}: training error {mean(errors):.1%}{spread} (n = {len(errors)})")
    if options.write:
        write(rows)


def measure(seed: int) -> tuple[list[dict], float]:
    """Train the preset's networks; their rows, and the seconds from the start to the end of the last."""
    began = time.monotonic()
    runs = start_runs(PRESET.networks, PRESET.recipe, seed)
    while any(read_status(run).active for run in runs):
        time.sleep(0.1)
    seconds = time.monotonic() - began
    rows = []
    for run in runs:
        status = read_status(run)
        if status.state != State.FINISHED:
            raise SystemExit(f"{run.config.network} with seed {seed} is {status.state}: {status.reason}")
        figures = {key: round(status.latest[key], 4) for key in ("train_error", "val_error")}
        rows.append({"network": run.config.network, "seed": seed, **figures, "seconds": round(status.elapsed, 1)})
    return rows, seconds


def report(seed: int, rows: list[dict], seconds: float) -> bool:
    """Print a seed's errors and ratios; whether they show the phenomenon."""
    error = {parse_spec(row["network"]).title: row["train_error"] for row in rows}
    plain20, plain56, residual56 = error["Plain-20"], error["Plain-56"], error["Residual-56"]
    shows = plain56 > 1.5 * plain20 and residual56 < 0.5 * plain56 and residual56 <= 1.2 * plain20
    figures = ", ".join(f"{title} {value:.1%}" for title, value in error.items())
    print(f"seed {seed}: {figures}; plain 56/20 {plain56 / plain20:.1f}, residual-56/plain-56 {residual56 / plain56:.2f}, "
          f"residual-56/plain-20 {residual56 / plain20:.2f}; {seconds:.0f} s; {'shown' if shows else 'NOT SHOWN'}", flush=True)
    return shows


def write(rows: list[dict]) -> None:
    with open(ASSETS / "degradation.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
