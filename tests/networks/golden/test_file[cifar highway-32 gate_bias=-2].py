"""Highway-32 in one file that needs PyTorch alone.

Network   cifar/highway-32?gate_bias=-2
Shapes    images [N, 3, 32, 32] to scores [N, 10]
Paper     Training Very Deep Networks, Srivastava, Greff and Schmidhuber 2015, arXiv 1507.06228
Cost      926,074 parameters, 137,282,176 multiply-adds an image

    python highway32.py [WEIGHTS]          prints its size and shapes

    from highway32 import load, network
    net = network(seed=0)                  ready to be trained from scratch
    load(net, "weights.pth")               .pt, .pth and .th; .safetensors where that package is installed

Written by Residual Explorer from its own classes (MIT licence).
"""

import sys

import torch
from torch import nn
from torch.nn import functional as F


def shortcut(inputs: int, outputs: int, stride: int) -> nn.Module | None:
    """The shortcut of one block, None where it is the identity.

    A: identity, zero-padded channels where the shape changes. B: projection where it changes. C: projection always.
    A projection is normalised, but for pre-activation: there its input is, and its output stays on the clean path.
    """
    if stride == 1 and inputs == outputs:
        return None
    return PaddedShortcut(inputs, outputs, stride)


class PaddedShortcut(nn.Module):
    """Option A: every `stride`-th pixel, and zeros for the new channels; no parameters.

    [N, inputs, H, W] to [N, outputs, ceil(H/stride), ceil(W/stride)]. The paper leaves open where the zeros go: half
    before and half after, as in the public CIFAR weights.
    """

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.stride = stride
        self.before = (outputs - inputs) // 2
        self.after = outputs - inputs - self.before

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.before, self.after))


class HighwayBlock(nn.Module):
    """One gated layer, y = H(x) T(x) + x (1 - T(x)), T = sigmoid of a convolution (1507.06228, equation 3).

    H is convolution, BN, ReLU; T sees as far as H does (3x3). A negative gate bias makes the layer carry at first.
    Where the shape changes, x is brought to the new shape by the shortcut option.
    """

    def __init__(self, inputs: int, width: int, stride: int = 1):
        super().__init__()
        self.outputs = width
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu1 = nn.ReLU()
        self.gate = nn.Conv2d(inputs, width, 3, stride, padding=1)
        self.sigmoid = nn.Sigmoid()
        self.downsample = shortcut(inputs, width, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        carried = x if self.downsample is None else self.downsample(x)
        transformed = self.relu1(self.bn1(self.conv1(x)))
        opening = self.sigmoid(self.gate(x))
        return transformed * opening + carried * (1 - opening)


class Highway32(nn.Module):
    """[N, channels, H, W] to class scores [N, classes]; each stage after `layer1` halves the image.

    The cifar stem is one 3x3 convolution (1512.03385, section 4.2), the imagenet stem a 7x7 of stride 2 and a max-pool
    (table 1). State-dict keys are torchvision's.
    """

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.relu = nn.ReLU()
        self.layer1 = _stage(16, 16, 10, is_first=True)
        self.layer2 = _stage(16, 32, 10, is_first=False)
        self.layer3 = _stage(32, 64, 10, is_first=False)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.layer1(x)
        x = self.layer2(x)
        x = self.layer3(x)
        x = torch.flatten(self.avgpool(x), 1)
        return self.fc(x)


def _stage(inputs, width, count, is_first):
    """`count` blocks of one width; the first block of a later stage halves the image."""
    blocks = nn.Sequential()
    for number in range(count):
        stride = 2 if number == 0 and not is_first else 1
        blocks.append(HighwayBlock(inputs, width, stride))
        inputs = blocks[-1].outputs
    return blocks


@torch.no_grad()
def initialise(net: nn.Module, generator: torch.Generator) -> None:
    """Fills a net whose memory is not set yet, in the order of its modules: equal generators give equal nets."""
    for module in net.modules():
        if module is net.fc:
            # He's rule is for layers before a ReLU; the classifier keeps PyTorch's smaller values, as in torchvision.
            _torch(module, generator)
        elif isinstance(module, nn.Conv2d | nn.Linear):
            _he(module, generator)
        elif isinstance(module, nn.BatchNorm2d):
            module.reset_parameters()  # ones and zeros, running statistics too
    for block in net.modules():
        if isinstance(block, HighwayBlock):
            nn.init.constant_(block.gate.bias, -2.0)


def _he(module, generator):
    """Normal of variance 2 / fan (1502.01852, equation 10), the fan of a convolution outgoing, as in torchvision."""
    mode = "fan_out" if isinstance(module, nn.Conv2d) else "fan_in"
    nn.init.kaiming_normal_(module.weight, mode=mode, nonlinearity="relu", generator=generator)
    _zero_bias(module)


def _torch(module, generator):
    """PyTorch's own: weights and biases uniform within 1 / sqrt(fan in)."""
    bound = module.weight[0].numel() ** -0.5
    nn.init.uniform_(module.weight, -bound, bound, generator=generator)
    if module.bias is not None:
        nn.init.uniform_(module.bias, -bound, bound, generator=generator)


def _zero_bias(module):
    if module.bias is not None:
        nn.init.zeros_(module.bias)


def network(seed: int = 0) -> nn.Module:
    """The network in training mode with its first values, of which equal seeds give equal ones."""
    net = Highway32()
    initialise(net, torch.Generator().manual_seed(seed))
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


def main() -> None:
    """Prints the network's size and the shape of its scores, with the weights of the file that is named, if any."""
    net = network()
    if len(sys.argv) > 1:
        load(net, sys.argv[1])
    image = torch.zeros(1, 3, 32, 32)
    with torch.no_grad():
        scores = net.eval()(image)
    size = sum(parameter.numel() for parameter in net.parameters())
    print("Highway-32", f"has {size:,} parameters; {list(image.shape)} to {list(scores.shape)}")


if __name__ == "__main__":
    main()
