"""The real worker with a job that counts instead of training: `python small_worker.py RUN_FOLDER`. Imports no torch.

Its recipe: `steps` (default 3) of `seconds` (0.05) each; `start` seconds before the first; `deaf` ignores control.json;
`die` kills itself at that step; `mute` ends before it has written anything. Goes on from the last row of its metrics.
"""

import os
import signal
import sys
import time
import types
from pathlib import Path

from explorer.runs.folder import open_folder
from explorer.runs.series import read_metrics
from explorer.training import worker


def carry_out(run, writer, control):
    """Count to the recipe's steps, obeying like a training does."""
    recipe = run.config.recipe
    print(os.environ["OMP_NUM_THREADS"], "threads on", control.device, flush=True)
    time.sleep(recipe.get("start", 0))
    steps = recipe.get("steps", 3)
    done = max((row["step"] for row in read_metrics(run)), default=0)
    control.show(state="running", step=done, total_steps=steps, latest={"slot": control.slot.number})
    for step in range(done + 1, steps + 1):
        if control.breathe():
            control.wait_while_paused()
        if step == recipe.get("die"):
            print("about to die", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(recipe.get("seconds", 0.05))
        writer.metrics({"step": step, "loss": 1 / step, "time": time.time()})
        control.show(step=step, progress=step / steps)


def main(folder):
    run = open_folder(folder)
    print("worker of", run.config.network, flush=True)
    if run.config.recipe.get("mute"):
        sys.exit("I say nothing")
    if run.config.recipe.get("deaf"):
        worker.read_request = lambda run: None
    sys.modules["explorer.training.job"] = types.SimpleNamespace(carry_out=carry_out)
    return worker.main(folder)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
