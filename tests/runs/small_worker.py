"""A worker that counts instead of training, for the launcher's tests: `python small_worker.py RUN_FOLDER`.

Its recipe: `steps` (default 3) of `seconds` (0.05) each; `deaf` ignores control.json; `die` kills itself at that step;
`mute` ends before it has written anything.
"""

import os
import signal
import sys
import time
from pathlib import Path

from explorer.runs.control import read_request
from explorer.runs.folder import open_folder
from explorer.runs.slots import wait_for_slot
from explorer.runs.writer import RunWriter


class Stopped(Exception):
    pass


def main(folder):
    run = open_folder(folder)
    recipe = run.config.recipe
    print("worker of", run.config.network, flush=True)
    if recipe.get("mute"):
        sys.exit("I say nothing")
    writer = RunWriter(run.folder)
    try:
        work(run, recipe, writer)
        writer.status(state="finished", progress=1.0)
    except Stopped:
        writer.status(state="stopped", reason="as asked")


def work(run, recipe, writer):
    def obey(ahead=0):
        writer.status()
        if read_request(run) == "stop" and not recipe.get("deaf"):
            raise Stopped

    slot = wait_for_slot(run, obey)
    writer.status(state="running", total_steps=recipe.get("steps", 3), latest={"slot": slot.number})
    for step in range(1, recipe.get("steps", 3) + 1):
        obey()
        if step == recipe.get("die"):
            print("about to die", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(recipe.get("seconds", 0.05))
        writer.metrics({"step": step, "loss": 1 / step, "time": time.time()})
        writer.status(step=step)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
