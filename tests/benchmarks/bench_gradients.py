"""The gradient lab's probes at initialisation, all of them, on one thread as the page computes.

- plain-110 and residual-110 of the paper (width 16, 64 digits in colour), one after the other (target: 8 s on two cores)
- a watched forward and backward pass against a plain one (target: at most twice), in turn in one process; medians of CPU time,
  which other processes on the machine lengthen less than the clock's
- the first answer of the page: step 0 of Plain-56 and Residual-56 of width 8, with and without BN (target: 2 s)
"""

import time
from statistics import median

import torch
import torch.nn.functional as F

from explorer.data.images import batch_for
from explorer.lab.fresh import fresh_flow
from explorer.machine.device import use_one_thread
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.signals.edges import SignalProbe
from explorer.signals.probe import GradientProbe

DEEP = ("cifar/plain-110", "cifar/basic-110")
SWITCH = ("cifar/plain-56?width=8", "cifar/basic-56?width=8", "cifar/plain-56?width=8&norm=none", "cifar/basic-56?width=8&norm=none")
COMPARED = ("cifar/plain-56?width=8", "cifar/basic-56", "cifar/highway-32", "imagenet/bottleneck-50?input=64")
ROUNDS = 5


def initialisation(networks: tuple[str, ...]) -> tuple[float, float]:
    """Seconds and CPU seconds for step 0 of each network, building it included."""
    began, worked = time.perf_counter(), time.process_time()
    for text in networks:
        next(fresh_flow(parse_spec(text), steps=(0,)))
    return time.perf_counter() - began, time.process_time() - worked


def against_plain(text: str) -> float:
    """How many times a plain forward and backward pass a watched one takes, its numbers read."""
    spec = parse_spec(text)
    images, labels = batch_for(spec, 64)
    images = images.contiguous(memory_format=torch.channels_last)
    net = build(spec).to(memory_format=torch.channels_last).train()

    def plain() -> None:
        F.cross_entropy(net(images), labels).backward()

    def watched() -> None:
        probe = SignalProbe(net)
        with probe.watching(images) as pictures:
            output = net(pictures)
        F.cross_entropy(output, labels).backward()
        probe.signals()
        GradientProbe(net).norms()

    def seconds(work) -> float:
        net.zero_grad()
        began = time.process_time()
        work()
        return time.process_time() - began

    return median(seconds(watched) / seconds(plain) for _ in range(ROUNDS + 1))


def main() -> None:
    use_one_thread()
    next(fresh_flow(parse_spec("cifar/plain-8"), steps=(0,)))  # the first use of torch's kernels, and the digits
    whole, worked = initialisation(DEEP)
    print(f"plain-110 and residual-110 at initialisation, all probes: {whole:.1f} s (CPU {worked:.1f} s)")
    whole, worked = initialisation(SWITCH)
    print(f"plain-56 and residual-56 (width 8) with and without BN, step 0: {whole:.1f} s (CPU {worked:.1f} s)")
    for text in COMPARED:
        print(f"{text}: a watched pass takes {against_plain(text):.2f} times a plain one")


if __name__ == "__main__":
    main()
