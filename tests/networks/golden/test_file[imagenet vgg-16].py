"""VGG-16 in one file that needs PyTorch alone.

Network   imagenet/vgg-16
Shapes    images [N, 3, 224, 224] to scores [N, 1000]
Paper     Very Deep Convolutional Networks for Large-Scale Image Recognition, Simonyan and Zisserman 2014, 1409.1556
Cost      138,357,544 parameters, 15,470,264,320 multiply-adds an image

    python vgg16.py [WEIGHTS]              prints its size and shapes

    from vgg16 import load, network
    net = network(seed=0)                  ready to be trained from scratch
    load(net, "weights.pth")               .pt, .pth and .th; .safetensors where that package is installed

Written by Residual Explorer from its own classes (MIT licence).
"""

import sys

import torch
from torch import nn


class VggLayer(nn.Module):
    """A 3x3 convolution and ReLU, [N, inputs, H, W] to [N, width, H, W]. The convolution has a bias, with BN too."""

    def __init__(self, inputs: int, width: int):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, padding=1)
        self.relu1 = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.relu1(self.conv1(x))


class VGG16(nn.Module):
    """[N, channels, H, W] to class scores [N, classes]: five stages, each pooled to half, and three linear layers."""

    def __init__(self):
        super().__init__()
        self.layer1 = _layers(3, 64, 2)
        self.pool1 = nn.MaxPool2d(2)
        self.layer2 = _layers(64, 128, 2)
        self.pool2 = nn.MaxPool2d(2)
        self.layer3 = _layers(128, 256, 3)
        self.pool3 = nn.MaxPool2d(2)
        self.layer4 = _layers(256, 512, 3)
        self.pool4 = nn.MaxPool2d(2)
        self.layer5 = _layers(512, 512, 3)
        self.pool5 = nn.MaxPool2d(2)
        # Has an effect on other inputs than 224 only, which it brings to the classifier's size (as in torchvision).
        self.avgpool = nn.AdaptiveAvgPool2d(7)
        self.fc1 = nn.Linear(25088, 4096)
        self.relu1 = nn.ReLU()
        self.dropout1 = nn.Dropout(0.5)
        self.fc2 = nn.Linear(4096, 4096)
        self.relu2 = nn.ReLU()
        self.dropout2 = nn.Dropout(0.5)
        self.fc = nn.Linear(4096, 1000)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.layer1(x)
        x = self.pool1(x)
        x = self.layer2(x)
        x = self.pool2(x)
        x = self.layer3(x)
        x = self.pool3(x)
        x = self.layer4(x)
        x = self.pool4(x)
        x = self.layer5(x)
        x = self.pool5(x)
        x = torch.flatten(self.avgpool(x), 1)
        x = self.dropout1(self.relu1(self.fc1(x)))
        x = self.dropout2(self.relu2(self.fc2(x)))
        return self.fc(x)


def _layers(inputs, width, count):
    """A stage: `count` layers of one width."""
    layers = [VggLayer(inputs, width)]
    layers += [VggLayer(width, width) for _ in range(count - 1)]
    return nn.Sequential(*layers)


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
    net = VGG16()
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
    image = torch.zeros(1, 3, 224, 224)
    with torch.no_grad():
        scores = net.eval()(image)
    size = sum(parameter.numel() for parameter in net.parameters())
    print("VGG-16", f"has {size:,} parameters; {list(image.shape)} to {list(scores.shape)}")


if __name__ == "__main__":
    main()
