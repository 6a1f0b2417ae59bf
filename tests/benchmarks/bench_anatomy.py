"""Analysis of ResNet-152 against torchinfo on the meta device (target: at least 3 times its speed), and the
classification model of torchvision that takes longest.

Both begin with a net built for them, in turn in one process, so that the machine's drift falls on both; medians.
"""

import gc
import time
from collections.abc import Callable
from statistics import median

import torchinfo

from explorer.anatomy.of import anatomy_of
from explorer.anatomy.trace import trace
from explorer.networks.build import build
from explorer.networks.spec import TorchvisionSpec, parse_spec
from explorer.networks.torchvision_names import TORCHVISION_NAMES

ROUNDS = 9
SPEC = parse_spec("imagenet/bottleneck-152")
SHAPE = (3, 224, 224)


def seconds(work: Callable[[], object]) -> float:
    gc.collect()  # of what came before; the collector stays on
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def one_round() -> tuple[float, float, float]:
    """Seconds to build the net, to analyse it, and to summarise another with torchinfo."""
    building = seconds(lambda: build(SPEC, meta=True))
    ours, theirs = build(SPEC, meta=True), build(SPEC, meta=True)
    analysis = seconds(lambda: trace(ours, SHAPE))
    return building, analysis, seconds(lambda: torchinfo.summary(theirs, (1, *SHAPE), device="meta", verbose=0))


def main() -> None:
    rounds = [one_round() for _ in range(ROUNDS + 1)][1:]
    building, analysis, reference = (median(column) for column in zip(*rounds))
    ratio = median(theirs / ours for _, ours, theirs in rounds)
    print(f"ResNet-152: torchinfo {reference * 1e3:.0f} ms, analysis {analysis * 1e3:.0f} ms: {ratio:.1f} times its speed"
          f" (building the net takes {building * 1e3:.0f} ms more in both)")
    times = {name: seconds(lambda: anatomy_of(TorchvisionSpec(name))) for name in TORCHVISION_NAMES}
    slowest = sorted(times, key=times.get)[-3:]
    print(f"{len(times)} models of torchvision, built and analysed: median {median(times.values()):.2f} s, longest "
          + ", ".join(f"{name} {times[name]:.2f} s" for name in reversed(slowest)))


if __name__ == "__main__":
    main()
