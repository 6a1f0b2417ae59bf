"""Shattered gradients on one thread, as the page computes them; CPU seconds, which other processes lengthen less than the clock's.

- the gradients along a line of 129 points against forward and backward passes of training over as many pictures, Plain-56 of width 8
- what the view measures at first: its three networks with and without BN along the line; and all of it, three seeds at five depths
"""

import time
from collections.abc import Callable
from statistics import median

import torch
import torch.nn.functional as F

from explorer.data.images import batch_for
from explorer.lab.shattering import likeness, line, two_pictures
from explorer.machine.device import use_one_thread
from explorer.networks.build import build
from explorer.networks.spec import parse_spec

BLOCKS, NORMS, DEPTHS, SEEDS, POINTS, BATCH = ("plain", "basic", "highway"), ("batch", "none"), (8, 14, 20, 32, 56), 3, 129, 43
ROUNDS = 5


def main() -> None:
    use_one_thread()
    spec = parse_spec("cifar/plain-56?width=8")
    pictures = two_pictures(spec, "digits", 3, 8, 0)
    images, labels = batch_for(spec, POINTS)
    net = build(spec).to(memory_format=torch.channels_last)

    def training() -> None:
        for some, of in zip(images.split(BATCH), labels.split(BATCH)):
            F.cross_entropy(net(some.contiguous(memory_format=torch.channels_last)), of).backward()

    pairs = [(seconds(lambda: line(spec, pictures, points=POINTS)), seconds(training)) for _ in range(ROUNDS)]
    mine, plain = map(median, zip(*pairs))
    print(f"line of {POINTS} points, Plain-56 (width 8): {mine:.2f} s, {mine / plain:.2f} times forward and backward passes of training")
    specs = [parse_spec(f"cifar/{block}-56?width=8&norm={norm}") for norm in NORMS for block in BLOCKS]
    print(f"six lines: {seconds(lambda: [line(one, pictures, points=POINTS) for one in specs]):.1f} s")
    deeper = [one.variant(depth=depth) for one in specs for depth in DEPTHS]
    whole = seconds(lambda: [likeness(one, seed=seed) for one in deeper for seed in range(SEEDS)])
    print(f"likeness at {len(DEPTHS)} depths, {SEEDS} seeds: {whole:.1f} s, {whole / len(deeper) / SEEDS:.2f} s a piece")


def seconds(work: Callable) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    main()
