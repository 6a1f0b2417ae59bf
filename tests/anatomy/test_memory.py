"""The memory estimate against what PyTorch's allocators record beside convolutions' own workspace, and its parts."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from measured_memory import AUXILIARY, inference, peak_of, training_steps

from explorer.anatomy.memory import OPTIMISERS, PRECISIONS, memory_of
from explorer.anatomy.of import anatomy_of
from explorer.anatomy.trace import trace
from explorer.errors import BadInput
from explorer.networks.build import build
from explorer.networks.spec import parse_spec

WITHIN = 0.15

# Network, side of the images, batch: activations decide in some, weights in others.
TRAINED = [("cifar/basic-20", 32, 64), ("cifar/basic-20?shortcut=B", 32, 32), ("cifar/basic-56", 32, 16), ("cifar/plain-20", 32, 64),
           ("cifar/preact-20", 32, 32), ("cifar/highway-20", 32, 32), ("imagenet/bottleneck-50?input=64", 64, 4),
           ("imagenet/bottleneck-50?input=64", 64, 32), ("imagenet/vgg-16?input=64&width=16", 64, 4),
           ("torchvision/resnet18", 64, 2), ("torchvision/resnet18", 64, 32), ("torchvision/mobilenet_v2", 64, 16),
           ("torchvision/densenet121", 64, 8), ("torchvision/googlenet", 64, 16)]
# Where oneDNN's workspace for depthwise convolutions, which does not count, is largest.
DEPTHWISE = [("torchvision/mobilenet_v3_small", 64, 32), ("torchvision/efficientnet_b0", 64, 16)]


def built(network, meta=False):
    """The network without auxiliary classifiers, whose activations the estimate leaves out."""
    net = build(parse_spec(network), meta=meta)
    for name in AUXILIARY:
        if hasattr(net, name):
            setattr(net, name, None)
    return net


def analysed(network, side):
    return trace(built(network, meta=True), (parse_spec(network).channels, side, side))


def shape(network, side, batch):
    return batch, parse_spec(network).channels, side, side


@pytest.mark.parametrize("network, side, batch", TRAINED + DEPTHWISE)
@pytest.mark.parametrize("precision", PRECISIONS)
def test_peak_of_a_training_step(network, side, batch, precision):
    measured = peak_of(lambda: training_steps(lambda: built(network), shape(network, side, batch), "momentum", precision == "bf16"))
    assert memory_of(analysed(network, side), batch, precision).peak == pytest.approx(measured, rel=WITHIN)


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
@pytest.mark.parametrize("network, side, batch", [("cifar/basic-20", 32, 64), ("torchvision/resnet18", 64, 2)])
def test_peak_with_other_optimisers(network, side, batch, optimiser):
    measured = peak_of(lambda: training_steps(lambda: built(network), shape(network, side, batch), optimiser, False))
    assert memory_of(analysed(network, side), batch, optimiser=optimiser).peak == pytest.approx(measured, rel=WITHIN)


@pytest.mark.parametrize("network, side, batch", [("cifar/basic-20", 32, 64), ("cifar/plain-56", 32, 16), ("cifar/highway-20", 32, 32),
                                                  ("imagenet/bottleneck-50?input=64", 64, 4), ("torchvision/resnet18", 64, 32),
                                                  ("torchvision/mobilenet_v2", 64, 32), ("torchvision/densenet121", 64, 16),
                                                  ("torchvision/squeezenet1_0", 64, 16)])
@pytest.mark.parametrize("precision", PRECISIONS)
def test_peak_of_inference(network, side, batch, precision):
    measured = peak_of(lambda: inference(lambda: built(network), shape(network, side, batch), precision == "bf16"))
    assert memory_of(analysed(network, side), batch, precision, "none").peak == pytest.approx(measured, rel=WITHIN)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device: the CPU's allocator is measured above")
@pytest.mark.parametrize("network, side, batch", TRAINED)
@pytest.mark.parametrize("precision", PRECISIONS)
def test_peak_of_a_training_step_on_cuda(network, side, batch, precision):
    """Twice, so that cuBLAS has its workspace before, and is no part of what is compared."""
    for _ in range(2):
        torch.cuda.empty_cache()
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        training_steps(lambda: built(network), shape(network, side, batch), "momentum", precision == "bf16", "cuda")
        measured = torch.cuda.max_memory_allocated() - before
    assert memory_of(analysed(network, side), batch, precision).peak == pytest.approx(measured, rel=WITHIN)


def test_parts_by_hand():
    """Residual-20: 269,722 weights; for each of 688 channels two running statistics, and 19 counters of 64 bits."""
    anatomy = anatomy_of(parse_spec("cifar/basic-20"))
    memory = memory_of(anatomy, 64, optimiser="adam")
    assert memory.weights == memory.gradients == 4 * 269_722
    assert memory.optimiser_state == 2 * memory.weights
    assert memory.buffers == 19 * 8 + 4 * 2 * 688
    assert memory.images == 64 * 3 * 32 * 32 * 4
    images = memory_of(anatomy, 1).images
    assert memory.activations == 64 * (anatomy.kept_bytes - images) + 4 * 2 * 688
    assert memory.peak == sum(memory.parts().values())


def test_where_the_peak_is():
    resnet = anatomy_of(parse_spec("imagenet/bottleneck-50"))
    assert memory_of(resnet, 64).moment == "after the forward pass"
    assert memory_of(anatomy_of(parse_spec("cifar/basic-20")), 64).moment == "in the backward pass"
    small = memory_of(anatomy_of(parse_spec("imagenet/vgg-16?input=32")), 1)
    assert (small.moment, small.activations_at_peak) == ("in the optimiser's step", 0)
    assert small.working_at_peak == small.gradients  # their copy, with weight decay added
    assert memory_of(resnet, 64, optimiser="none").moment == "in the forward pass"


@settings(deadline=None, max_examples=40)
@given(network=st.sampled_from(["cifar/basic-20", "cifar/highway-8", "imagenet/bottleneck-50", "torchvision/googlenet"]),
       batch=st.integers(1, 5000), precision=st.sampled_from(list(PRECISIONS)), optimiser=st.sampled_from(list(OPTIMISERS)))
def test_parts_add_up_and_grow_with_the_batch(network, batch, precision, optimiser):
    anatomy = anatomy_of(parse_spec(network))
    memory = memory_of(anatomy, batch, precision, optimiser)
    assert memory.peak == sum(memory.parts().values()) and all(size >= 0 for size in memory.parts().values())
    assert memory.peak <= memory_of(anatomy, batch + 1, precision, optimiser).peak
    assert memory.peak >= memory.weights + memory.gradients + memory.optimiser_state + memory.images
    assert memory_of(anatomy, batch, precision, "none").peak < memory_of(anatomy, batch, precision, "sgd").peak


def test_idle_weights_are_there_too():
    anatomy = anatomy_of(parse_spec("torchvision/googlenet"))
    assert memory_of(anatomy).weights == 4 * (anatomy.params + 3_188_968 + 3_191_016)


def test_frozen_weights_have_no_gradients():
    net = build(parse_spec("cifar/basic-8"), meta=True)
    net.requires_grad_(False)
    net.fc.requires_grad_(True)
    memory = memory_of(trace(net, (3, 32, 32)), 16)
    assert memory.gradients == memory.optimiser_state == 4 * 650
    assert memory.activations == 16 * 4 * 64  # what fc reads


def test_titles():
    anatomy = anatomy_of(parse_spec("cifar/basic-8"))
    assert memory_of(anatomy, 1, optimiser="none").title == "Inference on 1 image, 32-bit floats"
    assert memory_of(anatomy, 2048, "bf16", "adam").title == "Training step on 2,048 images, bf16 autocast, weights in 32 bits, Adam"


@pytest.mark.parametrize("settings, message", [
    ({"batch": 0}, "A batch is a whole number of images from 1 to 1,000,000, not 0."),
    ({"batch": 2.5}, "not 2.5"),
    ({"batch": True}, "not True"),
    ({"batch": 10**9}, "not 1000000000"),
    ({"precision": "fp8"}, "There is no precision fp8: use fp32, bf16."),
    ({"optimiser": "lion"}, "There is no optimiser lion: use none, sgd, momentum, adam."),
])
def test_what_cannot_be_is_refused(settings, message):
    with pytest.raises(BadInput) as raised:
        memory_of(anatomy_of(parse_spec("cifar/basic-8")), **settings)
    assert message in str(raised.value)
