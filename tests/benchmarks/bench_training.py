"""Training speed against the usual loop and against this machine's own matrix product, and what the probes cost.

Prints, for one thread and with the probes read every tenth step:
- images per second of this project's loop over those of usual_loop.py, for the same network, images and batch, in
  alternating rounds (target: 2.2);
- the rate of multiply-adds over that of a bf16 matrix product in the same rounds, counting 3 x the forward pass (the
  backward pass is two of them) and 2 FLOP each (target: 55%), and where the rest goes by kind of operator;
- the share of the time that the probes take (target: under 3%);
- the seconds from a worker's start to its first step (target: 6).
Processor seconds, which other work on the machine disturbs little (it still takes caches away); on a GPU, seconds on the clock.

What limits the rest on a CPU. Measured here on 2026-11-22, a Xeon with AMX tiles, one thread of two, other work beside it:
ResNet-20 and -56 reach 18% and 19% of a matrix product of 772 GFLOP/s. The convolutions take 38% and 42% of the time, which caps
the share below half even if all else were free; the gradient of their weights alone takes 2 to 4 times their forward pass.
Batch normalisation takes 27%, ReLU 12% to 15% and additions 13%: one or two operations for each byte they move, where a
product in tiles does hundreds. With 16 channels batch normalisation is 1.8 times as slow as with 32 for the same bytes, since a
bf16 vector has 32 places. Without the tiles (ONEDNN_MAX_CPU_ISA=AVX512_CORE_BF16) the product makes 92 GFLOP/s and the
share is 69%: the 55% are met where the product is not much faster than memory.

Kept: freed memory stays with the process (5 to 7%). Tried without gain: ReLUs in place. Not built, by the operators' own
times: casting the weights once a step (all copies together are under 3%), and seeing two pixels of 16 channels as one of
32 (about 4% in the forward pass, and no such form in the backward pass).
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from statistics import mean, stdev

import torch
from torch.profiler import ProfilerActivity, profile
from usual_loop import UsualLoop

from explorer.data.batches import InMemory
from explorer.data.images import ImageData, load
from explorer.machine.allocator import keep_freed_memory
from explorer.machine.device import choose_device, supports_bf16
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.training.recipe import Recipe
from explorer.training.trainer import Trainer

FORWARD_MACS = {"cifar/basic-20": 40_551_040, "cifar/basic-56": 125_485_696}
BATCH = 128
ROUNDS = 5
STEPS = 10  # one of them probed
PROBE_EVERY = 10
PRODUCT = 2048  # rows and columns
OPERATORS = {
    "convolutions, forward": ("mkldnn_convolution", "cudnn_convolution"),
    "convolutions, backward": ("convolution_backward",),
    "batch normalisation, forward": ("native_batch_norm", "cudnn_batch_norm"),
    "batch normalisation, backward": ("native_batch_norm_backward", "cudnn_batch_norm_backward"),
    "ReLU": ("clamp_min", "relu", "threshold_backward"),
    "additions": ("add", "add_"),
    "conversions and copies": ("copy_",),
}


def main() -> None:
    torch.set_num_threads(1)
    device = choose_device()
    if device.type == "cpu":
        keep_freed_memory()
    data = load("mnist-5k", channels=3)
    print(f"{device}, {'bf16' if supports_bf16(device) else 'float32'}, batches of {BATCH}, {ROUNDS} rounds of {STEPS} steps, "
          f"probes every {PROBE_EVERY}th step")
    for network, macs in FORWARD_MACS.items():
        show(network, macs, data, device)
    if device.type == "cpu":
        print(f"worker: {seconds_to_first_step():.1f} s from its start to its first step, probed and written")


def show(network: str, macs: int, data: ImageData, device: torch.device) -> None:
    rounds = compare(network, data, device)
    ratios = [usual / own for own, usual, _ in rounds]
    flop = 3 * 2 * macs * BATCH * STEPS
    shares = [flop / own / (2 * PRODUCT**3 / product) for own, _, product in rounds]
    images = BATCH * STEPS * ROUNDS / sum(own for own, _, _ in rounds)
    rate = mean(2 * PRODUCT**3 / product for *_, product in rounds) / 1e9
    print(f"{network}: {mean(ratios):.2f} +- {stdev(ratios):.2f} x the usual loop ({images:.0f} images per second), "
          f"{mean(shares):.0%} +- {stdev(shares):.0%} of the bf16 matrix product's {rate:.0f} GFLOP/s")
    trainer = trainer_of(network, data, device)
    print(f"{network}: probes take {probe_share(trainer, device):.1%} of the time")
    for name, share in operator_shares(trainer, device).items():
        print(f"    {share:6.1%} {name}")


def compare(network: str, data: ImageData, device: torch.device) -> list[tuple[float, float, float]]:
    """For each round the seconds of this project's steps, of the usual loop's, and of one matrix product."""
    ours = trainer_of(network, data, device)
    usual = UsualLoop(build(parse_spec(network)), data, BATCH)
    left, right = (torch.randn(PRODUCT, PRODUCT, device=device, dtype=torch.bfloat16) for _ in range(2))

    def own_step() -> None:
        ours.step()
        if ours.is_probed(ours.steps_done - 1):
            ours.read_signals()

    def product() -> None:
        left @ right

    for work in (own_step, usual.step, product):
        seconds(work, 2, device)
    ours.steps_done = 0
    return [
        (seconds(own_step, STEPS, device), seconds(usual.step, STEPS, device), seconds(product, 5, device) / 5)
        for _ in range(ROUNDS)
    ]


def probe_share(trainer: Trainer, device: torch.device) -> float:
    """What a probed step takes more than another, over the time of `PROBE_EVERY` steps with one that is probed."""

    def step(number: int) -> float:
        trainer.steps_done = number

        def work() -> None:
            trainer.step()
            if trainer.is_probed(number):
                trainer.read_signals()

        return seconds(work, 1, device)

    step(0), step(1)
    pairs = [(step(0), step(1)) for _ in range(ROUNDS * 2)]
    probed, plain = (mean(times) for times in zip(*pairs, strict=True))
    return max(0.0, probed - plain) / (PROBE_EVERY * plain + probed - plain)


def operator_shares(trainer: Trainer, device: torch.device) -> dict[str, float]:
    """The share of each kind of operator in the time that all operators of three plain steps take."""
    kinds = [ProfilerActivity.CPU] + [ProfilerActivity.CUDA] * (device.type == "cuda")
    trainer.steps_done = 1
    with profile(activities=kinds) as profiled:
        for _ in range(3):
            trainer.step()
    field = "self_cpu_time_total" if device.type == "cpu" else "self_device_time_total"
    times = {event.key.removeprefix("aten::"): getattr(event, field) for event in profiled.key_averages()}
    total = sum(times.values())
    found = {name: sum(times.get(key, 0) for key in keys) / total for name, keys in OPERATORS.items()}
    return found | {"the rest": 1 - sum(found.values())}


def seconds_to_first_step() -> float:
    """From launching a worker's process to the row of its first step in `layers.jsonl`."""
    from explorer.runs.folder import create

    with tempfile.TemporaryDirectory() as home:
        os.environ["EXPLORER_HOME"] = home
        run = create("cifar/basic-20", Recipe(batch=BATCH, epochs=1).model_dump(), 0)
        began = time.perf_counter()
        worker = subprocess.Popen([sys.executable, "-m", "explorer.training.worker", str(run.folder)], stdout=subprocess.DEVNULL)
        try:
            while not any("grad_norm" in json.loads(line) for line in rows(run.folder / "layers.jsonl")):
                time.sleep(0.01)
            return time.perf_counter() - began
        finally:
            worker.kill()
            worker.wait()


def rows(path) -> list[str]:
    return [line for line in path.read_text().splitlines(True) if line.endswith("\n")] if path.exists() else []


def trainer_of(network: str, data: ImageData, device: torch.device) -> Trainer:
    recipe = Recipe(batch=BATCH, lr=0.1, augment="crop-flip", probe_every=PROBE_EVERY)
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
