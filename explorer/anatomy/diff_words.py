"""The differences between two networks in sentences, which hold for whatever the networks are. Imports no torch."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from explorer.anatomy.alignment import Alignment
from explorer.anatomy.layers import WEIGHTED, Anatomy
from explorer.anatomy.table import UNITS
from explorer.anatomy.ways import KINDS, Shortcut, around, channels, depth_of, gates_of, shortcuts_of

NAMED = {"identity": ("identity", "identities"), "padding": ("padding", "paddings"), "projection": ("projection", "projections"),
         "gated": ("gated way", "gated ways"), "concatenation": ("concatenation", "concatenations")}
# Kinds of layers worth counting: a network that has another number of them is another design.
COUNTED = {"bn": "Batch normalisations", "layernorm": "Layer normalisations", "maxpool": "Max-poolings",
           "attention": "Attention layers", "cat": "Concatenations", "dropout": "Dropouts"}
ACTIVATIONS = ("relu", "relu6", "gelu", "silu", "hardswish", "hardsigmoid", "sigmoid", "tanh")
# They move data or do nothing at inference: a block's words are shorter without them.
SILENT = ("reshape", "permute", "slice", "split", "copy", "roll", "pad", "flatten", "dropout")
NAMES = {"conv": "convolutions", "bn": "batch normalisation", "linear": "fully connected layers"}
# In this order; a layer's input channels follow from those of the layer before.
CHANGES = ("channels", "kernel", "stride", "groups", "bias")
MOST_NAMES, MOST_CHANGES = 2, 6
# Ratios nearer to one than this are told as percent.
CLEARLY = 1.1


def sentences(a: Anatomy, b: Anatomy, alignment: Alignment, changes: Sequence[tuple], unit: str = "MACs") -> Iterator[str]:
    """What `b` has that `a` has not, the shortcuts first and the costs last, each sentence by itself.

    `changes` are (name of a layer of `b`, its `Change`). `unit` is "MACs" or "FLOPs".
    """
    designs = [*_shortcuts(a, b), *_gates(a, b), *_sizes(a, b), *_blocks(a, b), *_changes(changes), *_counts(a, b)]
    yield from designs or ["The same layers with the same shapes, and the same shortcuts."]
    yield _depth(a, b)
    yield from _stages(alignment)
    yield from _costs(a, b, unit)


def listed(words: Sequence[str]) -> str:
    """`a, b and c`; nothing of nothing."""
    *most, last = words or [""]
    return f"{', '.join(most)} and {last}" if most else last


def kinds_of(shortcuts: Sequence[Shortcut]) -> str:
    """`13 identities and 3 projections`."""
    kinds = Counter(shortcut.kind for shortcut in shortcuts)
    return listed([f"{kinds[kind]} {NAMED[kind][kinds[kind] > 1]}" for kind in KINDS if kinds[kind]])


def short(number: float) -> str:
    """Three significant digits or more: 3.64 G, 125.5 M, 650."""
    for size, prefix in ((1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")):
        if number >= 0.99995 * size:
            scaled = number / size
            return f"{scaled:.2f}{prefix}" if scaled < 99.995 else f"{scaled:.1f}{prefix}"
    return f"{number:g}"


def ratio(before: float, after: float) -> str:
    """`+0.8%`, `6.64 times fewer`, `2.03 times as many`."""
    if before == after:
        return "the same"
    if not before or not after:
        return f"{'+' if after else '−'}{short(before or after)}"
    if max(before, after) / min(before, after) < CLEARLY:
        change = 100 * (after / before - 1)
        return f"{'+' if change > 0 else '−'}{abs(change):.1f}%" if abs(change) >= 0.05 else f"{'+' if change > 0 else '−'}<0.1%"
    return f"{_times(after / before)} as many" if after > before else f"{_times(before / after)} fewer"


def _times(factor):
    return f"{factor:,.0f} times" if factor >= 999.5 else f"{factor:#.3g} times".replace(". ", " ")


def _shortcuts(a, b):
    before, after = shortcuts_of(a), shortcuts_of(b)
    if _told(a, before) == _told(b, after):
        return
    if before and after:
        yield f"Shortcuts: {len(before)} → {len(after)}; before {_told(a, before)}, now {_told(b, after)}."
    else:
        count = len(before or after)
        what = "1 shortcut" if count == 1 else f"{count} shortcuts"
        yield f"{what} {'added' if after else 'removed'}: {_told(b, after) or _told(a, before)}."


def _told(anatomy, shortcuts: Sequence[Shortcut]) -> str:
    """`13 identities and 3 projections with 173,824 parameters (172,032 in convolutions, 1,792 in batch normalisation)`."""
    if not shortcuts:
        return ""
    params: Counter[str] = Counter()
    on_the_way = {name for shortcut in shortcuts for name in shortcut.layers}
    for layer in anatomy.layers:
        if layer.name in on_the_way and layer.params:
            params[layer.kind] += layer.params
    if not params:
        return f"{kinds_of(shortcuts)} without parameters"
    told = ", ".join(f"{count:,} in {NAMES.get(kind, kind)}" for kind, count in params.items())
    return f"{kinds_of(shortcuts)} with {params.total():,} parameters" + (f" ({told})" if len(params) > 1 else "")


def _gates(a, b):
    before, after = (_gate_params(net) for net in (a, b))
    if before != after:
        counts = " → ".join(f"{len(params)}" for params in (before, after))
        net, params = ("now", after) if after else ("before", before)
        yield f"Gates T(x), a convolution and a sigmoid each: {counts}, {net} with {sum(params):,} parameters."


def _gate_params(anatomy):
    gates = set(gates_of(anatomy))
    return [layer.params for layer in anatomy.layers if layer.name in gates]


def _depth(a, b):
    before, after = depth_of(a), depth_of(b)
    if before == after:
        return f"The same depth: {after} weighted layers."
    return f"Depth: {before} → {after} weighted layers."


def _sizes(a, b):
    if a.input_shape != b.input_shape:
        yield "Input: " + " → ".join("×".join(map(str, net.input_shape)) for net in (a, b)) + "."


def _blocks(a, b):
    (before, usual_before), (after, usual_after) = _stage_blocks(a), _stage_blocks(b)
    if not before or not after:
        return
    for what, number in (("Blocks in each stage", len), ("Channels that their blocks put out", lambda made: made[-1])):
        one, other = (", ".join(f"{number(made):,}" for made in stages) for stages in (before, after))
        if one != other:
            yield f"{what}: {one} → {other}."
    if usual_before != usual_after:
        yield f"The usual block: {usual_before} → {usual_after}."


def _stage_blocks(anatomy):
    """For each stage how many channels its blocks put out, and in words the layers of the block that is there most often."""
    beside, gates = around(anatomy), set(gates_of(anatomy))
    # What others interrupt is no stage but what stands between them, such as a DenseNet's transitions.
    runs = Counter(stage for stage, _ in groupby(anatomy.layers, key=lambda layer: layer.stage))
    stages: dict[str, list[int]] = {}
    usual: Counter[str] = Counter()
    for (stage, block), layers in groupby(anatomy.layers, key=lambda layer: (layer.stage, layer.block)):
        layers = [layer for layer in layers if layer.name not in beside]
        made = [channels(layer, layer.out_shape) for layer in layers if layer.kind in WEIGHTED and layer.name not in gates]
        if block and made and runs[stage] == 1:
            stages.setdefault(stage, []).append(made[-1])
            usual[", ".join(_role(layer, gates) for layer in layers if layer.kind not in SILENT)] += 1
    return list(stages.values()), usual.most_common(1)[0][0] if usual else ""


def _role(layer, gates):
    sides = "×".join(map(str, layer.kernel)) + " " if layer.kind == "conv" else ""
    return sides + ("gate" if layer.name in gates else layer.kind)


def _stages(alignment):
    """Which stages are set against each other, where their names do not say it."""
    moved: dict[str, list[str]] = {}
    for x, y in alignment.stages:
        if x and y and x.name != y.name:
            moved.setdefault(x.name, []).append(y.name)
    if moved:
        against: dict[str, list[str]] = {}
        for x, ys in moved.items():
            against.setdefault(listed(list(dict.fromkeys(ys))), []).append(x)
        pairs = ", ".join(f"{listed(xs)} against {ys}" for ys, xs in against.items())
        yield f"Stages are set against each other by their images' size: {pairs}."
    told = []
    for side, which in enumerate(("first", "second")):
        taken = {pair[side].name for pair in alignment.stages if None not in pair}
        alone = dict.fromkeys(pair[side].name for pair in alignment.stages if pair[side] and pair[side].name not in taken)
        if alone:
            told.append(f"{listed(list(alone))} of the {which}")
    if told:
        yield f"Stages without a counterpart: {'; '.join(told)}."


def _changes(changes):
    """Equal changes together, with the layers they are in."""
    places: dict[tuple, list[str]] = {}
    for name, change in changes:
        places.setdefault((change.what, f"{change.before} → {change.after}"), []).append(name)
    for what in CHANGES:
        told = [f"{values} in {_layers(names)}" for (which, values), names in places.items() if which == what]
        if len(told) > MOST_CHANGES + 1:  # one more is no longer than the words for it
            told[MOST_CHANGES:] = [f"and {len(told) - MOST_CHANGES} other changes"]
        if told:
            yield f"{what.capitalize()}: {'; '.join(told)}."


def _layers(names):
    if len(names) <= MOST_NAMES:
        return listed(names)
    return f"{len(names)} layers ({', '.join(names[:MOST_NAMES])}, …)"


def _counts(a, b):
    before, after = (Counter(layer.kind for layer in net.layers) for net in (a, b))
    for kind, name in COUNTED.items():
        if before[kind] != after[kind]:
            yield f"{name}: {before[kind]} → {after[kind]}."
    linear = [[layer.params for layer in net.layers if layer.kind == "linear"] for net in (a, b)]
    if linear[0] != linear[1]:
        counts, params = (" → ".join(dict.fromkeys(f"{f(one):,}" for one in linear)) for f in (len, sum))
        yield f"Fully connected layers: {counts}, with {params} parameters."
    active = [", ".join(kind for kind in ACTIVATIONS if kinds[kind]) or "none" for kinds in (before, after)]
    if active[0] != active[1]:
        yield f"Activations: {active[0]} → {active[1]}."


def _costs(a, b, unit):
    yield f"Parameters: {a.params:,} → {b.params:,} ({ratio(a.params, b.params)})."
    work = [UNITS[unit] * net.macs for net in (a, b)]
    yield f"{unit}: {short(work[0])} → {short(work[1])} ({ratio(*work)})."
    yield from _in_place(a, b)
    kept = [net.activation_bytes for net in (a, b)]
    yield f"Activation memory: {short(kept[0])}B → {short(kept[1])}B ({ratio(*kept).replace('many', 'much').replace('fewer', 'less')})."


def _in_place(a, b):
    """Activations that write over what they read, as torchvision's: the same results in less memory."""
    acting = [[layer for layer in net.layers if layer.kind in ACTIVATIONS] for net in (a, b)]
    over = [[layer for layer in layers if not layer.activation_bytes] for layers in acting]
    if len(over[0]) != len(over[1]):
        counts = " → ".join(f"{len(some)} of {len(every)}" for some, every in zip(over, acting))
        yield f"Activations in place: {counts}; such a layer writes over what it reads, and its result takes no memory of its own."
