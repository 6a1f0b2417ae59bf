"""The probes on a GPU say what they say on the CPU. Convolutions are held to float32 while they are compared."""

import pytest
import torch
import torch.nn.functional as F

from explorer.data.images import batch_for
from explorer.lab.gates import answers
from explorer.lab.lesions import Examination
from explorer.lab.propagation import trained_signals
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.signals.edges import SignalProbe
from explorer.signals.gates import gate_reading
from explorer.signals.landscape import Landscape, directions
from explorer.signals.lesions import Lesion
from explorer.signals.paths import by_path_length
from explorer.signals.statistics import with_statistics_of
from explorer.signals.twin import twin

DEVICE = "cuda"
RESIDUAL, HIGHWAY = "cifar/basic-8?width=4&channels=1", "cifar/highway-8?width=4&channels=1"

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


@pytest.fixture(autouse=True)
def full_float32():
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        yield


def settled(text):
    """The net on the CPU and on the GPU, with pictures and labels that are on the CPU."""
    spec = parse_spec(text)
    images, labels = batch_for(spec, 12)
    net = with_statistics_of(build(spec), images)
    return net, build_again(spec, net), images, labels


def build_again(spec, net):
    other = build(spec).eval()
    other.load_state_dict(net.state_dict())
    return other.to(DEVICE)


def close(found, expected):
    assert found == pytest.approx(expected, rel=1e-3, abs=1e-6)


def test_signals_and_gradients():
    net, there, images, labels = settled(RESIDUAL)
    found = []
    for one in (net, there):
        probe, device = SignalProbe(twin(one)), next(one.parameters()).device
        with probe.watching(images.to(device)) as watched:
            loss = F.cross_entropy(probe.net(watched), labels.to(device))
        loss.backward()
        found.append(probe.signals())
    for name in ("signal_norms", "means", "stds", "dead", "edge_norms"):
        close(getattr(found[1], name), getattr(found[0], name))
    assert found[1].edges == found[0].edges


def test_propagation_and_responses():
    net, there, images, _ = settled(RESIDUAL)
    expected, found = trained_signals(net, images), trained_signals(there, images)
    close([block.variance for block in found.blocks], [block.variance for block in expected.blocks])
    close([one.std for one in found.responses], [one.std for one in expected.responses])


def test_paths_and_lesions():
    net, there, images, labels = settled(RESIDUAL)
    close([one.norm for one in by_path_length(there, images, labels)], [one.norm for one in by_path_length(net, images, labels)])
    for lesion in (Lesion(), Lesion(("layer1.0",))):
        close(Examination(there, images, labels).judge(lesion).loss, Examination(net, images, labels).judge(lesion).loss)


def test_gates_and_answers():
    net, there, images, _ = settled(HIGHWAY)
    torch.testing.assert_close(gate_reading(there, images).means.cpu(), gate_reading(net, images).means, rtol=1e-3, atol=1e-5)
    torch.testing.assert_close(answers(there, images), answers(net, images), rtol=1e-3, atol=1e-5)


def test_the_surface():
    net, there, images, labels = settled(RESIDUAL)
    axes = directions(net, 2, 0)
    here, beside = (Landscape(one, axes, images.to(device), labels.to(device)) for one, device in ((twin(net), "cpu"), (there, DEVICE)))
    for place in ((0.0, 0.0), (0.5, -0.5)):
        close(beside.at(*place).loss, here.at(*place).loss)
