"""The degradation problem, claimed more strictly than the other questions: on every seed, and by how much.

Target: on every seed plain-56's training error is more than 1.5 times plain-20's, residual-56's is less than half of
plain-56's and at most 1.2 times plain-20's, and the four networks end within 4 minutes on two cores.
`bench_questions.py degradation --seeds 5 --write` keeps the figures in results.md and in assets/degradation.csv.
"""

import os
import tempfile
import time

from question_runs import key_of, trained

from explorer.training.evidence import outcome
from explorer.training.presets import PRESETS, planned

PRESET = PRESETS["degradation"]
SEEDS = range(2)
MOST_SECONDS = 240


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["EXPLORER_HOME"] = home
        holds = [_shows(seed) for seed in SEEDS]
    print(f"the phenomenon shows on {sum(holds)} of {len(holds)} seeds")


def _shows(seed: int) -> bool:
    """Train the four networks, print their errors and ratios; whether these show the phenomenon."""
    began = time.monotonic()
    runs = trained([PRESET], [seed])
    seconds = time.monotonic() - began
    error = {}
    for arm, one in zip(PRESET.arms, planned(PRESET, [seed]), strict=True):
        ended = outcome(runs[key_of(one)])
        if not ended.counts:
            raise SystemExit(f"{arm.title} with seed {seed} is {ended.state}: {ended.reason}")
        error[arm.title] = ended.train_error
    plain20, plain56, residual56 = error["Plain-20"], error["Plain-56"], error["Residual-56"]
    shows = plain56 > 1.5 * plain20 and residual56 < 0.5 * plain56 and residual56 <= 1.2 * plain20
    figures = ", ".join(f"{title} {value:.1%}" for title, value in error.items())
    print(f"seed {seed}: {figures}; plain 56/20 {plain56 / plain20:.1f}, residual-56/plain-56 {residual56 / plain56:.2f}, "
          f"residual-56/plain-20 {residual56 / plain20:.2f}; {seconds:.0f} s of {MOST_SECONDS}; {'shown' if shows else 'NOT SHOWN'}",
          flush=True)
    return shows


if __name__ == "__main__":
    main()
