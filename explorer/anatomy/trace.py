"""From a module on the meta device to its `Anatomy`: one shape-only forward pass, nothing computed."""

from collections import Counter

import torch
from torch import nn

from explorer.anatomy.costs import cost
from explorer.anatomy.kept import kept_bytes, knows
from explorer.anatomy.layers import WEIGHTED, Anatomy, Edge, Layer
from explorer.anatomy.naming import LayerNames
from explorer.anatomy.places import places_of
from explorer.anatomy.receptive import Field, seen, widest, window_of
from explorer.anatomy.recorder import record
from explorer.anatomy.shortcuts import shortcut_edges
from explorer.anatomy.untraceable import Untraceable


def trace(net: nn.Module, input_shape: tuple[int, ...], network: str = "", title: str = "") -> Anatomy:
    """The anatomy of `net`, built for this on the meta device, for one input of `input_shape` (C, H, W).

    The net is put into evaluation mode and must not be in use elsewhere. Raises `Untraceable` where its forward pass
    cannot be followed for an input of this shape.
    """
    net.eval()
    try:
        operations, apart = record(net, torch.empty(1, *input_shape, device="meta"))
    except Untraceable as error:
        size = "×".join(map(str, input_shape))
        raise Untraceable(f"{network or type(net).__name__} cannot be analysed for an input of {size}: {error}") from error
    naming = LayerNames(net)
    names = [naming.name(op) for op in operations]
    params, trainable, unused = _params(operations, net)
    fields = _receptive_fields(operations, max(input_shape[1:], default=1))
    places = _places(operations, net)
    costs = [cost(op.operator, op.args, op.kwargs, op.out) for op in operations]
    keeps = kept_bytes(operations)
    layers = tuple(
        Layer(
            name=name, kind=op.kind, stage=stage, block=block,
            in_shape=_without_batch(op.first), out_shape=_without_batch(op.out), **_window(op),
            params=count, trainable=learned,
            macs=spent.macs if spent else 0, elementwise=spent.elementwise if spent else 0,
            activation_bytes=op.bytes, occupied_bytes=op.occupied, kept_bytes=keep.float32, kept_bytes_bf16=keep.bf16,
            receptive_field=max(reach.size), jump=max(reach.jump),
            inputs=tuple(names[i] for i in op.inputs),
        )
        for op, name, (stage, block), count, learned, spent, keep, reach
        in zip(operations, names, places, params, trainable, costs, keeps, fields)
    )
    return Anatomy(network, title, tuple(input_shape), layers, _edges(operations, names),
                   tuple(_uncounted(operations, apart, costs, unused)), sum(unused.values()),
                   sum(buffer.nbytes for buffer in net.buffers()), sum(keep.float32 for keep in kept_bytes(apart)))


def _window(op):
    """Kernel and stride, where the kind of layer is one that people give them."""
    window = window_of(op.operator, op.args, op.kwargs, op.out) if op.kind in ("conv", "maxpool", "avgpool") else None
    return {"kernel": window and window.kernel, "stride": window and window.stride}


def _params(operations, net):
    """Learned numbers that each operation is the first to use, how many of them are trained, and the sizes of those
    that none uses, by name."""
    counted: set[int] = set()
    params, trainable = [], []
    for op in operations:
        new = {id(p): p for p in op.parameters if id(p) not in counted}
        counted.update(new)
        params.append(sum(p.numel() for p in new.values()))
        trainable.append(sum(p.numel() for p in new.values() if p.requires_grad))
    return params, trainable, {name: p.numel() for name, p in net.named_parameters() if id(p) not in counted}


def _receptive_fields(operations, whole):
    fields: list[Field] = []
    for op in operations:
        field = widest(fields[i] for i in op.inputs)
        window = window_of(op.operator, op.args, op.kwargs, op.out)
        if window:
            field = seen(field, window)
        elif op.kind == "attention":
            field = Field(tuple(max(size, whole) for size in field.size), field.jump)
        fields.append(field)
    return fields


def _places(operations, net):
    """(stage, block) of each operation; what stands outside all stages is stem, head, or of the stage before it."""
    table = places_of(net)
    places = [table.get(op.module, ("", "")) for op in operations]
    staged = [number for number, (stage, _) in enumerate(places) if stage]
    first, last = (staged[0], staged[-1]) if staged else (len(places), len(places))
    for number, (op, (stage, _)) in enumerate(zip(operations, places)):
        if stage or number == 0:
            continue
        pools_a_stage = number == last + 1 and op.kind == "maxpool"
        if number < first:
            places[number] = ("stem", "")
        elif number > last and not pools_a_stage:
            places[number] = ("head", "")
        else:
            places[number] = (places[number - 1][0], "")
    return places


def _edges(operations, names):
    kinds = [op.kind for op in operations]
    inputs = [op.inputs for op in operations]
    around = shortcut_edges(kinds, [kind in WEIGHTED for kind in kinds], inputs)
    return tuple(
        Edge(names[source], names[target], "shortcut" if (source, target) in around else "data")
        for target, sources in enumerate(inputs)
        for source in sources
    )


def _uncounted(operations, apart, costs, unused):
    unknown = Counter(op.kind for op, spent in zip(operations, costs) if spent is None)
    for kind, times in unknown.items():
        yield f"arithmetic of {kind} ({_layers(times)})"
    unkept = Counter(op.kind for op in operations if not knows(op.operator))
    for kind, times in unkept.items():
        yield f"what exactly {kind} keeps for the backward pass ({_layers(times)}), taken as all it reads and returns"
    macs = sum(spent.macs for op in apart if (spent := cost(op.operator, op.args, op.kwargs, op.out)))
    if macs:
        yield f"{macs:,} MACs on weights alone, the same for any number of images"
    owners: Counter[str] = Counter()
    for name, count in unused.items():
        owners[name.split(".")[0]] += count
    for owner, count in owners.items():
        yield f"{count:,} parameters of {owner}, which takes no part in inference"
    if any(op.kind == "matmul" for op in operations):
        yield "how far attention over windows widens the receptive field"


def _layers(count):
    return f"{count} {'layer' if count == 1 else 'layers'}"


def _without_batch(shape):
    return tuple(shape[1:] if len(shape) > 1 and shape[0] == 1 else shape)
