"""Shattered gradients in fresh networks: the pictures, the statistics of batch normalisation, and what it may cost."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.anatomy.of import anatomy_of
from explorer.data.images import Normalise, load
from explorer.errors import BadInput
from explorer.lab.fresh import check_memory, check_work
from explorer.lab.pictures import fresh_pictures
from explorer.machine.device import use_one_thread
from explorer.networks.build import build
from explorer.networks.spec import NetworkSpec
from explorer.signals.shattering import AT_ONCE, Series, along_line, likeness_by_distance
from explorer.signals.statistics import with_statistics_of

# Pictures whose statistics batch normalisation uses, and pairs of pictures between which gradients are compared.
BATCH = 64
PAIRS = 4
# How far from one picture to another, as a share of the way.
DISTANCES = (1e-5, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0)
MOST_MACS = 300e9  # multiply-adds that an ordinary machine does in about ten seconds on one core


def two_pictures(spec: NetworkSpec, data: str, first: int, last: int, example: int) -> Tensor:
    """Normalised float32 [2, channels, input, input]: the digits `first` and `last`, the example of that number of each; or noise.

    Of noise the example is the seed, and the digits do not matter. Raises BadInput where there are not so many examples.
    """
    if data != "digits":
        return fresh_pictures(spec, 2, example, data)[0]
    known = load("mnist-5k", channels=spec.channels)
    chosen = [torch.nonzero(known.train_labels == digit).flatten() for digit in (first, last)]
    if not all(example < len(these) for these in chosen):
        raise BadInput(f"There are {min(map(len, chosen))} examples of each digit, counted from 0, not {example}.")
    # Of one digit there are two examples, the second of them from the other end.
    places = [chosen[0][example], chosen[1][example if first != last else -1 - example]]
    images = Normalise(known.mean, known.std)(known.train_images[torch.stack(places)])
    if images.shape[-1] != spec.input:
        images = F.interpolate(images, size=(spec.input, spec.input), mode="bilinear", antialias=True)
    return images


def line(spec: NetworkSpec, pictures: Tensor, *, data: str = "digits", seed: int = 0, points: int = 129, share: float = 1.0,
         output: int = 0) -> Series:
    """The gradients of a fresh network along the line between two pictures [2, C, H, W], or along the `share` of it around its middle.

    Batch normalisation has the statistics of `BATCH` other pictures of the same kind. Raises BadInput for what would take too long.
    """
    check_affordable(spec, points)
    net = _with_statistics(spec, data, seed)
    positions = torch.linspace(0.5 - share / 2, 0.5 + share / 2, points, dtype=torch.float64).float()
    return along_line(net, pictures[0], pictures[1], positions, output % spec.classes)


def likeness(spec: NetworkSpec, *, data: str = "digits", seed: int = 0) -> tuple[float, ...]:
    """The mean cosine between the gradients at a picture and at `DISTANCES` of the way to another one, over `PAIRS` pairs.

    The weights and the pairs are those of the seed; f is the score of the first class.
    """
    check_affordable(spec, PAIRS * (len(DISTANCES) + 1))
    net = _with_statistics(spec, data, seed)
    images = fresh_pictures(spec, BATCH + 2 * PAIRS, seed, data)[0][BATCH:]
    found = likeness_by_distance(net, images[:PAIRS], images[PAIRS:], torch.tensor(DISTANCES), torch.zeros(PAIRS, dtype=torch.int64))
    return tuple(found.mean(0).tolist())


def check_affordable(spec: NetworkSpec, points: int) -> None:
    """Raises BadInput, with the estimate, where the gradients at so many points would take minutes or more memory than is free."""
    anatomy = anatomy_of(spec)
    check_work(anatomy, points, most=MOST_MACS)
    check_memory(anatomy, min(points, AT_ONCE))


def _with_statistics(spec: NetworkSpec, data: str, seed: int) -> nn.Module:
    """The network of (spec, seed), with the statistics of the seed's first `BATCH` pictures."""
    use_one_thread()
    net = build(spec, seed=seed).to(memory_format=torch.channels_last)
    batch = fresh_pictures(spec, BATCH + 2 * PAIRS, seed, data)[0][:BATCH]
    return with_statistics_of(net, batch.contiguous(memory_format=torch.channels_last))
