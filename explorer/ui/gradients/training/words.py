"""What the view "Through training" says beside its figures, its sentences made from the numbers that are drawn."""

import math
from collections.abc import Sequence
from statistics import median

from explorer.figures.layer_charts import QUANTITIES, shown_at
from explorer.figures.overlay_colours import amount
from explorer.figures.series import LayerValues
from explorer.ui.format import PAPER, percent, plain
from explorer.ui.gradients.reading import Reading

GUIDE = QUANTITIES["update"].guide
CS231N = "[CS231n](https://cs231n.github.io/neural-networks-3/#ratio)"

IDEAS = {
    "gradient": "How strongly the loss pulls at every layer's weights, from the first steps to the last. Read a column of the heatmap "
    "from the top, the classifier, down to the input: does the colour fade or grow on the way? And does it go on doing so, or is it a "
    "matter of the first steps?",
    "update": "By how much of itself a layer changes in a step. Where BN follows, a positive factor on the weights leaves the output "
    "as it is and divides the gradient, so it is this ratio, not the gradient, that says how fast a layer turns.",
    "activation": "How large the signal is that each ReLU hands on. In a residual net every block adds to what it was given; in a "
    "plain one each layer makes its result anew.",
    "dead": "A channel that is zero for every picture of a batch passes no gradient for that batch. One that stays so learns nothing "
    "any more.",
}  # fmt: skip
FORMULAS = {
    "gradient": r"\lVert \partial L / \partial W_l \rVert_2",
    "update": r"\frac{\lVert \Delta W_l \rVert_2}{\lVert W_l \rVert_2} \approx 10^{-3}\ ?",
    "activation": r"\operatorname{std}\big(\max(0,\ \cdot\,)\big)",
    "dead": r"\frac{1}{C}\,\big|\{c : a_c(x) = 0\ \text{for all } x \text{ in the batch}\}\big|",
}
PAPERS = {
    "gradient": f"{PAPER}, section 4.1: with BN the backward gradients of the plain nets had healthy norms, so that vanishing gradients "
    "are an unlikely cause of their higher training error; the authors conjecture exponentially low convergence rates. They print no "
    "norms.",
    "update": f"No paper: a *rule of thumb*, folklore. Karpathy's notes for {CS231N} call a ratio of about 10⁻³ a rough heuristic, "
    "higher hinting at too high a learning rate, lower at too low a one; his later lectures draw its log₁₀ with a guide at −3. The "
    "dashed line is that guide.",
    "activation": f"{PAPER}, figure 7: after training, the responses of ResNets have generally smaller standard deviations than those "
    "of plain nets, and deeper ResNets smaller ones still: each layer changes the signal less.",
    "dead": f"{PAPER} does not report it.",
}  # fmt: skip
DIFFERS = {
    "gradient": "The paper looked at whole trainings on ImageNet and says no more. These are norms of single batches, before momentum "
    "and weight decay. They follow the loss: a net that has learnt its pictures has small gradients everywhere, so first hold the "
    "layers of one step against each other, not steps.",
    "update": "The rule was given for small nets and a constant rate. Here the rate warms up and comes down to zero in most recipes, "
    "and the ratio with it: low at either end of a run is the schedule, not a fault.",
    "activation": "The paper's figure is taken after BN and before the ReLU or the addition; this is after them, so a residual net's "
    "number holds the sum with its shortcut. The view *Signal propagation* has the figure as the paper drew it.",
    "dead": "A share belongs to one batch: a channel may be zero for these pictures and not for others.",
}  # fmt: skip


def training_reading(quantity: str, values: Sequence[LayerValues], step: int | None) -> Reading:
    """For a quantity of `figures.layer_charts.QUANTITIES`, as it is drawn at `step` (None: each run's last)."""
    here = [sentence(one, quantity, step) for one in values]
    return Reading(IDEAS[quantity], FORMULAS[quantity], PAPERS[quantity], here, DIFFERS[quantity])


def sentence(one: LayerValues, quantity: str, step: int | None) -> str:
    """What one run's layers do at `step`, in numbers."""
    row = shown_at(one, step)
    if not row:
        return f"**{plain(one.label)}**: nothing measured yet."
    named = [(value, name) for value, name in zip(row, one.layers) if value is not None]
    lost = len(row) - len(named)
    parts = [WORDS[quantity](named)] if named else []
    if quantity == "update" and (fastest := _fastest(one, step)):
        parts.append(fastest)
    if lost:
        parts.append(f"in {lost} of {len(row)} layers it is no finite number")
    return f"**{plain(one.label)}**, {_when(one, step)}: {'; '.join(parts)}."


def _gradient(named: Sequence[tuple[float, str]]) -> str:
    least, most = min(named), max(named)
    fold = f", {_times(most[0] / least[0])} as much" if least[0] > 0 else ""
    first = named[0]
    return f"from {_at(least)} to {_at(most)}{fold}; the first layer has {amount(first[0])}"


def _update(named: Sequence[tuple[float, str]]) -> str:
    middle = median(value for value, _ in named)
    above = sum(value > GUIDE for value, _ in named)
    log = f" (log₁₀ {math.log10(middle):.1f})".replace("-", "−") if middle > 0 else ""
    over = f"{above} of {len(named)} are above the guide"
    return f"half of the layers are below {amount(middle)}{log}; {over}; the greatest is {_at(max(named))}"


def _fastest(one: LayerValues, step: int | None) -> str:
    """At which step the layers turned fastest: a schedule brings the ratio to nothing at the end. "" where that is what is shown."""
    finite = [(at, [value for value in row if value is not None]) for at, row in zip(one.steps, one.values)]
    most, at = max(((median(row), at) for at, row in finite if row), default=(0, 0))
    return f"at step {at:,}, where they turned fastest, half were below {amount(most)}" if most and at != _shown(one, step) else ""


def _activation(named: Sequence[tuple[float, str]]) -> str:
    middle = median(value for value, _ in named)
    return f"from {_at(min(named))} to {_at(max(named))}, half of the layers below {amount(middle)}"


def _dead(named: Sequence[tuple[float, str]]) -> str:
    mean = sum(value for value, _ in named) / len(named)
    worst = max(named)
    most = f", most in {_named(worst[1])} ({percent(worst[0])})" if worst[0] else ""
    return f"{percent(mean)} of the channels on average{most}; {sum(value == 0 for value, _ in named)} of {len(named)} layers have none"


WORDS = {"gradient": _gradient, "update": _update, "activation": _activation, "dead": _dead}


def _times(factor: float) -> str:
    """3.4 times, 2,240 times, 3.1e8 times."""
    digits, _, power = f"{factor:.1e}".partition("e")
    return f"{factor:.1f} times" if factor < 10 else f"{factor:,.0f} times" if factor < 1e6 else f"{digits}e{int(power)} times"


def _at(pair: tuple[float, str]) -> str:
    return f"{amount(pair[0])} ({_named(pair[1])})"


def _named(layer: str) -> str:
    """A run's folder may come from elsewhere: its names are no Markdown."""
    return plain(layer, most=60)


def _when(one: LayerValues, step: int | None) -> str:
    return f"step {_shown(one, step):,}"


def _shown(one: LayerValues, step: int | None) -> int:
    return one.steps[-1] if step is None else max(done for done in one.steps if done <= step)
