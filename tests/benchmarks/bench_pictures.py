"""How long a user's own pictures take: to import 50,000 of them, and to stream large ones beside a training.

Prints, each in seconds of the processor and on the clock:
- listing, decoding and opening again the 50,000 JPEG files of cifar10-train-jpeg.zip (target: a minute on two cores);
- one large photograph, varied by the paper's augmentation for ImageNet, and the share that decoding adds to the processor time
  of a ResNet-18's training step at 224 pixels with one thread, and the share of its time that the training waits for pictures.

Threads and not processes: Pillow gives up Python's lock while it decodes and scales (measured: another thread waits at most
0.08 s while a picture of 25 megapixels is decoded), and the small files of the zip take only 0.2 ms each.
"""

import os
import tempfile
import time
from pathlib import Path
from shutil import copy

import torch

from explorer.data.decoded import decoded
from explorer.data.folder import scan
from explorer.data.open import open_batches
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.training.recipe import Recipe
from explorer.training.trainer import Trainer

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
BATCH, STEPS = 8, 6


def main() -> None:
    if not SHARED.is_dir():
        print("needs the development data beside the repository (see README)")
        return
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as home:
        os.environ["EXPLORER_HOME"] = home
        bench_import(SHARED / "cifar10-train-jpeg.zip")
        bench_stream(Path(home))


def bench_import(archive: Path) -> None:
    clock = Clock()
    folder = scan(archive)
    clock.show("list 50,000 files")
    report = decoded(folder, 32, 3).report
    clock.show("decode and keep them")
    decoded(scan(archive), 32, 3)
    clock.show("open them again")
    print(report.summary())


def bench_stream(home: Path) -> None:
    for i, photo in enumerate(sorted((SHARED / "photos").glob("*.jpg")) * 4):
        place = home / "photos" / ("even" if i % 2 else "odd") / f"{i}.jpg"
        place.parent.mkdir(parents=True, exist_ok=True)
        copy(photo, place)
    recipe = Recipe(batch=BATCH, augment="imagenet", probe_every=0)
    stream = open_batches(str(home / "photos"), size=224, channels=3, batch=BATCH, augment="imagenet", seed=0)
    clock = Clock()
    for step in range(20):
        stream.at(step)
    processor, _ = clock.read()
    pictures = (20 + 2) * BATCH  # two batches are decoded ahead
    print(f"one photograph: {1000 * processor / pictures:.1f} ms of the processor")
    trainer = Trainer(build(parse_spec("imagenet/basic-18?classes=2")), stream, recipe, 0, torch.device("cpu"))
    kept = {step: stream.at(step) for step in range(STEPS + 1)}
    trainer.step()
    clock = Clock()
    waited = 0.0
    for step in range(1, STEPS + 1):
        began = time.perf_counter()
        stream.at(step)
        waited += time.perf_counter() - began
        trainer.batches = Kept(kept, stream)
        trainer.step()
    processor, wall = clock.read()
    trainer.steps_done = 1
    clock = Clock()
    for _ in range(STEPS):
        trainer.step()
    alone, _ = clock.read()
    stream.close()
    print(f"training on a stream: {processor / alone - 1:+.0%} processor time, {waited / wall:.0%} of the time waiting for pictures")


class Kept:
    """Batches made before."""

    def __init__(self, kept, stream):
        self.kept, self.batch = kept, stream.batch

    def at(self, step):
        return self.kept[step]


class Clock:
    """Seconds of the processor and on the clock since it was made or read."""

    def __init__(self):
        self.processor, self.wall = time.process_time(), time.perf_counter()

    def read(self) -> tuple[float, float]:
        processor, wall = time.process_time(), time.perf_counter()
        past = processor - self.processor, wall - self.wall
        self.processor, self.wall = processor, wall
        return past

    def show(self, what: str) -> None:
        processor, wall = self.read()
        print(f"{what}: {processor:.1f} s of the processor, {wall:.1f} s on the clock")


if __name__ == "__main__":
    main()
