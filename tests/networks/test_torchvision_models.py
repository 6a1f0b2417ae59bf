"""torchvision's models as they are, and our nets against them with copied weights."""

import pytest
import torch

from explorer.networks.build import build
from explorer.networks.spec import TorchvisionSpec, parse_spec
from explorer.networks.torchvision_models import torchvision
from explorer.networks.torchvision_names import TORCHVISION_NAMES


def photo_like(side):
    return torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(2))


def with_lively_statistics(net):
    """Running statistics and scales as after training: at their first values they would hide a wrong order."""
    generator = torch.Generator().manual_seed(5)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.2, 0.2, generator=generator)
            module.running_var.uniform_(0.7, 1.4, generator=generator)
            with torch.no_grad():
                module.weight.uniform_(0.5, 1.0, generator=generator)
                module.bias.uniform_(-0.1, 0.1, generator=generator)
    return net.eval()


def test_the_names_are_those_of_the_installed_torchvision():
    models = torchvision().models
    assert TORCHVISION_NAMES == tuple(sorted(models.list_models(module=models)))


@pytest.mark.parametrize("ours, theirs", [("imagenet/basic-18", "resnet18"), ("imagenet/basic-34", "resnet34"),
                                          ("imagenet/bottleneck-50?stride=3x3", "resnet50")])
@pytest.mark.parametrize("direction", ["ours to theirs", "theirs to ours"])
def test_state_dicts_interchange_with_torchvision_and_outputs_are_equal(ours, theirs, direction):
    source, target = parse_spec(ours), TorchvisionSpec(name=theirs)
    if direction == "theirs to ours":
        source, target = target, source
    source_net, target_net = with_lively_statistics(build(source)), build(target, meta=True)
    target_net.load_state_dict(source_net.state_dict(), strict=True, assign=True)
    x = photo_like(96)
    with torch.no_grad():
        torch.testing.assert_close(target_net.eval()(x), source_net(x), rtol=0, atol=1e-5)


@pytest.mark.parametrize("ours, theirs", [("imagenet/bottleneck-101?stride=3x3", "resnet101"),
                                          ("imagenet/bottleneck-152?stride=3x3", "resnet152"),
                                          ("imagenet/bottleneck-50?stride=1x1", "resnet50")])
def test_keys_and_shapes_are_torchvisions(ours, theirs):
    ours, theirs = build(parse_spec(ours), meta=True), build(TorchvisionSpec(name=theirs), meta=True)
    assert [(name, tensor.shape) for name, tensor in ours.state_dict().items()] == \
           [(name, tensor.shape) for name, tensor in theirs.state_dict().items()]


def test_gradients_are_torchvisions_in_training():
    ours = build(parse_spec("imagenet/basic-18")).train()
    theirs = build(TorchvisionSpec(name="resnet18"))
    theirs.load_state_dict(ours.state_dict())
    x = photo_like(64)
    for net in (ours, theirs.train()):
        net(x).square().mean().backward()
    gradients = {name: parameter.grad for name, parameter in theirs.named_parameters()}
    for name, parameter in ours.named_parameters():
        torch.testing.assert_close(parameter.grad, gradients[name], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("ours, theirs", [("imagenet/vgg-16", "vgg16"), ("imagenet/vgg-19?norm=batch", "vgg19_bn")])
def test_vgg_computes_what_torchvisions_does(ours, theirs):
    our_net = with_lively_statistics(build(parse_spec(ours)))
    their_net = build(TorchvisionSpec(name=theirs), meta=True)
    # Other names, but the same layers in the same order.
    tensors = dict(zip(their_net.state_dict(), our_net.state_dict().values(), strict=True))
    their_net.load_state_dict(tensors, assign=True)
    x = photo_like(64)[:1]
    with torch.no_grad():
        torch.testing.assert_close(their_net.eval()(x), our_net(x), rtol=0, atol=1e-5)


# One of each way in which torchvision's constructors make their weights and tables.
@pytest.mark.parametrize("name", ["alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "googlenet",
                                  "inception_v3", "maxvit_t", "mnasnet0_5", "mobilenet_v2", "mobilenet_v3_small",
                                  "regnet_x_400mf", "shufflenet_v2_x0_5", "squeezenet1_0", "swin_t", "swin_v2_t",
                                  "vgg11", "vit_b_32"])
def test_every_family_of_torchvision_has_its_shapes_without_memory(name):
    spec = TorchvisionSpec(name=name)
    net = build(spec, meta=True).eval()
    assert all(tensor.is_meta for tensor in net.state_dict().values())
    assert net(torch.empty(1, 3, spec.input, spec.input, device="meta")).shape == (1, 1000)


def test_a_model_of_torchvision_computes():
    spec = TorchvisionSpec(name="squeezenet1_1")
    scores = build(spec).eval()(photo_like(224)[:1])
    assert scores.shape == (1, 1000) and scores.isfinite().all()
