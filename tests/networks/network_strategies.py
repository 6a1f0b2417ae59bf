"""Hypothesis strategies for networks, built from the same declared options that users choose from."""

from hypothesis import strategies as st

from explorer.networks.depths import MAX_DEPTH, layers_per_block
from explorer.networks.options import BLOCKS, applicable
from explorer.networks.spec import NetworkSpec, possible_depths

_NUMBERS = {
    "width": st.integers(1, 256),
    "input": st.integers(32, 1024),
    "channels": st.integers(1, 64),
    "classes": st.integers(2, 100_000),
    "gate_bias": st.floats(-20, 20),
    "dropout": st.floats(0, 0.95),
}


@st.composite
def specs(draw, small=False):
    """Any valid `NetworkSpec`; `small` ones can be run: few blocks, narrow, on small images."""
    block = draw(st.sampled_from(BLOCKS))
    stem = "imagenet" if block == "vgg" else draw(st.sampled_from(("cifar", "imagenet")))
    fields = {"stem": stem, "block": block}
    for option in applicable(block):
        numbers = _NUMBERS.get(option.key)
        if option.key != "blocks" and draw(st.booleans()):
            fields[option.key] = draw(numbers if numbers is not None else st.sampled_from(option.offered))
    if small:
        fields |= {"width": draw(st.integers(1, 6)), "input": draw(st.integers(32, 48)),
                   "classes": draw(st.integers(2, 9)), "channels": draw(st.integers(1, 3)),
                   "blocks": draw(_counts(stem, block, 2))}
    elif draw(st.booleans()):
        fields["blocks"] = draw(_counts(stem, block, 40))
    else:
        fields["depth"] = draw(st.sampled_from(possible_depths(stem, block)))
    return NetworkSpec(**fields)


def _counts(stem, block, most):
    stages = 5 if block == "vgg" else 3 if stem == "cifar" else 4
    assert stages * most * layers_per_block(block) < MAX_DEPTH
    return st.tuples(*[st.integers(1, most)] * stages)
