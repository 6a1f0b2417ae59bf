"""What PyTorch really keeps and allocates, to hold the product's formulas against."""

from collections.abc import Callable
from itertools import accumulate

import torch
from torch import nn
from torch._C._profiler import _EventType
from torch.nn import functional as F
from torch.profiler import ProfilerActivity, profile

from explorer.signals.sgd import Sgd

AUXILIARY = ("aux1", "aux2", "AuxLogits")


def for_training(net: nn.Module) -> nn.Module:
    """The network as the anatomy has it: without auxiliary classifiers, and no block left out by chance."""
    for name in AUXILIARY:
        if hasattr(net, name):
            setattr(net, name, None)
    for module in net.modules():
        if type(module).__name__ == "StochasticDepth":
            module.p = 0.0
    return net.train()


def kept_for_backward(net: nn.Module, images: torch.Tensor, bf16: bool = False) -> int:
    """Bytes of all memories that autograd saves tensors of in one forward pass, and of the images; parameters, buffers
    and single numbers aside."""
    held = {tensor.untyped_storage()._cdata for tensor in (*net.parameters(), *net.buffers())}
    sizes = {images.untyped_storage()._cdata: images.untyped_storage().nbytes()}
    alive = []  # a freed memory's address is soon another's

    def pack(tensor):
        alive.append(tensor)
        storage = tensor.untyped_storage()
        if tensor.dim() and storage._cdata not in held:
            sizes[storage._cdata] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            net(images)
    return sum(sizes.values())


def peak_of(work: Callable[[], None]) -> int:
    """The most bytes that were allocated at one time while `work` ran, from the CPU allocator's own records, without
    what convolutions took and gave back while they ran (oneDNN's workspace and reordered copies)."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        work()
    events = sorted((event for event in _events(profiler) if event.tag == _EventType.Allocation), key=lambda event: event.start_time_ns)
    inside: dict[int, int | None] = {}  # of every living memory, when the convolution ends that took it
    places: dict[int, int] = {}  # and where in `changes` it stands
    changes = []
    for event in events:
        size, address = event.extra_fields.alloc_size, event.extra_fields.ptr
        if size > 0:
            inside[address], places[address] = _end_of_convolution(event), len(changes)
        elif (end := inside.pop(address, None)) is not None and event.start_time_ns < end:
            changes[places[address]] = size = 0
        changes.append(size)
    return max(accumulate(changes))


def _end_of_convolution(event):
    while (event := event.parent) is not None:
        if event.name in ("aten::mkldnn_convolution", "aten::convolution_backward"):
            return event.end_time_ns
    return None


def training_steps(build: Callable[[], nn.Module], shape: tuple[int, ...], optimiser: str, bf16: bool,
                   device: str = "cpu") -> None:
    """A network built and trained for two steps, in the order of `explorer.training.trainer.Trainer.step`."""
    net = for_training(build()).to(device, memory_format=torch.channels_last)
    images = torch.randn(shape, device=device).contiguous(memory_format=torch.channels_last)
    labels = torch.zeros(shape[0], dtype=torch.long, device=device)
    clear, step = _optimiser(net, optimiser)
    for _ in range(2):
        with torch.autocast(device, torch.bfloat16, enabled=bf16):
            logits = net(images)
        loss = F.cross_entropy(getattr(logits, "logits", logits).float(), labels)  # Inception nets return several
        clear()
        loss.backward()
        step()


def inference(build: Callable[[], nn.Module], shape: tuple[int, ...], bf16: bool) -> None:
    """A network built and run once without gradients."""
    net, images = build().eval(), torch.randn(shape)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        net(images)


def _optimiser(net, name):
    """How to forget the gradients and how to step: this project's own SGD, and torch's with all tensors at once."""
    if name == "momentum":
        sgd = Sgd(net.parameters(), momentum=0.9, weight_decay=1e-4)
        return sgd.clear, lambda: sgd.step(0.01)
    if name == "sgd":
        optimiser = torch.optim.SGD(net.parameters(), 0.01, weight_decay=1e-4, foreach=True)
    else:
        optimiser = torch.optim.Adam(net.parameters(), foreach=True)
    return optimiser.zero_grad, optimiser.step


def _events(profiler):
    pending = list(profiler.profiler.kineto_results.experimental_event_tree())
    while pending:
        event = pending.pop()
        yield event
        pending.extend(event.children)
