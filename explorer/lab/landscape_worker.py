"""The worker of a loss surface: `python -m explorer.lab.landscape_worker FOLDER`, a process of its own as a run's."""

import sys

WORKER = (sys.executable, "-m", "explorer.lab.landscape_worker")


def _measure(run, writer, keeper) -> None:
    import torch

    from explorer.lab.landscape_job import carry_out

    # For the whole of this process: a GPU's convolutions else keep ten bits of float32's 23, and the centre is not the evaluation's loss.
    torch.backends.cudnn.allow_tf32 = False

    carry_out(run, writer, keeper)


if __name__ == "__main__":
    from explorer.training.worker import main

    sys.exit(main(sys.argv[1], _measure))
