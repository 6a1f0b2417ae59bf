"""A trained network judged again and again with other lesions: which are tried, and what each does to its error."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.anatomy.of import anatomy_of
from explorer.lab.limits import check_answers, check_gradients
from explorer.lab.trained import Validation
from explorer.signals.lesions import Lesion, blocks_of, lesioned, rest_of
from explorer.signals.paths import PathLength, by_path_length
from explorer.vision.loading import LoadedModel

BATCH = 100
# Bytes of signals kept at the inputs of blocks. All blocks of a residual-20 on 500 pictures would take 170 MB.
KEPT = 100e6


@dataclass(frozen=True)
class Judged:
    """The share of the pictures that a network gets wrong, and its mean cross-entropy, which may be infinite or not a number.

    `undecided` pictures, whose outputs were not all finite, count as wrong.
    """

    error: float
    loss: float
    undecided: int
    pictures: int


def examine(loaded: LoadedModel, shown: Validation) -> "Examination":
    """Raises BadInput, with the estimate, where that would take more memory than is free, and for networks without blocks."""
    check_answers(anatomy_of(loaded.model.spec), min(BATCH, len(shown.labels)), further=int(KEPT) + shown.images.nbytes)
    return Examination(loaded.net, shown.images, shown.labels)


def lengths_of(loaded: LoadedModel, shown: Validation, count: int, draws: int = 1) -> Iterator[PathLength]:
    """The gradient along single paths by their length, for the first `count` pictures.

    Raises BadInput, with the estimate, where their signals, all of which are kept, do not fit into the free memory, and for networks
    that have no residual blocks.
    """
    check_gradients(anatomy_of(loaded.model.spec), min(count, len(shown.labels)))
    return by_path_length(loaded.net, shown.images[:count], shown.labels[:count], draws=draws)


class Examination:
    """A network in evaluation mode on fixed pictures: normalised float32 [N, C, H, W], and labels [N].

    What lies before a lesion comes out as it does in the intact network. So its signals are kept at the inputs of as many
    blocks as fit into `kept` bytes, and a lesion is judged from the last of them on. Safe from several threads.
    """

    @torch.inference_mode()
    def __init__(self, net: nn.Module, images: Tensor, labels: Tensor, kept: float = KEPT):
        self.net = net
        self.blocks = blocks_of(net)
        device = next(net.parameters()).device
        images = images.to(device).contiguous(memory_format=torch.channels_last)
        self.labels = labels.to(device)
        sizes = self._sizes(images[:1])
        stride = next(every for every in range(1, len(sizes) + 1) if sum(sizes[::every][1:]) * len(images) <= kept)
        self.kept: dict[str, list[Tensor]] = {"": list(images.split(BATCH))}
        self._keep(self.blocks[::stride][1:])
        self.intact = self.judge(Lesion())

    @torch.inference_mode()
    def judge(self, lesion: Lesion) -> Judged:
        """The network with that lesion. Raises BadInput for one that cannot be."""
        net = lesioned(self.net, lesion)
        start = self._start(lesion)
        net = rest_of(net, start) if start else net
        wrong, undecided, loss = 0, 0, 0.0
        for signal, labels in zip(self.kept[start], self.labels.split(BATCH), strict=True):
            logits = net(signal).float()
            finite = logits.isfinite().all(1)
            undecided += int((~finite).sum())
            wrong += int(((logits.argmax(1) != labels) | ~finite).sum())
            loss += F.cross_entropy(logits, labels, reduction="sum").item()
        count = len(self.labels)
        return Judged(wrong / count, loss / count, undecided, count)

    def _start(self, lesion: Lesion) -> str:
        """The last kept place that no touched block comes before; "" for the pictures themselves."""
        touched = {*lesion.removed, *(name for pair in lesion.swapped for name in pair)}
        first = next((place for place, name in enumerate(self.blocks) if name in touched), len(self.blocks))
        before = [name for name in self.blocks[: first + 1] if name in self.kept]
        return before[-1] if before else ""

    def _sizes(self, image: Tensor) -> list[int]:
        """Bytes of one picture's signal at each block's input."""
        return [4 * signal.numel() for signal in self._entering(self.blocks, image).values()]

    def _keep(self, blocks: Sequence[str]) -> None:
        for images in self.kept[""]:
            for name, signal in self._entering(blocks, images).items():
                self.kept.setdefault(name, []).append(signal)

    def _entering(self, blocks: Sequence[str], images: Tensor) -> dict[str, Tensor]:
        net = lesioned(self.net, Lesion())  # a copy that may have hooks
        found: dict[str, Tensor] = {}
        for name in blocks:
            net.get_submodule(name).register_forward_pre_hook(lambda module, inputs, name=name: found.update({name: inputs[0]}))
        net(images)
        return found


def one_at_a_time(blocks: Sequence[str]) -> tuple[Lesion, ...]:
    """Every block removed in turn."""
    return tuple(Lesion((name,)) for name in blocks)


def more_and_more(blocks: Sequence[str], draws: int, seed: int = 0) -> tuple[tuple[Lesion, ...], ...]:
    """In each of the draws the blocks go one after the other in an order of its own: 1, 2, … all of them removed."""
    chance = random.Random(seed)
    orders = [chance.sample(blocks, len(blocks)) for _ in range(draws)]
    # Sorted, since the same blocks are the same lesion in whatever order they went.
    return tuple(tuple(Lesion(tuple(sorted(order[:count]))) for count in range(1, len(order) + 1)) for order in orders)


def other_orders(groups: Sequence[Sequence[str]], draws: int, seed: int = 0) -> tuple[Lesion, ...]:
    """Orders of the blocks that come from 1, 2, … `draws` random exchanges within the groups; none that came before."""
    chance = random.Random(seed)
    blocks = [name for group in groups for name in group]
    seen, found = {tuple(blocks)}, []
    for swaps in range(1, draws + 1) if groups else ():
        pairs = tuple(tuple(sorted(chance.sample(chance.choices(groups, [len(group) for group in groups])[0], 2))) for _ in range(swaps))
        order = tuple(order_after(blocks, pairs))
        if order not in seen:
            seen.add(order)
            found.append(Lesion(swapped=pairs))
    return tuple(found)


def order_after(blocks: Sequence[str], swapped: Sequence[tuple[str, str]]) -> list[str]:
    """Which block stands in each place after pairs of places have been exchanged."""
    order = {name: name for name in blocks}
    for first, second in swapped:
        order[first], order[second] = order[second], order[first]
    return list(order.values())


def kendall_tau(blocks: Sequence[str], order: Sequence[str]) -> float:
    """Kendall's rank correlation of an order with the original one: 1 for the same, -1 for the reverse (Veit, section 4.3)."""
    ranks = [order.index(name) for name in blocks]
    pairs = [(a, b) for at, a in enumerate(ranks) for b in ranks[at + 1 :]]
    return 1.0 if not pairs else 1 - 2 * sum(a > b for a, b in pairs) / len(pairs)
