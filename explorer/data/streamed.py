"""Batches of pictures that are decoded while the network trains, for sets too large for the memory.

Threads decode a few steps ahead; what they make depends on (seed, step) alone, never on when it was made.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack

import numpy as np
import torch
from torch import Tensor

from explorer.data.augment import CropFlip, centre_picture, imagenet_draws, imagenet_picture
from explorer.data.batches import VALIDATION_BATCH
from explorer.data.decode import BrokenPicture, opened
from explorer.data.errors import DataError
from explorer.data.folder import ImageFolder
from explorer.data.order import BatchOrder, steps_per_epoch
from explorer.data.report import ImportReport, Skipped, class_counts
from explorer.machine.hardware import cores
from explorer.networks.known_data import Statistics

AHEAD = 2  # batches decoded beyond the one in use
TOGETHER = 8  # pictures a task
SUBSTITUTES = 50  # broken pictures in a row, after which the set is given up

Part = Sequence[tuple[str, int]]  # names and labels
Pictures = tuple[np.ndarray, list[int]]  # uint8 [N, C, H, W] and labels


class Streamed:
    """Batches of a folder or zip, decoded ahead of the training. `augment`: none, crop, crop-flip or imagenet.

    What is not varied, and every validation picture, is the centre 224/256 of the shorter side, scaled to `size`. Where a
    picture is broken, the next one of its part that is whole stands in with its own label, so that every batch is full;
    `broken` says which those are. `at` is quick for steps in order; any other is right too, and waits.
    """

    def __init__(self, name: str, folder: ImageFolder, statistics: Statistics, *, size: int, channels: int, batch: int, augment: str,
                 seed: int, device: torch.device | str = "cpu", ahead: int = AHEAD):
        self.name, self.classes, self.mean, self.std = name, folder.classes, statistics.mean, statistics.std
        self.fingerprint = folder.fingerprint
        self.folder, self.size, self.channels, self.augment, self.seed = folder, size, channels, augment, seed
        self.device = torch.device(device)
        self.train_count, self.val_count = len(folder.train), len(folder.val)
        self.per_epoch = steps_per_epoch(self.train_count, batch)
        self.order = BatchOrder(seed, self.train_count, batch, self.per_epoch)
        self.batch = self.order.batch
        self.broken: dict[str, Skipped] = {}
        self._crop_flip = CropFlip(seed, augment == "crop-flip", self.device)
        self._files = ExitStack()
        self._read = self._files.enter_context(opened(folder.path))
        self._threads = ThreadPoolExecutor(decoding_threads(self.device), thread_name_prefix="decode")
        self._steps = Ahead(self._begin_step, ahead)

    def at(self, step: int) -> tuple[Tensor, Tensor]:
        images, labels = self._on_device(self._steps.take(step))
        return self._crop_flip(images, step) if self.augment.startswith("crop") else images, labels

    def validation(self) -> Iterator[tuple[Tensor, Tensor]]:
        batches = Ahead(self._begin_validation, AHEAD, -(-self.val_count // VALIDATION_BATCH))
        try:
            for number in range(batches.end):
                yield self._on_device(batches.take(number))
        finally:
            batches.drop()

    @property
    def report(self) -> ImportReport:
        """What was left out by name and size, and what has turned out to be broken so far."""
        whole = [[picture for picture in part if picture[0] not in self.broken] for part in (self.folder.train, self.folder.val)]
        return self.folder.report.without(tuple(self.broken.values()), class_counts(self.classes, *whole))

    def close(self) -> None:
        """End the threads, without what they have not begun, and close the zip."""
        self._threads.shutdown(cancel_futures=True)
        self._files.close()

    def _begin_step(self, step: int) -> list[Future]:
        indices = self.order.indices(step).tolist()
        if self.augment != "imagenet":
            return self._begin(self.folder.train, indices, lambda content, place: centre_picture(content, self.size, self.channels))
        draws = imagenet_draws(self.seed, step, len(indices))
        return self._begin(self.folder.train, indices, lambda content, place: imagenet_picture(content, draws, place, self.size, self.channels))

    def _begin_validation(self, number: int) -> list[Future]:
        indices = list(range(number * VALIDATION_BATCH, min(self.val_count, (number + 1) * VALIDATION_BATCH)))
        return self._begin(self.folder.val, indices, lambda content, place: centre_picture(content, self.size, self.channels))

    def _begin(self, part: Part, indices: list[int], make: Callable[[bytes, int], np.ndarray]) -> list[Future]:
        """Tasks that decode these pictures of a part, in order; `make` gets a file's content and its place in the batch."""
        firsts = range(0, len(indices), TOGETHER)
        return [self._threads.submit(self._pictures, part, indices[first : first + TOGETHER], first, make) for first in firsts]

    def _pictures(self, part: Part, indices: list[int], first: int, make: Callable[[bytes, int], np.ndarray]) -> Pictures:
        """One task's: these pictures of a part, the first of which has the place `first` in the batch."""
        images, labels = np.empty((len(indices), self.channels, self.size, self.size), np.uint8), []
        for i, index in enumerate(indices):
            images[i], label = self._whole(part, index, lambda content, place=first + i: make(content, place))
            labels.append(label)
        return images, labels

    def _whole(self, part: Part, index: int, make: Callable[[bytes], np.ndarray]) -> tuple[np.ndarray, int]:
        """The picture with that number in its part, or the next whole one, and its label."""
        for name, label in (part[(index + further) % len(part)] for further in range(SUBSTITUTES)):
            try:
                return make(self._read(name)), label
            except BrokenPicture as error:
                self.broken[name] = Skipped(name, str(error))
        raise DataError(f"{SUBSTITUTES} pictures in a row cannot be read in {self.folder.path}, the last {name}: is it still as it was?")

    def _on_device(self, parts: list[Pictures]) -> tuple[Tensor, Tensor]:
        images = torch.from_numpy(np.concatenate([images for images, _ in parts]))
        labels = torch.tensor([label for _, some in parts for label in some])
        return images.to(self.device, non_blocking=True), labels.to(self.device, non_blocking=True)


class Ahead:
    """Numbered pieces of work, `depth` of them begun before they are asked for; no number reaches `end`."""

    def __init__(self, begin: Callable[[int], list[Future]], depth: int, end: int | None = None):
        self.begin, self.depth, self.end = begin, depth, end
        self.begun: dict[int, list[Future]] = {}

    def take(self, number: int) -> list:
        """The results of that number's tasks. Another than the next one makes what was begun worthless."""
        if number not in self.begun:
            self.drop()
        for one in range(number, number + self.depth + 1):
            if one not in self.begun and (self.end is None or one < self.end):
                self.begun[one] = self.begin(one)
        return [task.result() for task in self.begun.pop(number)]

    def drop(self) -> None:
        """Forget what was begun."""
        for tasks in self.begun.values():
            for task in tasks:
                task.cancel()
        self.begun.clear()


def decoding_threads(device: torch.device) -> int:
    """As many as there are cores that a training leaves free, but one at least."""
    return cores() if device.type != "cpu" else max(1, cores() - torch.get_num_threads())
