"""Pre-activation-164 (bottleneck) in one file that needs PyTorch alone.

Network   cifar/preact-bottleneck-164?zero_init=true
Shapes    images [N, 3, 32, 32] to scores [N, 10]
Paper     Identity Mappings in Deep Residual Networks, He, Zhang, Ren and Sun 2016, arXiv 1603.05027
Cost      1,661,274 parameters, 239,258,112 multiply-adds an image

    python preactivation164.py [WEIGHTS]   prints its size and shapes

    from preactivation164 import load, network
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


class ResidualBlock(nn.Module):
    """A block that adds its shortcut to a branch F; `closing` names F's last layers, the last of all first."""

    closing: tuple[str, ...]

    def branch_end(self) -> nn.Module:
        """F's last module with weights: zero it, and the block starts as the identity."""
        layers = [self.get_submodule(name) for name in self.closing]
        return next(layer for layer in layers if not isinstance(layer, nn.Identity))


class PreactBottleneck(ResidualBlock):
    """F of 1x1, 3x3 and 1x1 convolutions, the output four times as wide; the stride in the first 1x1 or in the 3x3."""

    closing = ("conv3",)

    def __init__(self, inputs: int, width: int, stride: int = 1, activated: bool = False):
        super().__init__()
        self.outputs = width * 4
        self.bn1 = nn.Identity() if activated else nn.BatchNorm2d(inputs)
        self.relu1 = nn.Identity() if activated else nn.ReLU()
        self.conv1 = nn.Conv2d(inputs, width, 1, stride, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.relu2 = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, 3, 1, padding=1, bias=False)
        self.bn3 = nn.BatchNorm2d(width)
        self.relu3 = nn.ReLU()
        self.conv3 = nn.Conv2d(width, self.outputs, 1, 1, bias=False)
        self.downsample = shortcut(inputs, self.outputs, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        signal = self.relu1(self.bn1(x))
        carried = x if self.downsample is None else self.downsample(signal)
        branch = self.conv1(signal)
        branch = self.conv2(self.relu2(self.bn2(branch)))
        branch = self.conv3(self.relu3(self.bn3(branch)))
        return branch + carried


class Preactivation164(nn.Module):
    """[N, channels, H, W] to class scores [N, classes]; each stage after `layer1` halves the image.

    The cifar stem is one 3x3 convolution (1512.03385, section 4.2), the imagenet stem a 7x7 of stride 2 and a max-pool
    (table 1). State-dict keys are torchvision's.
    """

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.relu = nn.ReLU()
        self.layer1 = _stage(16, 16, 18, is_first=True)
        self.layer2 = _stage(64, 32, 18, is_first=False)
        self.layer3 = _stage(128, 64, 18, is_first=False)
        self.bn_last = nn.BatchNorm2d(256)
        self.relu_last = nn.ReLU()
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(256, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.layer1(x)
        x = self.layer2(x)
        x = self.layer3(x)
        x = self.relu_last(self.bn_last(x))
        x = torch.flatten(self.avgpool(x), 1)
        return self.fc(x)


def _stage(inputs, width, count, is_first):
    """`count` blocks of one width; the first block of a later stage halves the image."""
    blocks = nn.Sequential()
    for number in range(count):
        stride = 2 if number == 0 and not is_first else 1
        blocks.append(PreactBottleneck(inputs, width, stride, is_first and number == 0))
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
        if isinstance(block, ResidualBlock):
            _zero(block.branch_end())


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


def _zero(module):
    nn.init.zeros_(module.weight)
    _zero_bias(module)


def _zero_bias(module):
    if module.bias is not None:
        nn.init.zeros_(module.bias)


def network(seed: int = 0) -> nn.Module:
    """The network in training mode with its first values, of which equal seeds give equal ones."""
    net = Preactivation164()
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
    print("Pre-activation-164 (bottleneck)", f"has {size:,} parameters; {list(image.shape)} to {list(scores.shape)}")


if __name__ == "__main__":
    main()
