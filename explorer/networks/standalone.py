"""What an exported Python file has beside the network's classes: first values, weights from a file, a first run.

Like the classes, these functions go into the file as they are, with what is known of the network put in.
"""

import json
import sys

import torch
from torch import nn

from explorer.networks.initialise import initialise
from explorer.networks.spec import NetworkSpec
from explorer.networks.staged import StagedNetwork
from explorer.networks.vgg import Vgg


def network(spec: NetworkSpec, seed: int = 0) -> nn.Module:
    """The network in training mode with its first values, of which equal seeds give equal ones."""
    net = Vgg(spec) if spec.block == "vgg" else StagedNetwork(spec)
    initialise(net, spec, torch.Generator().manual_seed(seed))
    return net


def load(net: nn.Module, path: str) -> None:
    """Fills the network with a file's weights: .safetensors, or .pt, .pth or .th with a state_dict in it."""
    if str(path).lower().endswith(".safetensors"):
        state = read_safetensors(path)
    else:
        state = torch.load(path, map_location="cpu", weights_only=True)
        state = state.get("state_dict", state.get("net", state))  # a checkpoint's weights are one entry of it
    # Published weights may come out of nn.DataParallel and name the classifier and the shortcuts in another way.
    names = {name: name.removeprefix("module.").replace("linear.", "fc.").replace(".shortcut.", ".downsample.")
             for name in state}
    net.load_state_dict({names[name]: tensor for name, tensor in state.items()})


def read_safetensors(path: str) -> dict[str, torch.Tensor]:
    """The tensors of a .safetensors file: its header's length in 8 bytes, the header in JSON, the numbers."""
    types = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
             "I64": torch.int64}
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        numbers = bytearray(file.read())
    header.pop("__metadata__", None)
    tensors = {}
    for name, told in header.items():
        begin, end = told["data_offsets"]
        tensors[name] = torch.frombuffer(numbers[begin:end], dtype=types[told["dtype"]]).reshape(told["shape"])
    return tensors


def main(spec: NetworkSpec) -> None:
    """Prints the network's size and the shape of its scores, with the weights of the file that is named, if any."""
    net = network(spec)
    if len(sys.argv) > 1:
        load(net, sys.argv[1])
    image = torch.zeros(1, spec.channels, spec.input, spec.input)
    with torch.no_grad():
        scores = net.eval()(image)
    size = sum(parameter.numel() for parameter in net.parameters())
    print(spec.title, f"has {size:,} parameters; {list(image.shape)} to {list(scores.shape)}")
