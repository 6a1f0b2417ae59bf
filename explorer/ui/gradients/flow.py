"""How strongly the training signal arrives at every layer of a fresh network, in seconds."""

import streamlit as st

from explorer.figures.gradients import gradient_profile
from explorer.ui.components.chart import chart
from explorer.ui.gradients.flow_words import AT_CHANCE, FAR_ABOVE, LEARNING_RATE, LEVEL, in_words, measure, read_networks, table
from explorer.ui.format import MISSING
from explorer.ui.network_picker import offered_networks

DEFAULT_NETWORKS = ["cifar/plain-56?width=8", "cifar/basic-56?width=8"]
NORMS = {"both": ("batch", "none"), "with": ("batch",), "without": ("none",)}
STEPS = (1, 2, 5, 10, 20, 50)

HOW_TO_READ = f"""
#### How to read this
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
#### What is known
- *Paper* (He et al. 2015, section 4.1): plain nets with BN have healthy gradient norms, so the authors think it
  **unlikely that vanishing gradients** make them hard to train; they conjecture exponentially slow convergence.
- *Measured here*, 110 layers at initialisation (He initialisation, random data), first / last convolution: plain with BN
  3.5e6 / 0.39, it **explodes** towards the input; residual with BN 4.9 / 0.13; plain without BN 9.5e-4 / 2e-3.
  After one optimiser step the plain net's range collapses.
- *Measured here*, the same networks: the gradients of neighbouring inputs have cosine 0.00 in the plain net with BN and
  0.83 in the residual one. This is *shattering* (Balduzzi et al. 2017, [1702.08591](https://arxiv.org/abs/1702.08591)):
  the correlation decays exponentially with depth in plain nets, and sublinearly with shortcuts.
- BN scales the residual branch down by about the square root of the depth, so that a deep net's blocks begin close to the
  identity (De and Smith 2020, [2002.10444](https://arxiv.org/abs/2002.10444)).
"""


def choose() -> tuple[list[str], str, int, int]:
    networks = st.multiselect(
        "Two or three networks", offered_networks(), default=DEFAULT_NETWORKS, key="networks", bind="query-params",
        accept_new_options=True, max_selections=3, select_all=False, filter_mode="contains",
        placeholder="Choose, or type a network such as cifar/highway-32?width=8",
    )
    left, middle, right = st.columns(3)
    norm = left.segmented_control("Batch normalisation", list(NORMS), default="both", key="norm", bind="query-params", required=True)
    steps = middle.select_slider("Optimiser steps", STEPS, value=10, key="steps", bind="query-params",
                                 help=f"SGD with momentum 0.9 and learning rate {LEARNING_RATE:g} on batches of 64 digits.")
    seed = right.number_input("Seed", min_value=0, max_value=2**32 - 1, value=0, step=1, key="seed", bind="query-params")
    return networks, norm, steps, seed


def show_numbers(flows) -> None:
    norm = st.column_config.NumberColumn(format="%.3g")
    columns = {name: norm for name in ("first conv", "last conv", "first / last", "loss")}
    st.dataframe(table(flows), column_config=columns, hide_index=True, width="stretch", placeholder=MISSING)
    st.caption(
        "L2 norms of the loss's gradient with respect to the weights, measured here in float32. "
        f"A dash ({MISSING}): not a finite number, or a ratio that cannot be formed."
    )


def show() -> None:
    st.markdown(
        "How strongly does the training signal arrive at every layer? Measured on the shipped digits at initialisation, and once more "
        "after a few optimiser steps. Before any step nothing has been learnt: what you see is the architecture."
    )
    networks, norm, steps, seed = choose()
    result = st.container()
    st.markdown(KNOWN)  # something to read while the networks are being measured
    with result:
        specs = read_networks(networks)
        flows = measure(specs, NORMS[norm], (0, steps), seed)
        if flows:
            series = [flow.series for flow in flows]
            view = " ".join([norm, *(spec.text for spec in specs)])
            chart(gradient_profile(series, (0, steps)), "flow", height=520, log_toggle=True, filename="gradient-flow", view=view)
            st.markdown("#### From the last convolution back to the first, the gradient")
            st.markdown("\n".join(f"- {in_words(flow)}" for flow in flows))
            st.markdown(HOW_TO_READ)
            show_numbers(flows)
        elif not specs:
            st.info("Choose two or three networks to compare.", icon=":material/info:")
