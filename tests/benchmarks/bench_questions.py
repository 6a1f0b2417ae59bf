"""Every ready-made question on real data and several seeds, through the app's own worker processes: do its claims hold?

A claim is a comparison whose `here` says what becomes of the training error; it holds if the answer over all seeds says the
same (see explorer.training.verdict). Takes ten to fifteen minutes a seed on two cores for all questions together. Name
questions to check only those. `--seeds N` trains seeds 0 to N-1; `--home FOLDER` keeps the runs there and takes up those it
has; `--write` adds the figures to results.md, and with the degradation problem on five seeds or more those of Home.
"""

import argparse
import csv
import os
import sys
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

from question_runs import Key, key_of, trained

from explorer.machine.folders import ASSETS
from explorer.machine.state import machine_state
from explorer.runs.run import Run
from explorer.training.answers import Answer, ArmResult, Found, answer
from explorer.training.evidence import outcome
from explorer.training.presets import PRESETS, Preset, planned

SHIPPED = "mnist-5k"
RESULTS = Path(__file__).with_name("results.md")
COLUMNS = ("network", "seed", "train_error", "val_error", "seconds")
ENOUGH_SEEDS = 5


def main() -> None:
    options = _options()
    presets = [PRESETS[name] for name in options.questions] or [one for one in PRESETS.values() if one.recipe.dataset == SHIPPED]
    with tempfile.TemporaryDirectory() as passing:
        os.environ["EXPLORER_HOME"] = options.home or passing
        runs = trained(presets, range(options.seeds))
        answers = [_answer(preset, runs, options.seeds) for preset in presets]
    for told in answers:
        print(_section(told))
    if options.write:
        _write(answers)
    failed = [one for told in answers for one in _claims(told) if one.verdict != one.comparison.here]
    print(f"{sum(len(_claims(told)) for told in answers) - len(failed)} claims hold, {len(failed)} do not")
    sys.exit(bool(failed))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", nargs="*", choices=[*PRESETS, []], metavar="QUESTION", help=", ".join(PRESETS))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--home", help="data folder to keep the runs in")
    parser.add_argument("--write", action="store_true")
    return parser.parse_args()


def _answer(preset: Preset, runs: dict[Key, Run], seeds: int) -> Answer:
    """Runs that another question started count here under the label that they have in this one."""
    return answer(preset, [replace(outcome(runs[key_of(one)]), label=one.label) for one in planned(preset, range(seeds))])


def _claims(told: Answer) -> list[Found]:
    return [one for one in told.found if one.comparison.here]


def _section(told: Answer) -> str:
    """A table of the arms, the answer's sentences, and what became of each claim by how much."""
    rows = [f"| {' | '.join(_row(arm))} |" for arm in reversed(told.arms)]
    table = ["| arm | n | training error | validation error | seconds |", "|:--|--:|:--|:--|--:|", *rows]
    claims = [f"- {'holds' if one.verdict == one.comparison.here else 'DOES NOT HOLD'}: {one.comparison.before} to "
              f"{one.comparison.after} {one.comparison.here}{_ratio(one)}" for one in _claims(told)]
    return "\n".join([f"### {told.preset.title}", "", told.conclusion, "", *table, "", *(f"- {one}" for one in told.sentences), "",
                      *(["Claims of this size:", "", *claims, ""] if claims else [])])


def _row(arm: ArmResult) -> list[str]:
    seconds = "" if arm.seconds is None else f"{arm.seconds:.0f}"
    return [arm.arm.title, str(len(arm.runs)), str(arm.train_error or ""), str(arm.val_error or ""), seconds]


def _ratio(one: Found) -> str:
    """`, 7.6 times the error`, of the means."""
    return f", {one.after.mean / one.before.mean:.2g} times the error" if one.before and one.before.mean else ""


def _write(answers: list[Answer]) -> None:
    n = len({seed for told in answers for seed in told.seeds})
    heading = (
        f"## Questions, {date.today():%Y-%m-%d}, {machine_state().device}, n = {n}\n\n"
        "By `tests/benchmarks/bench_questions.py --write`. Errors: mean over seeds (lowest to highest). Seconds are of one run "
        "beside others, and say how busy the machine was as well.\n"
    )
    before = RESULTS.read_text() if RESULTS.is_file() else "# What was measured, when and on what\n"
    RESULTS.write_text("\n".join([before, heading, *map(_section, answers)]))
    for told in answers:
        if told.preset.name == "degradation" and len(told.seeds) >= ENOUGH_SEEDS:
            _write_for_home(told)


def _write_for_home(told: Answer) -> None:
    runs = sorted((run for arm in told.arms for run in arm.runs), key=lambda run: run.seed)
    with (ASSETS / "degradation.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([run.network, run.seed, round(run.train_error, 4), run.val_error, round(run.seconds, 1)] for run in runs)


if __name__ == "__main__":
    main()
