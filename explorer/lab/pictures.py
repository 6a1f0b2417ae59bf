"""Pictures for fresh networks: real ones or noise."""

import torch
from torch import Tensor

from explorer.data.images import batch_for
from explorer.errors import BadInput
from explorer.machine.streams import stream
from explorer.networks.spec import NetworkSpec, TorchvisionSpec

DATA = {"digits": "Handwritten digits", "noise": "Gaussian noise"}


def fresh_pictures(spec: NetworkSpec | TorchvisionSpec, count: int, seed: int = 0, data: str = "digits") -> tuple[Tensor, Tensor]:
    """Normalised float32 [count, channels, input, input] and labels [count]; noise has mean 0, deviation 1 and random labels.

    Equal arguments give equal pictures, and more of them begin with the same. Raises BadInput for data that are none of `DATA`.
    """
    if data == "digits":
        return batch_for(spec, count, seed)
    if data != "noise":
        raise BadInput(f"The pictures are {' or '.join(DATA)}, not {data}.")
    # A stream each: the first pictures and labels are the same however many there are.
    images, labels = stream("noise", seed), stream("noise labels", seed)
    return (torch.randn(count, spec.channels, spec.input, spec.input, generator=images),
            torch.randint(spec.classes, (count,), generator=labels))
