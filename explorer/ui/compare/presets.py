"""The comparisons worth beginning with: what to look for, with the numbers of the networks themselves, and the formulas.

Written down are the papers' errors, and of the costs one: that of VGG-19, which table 1 is held against but does not have.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from explorer.anatomy.layers import WEIGHTED, Anatomy
from explorer.anatomy.table import UNITS
from explorer.anatomy.ways import depth_of, gates_of, shortcuts_of
from explorer.ui.format import count, percent, si

VGG_19 = 19_632_062_464  # MACs of imagenet/vgg-19; a test holds them against the network's own

Words = Callable[[Sequence[Anatomy], str], tuple[str, ...]]


@dataclass(frozen=True)
class Preset:
    """`look` says in Markdown what to look for, from the anatomies of `networks` and the unit of work; `formulas` are LaTeX,
    and `sums` are more of them, with the networks' numbers. Networks in `undrawn` are costed only, and the others held
    against the one at the index `reference`."""

    title: str
    networks: tuple[str, ...]
    look: Words
    formulas: tuple[str, ...] = ()
    sums: Words = lambda anatomies, unit: ()
    undrawn: tuple[str, ...] = ()
    reference: int = 0


def _figure_3(nets, unit):
    vgg, plain, residual = nets
    shortcuts = shortcuts_of(residual)
    free = sum(not shortcut.params for shortcut in shortcuts)
    work = _work(unit)
    return (
        f"**Work.** VGG-19 spends {work(vgg)} on wide layers over large images; the plain net has {depth_of(plain)} weighted layers "
        f"instead of {depth_of(vgg)} for {percent(plain.macs / vgg.macs, 0)} of it. Most of VGG's {si(vgg.params)} parameters are in "
        "its three fully connected layers; global average pooling leaves one.",
        f"**Shortcuts.** ResNet-34 is plain-34 with {len(shortcuts)} shortcuts: {free} are identities and cost nothing, the other "
        f"{len(shortcuts) - free} project where the shape changes. That is {percent(residual.params / plain.params - 1)} more parameters.",
        "**Result.** Trained alike, plain-34 (28.54% top-1 error) is worse than plain-18 (27.94%), and ResNet-34 (24.52%) better than both "
        "(*paper*, tables 2 and 3, 10 crops).",
    )


_RESIDUAL = (r"y = \mathcal{F}(x, \{W_i\}) + x", r"y = \mathcal{F}(x, \{W_i\}) + W_s\,x \quad\text{where the shape changes}")


def _table_1(nets, unit):
    work = _work(unit)
    eighteen, thirty_four, fifty, *_, deepest = nets
    return (
        "**One pattern.** Each stage halves the image and doubles the channels, so that a layer costs as much in every stage; depth comes "
        "from the number of blocks alone.",
        f"**34 to 50.** The same 3, 4, 6 and 3 blocks, of three layers instead of two: {work(thirty_four)} become {work(fifty)}.",
        f"**152 layers** cost {work(deepest)}, {deepest.macs / eighteen.macs:.1f} times ResNet-18, and still less than VGG-19's "
        f"{si(UNITS[unit] * VGG_19, unit)}. ResNet-101 is in the bars and the table below.",
    )


_DEPTHS = (
    r"\text{two-layer blocks: } 2 + 2\textstyle\sum_i n_i,\quad 2 + 2\,(3+4+6+3) = 34",
    r"\text{bottlenecks: } 2 + 3\textstyle\sum_i n_i,\quad 2 + 3\,(3+4+6+3) = 50",
    r"2 + 3\,(3+8+36+3) = 152",
)


def _shortcut_options(nets, unit):
    a, b, c = (sum(shortcut.params for shortcut in shortcuts_of(net)) for net in nets)
    return (
        f"**What they cost.** A pads with zeros: {count(a)} parameters. B projects in the three blocks that change the shape: "
        f"{count(b)}. C projects in every block: {count(c)}.",
        "**What they bring.** Top-1 error 25.03, 24.52 and 24.19% (*paper*, table 3, 10 crops), plain-34 28.54%: nearly all of the gain "
        "comes with the free identities, so projections are not what cures the degradation, and the paper leaves C aside.",
    )


_SHORTCUTS = (
    r"\text{A: } y = \mathcal{F}(x) + \operatorname{pad}(x)",
    r"\text{B: } y = \mathcal{F}(x) + W_s x \text{ where the shape changes, else } \mathcal{F}(x) + x",
    r"\text{C: } y = \mathcal{F}(x) + W_s x",
)


def _bottleneck(nets, unit):
    basic, bottleneck = nets
    narrow, wide = (_block_work(net, "layer1.1", unit) for net in nets)
    direct, projection = 2 * _conv_work(bottleneck, 3, 256, 256, unit), _conv_work(bottleneck, 1, 256, 256, unit)
    work = _work(unit)
    return (
        "**The argument.** On the same image and channels a 1×1 convolution costs a ninth of a 3×3. So one 1×1 brings the 256 channels "
        "down to 64, the 3×3 works on these, and another 1×1 brings them back.",
        f"**In these two.** A block of the first stage (56×56): two 3×3 on 64 channels cost {si(narrow)} {unit}, a bottleneck on 256 "
        f"channels {si(wide)}. Two 3×3 on 256 channels would cost {si(direct)}, {direct / wide:.0f} times as much.",
        f"**In sum.** {depth_of(bottleneck)} layers instead of {depth_of(basic)} for {work(bottleneck)} instead of {work(basic)}, with "
        f"four times the channels between the blocks, where the shortcuts run. A projection there would cost {si(projection)}, nearly doubling the "
        "block: identities matter more here.",
    )


def _bottleneck_sums(nets, unit):
    factor = "" if unit == "MACs" else r"2\cdot"
    basic, bottleneck = (_block_work(net, "layer1.1", unit) for net in nets)
    return (
        rf"\text{{{unit}}} = {factor} H W \cdot k^2 \cdot C_\text{{in}} C_\text{{out}}"
        r",\qquad \frac{1^2}{3^2} = \frac{1}{9}",
        rf"\text{{two }}3{{\times}}3:\; {factor}56^2\,(9\cdot 64^2 + 9\cdot 64^2) = {_grouped(basic)}",
        rf"\text{{bottleneck: }} {factor}56^2\,(256\cdot 64 + 9\cdot 64^2 + 64\cdot 256) = {_grouped(bottleneck)}",
    )


def _highway(nets, unit):
    plain, highway, residual = nets
    gates = set(gates_of(highway))
    params = sum(layer.params for layer in highway.layers if layer.name in gates)
    return (
        f"**The gate.** Each of the highway's {len(gates)} gated layers has a second 3×3 convolution whose sigmoid T(x) mixes what the layer "
        f"computes, H(x), with its input: {count(params)} parameters more than the plain net's {count(plain.params)}.",
        "**Its two limits.** Where T is 1 the layer is a plain one; where T is 0 it passes x on. A negative gate bias starts near the second.",
        f"**Residual.** No gate at all: x is always added, the layers learn the difference F(x), and {count(residual.params)} parameters are "
        "as many as the plain net has. A gate can close its shortcut; this one is never closed.",
    )


_GATES = (
    r"\text{highway: } y = H(x)\,T(x) + x\,(1 - T(x))",
    r"\text{its gate: } T(x) = \sigma(W_T * x + b_T)",
    r"T = 1:\; y = H(x) \;\text{(plain)},\qquad T = 0:\; y = x \;\text{(identity)}",
    r"\text{residual: } y = \mathcal{F}(x) + x",
)


PRESETS = {
    "figure3": Preset("The paper's figure 3", ("imagenet/vgg-19", "imagenet/plain-34", "imagenet/basic-34"), _figure_3, _RESIDUAL,
                      reference=1),
    "table1": Preset(
        "Table 1: 18 to 152",
        ("imagenet/basic-18", "imagenet/basic-34", "imagenet/bottleneck-50", "imagenet/bottleneck-101", "imagenet/bottleneck-152"),
        _table_1, _DEPTHS, undrawn=("imagenet/bottleneck-101",),
    ),  # fmt: skip
    "shortcuts": Preset("Shortcuts A, B, C", ("imagenet/basic-34?shortcut=A", "imagenet/basic-34", "imagenet/basic-34?shortcut=C"),
                        _shortcut_options, _SHORTCUTS),
    "bottleneck": Preset("Basic and bottleneck", ("imagenet/basic-34", "imagenet/bottleneck-50"), _bottleneck, sums=_bottleneck_sums),
    "gates": Preset("Plain, highway, residual", ("cifar/plain-20", "cifar/highway-20", "cifar/basic-20"), _highway, _GATES),
}


def _work(unit):
    return lambda net: si(UNITS[unit] * net.macs, unit)


def _block_work(net, block, unit):
    return UNITS[unit] * sum(layer.macs for layer in net.layers if layer.block == block and layer.kind in WEIGHTED)


def _conv_work(net, kernel, inputs, outputs, unit):
    """Work of a convolution over the images of the first stage."""
    side = next(layer.out_shape[1] for layer in net.layers if layer.block == "layer1.1")
    return UNITS[unit] * side * side * kernel * kernel * inputs * outputs


def _grouped(number):
    return f"{number:,}".replace(",", r"\,")
