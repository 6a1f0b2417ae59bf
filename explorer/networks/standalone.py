"""What an exported Python file has beside the network's classes: first values, weights from a file, a first run.

Like the classes, these functions go into the file as they are, with what is known of the network put in.
"""

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
    """Fills the network with a file's weights: .pt, .pth or .th with a state_dict in it, or .safetensors."""
    if str(path).lower().endswith(".safetensors"):
        from safetensors.torch import load_file  # pip install safetensors

        state = load_file(path)
    else:
        state = torch.load(path, map_location="cpu", weights_only=True)
        state = state.get("state_dict", state)
    # Published weights may come out of nn.DataParallel and name the classifier and the shortcuts in another way.
    names = {name: name.removeprefix("module.").replace("linear.", "fc.").replace(".shortcut.", ".downsample.")
             for name in state}
    net.load_state_dict({names[name]: tensor for name, tensor in state.items()})


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
