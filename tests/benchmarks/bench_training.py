"""Training speed against the usual loop, and what reading the gradient norms costs.

Prints ratios: images per second of this project's loop over those of usual_loop.py, for the same network, images and
batch, in alternating rounds (target: 2 on a machine with AVX512_BF16); and the share of the training time that the norms
take when they are read every tenth step (target: under 3%). Processor seconds of one thread, which other work on the
machine disturbs little; on a GPU, seconds on the clock.
"""

import time
from statistics import mean, stdev

import torch
from usual_loop import UsualLoop

from explorer.data.batches import InMemory
from explorer.data.images import ImageData, load
from explorer.machine.device import choose_device, supports_bf16
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.signals.probe import norms_of
from explorer.training.recipe import Recipe
from explorer.training.trainer import Trainer

NETWORKS = ("cifar/basic-20", "cifar/basic-56")
BATCH = 128
ROUNDS = 5
STEPS = 6
PROBE_EVERY = 10


def main() -> None:
    torch.set_num_threads(1)
    device = choose_device()
    data = load("mnist-5k", channels=3)
    print(f"{device}, {'bf16' if supports_bf16(device) else 'float32'}, batches of {BATCH}, {ROUNDS} rounds of {STEPS} steps")
    for network in NETWORKS:
        ratios, images = compare(network, data, device)
        print(f"{network}: {mean(ratios):.2f} +- {stdev(ratios):.2f} x the usual loop ({images:.0f} images per second)")
        print(f"{network}: norms every {PROBE_EVERY}th step take {probe_share(network, data, device):.2%} of the time")


def compare(network: str, data: ImageData, device: torch.device) -> tuple[list[float], float]:
    """The speed ratio of each round, and this project's images per second."""
    ours = trainer_of(network, data, device)
    usual = UsualLoop(build(parse_spec(network)), data, BATCH)
    seconds(ours.step, 2, device), seconds(usual.step, 2, device)
    rounds = [(seconds(usual.step, STEPS, device), seconds(ours.step, STEPS, device)) for _ in range(ROUNDS)]
    return [usual / own for usual, own in rounds], BATCH * STEPS * ROUNDS / sum(own for _, own in rounds)


def probe_share(network: str, data: ImageData, device: torch.device) -> float:
    """The time of one reading, of gradients, weights and updates, over that of the steps between two readings and itself."""
    trainer = trainer_of(network, data, device, probe_every=0)

    def read() -> None:
        trainer.weight_norms = norms_of(trainer.probe.weights)
        trainer.read_signals()

    seconds(trainer.step, 2, device), read()
    step = seconds(trainer.step, STEPS * 2, device) / (STEPS * 2)
    reading = seconds(read, 50, device) / 50
    return reading / (PROBE_EVERY * step + reading)


def trainer_of(network: str, data: ImageData, device: torch.device, probe_every: int = PROBE_EVERY) -> Trainer:
    recipe = Recipe(batch=BATCH, lr=0.1, augment="crop-flip", probe_every=probe_every)
    batches = InMemory(data, recipe.batch, recipe.augment, 0, device)
    return Trainer(build(parse_spec(network)), batches, recipe, 0, device)


def seconds(work, times: int, device: torch.device) -> float:
    clock = time.process_time if device.type == "cpu" else time.perf_counter
    began = clock()
    for _ in range(times):
        work()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return clock() - began


if __name__ == "__main__":
    main()
