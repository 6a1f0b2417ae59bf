"""The sentences beside the flow through fresh networks follow the numbers."""

import math

import pytest

from explorer.lab.fresh import fresh_flow
from explorer.networks.spec import parse_spec
from explorer.signals.flow import FlowResult, FlowStep
from explorer.ui.gradients.flow.measured import Flow
from explorer.ui.gradients.flow.words import first_and_last, in_words, shortcuts_in_words, table

RELUS = ("relu", "layer1.0.relu1", "layer1.0.relu2")
EDGES = (("relu", "conv"), ("relu", "add"), ("conv", "add"))


def flow(*norms, losses=(2.3, 2.18), activations=(0.0, 0.0, 0.0), edges=(3.0, 6.0, 1.0)):
    steps = tuple(FlowStep(step, loss, row, activations, activations, activations, activations, edges)
                  for step, loss, row in zip((0, 10), losses, norms))
    result = FlowResult("cifar/plain-56", ("a", "b", "fc"), ("conv", "conv", "linear"), (4, 9, 1), RELUS, EDGES, steps)
    return Flow(parse_spec("cifar/plain-56"), "Plain-56", result)


def stages(*ratios):
    """Blocks, stage by stage, whose shortcut brings so many times what the weights beside it bring."""
    placed = [(stage, ratio) for stage, some in enumerate(ratios, 1) for ratio in some]
    names = [(f"in{place}", f"layer{stage}.{place}") for place, (stage, _) in enumerate(placed)]
    edges = tuple((source, f"{block}.{end}") for source, block in names for end in ("add", "conv1"))
    step = FlowStep(0, 2.3, (1.0,), (1.0,), (0.0,), (0.0,), (0.0,), tuple(norm for _, ratio in placed for norm in (ratio, 1.0)))
    return Flow(parse_spec("cifar/basic-20"), "Residual-20", FlowResult("", ("conv1",), ("conv",), (1,), ("relu",), edges, (step,)))


def said(flow, quantity="weight", steps=(0, 10)):
    return in_words(flow, quantity, steps)


def test_the_sentences_follow_the_numbers():
    assert said(flow((400.0, 0.2, 1.0), (0.01, 0.2, 1.0))) == (
        "**Plain-56 with BN**: at initialisation it grows 2,000-fold towards the input, from 0.2 at the last to 400 at the first "
        "convolution (loss 2.30, at chance); after 10 steps it shrinks 20-fold, from 0.2 at the last to 0.01 at the first "
        "convolution (loss 2.18)."
    )
    nan = math.nan
    assert said(flow((1.0, 0.5, 9.0), (nan, math.inf, nan), losses=(1057.5, nan))) == (
        "**Plain-56 with BN**: at initialisation it stays level, from 0.5 at the last to 1.00 at the first convolution "
        "(loss 1.1e3, far above chance); "
        "after 10 steps it is not a finite number: at learning rate 0.05 this network diverges."
    )
    both = said(flow((nan, 1.0, 1.0), (nan, 1.0, 1.0)))
    assert "its numbers are too large for float32" in both and "after 10 steps it is still not a finite number" in both
    assert "is exactly zero in the first convolution" in said(flow((0.0, 1.0, 1.0)))
    assert "1e8-fold" in said(flow((1e4, 1e-4, 1.0)))


def test_only_the_steps_that_are_shown_are_told():
    assert "after 10 steps" not in said(flow((1.0, 1.0, 1.0), (1.0, 1.0, 1.0)), steps=(0,))


def test_per_root_of_the_size():
    assert "from 0.5 at the last to 200 at the first convolution" in said(flow((400.0, 1.5, 1.0)), "root")


def test_activations_are_followed_forwards():
    fading, growing = flow((1.0, 1.0, 1.0), activations=(8.0, 5.0, 0.5)), flow((1.0, 1.0, 1.0), activations=(0.5, 1.0, 50.0))
    assert "it fades 16-fold, from 8.00 at the first to 0.5 at the last ReLU" in said(fading, "std")
    assert "it grows 100-fold towards the output, from 0.5 at the first to 50.0 at the last ReLU" in said(growing, "mean")
    assert "it shrinks 100-fold, from 50.0 at the last to 0.5 at the first ReLU" in said(growing, "signal")
    assert "is 0 at the first" in said(flow((1.0, 1.0, 1.0), activations=(0.0, 1.0, 2.0)), "mean")


def test_dead_channels():
    assert "it has no dead channel in any ReLU" in said(flow((1.0, 1.0, 1.0)), "dead")
    found = said(flow((1.0, 1.0, 1.0), activations=(0.0, 0.25, 0.05)), "dead")
    assert "it has 10.0% dead channels in the mean of its ReLUs, 25.0% in the worst, layer1.0.relu1" in found


def test_a_shortcut_against_the_weights_beside_it():
    one = flow((1.0, 1.0, 1.0))
    assert shortcuts_in_words(one, [("relu", "add")], 0) == (
        "**Plain-56 with BN**: at initialisation what comes back along a shortcut is 2.00 times what comes back through the weights "
        "beside it, the median of 1 block; there it is 2.00."
    )
    assert shortcuts_in_words(one, [], 0) == "" == shortcuts_in_words(one, [("relu", "add")], 10)
    broken = flow((1.0, 1.0, 1.0), edges=(math.nan, 1.0, 1.0))
    around = [("in0", "layer1.0.add"), ("in1", "layer1.1.add"), ("in2", "layer2.2.add")]
    two = shortcuts_in_words(stages((3.0, 4.0), (5.0,)), around, 0)
    assert two.endswith("the median of 3 blocks; from the first block to the last of each stage 3.00 → 4.00, 5.00.")
    one_each = shortcuts_in_words(stages((3.0,), (4.0,)), [("in0", "layer1.0.add"), ("in1", "layer2.1.add")], 0)
    assert one_each.endswith("the median of 2 blocks; stage by stage 3.00, 4.00.")
    assert "not a finite number" in shortcuts_in_words(broken, [("relu", "add")], 0)


@pytest.mark.parametrize("network, last", [("cifar/highway-8?width=4", "conv1"), ("cifar/basic-8?width=4&shortcut=C", "conv2")])
def test_the_last_convolution_is_no_gate_and_no_projection(network, last):
    spec = parse_spec(network)
    result = next(fresh_flow(spec, steps=(0,)))
    norms = dict(zip(result.names, result.steps[0].norms))
    block = max(name.rpartition(".")[0] for name in norms if name.endswith(f".{last}"))
    assert first_and_last(Flow(spec, spec.title, result).series("weight"), 0) == (norms["conv1"], norms[f"{block}.{last}"])


@pytest.mark.parametrize(
    "loss, words",
    [(2.303, "loss 2.30, at chance"), (2.236, "loss 2.24, at chance"), (2.37, "loss 2.37, at chance"), (2.23, "loss 2.23"),
     (2.38, "loss 2.38"), (3.45, "loss 3.45"), (3.46, "loss 3.46, far above chance"), (0.5, "loss 0.5")],
)
def test_a_loss_at_chance_or_far_above_it_is_called_so(loss, words):
    assert f"({words})" in said(flow((1.0, 1.0, 1.0), losses=(loss,)))


def test_large_and_small_sizes_are_powers_of_ten():
    assert "from 4.6e-5 at the last to 2.1e3 at the first convolution" in said(flow((2113.0, 4.6e-5, 1.0)))


@pytest.mark.parametrize("first, level", [(2.99, True), (3.01, False), (0.34, True), (0.33, False)])
def test_level_is_less_than_threefold_either_way(first, level):
    assert ("stays level" in said(flow((first, 1.0, 1.0)))) == level


def test_a_ratio_that_cannot_be_is_nan():
    rows = table([flow((1.0, 0.0, 1.0), (math.nan, 1.0, 1.0))], (0, 10))
    assert all(math.isnan(row["first / last"]) for row in rows)
    assert table([flow((4.0, 2.0, 1.0))], (0,))[0]["first / last"] == 2.0
