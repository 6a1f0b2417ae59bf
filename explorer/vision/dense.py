"""A network run over a picture of any size, in its fully convolutional form (1512.03385, section 3.4)."""

from torch import Tensor, nn
from torch.nn import functional

from explorer.errors import BadInput
from explorer.networks.vgg import Vgg


class SizeError(BadInput):
    """A network that takes pictures of one size only."""


def scores_at_any_size(net: nn.Module, x: Tensor) -> Tensor:
    """Class scores [N, classes] of pictures [N, C, H, W] of any size. Raises SizeError.

    Networks that average all of their last map are run as they are. Of those with linear layers on a map of fixed size (VGG,
    AlexNet) the first becomes a convolution of that size and the others ones of 1x1, and the scores are averaged over all places
    (1409.1556, section 3.2). Attention to a fixed number of places has no such form.
    """
    # torchvision's attention layers have no class in common; their names all say what they are.
    if any("Attention" in type(module).__name__ for module in net.modules()):
        raise SizeError("attends to places of a fixed number")
    parts = _parts(net)
    if parts is None:
        return net(x)
    features, layers = parts
    return _convolved(layers, features(x)).mean((2, 3))


def _parts(net: nn.Module) -> tuple[nn.Module, list[nn.Module]] | None:
    """What makes the last map, and the layers behind it, where these need a map of one size."""
    if isinstance(net, Vgg):
        stages = [net.get_submodule(f"{part}{number}") for number in range(1, net.stage_count + 1) for part in ("layer", "pool")]
        return nn.Sequential(*stages), [net.fc1, net.relu1, net.fc2, net.relu2, net.fc]
    pooled = getattr(net, "avgpool", None)
    layers = [layer for layer in getattr(net, "classifier", nn.Sequential()).modules() if not isinstance(layer, nn.Dropout | nn.Sequential)]
    fixed = isinstance(pooled, nn.AdaptiveAvgPool2d) and pooled.output_size not in (1, (1, 1))
    if fixed and layers and isinstance(layers[0], nn.Linear):
        return net.features, layers
    return None


def _convolved(layers: list[nn.Module], map: Tensor) -> Tensor:
    """The layers at every place of a map [N, C, H, W]: scores [N, classes, H', W']."""
    for layer in layers:
        if isinstance(layer, nn.Linear):
            side = round((layer.in_features // map.shape[1]) ** 0.5)
            if min(map.shape[2:]) < side:
                raise SizeError(f"needs a last map of at least {side} x {side}")
            map = functional.conv2d(map, layer.weight.view(layer.out_features, map.shape[1], side, side), layer.bias)
        else:
            map = layer(map)
    return map
