"""What the view on highway gates says beside its figures, its sentences made from the numbers that are drawn."""

from collections.abc import Mapping, Sequence

from explorer.figures.gates import Gates
from explorer.networks.spec import NetworkSpec
from explorer.ui.format import minus, percent, plain
from explorer.ui.gradients.reading import Reading

PAPER = "Srivastava, Greff and Schmidhuber 2015 ([1507.06228](https://arxiv.org/abs/1507.06228))"
LEVEL = 0.01  # errors that differ by less than one picture in a hundred are called the same


def gates_reading(gates: Gates, within: float, fresh: bool, norm: str) -> Reading:
    """`within`: the standard deviation of T over the channels and places of one picture, the mean over pictures and layers.
    `norm` is the network's."""
    inside = " with BN inside H" if norm == "batch" else ""
    return Reading(
        idea="A highway layer mixes what it makes of its input, H(x), with the input itself. A gate T, a convolution and a sigmoid, "
        "decides for every channel and place how much of each: 0 carries, 1 transforms. A negative bias at the start lets signal and "
        "gradient pass through layers that have learnt nothing yet.",
        formula=r"\begin{aligned} y &= H(x)\,T(x) + x\,(1 - T(x)) \\ T(x) &= \sigma(W_T * x + b_T) \end{aligned}",
        paper=f"{PAPER}, figure 2: nets of 50 layers whose biases began at −2 (MNIST) and −4 (CIFAR-100). After training most biases "
        "were lower still; the gates are closed on average, but for a single picture some open wide, others for another picture.",
        here=gate_sentences(gates, within, fresh),
        differs=f"The paper's layers are fully connected and shown unit by unit. Here they are 3×3 convolutions{inside}, and a "
        "number is the mean over all channels and places of a layer: a gate that opens for one stroke of the pen only does not show in "
        "it.",
    )


def gate_sentences(gates: Gates, within: float, fresh: bool) -> list[str]:
    columns = list(zip(*gates.means))
    means = [sum(column) / len(column) for column in columns]
    spreads = [max(column) - min(column) for column in columns]
    most, least = max(range(len(means)), key=means.__getitem__), min(range(len(means)), key=means.__getitem__)
    varied = max(range(len(spreads)), key=spreads.__getitem__)
    away = max(range(len(means)), key=lambda place: abs(means[place] - gates.biases[place]))
    return [
        f"Over {len(gates.means):,} pictures the gates let through T = {sum(means) / len(means):.2f} on average, most in layer {most + 1} "
        f"({gates.blocks[most]}, {means[most]:.2f}) and least in layer {least + 1} ({gates.blocks[least]}, {means[least]:.2f}).",
        f"From picture to picture a layer's mean differs by at most {spreads[varied]:.2f}: in layer {varied + 1}, from "
        f"{min(columns[varied]):.2f} to {max(columns[varied]):.2f}. Within one picture T has a standard deviation of {within:.2f} over "
        "channels and places.",
        f"By its bias alone {'a layer' if fresh else f'layer {away + 1}'} would open to {gates.biases[away]:.2f}; with its weights it is "
        f"{means[away]:.2f} in layer {away + 1}, where the two are furthest apart.",
    ]  # fmt: skip


def pushed_gates(which: str) -> str:
    """"all" or a stage's name, as the object of a sentence."""
    return "the gates" if which == "all" else f"the gates of stage {which.removeprefix('layer')}"


def push_reading(spec: NetworkSpec, errors: Mapping[int, float], answer: str, which: str, renewed: bool) -> Reading:
    """`errors` by push in per cent, as far as they are measured; `which` gates are pushed: all, or a stage's."""
    is_batch = spec.norm == "batch"
    statistics = " and unless they are measured anew BN's statistics," if is_batch else ""
    opened = "With all of them open this is a plain net, yet not one" if which == "all" else (
        "With these open a stage is plain and the others are as they were learnt, yet it is no net")
    return Reading(
        idea="Both limits lie in one net. With its gates shut a layer hands on what it was given, as if it were not there; with "
        "its gates open it is an ordinary layer without a shortcut. In between a slider moves T towards either end.",
        formula=r"T' = (1 - |p|)\,T + \max(p, 0) \qquad "
        r"\begin{cases} p = -1: & y = x \\ p = 0: & \text{as learnt} \\ p = 1: & y = H(x) \end{cases}",
        paper=f"{PAPER} closed the gates of one layer at a time and left the others as they were. On MNIST the error rose for the early "
        "layers and hardly at all for layers 15 to 45; on CIFAR-100 it rose for nearly all of the first 40. (One layer at a time: the "
        "view *Lesions*.)",
        here=push_sentences(spec.title, errors, answer, renewed),
        differs=f"The paper asks which layers matter, this slider what the gates are for. {opened} that was trained as such: its "
        f"weights,{statistics} belong to gates as they were learnt. "
        "A high error at 100 is no proof that a plain net could not learn: hold it against a plain net's run.",
    )  # fmt: skip


def push_sentences(title: str, errors: Mapping[int, float], answer: str, renewed: bool) -> list[str]:
    said = []
    if 0 in errors:
        statistics = " but for BN's statistics, which are those of these pictures" if renewed else ""
        said.append(f"{plain(title)} as it was trained{statistics}: {percent(errors[0])} of these pictures wrong.")
        for push, words in ((-100, "With all these gates shut"), (100, "With all of these open")):
            if push in errors:
                said.append(f"{words}: {percent(errors[push])}, {_against(errors[push], errors[0])}.")
    best = min(errors, key=lambda push: (errors[push], abs(push)), default=0)
    if best and errors[best] <= errors.get(0, 1.0) - LEVEL:
        said.append(f"The least error so far, {percent(errors[best])}, is at a push of {minus(best)}%.")
    return [*said, answer]


def _against(error: float, before: float) -> str:
    if abs(error - before) < LEVEL:
        return "as good as unchanged"
    return f"{100 * abs(error - before):.1f} points {'more' if error > before else 'fewer'}"


def taken_for(answer: Sequence[float], classes: Sequence[str], label: int, at: int) -> str:
    """What the chosen picture is taken for at a push."""
    if any(value != value for value in answer):
        return f"At {minus(at)}% the net gives no finite numbers for the chosen picture."
    likeliest = max(range(len(answer)), key=answer.__getitem__)
    right = "rightly" if likeliest == label else f"wrongly: it is {plain(classes[label])}"
    return f"At {minus(at)}% the chosen picture is taken for {plain(classes[likeliest])} ({percent(answer[likeliest])}), {right}."
