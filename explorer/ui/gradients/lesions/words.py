"""What the lesion study says beside its figures: made from the numbers that are drawn."""

from collections.abc import Iterable, Sequence
from math import isfinite, log10
from statistics import mean, median

from explorer.figures.lesions import EachRemoved, MoreRemoved, Reordered
from explorer.signals.lesions import Lesion
from explorer.signals.paths import PathLength, shares
from explorer.ui.format import minus, percent, plain
from explorer.ui.gradients.reading import Reading

VEIT = "[Veit, Wilber and Belongie 2016](https://arxiv.org/abs/1605.06431)"
PAPER_BLOCKS = 54  # of the 110-layer network that the paper lesions


def lesion_reading(judged: Sequence[tuple], lesion: Lesion) -> Reading:
    """`judged`: (subject, judged as trained, judged now, classes, probabilities as trained, now) of each network."""
    here = []
    for subject, intact, now, classes, before, after in judged:
        label = plain(subject.label)
        if not lesion:
            here.append(f"{label}, whole: {percent(now.error)} of {now.pictures} pictures wrong{_named(classes, before)}.")
            continue
        if not (fitting := subject.fitting(lesion)):
            here.append(f"{label} has none of these blocks: it is whole.")
            continue
        absent = [name for name in lesion.removed if name not in fitting.removed]
        absent += [f"{one} and {other} of one shape" for one, other in lesion.swapped if (one, other) not in fitting.swapped]
        lacking = f" (it has no {', '.join(absent)})" if absent else ""
        here.append(f"{label}{lacking}: error {percent(intact.error)} → {percent(now.error)}{_named(classes, after, before)}.")
    done = [f"without {', '.join(lesion.removed)}"] if lesion.removed else []
    done += [f"with {one} and {other} exchanged" for one, other in lesion.swapped]
    if done:
        here.insert(0, f"{'Both networks' if len(judged) > 1 else 'The network'} {' and '.join(done)}.")
    return Reading(
        idea="A residual block adds to what passes through: without it the signal still gets on, a little poorer. A plain block hands "
             "on a signal in a form that only the next block was trained for: without it the chain is broken.",
        formula=r"\underbrace{y = x + F(x)}_{\text{residual}} \to\; y = x \qquad\qquad \underbrace{y = F(x)}_{\text{plain}} \to\; y = x",
        paper=f"{VEIT}, section 4.1: removing any one layer takes VGG to chance; removing a block of a 110-layer residual net hardly "
              "changes its error, but for those that halve the image.",
        here=here,
        differs=_size(len(subject.blocks) for subject, *_ in judged) + " Nothing is trained again, in the paper as here.",
    )  # fmt: skip


def each_reading(found: Sequence[EachRemoved]) -> Reading:
    """Every block in turn."""
    is_plain = any(one.whole.family == "plain" for one in found)
    return Reading(
        idea="If blocks depended strictly on each other, every single one would be vital. Each is removed in turn, with all others as "
             "trained.",
        formula=r"E_i = \text{error of } f_n \circ \dots \circ f_{i+1} \circ s_i \circ f_{i-1} \circ \dots \circ f_1,\quad "
                r"s_i = \text{shortcut}",
        paper=f"{VEIT}, section 4.1, on CIFAR-10: VGG falls to chance whichever layer goes; ResNet-110 stays close to its error, with "
              "small peaks at the blocks that change the shape.",
        here=[*map(_each_in_words, found), *_more_robust(found)],
        differs=_size(len(one.blocks) for one in found)
                + is_plain * " The plain net loses blocks of two layers here, the paper's VGG single ones.",
    )  # fmt: skip


def _each_in_words(one: EachRemoved) -> str:
    kept = [(error, name) for error, name, changes in zip(one.errors, one.blocks, one.changes_shape, strict=True) if not changes]
    rest = [(error, name) for error, name, changes in zip(one.errors, one.blocks, one.changes_shape, strict=True) if changes]
    changing = [f"{percent(error)} without {name}" for error, name in rest]
    words = f"{plain(one.whole.label)}, {percent(one.whole.intact)} when whole"
    if len(kept) == 1:
        words += f": {percent(kept[0][0])} without {kept[0][1]}, the one block that keeps the shape"
    elif kept:
        errors = [error for error, _ in kept]
        words += (f": without one of the {len(kept)} blocks that keep the shape {_at(min(errors), kept)} to {_at(max(errors), kept)}, "
                  f"median {percent(median(errors))}")  # fmt: skip
    return words + (f"; {', '.join(changing)}." if changing else ".")


def _at(error: float, found: Sequence[tuple[float, str]]) -> str:
    """An error with the block that it belongs to, or how many they are."""
    names = [name for other, name in found if other == error]
    return f"{percent(error)} ({names[0] if len(names) == 1 else f'{len(names)} of them'})"


def _more_robust(found: Sequence[EachRemoved]) -> list[str]:
    """The verdict on two networks, by how many of their blocks they can lose at no more than twenty points."""
    if len(found) != 2:
        return []
    counts = [sum(error - one.whole.intact <= 0.2 for error in one.errors) for one in found]
    said = [f"{plain(one.whole.label)} {count} of {len(one.blocks)}" for one, count in zip(found, counts, strict=True)]
    return [f"Blocks that can go alone at a cost of at most 20 points: {said[0]}, {said[1]}."]


def more_reading(found: Sequence[MoreRemoved]) -> Reading:
    """More and more blocks."""
    here = []
    for one in found:
        means = [mean(values) for values in zip(*one.draws)]
        counts = [count for count in dict.fromkeys((1, 2, len(means) // 2, len(means))) if 0 < count <= len(means)]
        told = [f"{percent(means[count - 1])} without {count}" for count in counts]
        label = plain(one.whole.label)
        here.append(f"{label}: {percent(one.whole.intact)} whole, {', '.join(told)} (mean of {len(one.draws)} draws)."
                    if told else f"{label} has no block that keeps the shape.")  # fmt: skip
    return Reading(
        idea="Of n blocks k are removed at random. Then of the 2ⁿ paths through a residual net 2ⁿ⁻ᵏ are left. "
             "If it is like an ensemble of paths, its error should rise smoothly with k; a plain net has one path, and loses it at once.",
        formula=r"\text{paths left} = 2^{\,n-k}",
        paper=f"{VEIT}, section 4.2: the error of ResNet-110 rises smoothly with the number of blocks removed.",
        here=here,
        differs="Here the draws are few, so the mean still moves with the seed; and only blocks that keep the shape are drawn, so that "
                "nothing has to stand in for them in the plain net.",
    )  # fmt: skip


def order_reading(found: Sequence[Reordered]) -> Reading:
    """Other orders."""
    here = []
    for one in found:
        if not one.points:
            here.append(f"{plain(one.whole.label)} has no two blocks of equal shape.")
            continue
        best, worst = min(error for _, error in one.points), max(error for _, error in one.points)
        here.append(f"{plain(one.whole.label)}: {percent(one.whole.intact)} in its own order, {percent(best)} to {percent(worst)} in "
                    f"{len(one.points)} others (τ down to {minus(format(min(tau for tau, _ in one.points), '.2f'))}).")  # fmt: skip
    return Reading(
        idea="Blocks of equal shape change places. If each refines a common signal a little, their order matters little; if each computes "
             "the next representation from the one before, it is everything.",
        formula=r"\tau = 1 - \frac{2\,\#\{\text{pairs in reverse order}\}}{n(n-1)/2}",
        paper=f"{VEIT}, section 4.3: the error of ResNet-110 rises smoothly as Kendall's τ falls from 1.",
        here=here,
        differs="Blocks change places within a stage only, and a stage here has few blocks, so there are few other orders.",
    )  # fmt: skip


def path_reading(label: str, lengths: Sequence[PathLength]) -> Reading:
    """Paths by their length."""
    count = lengths[-1].length
    part = shares(lengths)
    strongest = max(range(len(part)), key=lambda k: part[k]) if all(map(isfinite, part)) else None
    rises = all(isfinite(one.norm) for one in lengths) and lengths[-1].norm >= 0.1 * lengths[1].norm
    most = f"{count // 2} or {count // 2 + 1}" if count % 2 else f"{count // 2}"
    here = [f"{plain(label)} has $2^{{{count}}}$ = {2**count:,} paths; most have {most} branches."]
    if strongest is None:
        here.append("No gradient that is a finite number comes back here: its shares cannot be formed.")
    else:
        here.append(_longest(lengths[1].norm, lengths[-1].norm, count))
        middle = sum(k * share for k, share in enumerate(part))
        here.append(f"The gradient's mean path length is {middle:.1f} of {count}, where that of the paths is {count / 2:g}; "
                    f"the largest part of it, {percent(part[strongest])}, comes from length {strongest}.")  # fmt: skip
    return Reading(
        idea="Unravelled, n residual blocks are 2ⁿ paths, through k branches and n − k shortcuts. Going back, the gradient is let through "
             "chosen ones only.",
        formula=r"y_2 = y_1 + F_2(y_1),\; y_3 = y_2 + F_3(y_2) \qquad \text{share}_k \propto \binom{n}{k}\,\overline{\lVert g_k \rVert}",
        paper=f"{VEIT}, section 5, figure 6: the norm along a path falls exponentially with its length, so that most of the gradient in "
              "a 110-layer net comes from paths that are 10 to 34 layers deep (5 to 17 of 54 blocks), 0.45% of all paths.",
        here=here,
        differs=f"Measured on {lengths[-1].samples} validation pictures in evaluation mode, each with paths of its own, once the training "
                "is over; the paper measured batches of training pictures, and more often: few samples leave the shares ragged."
                + rises * f" Over {count} blocks no such fall shows here.",
    )  # fmt: skip


def _longest(short: float, long: float, count: int) -> str:
    """How the gradient along the longest path compares with that along a path through one branch."""
    if not short or not long:
        return f"No gradient at all comes back along {'the path through all' if short else 'paths through one of'} {count} branches."
    times = max(short, long) / min(short, long)
    told = f"about $10^{{{log10(times):.0f}}}$" if times >= 1e5 else f"{times:,.0f}" if times >= 10 else f"{times:.1f}"
    way = "stronger" if long > short else "weaker"
    return f"Along the path through all {count} branches the gradient is {told} times {way} than through one alone."


def _size(counts: Iterable[int]) -> str:
    """How the networks' numbers of blocks compare with the paper's."""
    counts = sorted(set(counts))
    told = " and ".join(map(str, counts))
    if counts[-1] >= PAPER_BLOCKS:
        return f"The paper's network has {PAPER_BLOCKS} blocks, these have {told}."
    return f"The paper's network has {PAPER_BLOCKS} blocks, these have {told}: the fewer there are, the more of the whole each can carry."


def _named(classes: Sequence[str] | None, now: Sequence[float] | None, before: Sequence[float] | None = None) -> str:
    """What the network calls the picture, as the end of a sentence."""
    if not classes or not now:
        return ""
    name, said = _likeliest(classes, now)
    if before is not None and (was := _likeliest(classes, before))[0] != name:
        return f"; the picture, {plain(was[0])} before, is now {plain(name)} ({percent(said)})"
    return f"; the picture is {'still ' if before is not None else ''}{plain(name)} ({percent(said)})"


def _likeliest(classes: Sequence[str], probabilities: Sequence[float]) -> tuple[str, float]:
    place = max(range(len(classes)), key=lambda at: probabilities[at])
    return classes[place], probabilities[place]
