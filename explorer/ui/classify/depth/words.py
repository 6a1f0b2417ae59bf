"""What is seen over depth, in sentences made from the numbers that are drawn."""

from collections.abc import Sequence
from math import log2

import numpy as np

from explorer.ui.classify.depth.measured import Read
from explorer.ui.format import minus, percent, plain
from explorer.ui.gradients.lesions.answers import Answers
from explorer.vision.explain.readout import STEM

VEIT = "[Veit, Wilber and Belongie 2016](https://arxiv.org/abs/1605.06431)"
ALAIN = "[Alain and Bengio 2016](https://arxiv.org/abs/1610.01644)"
WITHOUT_SHORTCUTS = frozenset({"plain", "vgg"})
# Less than this is no step that a sentence should name.
NOTABLE = 0.01


def idea(kind: str, families: Sequence[str]) -> str:
    """What is read out, in Markdown; where plain nets are among them, why it tells little of those."""
    if kind == "linear":
        return (
            "A linear classifier is fitted to the signal after every block, to each channel's mean over the image. It tells what **could** "
            f"be read off there, whether or not the network makes use of it. {ALAIN} train theirs by gradient descent; these are fitted in "
            "closed form (linear discriminant analysis)."
        )
    text = (
        "After every block the network's own last layers are asked at once, as if all later blocks were switched off: where a residual "
        f"block is off, its shortcut still carries the signal past it ({VEIT}; of transformers this is called the logit lens). "
        "In the end stands the network's answer."
    )
    if WITHOUT_SHORTCUTS & set(families):
        text += (
            " **Of a plain network this tells little**: without a shortcut nothing is left of a later block, and the last layers meet a "
            "signal of a form that they were never trained for. The linear read-out is fair to both."
        )
    return text


def seen(read: Read, value: str = "probability") -> str:
    """One network's way to its answer, in Markdown; `value` is what is drawn of it, one of `figures.readout.QUANTITIES`."""
    shown, name = read.shown, f"**{plain(read.label)}**"
    last = shown.answers[-1]
    if last is None:
        return f"{name}: the outputs after its last block are not finite numbers, and no answer can be read."
    label = plain(read.classes[last])
    blocks = len(shown.places) - 1
    if shown.settled == 0:
        when = f"says *{label}* from the {STEM} on"
    else:
        before = shown.answers[shown.settled - 1]
        instead = f", where *{plain(read.classes[before])}* stood before" if before is not None else ""
        when = f"says *{label}* from {shown.places[shown.settled]} on (block {shown.settled} of {blocks}){instead}"
    other = ""
    if read.answer not in (last, None):
        other = f" The network itself says *{plain(read.classes[read.answer])}*: its head reads another mixture of the same channels."
    is_own_of_plain = shown is read.own and read.one.model.spec.family in WITHOUT_SHORTCUTS
    step = _lead(shown) if value == "margin" else _step(shown, last, is_own_of_plain)
    return f"{name} {when}; {step}its uncertainty goes {_uncertainty(shown, len(read.classes))}.{other}"


def _step(shown, followed: int, is_own_of_plain: bool) -> str:
    """The blocks with which the last answer's probability rises and falls most."""
    steps = np.diff(shown.probabilities[:, followed])
    if not np.isfinite(steps).all() or steps.max(initial=0) < NOTABLE:
        return ""
    at = int(steps.argmax())
    taken = int(steps.argmin())
    text = f"its probability rises most with {shown.places[at + 1]} ({100 * steps[at]:+.1f} points)"
    if steps[taken] <= -NOTABLE:
        text += f" and falls most with {shown.places[taken + 1]} ({minus(f'{100 * steps[taken]:.1f}')})"
    if is_own_of_plain:
        text += ", which without shortcuts tells where its last layers can read the signal, not what that block adds"
    return f"{text}; "


def _lead(shown) -> str:
    """Of the likeliest class at each place, whichever that is."""
    lead = 100 * shown.margin
    if not np.isfinite(lead).all():
        return ""
    at = int(lead.argmin())
    return (
        f"the lead of the class that is likeliest goes from {lead[0]:.1f} to {lead[-1]:.1f} points and is smallest after "
        f"{shown.places[at]} ({lead[at]:.1f}); "
    )


def _uncertainty(shown, classes: int) -> str:
    entropy = shown.entropy
    first = f"{entropy[0]:.2f}" if np.isfinite(entropy[0]) else "what is no number"
    return f"from {first} to {entropy[-1]:.2f} bits ({log2(classes):.2f} would be knowing nothing)"


def errors_seen(label: str, probes) -> str:
    """What the read-outs get wrong of pictures that they were not fitted on."""
    best = int(np.argmin(probes.errors))
    where = "that of the last block" if best == len(probes.errors) - 1 else f"after {probes.places[best]}: {percent(probes.errors[best])}"
    return (
        f"**{plain(label)}**: fitted on {probes.fitted:,} training pictures of {plain(probes.title)} and judged by {probes.judged:,} "
        f"others, the read-out of the {STEM} gets {percent(probes.errors[0])} wrong, that of the last block {percent(probes.errors[-1])}; "
        f"the best is {where}."
    )


def lesion_seen(label: str, removed: Sequence[str], swapped: Sequence[tuple[str, str]], found: Answers) -> str:
    """One network's answer without some blocks, in Markdown."""
    done = [f"without {', '.join(removed)}"] if removed else []
    done += [f"with {one} and {other} exchanged" for one, other in swapped]
    first = max(range(len(found.before)), key=found.before.__getitem__)
    now = max(range(len(found.after)), key=found.after.__getitem__)
    answer = plain(found.classes[first])
    was, becomes = percent(found.before[first]), percent(found.after[first])
    change = f"*{answer}* keeps {was}" if was == becomes else f"*{answer}* goes from {was} to {becomes}"
    verdict = "the answer stays" if now == first else f"the answer becomes *{plain(found.classes[now])}* ({percent(found.after[now])})"
    return f"**{plain(label)}** {' and '.join(done)}: {change}; {verdict}."
