"""How much memory a network takes, to infer or to train, for a batch size, a precision and an optimiser. Imports no torch.

The training step is this project's (`explorer.training.trainer.Trainer.step`): gradients of the step before are there until
the forward pass is over, and weight decay is added to all gradients at once. Its memory is largest at one of two moments:

- after the forward pass, where everything that autograd keeps is there, or soon after, while the backward pass goes
  from the last layer to the first: gradients of weights come as kept activations go, and beside them stand the gradients
  of the signals that are on their way;
- in the optimiser's step, where the activations are gone and a copy of all gradients comes.

Tests hold the peak within 15% of what PyTorch's allocator records beside what a convolution takes and gives back while
it runs (workspace and reordered copies), which is not counted: on the CPU, oneDNN's made whole peaks of bf16 up to 37%
larger than the estimate (SqueezeNet's inference; MobileNetV3-small's training 26%). Nor are the allocator's rounding and
fragmentation, PyTorch itself and the CUDA context (some hundred MB). Auxiliary classifiers count with their weights, not
with their activations.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from explorer.anatomy.layers import WEIGHTED, Anatomy
from explorer.errors import BadInput

FLOAT, HALF = 4, 2  # bytes of a 32-bit float and of a bf16 one
LARGEST_BATCH = 1_000_000
USUAL_BATCH = 128  # the paper's on CIFAR-10; it trains ImageNet nets with 256, on eight GPUs

PRECISIONS = {"fp32": "32-bit floats", "bf16": "bf16 autocast, weights in 32 bits"}
OPTIMISERS = {"none": "none, inference only", "sgd": "SGD", "momentum": "SGD with momentum", "adam": "Adam"}
_STATES = {"none": 0, "sgd": 0, "momentum": 1, "adam": 2}  # numbers that the optimiser remembers of each weight


@dataclass(frozen=True)
class Memory:
    """Bytes that a network takes for `batch` images. `gradients` and `activations` (all that the forward pass keeps for
    the backward pass) are whole; those that end in `_at_peak` are what is there of them at the peak's `moment`."""

    batch: int
    precision: str
    optimiser: str
    weights: int
    buffers: int
    gradients: int
    optimiser_state: int
    images: int
    activations: int
    activations_at_peak: int
    gradients_at_peak: int
    working_at_peak: int  # gradients of signals, copies that the optimiser makes, results of inference
    moment: str

    @property
    def title(self) -> str:
        """What was asked for: Training step on 64 images, 32-bit floats, SGD with momentum."""
        work = "Inference" if self.optimiser == "none" else "Training step"
        images = f"{self.batch:,} image{'s' if self.batch > 1 else ''}"
        optimiser = "" if self.optimiser == "none" else f", {OPTIMISERS[self.optimiser]}"
        return f"{work} on {images}, {PRECISIONS[self.precision]}{optimiser}"

    @property
    def peak(self) -> int:
        """The most that is there at one time."""
        return sum(self.parts().values())

    def parts(self) -> dict[str, int]:
        """What the peak consists of, by its name on the screen; adds up to `peak`."""
        return {
            "Weights": self.weights,
            "Buffers": self.buffers,
            "Gradients": self.gradients_at_peak,
            "Optimiser state": self.optimiser_state,
            "Images": self.images,
            "Activations kept for backward": self.activations_at_peak,
            "Working memory": self.working_at_peak,
        }


@dataclass(frozen=True)
class _Moment:
    """What is there at one time beside weights, buffers, optimiser state and images."""

    name: str
    kept: int
    gradients: int
    working: int

    @property
    def bytes(self) -> int:
        return self.kept + self.gradients + self.working


def memory_of(anatomy: Anatomy, batch: int = 1, precision: str = "fp32", optimiser: str = "momentum") -> Memory:
    """The memory of a training step on `batch` images, or with the optimiser "none" of inference.

    `precision` is one of `PRECISIONS`, `optimiser` one of `OPTIMISERS`. Raises `BadInput` for others, and for a batch
    that is no whole number from 1 to a million.
    """
    _check(batch, precision, optimiser)
    weights = FLOAT * (anatomy.params + anatomy.idle_params)
    images = FLOAT * batch * prod(anatomy.input_shape)
    if optimiser == "none":
        gradients, kept, moments = 0, 0, _inference(anatomy, batch, precision)
    else:
        gradients = FLOAT * (anatomy.trainable + anatomy.idle_params)
        kept, moments = sum(_kept(anatomy, batch, precision)), _training(anatomy, batch, precision, gradients)
    peak = max(moments, key=lambda moment: moment.bytes)
    return Memory(batch, precision, optimiser, weights, anatomy.buffer_bytes, gradients, _STATES[optimiser] * gradients,
                  images, kept, peak.kept, peak.gradients, peak.working, peak.name)


def _kept(anatomy, batch, precision):
    """Bytes that each layer keeps of a batch, beside the images themselves: its activations, a pair of statistics for
    every channel that is normalised over the batch, and the bf16 copies of weights. What comes from weights alone is
    kept until the end, with the input."""
    per_layer = []
    for layer in anatomy.layers:
        kept = batch * (layer.kept_bytes if precision == "fp32" else layer.kept_bytes_bf16)
        if layer.kind == "input":
            kept = anatomy.kept_apart
        elif layer.kind == "bn" and (kept or layer.trainable):
            kept += 2 * FLOAT * layer.out_shape[0]
        elif precision == "bf16" and layer.kind in WEIGHTED:
            kept += HALF * layer.params
        per_layer.append(kept)
    return per_layer


def _training(anatomy, batch, precision, gradients) -> Iterator[_Moment]:
    kept, signals = _kept(anatomy, batch, precision), _signals(anatomy, batch, precision)
    left = sum(kept)
    yield _Moment("after the forward pass", left, gradients, 0)
    arriving = _by_last_reader(anatomy.layers)
    made, waiting = FLOAT * anatomy.idle_params, signals[anatomy.layers[-1].name]
    for layer, keeps in reversed(list(zip(anatomy.layers, kept))[1:]):
        # A signal's gradient begins with the last layer that reads it, and waits there for the other readers'.
        waiting += sum(signals[source] for source in arriving.get(layer.name, ()))
        made += FLOAT * layer.trainable
        yield _Moment("in the backward pass", left, made, waiting)
        left -= keeps
        waiting -= signals[layer.name]
    # Weight decay makes a copy of all gradients, Adam its denominators: all tensors at once, torch.optim's way on CUDA.
    yield _Moment("in the optimiser's step", 0, gradients, gradients)


def _inference(anatomy, batch, precision) -> Iterator[_Moment]:
    copies = 0  # of weights: autocast keeps them until the forward pass is over
    for layer in anatomy.layers:
        results = batch * (layer.occupied_bytes - anatomy.layers[0].activation_bytes)
        if precision == "bf16":
            copies += HALF * layer.params if layer.kind in WEIGHTED else 0
            results //= 2
        yield _Moment("in the forward pass", 0, 0, results + copies)


def _signals(anatomy, batch, precision):
    """Bytes of the gradient of every layer's result; the images have none."""
    width = FLOAT if precision == "fp32" else HALF
    sizes = {layer.name: width * batch * prod(layer.out_shape) for layer in anatomy.layers}
    return sizes | {anatomy.layers[0].name: 0}


def _by_last_reader(layers):
    """For every layer the layers that no later one reads."""
    last = {source: layer.name for layer in layers for source in layer.inputs}
    readers: dict[str, list[str]] = {}
    for source, reader in last.items():
        readers.setdefault(reader, []).append(source)
    return readers


def _check(batch, precision, optimiser):
    if isinstance(batch, bool) or not isinstance(batch, int) or not 1 <= batch <= LARGEST_BATCH:
        raise BadInput(f"A batch is a whole number of images from 1 to {LARGEST_BATCH:,}, not {batch}.")
    for value, known, what in ((precision, PRECISIONS, "precision"), (optimiser, OPTIMISERS, "optimiser")):
        if value not in known:
            raise BadInput(f"There is no {what} {value}: use {', '.join(known)}.")
