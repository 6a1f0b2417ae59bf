"""A loss surface of 21 x 21 points on 500 pictures of a 20-layer net, as the page and the command line measure it.

Target: within 3 minutes on two cores. A point should cost what an evaluation of the pictures costs: moving the weights, sharing
the points out and keeping them are to add little. Other work on the machine stretches the wall clock, so processor seconds
stand beside it; the reference is the usual evaluation loop (NCHW, batches of 128) in the same run, on one thread.
"""

import os
import resource
import tempfile
import time

import torch
import torch.nn.functional as F

from explorer.lab.landscapes import Asked, read_surface, start
from explorer.lab.trained import validation
from explorer.machine.hardware import cores
from explorer.runs.status import read_status
from explorer.vision.models import open_model

MODEL = "mnist-residual-20"
MOST_SECONDS = 180
ROUNDS = 3


def main() -> None:
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as home:
        os.environ["EXPLORER_HOME"] = home
        reference, loss = _evaluation()
        (run,) = start([Asked(MODEL)])
        began = time.monotonic()
        while read_status(run).active:
            time.sleep(0.2)
        wall = time.monotonic() - began
        while not (processor := _processor_seconds()):  # counted once its process is gone, for which the launcher waits in a thread
            time.sleep(0.1)
        status, surface = read_status(run), read_surface(run)
    if status.state != "finished":
        raise SystemExit(f"the surface is {status.state}: {status.reason}")
    count = surface.asked.count
    print(f"{count} points on {surface.asked.pictures} pictures of {MODEL}: {wall:.0f} s of {MOST_SECONDS} on {cores()} cores, "
          f"{processor:.0f} processor seconds ({processor / 2:.0f} s on two free cores)")
    print(f"a point: {processor / count / reference:.2f} x an evaluation of the same pictures ({reference:.2f} processor seconds)")
    print(f"the centre differs from the evaluation loss by {abs(surface.centre[0] - loss):.1e}")


def _evaluation() -> tuple[float, float]:
    """Processor seconds of the usual loop, the best of some rounds, and its loss."""
    loaded = open_model(MODEL)
    judged = validation(loaded, "mnist-5k", 500)
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        with torch.no_grad():
            loss = sum(F.cross_entropy(loaded.net(images), labels, reduction="sum").item()
                       for images, labels in zip(judged.images.split(128), judged.labels.split(128)))  # fmt: skip
        best = min(best, time.process_time() - began)
    return best, loss / len(judged.labels)


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
