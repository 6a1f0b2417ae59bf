"""The gradient along every edge held against autograd, asked for a copy of the signal for each reader."""

import pytest
import torch
import torch.nn.functional as F
from signals_unchanged import unchanged
from torch import nn

from explorer.anatomy.trace import trace
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.signals.edges import SignalProbe

LABELS = torch.tensor([0, 1, 2, 3])


def opened(text, size=16, dtype=torch.float64):
    net = build(parse_spec(text), seed=1).to(dtype)
    for module in net.modules():
        module.train(not isinstance(module, nn.Dropout))
    return net, torch.randn(4, 3, size, size, dtype=dtype, generator=torch.Generator().manual_seed(2))


def probed(net, images):
    probe = SignalProbe(net)
    with probe.watching(images) as watched:
        output = net(watched)
    loss = F.cross_entropy(output if isinstance(output, torch.Tensor) else output.logits, LABELS)
    loss.backward()
    return probe.signals(), output


class Forks:
    """Gives every reader a copy, and keeps it by its edge."""

    def __init__(self):
        self.copies = {}

    def __call__(self, signal, source, *targets):
        copies = [self.copies.setdefault((source, target), signal.clone()) for target in targets]
        return copies[0] if len(copies) == 1 else copies


def residual_loss(net, images, fork):
    """A residual net's loss, written out by hand."""
    x = net.conv1(fork(images, "input", "conv1"))
    x = net.relu(fork(net.bn1(fork(x, "conv1", "bn1")), "bn1", "relu"))
    before = "relu"
    for stage in net.stage_names:
        for number, block in enumerate(net.get_submodule(stage)):
            at = f"{stage}.{number}."
            arriving = f"{at}downsample.slice" if block.downsample else f"{at}add"
            branch, carried = fork(x, before, f"{at}conv1", arriving)
            carried = block.downsample(carried) if block.downsample else carried
            branch = fork(block.bn1(fork(block.conv1(branch), f"{at}conv1", f"{at}bn1")), f"{at}bn1", f"{at}relu1")
            branch = block.conv2(fork(block.relu1(branch), f"{at}relu1", f"{at}conv2"))
            branch = fork(block.bn2(fork(branch, f"{at}conv2", f"{at}bn2")), f"{at}bn2", f"{at}add")
            carried = fork(carried, f"{at}downsample.pad", f"{at}add") if block.downsample else carried
            x, before = block.relu2(fork(branch + carried, f"{at}add", f"{at}relu2")), f"{at}relu2"
    x = fork(net.avgpool(fork(x, before, "avgpool")).flatten(1), "flatten", "fc")
    return F.cross_entropy(net.fc(x), LABELS)


def test_shortcut_and_branch_each_tell_what_came_back_along_them():
    net, images = opened("cifar/basic-14?width=4")
    fork = Forks()
    loss = residual_loss(net, images.requires_grad_(), fork)
    exact = dict(zip(fork.copies, torch.autograd.grad(loss, list(fork.copies.values()))))
    found, _ = probed(net, images)
    norms = dict(zip(found.edges, found.edge_norms))
    assert norms.keys() - exact.keys() == {
        ("avgpool", "flatten"),
        *((f"layer{stage}.0.downsample.slice", f"layer{stage}.0.downsample.pad") for stage in (2, 3)),
    }  # fmt: skip
    assert [norms[edge] for edge in exact] == pytest.approx([gradient.norm().item() for gradient in exact.values()], rel=1e-9)
    # The branch's and the shortcut's gradients add up to that of the signal which both begin with.
    whole = (exact["relu", "layer1.0.conv1"] + exact["relu", "layer1.0.add"]).norm().item()
    assert dict(zip(found.activations, found.signal_norms))["relu"] == pytest.approx(whole, rel=1e-9)


@pytest.mark.parametrize("text", [
    "cifar/plain-8?width=4&norm=none", "cifar/highway-8?width=4&shortcut=B", "cifar/preact-8?width=4&shortcut=C",
    "cifar/bottleneck-11?width=4", "imagenet/vgg-16?width=2&input=32&classes=10",
])  # fmt: skip
def test_every_activations_gradient_and_figures_are_those_by_hand(text):
    net, images = opened(text, size=32)
    results, hooks = {}, []
    for name, module in net.named_modules():
        if isinstance(module, nn.ReLU):
            hooks.append(module.register_forward_hook(lambda module, inputs, result, name=name: results.update({name: result})))
    exact = torch.autograd.grad(F.cross_entropy(net(images), LABELS), list(results.values()))
    for hook in hooks:
        hook.remove()
    found, _ = probed(net, images)
    assert found.activations == tuple(results)
    assert found.signal_norms == pytest.approx([gradient.norm().item() for gradient in exact], rel=1e-9)
    assert found.means == pytest.approx([result.mean().item() for result in results.values()], rel=1e-9)
    assert found.stds == pytest.approx([result.std(correction=0).item() for result in results.values()], rel=1e-9)
    dead = [(result.transpose(0, 1).flatten(1) == 0).all(1).double().mean().item() for result in results.values()]
    assert found.dead == pytest.approx(dead)


@pytest.mark.parametrize("name", ["resnet18", "shufflenet_v2_x0_5", "mobilenet_v2"])
def test_torchvisions_models_compute_the_same_and_every_edge_is_told(name):
    """They change signals in place and share modules; a signal with one reader has that reader's gradient."""
    net, images = opened(f"torchvision/{name}", 32, torch.float32)
    net.eval()
    plain = net(images)
    found, output = probed(net, images)
    assert torch.equal(output, plain)
    anatomy = trace(build(parse_spec(f"torchvision/{name}"), meta=True), (3, 32, 32))
    assert found.edges == tuple((edge.source, edge.target) for edge in anatomy.edges)
    assert found.activations == tuple(layer.name for layer in anatomy.layers if layer.kind in ("relu", "relu6"))
    readers = {}
    for (source, _), norm in zip(found.edges, found.edge_norms):
        readers.setdefault(source, []).append(norm)
    alone = [(norm, readers[layer][0]) for layer, norm in zip(found.activations, found.signal_norms) if len(readers[layer]) == 1]
    assert all(norm == pytest.approx(edge, rel=1e-5) for norm, edge in alone) and alone


class InPlace(nn.Module):
    """Clamps its signal where it stands, in a way that has no other spelling."""

    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(3, 5), nn.Linear(5, 4)

    def forward(self, x):
        x = self.first(x)
        x.clamp_(-0.5, 0.5)
        return self.last(x)


def test_an_edge_whose_signal_is_changed_on_the_way_is_not_told_rather_than_told_wrong():
    net, images = InPlace(), torch.randn(4, 3)
    found, output = probed(net, images)
    assert torch.equal(output, net(images))
    assert found.edges == (("input", "first"), ("clamp", "last"))


def test_watching_leaves_the_net_and_the_gradients_as_they_are():
    net, images = opened("cifar/highway-8?width=4", dtype=torch.float32)
    net.eval()
    plain = torch.autograd.grad(F.cross_entropy(net(images), LABELS), list(net.parameters()))
    with unchanged(net):
        with SignalProbe(net).watching(images) as watched:
            logits = net(watched)
        gradients = torch.autograd.grad(F.cross_entropy(logits, LABELS), list(net.parameters()))
        with pytest.raises(RuntimeError), SignalProbe(net).watching(images) as watched:
            net(watched[:, :1])
    assert images.grad is None and not images.requires_grad
    assert torch.equal(logits, net(images)) and all(map(torch.equal, gradients, plain))


def test_what_the_loss_does_not_depend_on_has_no_gradient():
    class Idle(nn.Module):
        def __init__(self):
            super().__init__()
            self.used, self.idle = nn.Linear(3, 4), nn.Linear(3, 4)

        def forward(self, x):
            self.idle(x).relu()
            return self.used(x)

    found, _ = probed(Idle(), torch.randn(4, 3))
    norms = dict(zip(found.edges, found.edge_norms))
    assert norms["input", "idle"] == norms["idle", "relu"] == 0 < norms["input", "used"]
    assert found.signal_norms == (0.0,)
