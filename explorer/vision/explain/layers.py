"""The places inside a network where it still knows where things are: layers whose result is a stack of maps, [N, C, H, W]."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from explorer.errors import BadInput
from explorer.signals.twin import twin
from explorer.vision.loading import LoadedModel

POOLS = (nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)
# Steps on the way to a feature map: what follows them, an activation or an addition, closes it.
STEPS = (nn.Conv2d, _BatchNorm, nn.LayerNorm, nn.Identity, nn.Dropout, *POOLS)


@dataclass(frozen=True)
class FeatureLayer:
    """A module by its name, whose result is `channels` maps of `height` x `width`; `is_stage` if it holds blocks, of which the
    last gives its result."""

    name: str
    is_stage: bool
    channels: int
    height: int
    width: int


def feature_layers(model: LoadedModel) -> tuple[FeatureLayer, ...]:
    """The stages and blocks of a network, and the activations outside of blocks, input side first.

    Left out is what has no places: maps of one pixel, and arrays that are not [N, C, H, W], such as the tokens of a vision
    transformer and the [N, H, W, C] inside a Swin (the input is square, and so is every map). Raises BadInput where nothing is left.
    """
    own = twin(model.net)
    offered = {name: is_stage for name, is_stage in _offered(own)}
    seen: list[tuple[str, tuple[int, ...]]] = []
    for name in offered:
        own.get_submodule(name).register_forward_hook(lambda module, inputs, result, name=name: seen.append((name, _shape(result))))
    size = model.preparation.size
    with torch.inference_mode():
        own(torch.zeros(1, model.preparation.channels, size, size, device=model.device))
    calls = [name for name, _ in seen]
    found = [FeatureLayer(name, offered[name], *shape[1:]) for name, shape in seen if calls.count(name) == 1 and _has_places(shape)]
    if not found:
        raise BadInput(f"{model.model.title} keeps no maps of the picture inside, only lists of numbers: Grad-CAM needs maps. "
                       "Occlusion works with every network.")  # fmt: skip
    return tuple(one for one in found if not one.is_stage or _ends_with_a_block(one, found))


def _offered(net: nn.Module, within: str = "") -> Iterator[tuple[str, bool]]:
    """The names of modules that a reader would know, and whether each is a stage: blocks are not opened."""
    for name, module in net.named_children():
        path = f"{within}{name}"
        if isinstance(module, nn.ModuleList):
            yield from _offered(module, f"{path}.")
        elif _is_stage(module):
            yield path, True
            yield from _offered(module, f"{path}.")
        elif not isinstance(module, STEPS):
            yield path, False


def _is_stage(module: nn.Module) -> bool:
    """A row of blocks; a convolution with its normalisation and activation is none, though it may be written as a row of modules."""
    if type(module) is nn.Sequential:
        return True
    return isinstance(module, nn.Sequential) and all(any(child.children()) for child in module)


def _shape(result: object) -> tuple[int, ...]:
    return tuple(result.shape) if isinstance(result, Tensor) else ()


def _has_places(shape: tuple[int, ...]) -> bool:
    return len(shape) == 4 and shape[2] == shape[3] > 1


def _ends_with_a_block(stage: FeatureLayer, found: list[FeatureLayer]) -> bool:
    """Not those that end with a pooling, which thins out what their last block found."""
    inside = [one for one in found if one.name.startswith(f"{stage.name}.")]
    return bool(inside) and (inside[-1].height, inside[-1].width) == (stage.height, stage.width)
