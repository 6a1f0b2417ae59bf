"""Trainings of the ready-made questions by the app's own worker processes, for the scripts that check what they claim."""

import time
from collections.abc import Sequence

from explorer.runs.folder import list_runs
from explorer.runs.run import Run
from explorer.runs.status import State, read_status
from explorer.training.presets import Preset, planned
from explorer.training.recipe import read_recipe
from explorer.training.start import Planned, start

Key = tuple  # network, recipe and seed: all that decides how a run ends on one machine


def trained(presets: Sequence[Preset], seeds: Sequence[int]) -> dict[Key, Run]:
    """Every run of these questions with these seeds, ended; what several of them need is trained once.

    Runs that are in the data folder already are waited for or taken as they are, so that a long measurement can be taken up again.
    """
    wanted = {key_of(one): one for preset in presets for one in planned(preset, seeds)}
    found = {key: run for run in list_runs() if run.config and (key := _key(run)) in wanted and _is_any_good(run)}
    missing = [one for key, one in wanted.items() if key not in found]
    if missing:
        found |= {_key(run): run for run in start(missing)}
    while left := [run for run in found.values() if read_status(run).active]:
        print(f"\r{len(left)} of {len(wanted)} runs left   ", end="", flush=True)
        time.sleep(1)
    print("\r", end="")
    return found


def key_of(one: Planned) -> Key:
    """What one planned run is known by."""
    return one.network, one.recipe, one.seed


def _key(run: Run) -> Key:
    return run.config.network, read_recipe(run.config.recipe), run.config.seed


def _is_any_good(run: Run) -> bool:
    """Failed runs count too: divergence is a result."""
    state = read_status(run).state
    return state.active or state in (State.FINISHED, State.FAILED)
