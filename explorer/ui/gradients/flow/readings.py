"""What stands beside the figures of the view "At initialisation": what is known, and what the drawn numbers say."""

from collections.abc import Sequence

from explorer.ui.format import PAPER
from explorer.ui.gradients.flow.measured import Flow
from explorer.ui.gradients.flow.words import AT_CHANCE, FAR_ABOVE, LEVEL, in_words, shortcuts_in_words
from explorer.ui.gradients.reading import Reading

HE_INIT = "[He et al. 2015](https://arxiv.org/abs/1502.01852)"
DE_SMITH = "De and Smith 2020, [2002.10444](https://arxiv.org/abs/2002.10444)"

# Idea, formula, what papers measured, and where that differs from what is drawn.
_TEXTS = {
    "weight": (
        "How strongly does one batch ask each layer to change? Before any step nothing has been learnt: the profile is the "
        "architecture's doing.",
        r"\left\Vert\frac{\partial L}{\partial W_l}\right\Vert_2=\sqrt{\textstyle\sum_i\left(\partial L/\partial w_{l,i}\right)^2}",
        f"*Paper* ({PAPER}, section 4.1): plain nets with BN have healthy gradient norms, so the authors think it **unlikely that "
        "vanishing gradients** make them hard to train. *Paper* (Yang et al. 2019, [1902.08129](https://arxiv.org/abs/1902.08129)): BN "
        "itself makes the gradients of deep plain nets explode at initialisation.",
        "He et al. speak of nets in training, Yang et al. of the first moment: set the steps to 0 and then to 10 to see both. Where a norm "
        "that was largest at the input becomes the smallest, that is **no proof of vanishing**: see *How to read this* below.",
    ),
    "root": (
        "Large layers have large norms only because they have many numbers. Divided by the root of that count it is the "
        "gradient's root mean square: how strongly a single weight is asked to change.",
        r"\frac{1}{\sqrt{n_l}}\left\Vert\frac{\partial L}{\partial W_l}\right\Vert_2,\qquad n_l=\text{numbers in }W_l",
        "*Paper* (Glorot and Bengio 2010, section 4.2, [PMLR 9](https://proceedings.mlr.press/v9/glorot10a.html)): at initialisation they "
        "compare the variance of the weights' gradients from layer to layer, which is this quantity's square.",
        "Theirs are five hidden layers of one width, with tanh. Here the layers differ in size from stage to stage, so the raw norms "
        "step up or down where a stage begins; what steps remain in this chart are not a matter of size.",
    ),
    "signal": (
        "The gradient with respect to a ReLU's result is what flows backwards. A plain layer multiplies it by its Jacobian; a block with a "
        "shortcut adds that to what passes by unchanged.",
        r"\begin{aligned}\text{plain:}\quad&\frac{\partial L}{\partial a_l}=J_{l+1}^{\top}\,\frac{\partial L}{\partial a_{l+1}}\\"
        r"\text{shortcut:}\quad&\frac{\partial L}{\partial a_l}=(I+J_{l+1})^{\top}\,\frac{\partial L}{\partial a_{l+1}}\end{aligned}",
        "*Paper* (He et al. 2016, [1603.05027](https://arxiv.org/abs/1603.05027), equation 5): with identity shortcuts a part of the "
        "gradient reaches every layer without passing any weight.",
        "That is exact in pre-activation nets only: the 2015 block has a ReLU behind each addition, and where a stage begins its shortcut "
        "drops three of four places. The norm is over all pictures and places, so it also falls where a stage has fewer numbers.",
    ),
    "mean": (
        "A ReLU's result is never negative, so its mean is above zero; it tells how far the signal has grown or faded on its way.",
        r"\bar a_l=\frac{1}{NCHW}\sum_{n,c,i,j}a_{l,ncij},\qquad a=\max(0,z)",
        f"*Paper* ({HE_INIT}, section 2.2): weights of variance 2/fan keep the mean square of the signal through ReLUs; a normal z of "
        "deviation 1 has a mean of a of 0.40.",
        "With BN each z before a ReLU has mean 0 and deviation 1 at first, so a plain net's means lie near 0.40 in every layer. Behind an "
        "addition z is the sum of the blocks before, and the mean grows with it: a residual net's line goes up and down between the ReLUs "
        "inside its blocks and those behind its additions.",
    ),
    "std": (
        "If each layer makes its signal a little smaller or larger, many layers make it vanish or overflow. The initialisation is there to "
        "prevent just that. Where BN stands before a ReLU, its scale alone says how large the result is: 1 before any step.",
        r"\operatorname{Var}[z_L]=\operatorname{Var}[z_1]\prod_{l=2}^{L}\tfrac{1}{2}\,n_l\operatorname{Var}[w_l]",
        f"*Paper* ({HE_INIT}, equation 9): variance 2/fan makes every factor 1. *Paper* ({DE_SMITH}): without BN a residual net's variance "
        "doubles with each block; BN makes it grow by 1 a block only.",
        "The equation is an average over wide layers without borders. *Measured here*, Plain-56 without BN, three seeds: from the first to "
        "the last ReLU the std falls to 0.02 of itself or less at width 8 and to 0.03 to 0.05 at width 16; with the padding wrapped round "
        "in place of zeros about twice as much is left.",
    ),
    "dead": (
        "A channel that is zero for the whole batch passes no gradient back: whatever feeds it learns nothing from this batch.",
        r"\frac{1}{C}\,\#\left\{c:\ a_{l,ncij}=0\ \text{for all }n,i,j\right\}",
        "*Paper* (Lu et al. 2019, [1903.06733](https://arxiv.org/abs/1903.06733)): at a fixed width a ReLU net is born dead with a "
        "probability that tends to 1 as it gets deeper.",
        "Theirs are narrow, fully connected and without normalisation. Here a channel lives if one place of one picture is above zero; "
        "and BN centres every channel, so that about half of its values are.",
    ),
}
_DRAWING = (
    "The same numbers where they belong. Colours mean the same in all drawings; along each line flows the gradient that comes back, the "
    "wider the stronger.",
    r"y=x+F(x):\quad\frac{\partial L}{\partial x}=\underbrace{\frac{\partial L}{\partial y}}_{\text{shortcut}}+"
    r"\underbrace{\left(\frac{\partial F}{\partial x}\right)^{\!\top}\frac{\partial L}{\partial y}}_{\text{weights}}",
    f"*Paper* ({DE_SMITH}): BN scales the residual branch down by about the square root of how many blocks come before it, so that deep "
    "nets start close to the identity.",
    "So shortcuts need not carry it all: in the first blocks the weights' part may be the stronger. Where the paper holds, the shortcuts' "
    "part grows within a stage: the stages are told one by one above. The paper is about residual branches that end in BN; a gated "
    "(highway) block multiplies both parts, and other nets go their own way.",
)

HOW_TO_READ = f"""
*Level* means that the norms at both ends differ less than {LEVEL}-fold; *at chance*, that the loss is within {AT_CHANCE:.0%} of
ln(classes), which is 2.30 for ten digits; *far above chance*, that it is at least {FAR_ABOVE:g} times that.

Look at the sizes at both ends, not only at their ratio. A deep plain net with BN explodes towards the input at initialisation,
and after some steps its first norms are often smaller than its last. **That reversal is no proof of vanishing**: a positive factor
on the weights before a BN leaves the network's output as it is and divides their gradient by that factor. In Plain-56 (width 8,
seed 0) the huge first steps lengthen the first convolution's weights 55-fold, from 2.4 to 131. Gradient norm times weight norm,
on which such a factor has no effect, is 955 / 1.6 (first / last convolution) at initialisation and 2.1 / 1.5, level, after 10 steps:
the explosion is over, and what looks like shrinking comes from the longer weights. Nor is it proof of health: so long weights turn
little in a step, and the loss is still 2.30, at chance. It learns, but slowly: the *Train* page's preset (248 steps) left about a
third of the training images wrong, the mean of five seeds. Without BN no such factor is at work: after 50 steps the first norm is
3.5e-6, the last 4e-3, and the loss, 2.31, has not left chance.
"""
KNOWN = """
- *Paper* (He et al. 2015, section 4.1): plain nets with BN have healthy gradient norms, so the authors think it
  **unlikely that vanishing gradients** make them hard to train; they conjecture exponentially slow convergence.
- *Measured here*, 110 layers at initialisation (He initialisation, random data), first / last convolution: plain with BN
  3.5e6 / 0.39, it **explodes** towards the input; residual with BN 4.9 / 0.13; plain without BN 9.5e-4 / 2e-3.
  After one optimiser step the plain net's range collapses.
- *Measured here*, the same networks: the gradients of neighbouring inputs have cosine 0.00 in the plain net with BN and
  0.83 in the residual one. This is *shattering* (Balduzzi et al. 2017, [1702.08591](https://arxiv.org/abs/1702.08591)):
  the correlation decays exponentially with depth in plain nets, more slowly with shortcuts, and sublinearly with shortcuts
  and BN.
- BN scales the residual branch down by about the square root of the depth, so that a deep net's blocks begin close to the
  identity (De and Smith 2020, [2002.10444](https://arxiv.org/abs/2002.10444)).
"""


def profile_reading(flows: Sequence[Flow], quantity: str, steps: Sequence[int]) -> Reading:
    """What to know about the chart by depth."""
    idea, formula, paper, differs = _TEXTS[quantity]
    return Reading(idea, formula, paper, [in_words(flow, quantity, steps) for flow in flows], differs)


def drawing_reading(flows: Sequence[Flow], shortcuts: Sequence[Sequence[tuple[str, str]]], step: int) -> Reading:
    """What to know about the drawings; `shortcuts` has each network's edges (source, target) that go around a block's weights."""
    idea, formula, paper, differs = _DRAWING
    said = [shortcuts_in_words(flow, around, step) for flow, around in zip(flows, shortcuts)]
    return Reading(idea, formula, paper, [sentence for sentence in said if sentence], differs)
