"""Open a data set for training: in memory where it fits, else as a stream."""

import torch

from explorer.data.augment import CROP, SHORTEST
from explorer.data.batches import Batches, InMemory
from explorer.data.datasets import pictures_of
from explorer.data.decoded import Progress
from explorer.data.folder import ImageFolder
from explorer.data.images import fitted, load
from explorer.data.sampled import sampled_statistics
from explorer.data.streamed import Streamed
from explorer.machine.hardware import memory_bytes

# Pictures in files are decoded to memory for inputs up to so many pixels, where all of them take at most this share of the
# machine's memory, and of the GPU's if they are to lie there: four runs share a GPU. Else they stream.
IN_MEMORY_PIXELS = 64
MEMORY_SHARE = 1 / 8


def open_batches(dataset: str, *, size: int, channels: int, batch: int, augment: str, seed: int, device: torch.device | str = "cpu",
                 progress: Progress | None = None) -> Batches:
    """The batches of a data set for a network's input of `size` pixels and `channels`; `close` them in the end.

    `progress` gets 0 … 1 while pictures are read; what it raises ends the work. Raises DataError where the set is not
    there, or cannot be used.
    """
    device, progress = torch.device(device), progress or (lambda done: None)
    folder = pictures_of(dataset)
    if folder is None:
        return InMemory(load(dataset, size, channels, progress), batch, augment, seed, device, size)
    if lies_in_memory(folder, size, channels, augment, device):
        return InMemory(fitted(dataset, folder, kept_size(size, augment), channels, progress), batch, augment, seed, device, size,
                        folder.fingerprint)
    statistics = sampled_statistics(folder, size, channels, progress)
    return Streamed(dataset, folder, statistics, size=size, channels=channels, batch=batch, augment=augment, seed=seed, device=device)


def kept_size(size: int, augment: str) -> int:
    """The side at which pictures lie in memory: the paper's augmentation for ImageNet crops 224 of 256 pixels and more."""
    return round(size * SHORTEST / CROP) if augment == "imagenet" else size


def lies_in_memory(folder: ImageFolder, size: int, channels: int, augment: str, device: torch.device | str = "cpu") -> bool:
    """Whether the pictures are small enough at the network's input to be decoded to memory, and all of them fit there."""
    room = memory_bytes()
    if torch.device(device).type == "cuda":
        room = min(room, torch.cuda.mem_get_info(device)[1])
    needed = (len(folder.train) + len(folder.val)) * channels * kept_size(size, augment) ** 2
    return size <= IN_MEMORY_PIXELS and needed <= MEMORY_SHARE * room
