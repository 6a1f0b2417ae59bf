"""ONNX files: valid, with the outputs of the network in another runtime, for any number of images."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from explorer.errors import BadInput
from explorer.machine.folders import ASSETS
from explorer.networks import onnx_file
from explorer.networks.build import build
from explorer.networks.onnx_file import onnx_bytes
from explorer.networks.spec import parse_spec
from explorer.networks.weights import load_weights

EVERY_BLOCK = ["cifar/plain-8?width=4", "cifar/basic-8?width=4&shortcut=A", "imagenet/basic-18?width=4&input=64&shortcut=C",
               "imagenet/bottleneck-50?width=4&input=64", "cifar/preact-8?width=4&norm=none",
               "cifar/preact-bottleneck-11?width=4&dropout=0.3", "cifar/highway-8?width=4",
               "imagenet/vgg-16?width=2&input=40&norm=batch", "torchvision/mobilenet_v3_small"]


def assert_same(spec, net, data):
    model = onnx.load_from_string(data)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    (images,), (scores,) = session.get_inputs(), session.get_outputs()
    assert (images.name, images.shape[1:], scores.name, scores.shape[1:]) == (
        "images", [spec.channels, spec.input, spec.input], "scores", [spec.classes])
    for count in (1, 3):
        x = torch.randn(count, spec.channels, spec.input, spec.input, generator=torch.Generator().manual_seed(count))
        with torch.no_grad():
            expected = net.eval()(x).numpy()
        (given,) = session.run(None, {"images": x.numpy()})
        np.testing.assert_allclose(given, expected, rtol=1e-4, atol=1e-5)
    return model


@pytest.mark.parametrize("network", EVERY_BLOCK, ids=lambda network: network.replace("/", " "))
def test_another_runtime_gives_the_same_scores(network):
    spec = parse_spec(network)
    assert_same(spec, build(spec), onnx_bytes(spec))


def test_trained_weights_go_into_the_file_and_nothing_of_this_machine():
    spec, weights = parse_spec("cifar/basic-20"), ASSETS / "weights" / "cifar10-residual-20.safetensors"
    net = build(spec)
    load_weights(net, weights)
    data = onnx_bytes(spec, weights)
    model = assert_same(spec, net, data)
    assert {entry.key: entry.value for entry in model.metadata_props} == {"network": "cifar/basic-20"}
    assert b".py" not in data and str(ASSETS.parent).encode() not in data


def test_what_cannot_be_is_said_in_a_sentence(tmp_path, monkeypatch):
    small = parse_spec("cifar/basic-8?width=4")
    with pytest.raises(BadInput, match="^There is no weights file .*none.pt.$"):
        onnx_bytes(small, tmp_path / "none.pt")
    with pytest.raises(BadInput, match="^cifar10-residual-20.safetensors holds the weights of another network"):
        onnx_bytes(small, ASSETS / "weights" / "cifar10-residual-20.safetensors")
    with pytest.raises(BadInput, match="take 2.5 GB, and an ONNX file holds 2.1 GB at most"):
        onnx_bytes(parse_spec("torchvision/vit_h_14"))
    monkeypatch.setattr(onnx_file.importlib.util, "find_spec", lambda name: None if name == "onnxscript" else name)
    with pytest.raises(BadInput, match="^ONNX files need onnxscript: pip install onnxscript"):
        onnx_bytes(small)
