"""Linear read-outs: what a linear classifier can tell from the signal after every block (Alain and Bengio 2016, 1610.01644).

Theirs are trained by gradient descent. These are fitted in closed form: the classes as normal distributions of one covariance,
over the channels' means across the image (linear discriminant analysis), whose posterior is a softmax of linear functions.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.errors import BadInput
from explorer.signals.lesions import blocks_of
from explorer.signals.twin import twin
from explorer.vision.explain.readout import Readout, readout_of, stem_and_blocks

BATCH = 100
# Added to the covariance's diagonal, as a share of its mean: channels that are dead or copies of each other have none of their own.
SHRINKAGE = 1e-3
# Below the others' logits: exp of minus that is 0 in float64.
UNHEARD_OF = 1e3


@dataclass(frozen=True)
class LinearProbe:
    """Features [N, channels] to logits [N, classes] = features · weights + bias, float64.

    A class whose bias is -inf is never answered: its logit lies so far below all others' that its probability is 0.
    """

    weights: Tensor
    bias: Tensor

    def __call__(self, features: Tensor) -> Tensor:
        logits, fitted = features.double() @ self.weights + self.bias, self.bias.isfinite()
        lowest = logits[:, fitted].min(dim=1, keepdim=True).values
        return torch.where(fitted, logits, lowest - UNHEARD_OF)


@dataclass(frozen=True)
class Probes:
    """A probe for each place, and the share of `judged` other pictures that each gets wrong, from 0 to 1.

    They were fitted on `fitted` pictures of the set with that `title`.
    """

    places: tuple[str, ...]
    probes: tuple[LinearProbe, ...]
    errors: tuple[float, ...]
    fitted: int
    judged: int
    title: str = ""

    def read_out(self, net: nn.Module, image: Tensor) -> Readout:
        """The answers to one picture, normalised [1, C, H, W]."""
        found = [probe(features)[0] for probe, features in zip(self.probes, pooled_by_depth(net, image), strict=True)]
        return readout_of(self.places, torch.stack(found))


def fit_probes(net: nn.Module, images: Tensor, labels: Tensor, held_out: Tensor, held_out_labels: Tensor, classes: int, *,
               title: str = "", progress: Callable[[float], None] = lambda done: None) -> Probes:
    """Probes for every place of a network, fitted on normalised `images` [N, C, H, W] and judged by those held out.

    `progress` gets 0 … 1. Raises BadInput for networks without blocks of this project, and for fewer than two pictures or classes.
    """
    places = stem_and_blocks(net)
    whole = len(images) + len(held_out)
    fitting = pooled_by_depth(net, images, lambda done: progress(done / whole))
    judging = pooled_by_depth(net, held_out, lambda done: progress((len(images) + done) / whole))
    probes = [fit(features, labels, classes) for features in fitting]
    wrong = [
        (probe(features).argmax(dim=1) != held_out_labels).double().mean().item() for probe, features in zip(probes, judging, strict=True)
    ]
    return Probes(places, tuple(probes), tuple(wrong), len(images), len(held_out), title)


def fit(features: Tensor, labels: Tensor, classes: int) -> LinearProbe:
    """Linear discriminant analysis of features [N, channels] by labels [N]; a class without pictures is never answered.

    logit_k = μ_kᵀ Σ⁻¹ x - μ_kᵀ Σ⁻¹ μ_k / 2 + log(n_k / N), with the mean μ_k and number n_k of each class's pictures, and Σ the
    covariance around the classes' means. Raises BadInput for fewer than two classes with pictures.
    """
    features = features.double()
    counts = torch.bincount(labels, minlength=classes).double()
    if (counts > 0).sum() < 2:
        raise BadInput("A linear read-out needs pictures of at least two classes.")
    if not features.isfinite().all():
        raise BadInput("The signals of this network are not finite numbers: nothing can be read out of them.")
    means = torch.zeros(classes, features.shape[1], dtype=torch.float64).index_add_(0, labels, features) / counts.clamp(min=1)[:, None]
    apart = features - means[labels]
    covariance = apart.T @ apart / max(1, len(labels) - int((counts > 0).sum()))
    ridge = SHRINKAGE * covariance.diagonal().mean().clamp(min=1e-12)
    covariance += ridge * torch.eye(len(covariance), dtype=torch.float64)
    weights = torch.linalg.solve(covariance, means.T)
    return LinearProbe(weights, (counts / len(labels)).log() - (means.T * weights).sum(dim=0) / 2)


@torch.inference_mode()
def pooled_by_depth(net: nn.Module, images: Tensor, progress: Callable[[int], None] = lambda done: None) -> list[Tensor]:
    """Each channel's mean over the image after the stem and after every block: float32 [N, channels] on the CPU for each place.

    `progress` hears how many pictures are done. `net`, in evaluation mode, stays as it is.
    """
    watched, seen = twin(net), []
    for number, name in enumerate(blocks_of(net)):
        block = watched.get_submodule(name)
        if number == 0:
            block.register_forward_pre_hook(lambda block, inputs: seen.append(_pooled(inputs[0])))
        block.register_forward_hook(lambda block, inputs, result: seen.append(_pooled(result)))
    found, done, device = [], 0, next(net.parameters()).device
    for some in images.split(BATCH):
        watched(some.to(device))
        found.append(list(seen))
        seen.clear()
        progress(done := done + len(some))
    return [torch.cat(parts) for parts in zip(*found, strict=True)]


def _pooled(signal: Tensor) -> Tensor:
    return signal.mean(dim=(2, 3)).float().cpu()
