"""The Gradient flow page measures real networks and says what the numbers say."""

import pytest
from opened_page import components, open_page, words

from explorer.data.images import batch_for
from explorer.figures.series import LayerValues
from explorer.networks.spec import parse_spec
from explorer.signals.flow import gradient_flow
from explorer.ui.gradients.flow_words import Flow, first_and_last, in_words, table

SMALL = ["cifar/plain-8?width=4", "cifar/basic-8?width=4"]


def gradients(**query):
    return open_page("gradients", **query)


def test_two_networks_with_and_without_bn_at_initialisation_and_after_some_steps():
    app = gradients(networks=SMALL, steps="2")
    (shown,) = app.dataframe
    rows = shown.value.to_dict("records")
    assert [(row["network"], row["normalisation"], row["step"]) for row in rows] == [
        (network, norm, step) for norm in ("with BN", "without BN") for network in ("Plain-8", "Residual-8") for step in (0, 2)
    ]
    assert shown.proto.placeholder == "–"
    assert len(app.get("bidi_component")) == 1
    spec = parse_spec("cifar/plain-8?width=4")
    images, labels = batch_for(spec, 64 * 3, 0)
    expected = gradient_flow(spec, images, labels, steps=(0, 2))
    assert rows[0]["first conv"] == pytest.approx(expected.steps[0].norms[0], rel=1e-4)
    assert rows[1]["last conv"] == pytest.approx(expected.steps[1].norms[expected.kinds.index("linear") - 1], rel=1e-3)
    assert rows[1]["loss"] == pytest.approx(expected.steps[1].loss, rel=1e-4)


def test_the_address_holds_networks_steps_seed_and_normalisation():
    app = gradients(networks=SMALL[:1], steps="1", seed="5", norm="without")
    assert set(app.dataframe[0].value["normalisation"]) == {"without BN"}
    assert set(app.dataframe[0].value["step"]) == {0, 1}
    assert app.number_input(key="seed").value == 5
    assert components(app, "chart")[0]["view"] == "without cifar/plain-8?width=4"
    other = gradients(networks=SMALL[:1], steps="1", seed="6", norm="without")
    assert other.dataframe[0].value["loss"][0] != app.dataframe[0].value["loss"][0]


def test_what_is_said_is_what_is_known():
    text = words(gradients(networks=SMALL[:1], steps="1", norm="with"))
    assert "unlikely that vanishing gradients" in text
    assert "3.5e6 / 0.39" in text and "explodes" in text
    assert "How to read this" in text and "less than 3-fold" in text and "within 3% of" in text
    assert "no proof of vanishing" in text and "None" not in text
    assert text.count("*Measured here*") == 2 and "*Paper*" in text


@pytest.mark.parametrize(
    "networks, sentence",
    [
        (["cifar/plain-57"], "nearest: 56 and 62"),
        (["torchvision/resnet18"], "comes with its own normalisation"),
        (["cifar/plain-1202"], "would take minutes here"),
    ],
)
def test_bad_input_gets_a_sentence_and_the_other_network_is_measured(networks, sentence):
    app = gradients(networks=[*networks, SMALL[0]], steps="1", norm="with")
    assert any(sentence in error.value.replace("\\", "") for error in app.error)
    assert set(app.dataframe[0].value["network"]) == {"Plain-8"}


def test_no_network_at_all():
    app = gradients(networks=SMALL[:1], steps="1", norm="with")
    app.multiselect(key="networks").set_value([]).run()
    assert not app.exception
    assert any("two or three" in info.value for info in app.info)


def flow(*norms, losses=(2.3, 2.18)):
    series = LayerValues("Plain-56", "plain", ("a", "b", "fc"), ("conv", "conv", "linear"), (0, 10)[: len(norms)], norms, 56, "with BN")
    return Flow(series, losses[: len(norms)], 10)


def test_the_sentences_follow_the_numbers():
    assert in_words(flow((400.0, 0.2, 1.0), (0.01, 0.2, 1.0))) == (
        "**Plain-56 with BN**: at initialisation it grows 2,000-fold towards the input, from 0.2 at the last to 400 at the first "
        "convolution (loss 2.30, at chance); after 10 steps it shrinks 20-fold, from 0.2 at the last to 0.01 at the first "
        "convolution (loss 2.18)."
    )
    assert in_words(flow((1.0, 0.5, 9.0), (None, None, None), losses=(1057.5, None))) == (
        "**Plain-56 with BN**: at initialisation it stays level, from 0.5 at the last to 1.00 at the first convolution "
        "(loss 1.1e3, far above chance); "
        "after 10 steps it is not a finite number: at learning rate 0.05 this network diverges."
    )
    assert "is exactly zero in the first convolution" in in_words(flow((0.0, 1.0, 1.0)))
    assert "1.0e+08-fold" in in_words(flow((1e4, 1e-4, 1.0)))


@pytest.mark.parametrize("network, last", [("cifar/highway-8?width=4", "conv1"), ("cifar/basic-8?width=4&shortcut=C", "conv2")])
def test_the_last_convolution_is_no_gate_and_no_projection(network, last):
    spec = parse_spec(network)
    images, labels = batch_for(spec, 64, 0)
    result = gradient_flow(spec, images, labels, steps=(0,))
    series = LayerValues(spec.title, spec.family, result.names, result.kinds, (0,), (result.steps[0].norms,), 8)
    norms = dict(zip(result.names, result.steps[0].norms))
    block = max(name.rpartition(".")[0] for name in norms if name.endswith(f".{last}"))
    assert first_and_last(series, 0) == (norms["conv1"], norms[f"{block}.{last}"])


@pytest.mark.parametrize(
    "loss, words",
    [(2.303, "loss 2.30, at chance"), (2.236, "loss 2.24, at chance"), (2.37, "loss 2.37, at chance"), (2.23, "loss 2.23"),
     (2.38, "loss 2.38"), (3.45, "loss 3.45"), (3.46, "loss 3.46, far above chance"), (0.5, "loss 0.5")],
)
def test_a_loss_at_chance_or_far_above_it_is_called_so(loss, words):
    assert f"({words})" in in_words(flow((1.0, 1.0, 1.0), losses=(loss,)))


def test_large_and_small_sizes_are_powers_of_ten():
    assert "from 4.6e-5 at the last to 2.1e3 at the first convolution" in in_words(flow((2113.0, 4.6e-5, 1.0)))


@pytest.mark.parametrize("first, level", [(2.99, True), (3.01, False), (0.34, True), (0.33, False)])
def test_level_is_less_than_threefold_either_way(first, level):
    assert ("stays level" in in_words(flow((first, 1.0, 1.0)))) == level


def test_a_ratio_that_cannot_be_is_left_out():
    assert [row["first / last"] for row in table([flow((1.0, 0.0, 1.0), (None, 1.0, 1.0))])] == [None, None]
    assert table([flow((4.0, 2.0, 1.0))])[0]["first / last"] == 2.0
