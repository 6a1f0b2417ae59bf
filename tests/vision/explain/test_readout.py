"""Reading out after every block: equal to the network whose later blocks are switched off, and the network stays as it was."""

import concurrent.futures
import math

import numpy as np
import pytest
import torch
from settled_nets import noise_for, settled
from signals_unchanged import unchanged

from explorer.errors import BadInput
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.networks.torchvision_models import torchvision
from explorer.signals.lesions import Lesion, blocks_of, equal_shapes, lesioned
from explorer.vision.classify import normalised, probabilities
from explorer.vision.explain.probes import SHRINKAGE, fit, fit_probes, pooled_by_depth
from explorer.vision.explain.readout import Readout, logits_by_depth, read_out, readout_of, stem_and_blocks
from explorer.vision.models import open_model
from explorer.vision.picture import open_picture
from explorer.vision.prepare import prepare
from explorer.vision.samples import samples

ALL = [
    "cifar/plain-14?width=4", "cifar/basic-14?width=4", "cifar/basic-14?width=4&shortcut=C", "cifar/basic-8?width=4&norm=none",
    "cifar/bottleneck-11?width=4&input=8", "cifar/preact-14?width=4&input=8", "cifar/preact-bottleneck-11?width=4&input=8",
    "cifar/highway-11?width=4", "imagenet/basic-18?width=2&input=32", "imagenet/vgg-16?width=2&input=32&norm=batch",
]  # fmt: skip


def net_of(text):
    """In double precision, so that equal is equal."""
    return settled(text).double()


def pictures(text, count=2):
    return noise_for(text, count).double()


@pytest.mark.parametrize("text", ALL)
def test_every_place_is_the_net_without_all_later_blocks(text):
    net, images = net_of(text), pictures(text)
    with unchanged(net):
        found = logits_by_depth(net, images)
    blocks = blocks_of(net)
    assert found.shape == (len(blocks) + 1, 2, 10 if text.startswith("cifar") else 1000)
    with torch.inference_mode():
        for place in range(len(blocks) + 1):
            expected = lesioned(net, Lesion(tuple(blocks[place:])))(images)
            torch.testing.assert_close(found[place], expected, rtol=1e-10, atol=1e-10)
        torch.testing.assert_close(found[-1], net(images), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("text", ["cifar/basic-20?width=4", "cifar/plain-20?width=4", "cifar/preact-20?width=4&input=8"])
def test_with_a_lesion_it_is_the_lesioned_net_without_all_later_blocks(text):
    net, images = net_of(text), pictures(text)
    removed, pair = ("layer1.1", "layer3.0"), equal_shapes(net)[0][:2]
    with unchanged(net):
        found = logits_by_depth(net, images, Lesion(removed))
    blocks = blocks_of(net)
    with torch.inference_mode():
        for place in range(len(blocks) + 1):
            expected = lesioned(net, Lesion(tuple({*removed, *blocks[place:]})))(images)
            torch.testing.assert_close(found[place], expected, rtol=1e-10, atol=1e-10)
        exchanged = lesioned(net, Lesion((), (pair,)))(images)
        torch.testing.assert_close(logits_by_depth(net, images, Lesion((), (pair,)))[-1], exchanged, rtol=1e-10, atol=1e-10)


def test_a_network_of_others_is_refused_in_a_sentence():
    with pytest.raises(BadInput, match="Only the networks of this project"):
        logits_by_depth(torchvision().models.resnet18(weights=None).eval(), torch.zeros(1, 3, 32, 32))


def test_the_last_place_is_the_answer_of_the_model():
    loaded = open_model("mnist-residual-20")
    picture = open_picture(next(sample.file for sample in samples(digits=True) if sample.id == "digit-7"))
    pixels = prepare(picture, loaded.preparation).pixels[None]
    with unchanged(loaded.net):
        found = read_out(loaded.net, normalised(loaded, pixels))
    assert found.places == stem_and_blocks(loaded.net) == ("stem", *blocks_of(loaded.net))
    np.testing.assert_allclose(found.probabilities[-1], probabilities(loaded, pixels)[0], rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1)
    assert found.answers[-1] == 7 and all(answer == 7 for answer in found.answers[found.settled :])
    assert found.settled == 0 or found.answers[found.settled - 1] != 7


def test_ten_threads_read_the_same_network():
    net, images = net_of("cifar/basic-14?width=4"), pictures("cifar/basic-14?width=4")
    alone = logits_by_depth(net, images)
    with unchanged(net), concurrent.futures.ThreadPoolExecutor(10) as pool:
        for found in pool.map(lambda _: logits_by_depth(net, images), range(20)):
            assert torch.equal(found, alone)


def test_entropy_margin_and_where_the_answer_settles():
    found = Readout(("stem", "a", "b", "c"), np.array([[0.25] * 4, [0, 1.0, 0, 0], [0.5, 0.5, 0, 0], [0.75, 0.25, 0, 0]]))
    assert found.entropy.tolist() == pytest.approx([2, 0, 1, 2 - 0.75 * math.log2(3)])
    assert found.margin.tolist() == pytest.approx([0, 1, 0, 0.5])
    assert found.answers == (0, 1, 0, 0) and found.settled == 2


def test_places_without_finite_outputs_have_no_answer():
    found = readout_of(("stem", "a"), torch.tensor([[1.0, 2.0], [torch.inf, 0.0]]))
    assert found.answers == (1, None) and found.settled is None and np.isnan(found.probabilities[1]).all()
    assert np.isnan(found.entropy[1]) and np.isnan(found.margin[1])


def test_a_probe_is_the_posterior_of_equal_normal_classes():
    """Two classes at -1 and 1 with variance 1/2 within: the log odds are those of the textbook, 2 x μ / σ² plus the priors'."""
    features = torch.tensor([[-1.5], [-0.5], [0.5], [1.5], [0.5], [1.5]], dtype=torch.float64)
    labels = torch.tensor([0, 0, 1, 1, 1, 1])
    variance = 6 * 0.25 / (6 - 2) * (1 + SHRINKAGE)
    logits = fit(features, labels, 2)(torch.tensor([[0.3]]))[0]
    assert (logits[1] - logits[0]).item() == pytest.approx(2 * 0.3 / variance + math.log(2))


def test_a_class_without_pictures_is_never_answered_and_one_class_is_refused():
    features = torch.randn(40, 3, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(40) % 2
    logits = fit(features, labels, 3)(features)
    assert (logits.softmax(dim=1)[:, 2] == 0).all()
    far = 1e4 * torch.randn(40, 3, generator=torch.Generator().manual_seed(1))  # all fitted logits far below 0 there, in some
    for sign in (1, -1):
        logits = fit(features + 50, labels, 3)(sign * far)
        assert logits.isfinite().all() and (logits.softmax(dim=1)[:, 2] == 0).all()
    assert (fit(features + 50, labels, 3)(-far).max(dim=1).values < -1000).any(), "a fixed number would not do"
    with pytest.raises(BadInput, match="at least two classes"):
        fit(features, labels * 0, 3)


def test_probes_read_what_lies_in_the_channels():
    """Pictures whose brightness is their class: it can be read already from the stem."""
    net = build(parse_spec("cifar/basic-8?width=4&channels=1&classes=3"), seed=0).eval()
    labels = torch.arange(60) % 3
    images = labels.float().view(-1, 1, 1, 1).expand(-1, 1, 32, 32) + 0.01 * torch.randn(60, 1, 32, 32)
    heard = []
    with unchanged(net):
        found = fit_probes(net, images, labels, images[:30] + 0.01, labels[:30], 3, title="brightness", progress=heard.append)
    assert found.places == ("stem", "layer1.0", "layer2.0", "layer3.0") and found.errors == (0, 0, 0, 0)
    assert (found.fitted, found.judged, found.title) == (60, 30, "brightness") and heard[-1] == 1 and heard == sorted(heard)
    assert found.read_out(net, images[4:5]).answers == (1, 1, 1, 1)


def test_what_is_pooled_is_the_mean_of_each_channel_after_every_block():
    net, images = net_of("cifar/plain-8?width=4").float(), pictures("cifar/plain-8?width=4", 3).float()
    pooled = pooled_by_depth(net, images)
    with torch.inference_mode():
        signal = net.maxpool(net.relu(net.bn1(net.conv1(images))))
        for found, block in zip(pooled, [None, *(net.get_submodule(name) for name in blocks_of(net))], strict=True):
            signal = signal if block is None else block(signal)
            torch.testing.assert_close(found, signal.mean(dim=(2, 3)))
