"""Lesions: a trained network without some of its blocks, or with two of them in each other's place.

After "Residual Networks Behave Like Ensembles of Relatively Shallow Networks" (Veit, Wilber and Belongie 2016, 1605.06431),
sections 4.1 to 4.3. A block goes by its module's name, such as `layer1.0`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import nn

from explorer.errors import BadInput
from explorer.networks.blocks import HighwayBlock, ResidualBlock
from explorer.networks.parts import PaddedShortcut
from explorer.networks.preactivation import PreactBlock, PreactBottleneck
from explorer.networks.staged import StagedNetwork
from explorer.networks.vgg import Vgg
from explorer.signals.twin import twin

MOST_NAMED = 12  # blocks that a sentence can name
OWN_ONLY = ("Only the networks of this project have blocks that can be removed; of torchvision's, ResNet-18 to 152, VGG-16 and VGG-19 "
            "are opened as such.")  # fmt: skip


@dataclass(frozen=True)
class Lesion:
    """The blocks that are removed, and pairs of blocks that exchange their places, one pair after the other."""

    removed: tuple[str, ...] = ()
    swapped: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.removed or self.swapped)


def lesioned(net: nn.Module, lesion: Lesion) -> nn.Module:
    """A network of its own modules and the weights of `net`, with the lesion; `net` stays as it is.

    In the place of a removed block stands
    - of a residual block: its shortcut alone, identity or projection, and the ReLU behind the sum;
    - of a highway layer: its carry path, as with a transform gate of 0;
    - of a plain block or a VGG layer: nothing. Where it changes the signal's shape, the parameter-free shortcut A stands in.
    Raises BadInput for blocks that are not there, and for a pair whose places do not fit.
    """
    changed = twin(net)
    _check_known(lesion.removed, blocks_of(net))
    for name in lesion.removed:
        _put(changed, name, in_its_place(changed.get_submodule(name)))
    for first, second in lesion.swapped:
        _check_pair(net, first, second)
        one, other = changed.get_submodule(first), changed.get_submodule(second)
        _put(changed, first, other)
        _put(changed, second, one)
    return changed


def rest_of(net: nn.Module, block: str) -> nn.Module:
    """The part of a network that begins at the input of `block`: what its forward pass takes is that signal."""
    rest = twin(net)
    stage, _, number = block.partition(".")
    for name, _ in list(rest.named_children()):
        if name == stage:
            break
        setattr(rest, name, nn.Identity())
    for earlier in range(int(number)):
        rest.get_submodule(stage)[earlier] = nn.Identity()
    return rest


def blocks_of(net: nn.Module) -> tuple[str, ...]:
    """The names of a network's blocks, input side first. Raises BadInput for networks of others, such as torchvision's."""
    if not isinstance(net, (StagedNetwork, Vgg)):
        raise BadInput(OWN_ONLY)
    stages = (name for name, _ in net.named_children() if name.startswith("layer"))
    return tuple(f"{stage}.{number}" for stage in stages for number in range(len(net.get_submodule(stage))))


def keeps_shape(block: nn.Module) -> bool:
    """Whether a block's result has the shape of its input."""
    return _stride(block) == 1 and block.conv1.in_channels == _outputs(block)


def equal_shapes(net: nn.Module) -> tuple[tuple[str, ...], ...]:
    """The blocks in groups within which any two can exchange their places; a block like no other is in none."""
    groups: dict[tuple, list[str]] = {}
    for name in blocks_of(net):
        groups.setdefault(_shape(net.get_submodule(name)), []).append(name)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def in_its_place(block: nn.Module) -> nn.Module:
    """What stands in the place of a removed block: modules of the block itself, or parameter-free ones."""
    if isinstance(block, (PreactBlock, PreactBottleneck)):
        return nn.Identity() if block.downsample is None else nn.Sequential(block.bn1, block.relu1, block.downsample)
    if isinstance(block, ResidualBlock):
        shortcut = nn.Identity() if block.downsample is None else block.downsample
        return nn.Sequential(shortcut, nn.ReLU())
    if isinstance(block, HighwayBlock):
        return nn.Identity() if block.downsample is None else block.downsample
    return nn.Identity() if keeps_shape(block) else PaddedShortcut(block.conv1.in_channels, _outputs(block), _stride(block))


def _put(net: nn.Module, name: str, module: nn.Module) -> None:
    stage, _, number = name.partition(".")
    net.get_submodule(stage)[int(number)] = module


def _outputs(block: nn.Module) -> int:
    return getattr(block, "outputs", block.conv1.out_channels)


def _stride(block: nn.Module) -> int:
    strides = [block.get_submodule(name).stride[0] for name in ("conv1", "conv2", "conv3") if hasattr(block, name)]
    return max(strides)


def _shape(block: nn.Module) -> tuple:
    weights = tuple((name, tuple(tensor.shape)) for name, tensor in block.state_dict().items())
    return type(block), _stride(block), weights


def _check_known(names: Sequence[str], blocks: Sequence[str]) -> None:
    unknown = next((name for name in names if name not in blocks), None)
    if unknown is not None:
        known = ", ".join(blocks) if len(blocks) <= MOST_NAMED else f"{blocks[0]} to {blocks[-1]}"
        raise BadInput(f'The network has no block "{unknown[:60]}": its blocks are {known}.')


def _check_pair(net: nn.Module, first: str, second: str) -> None:
    _check_known((first, second), blocks_of(net))
    if first == second:
        raise BadInput(f"{first} cannot change places with itself: name two blocks.")
    if _shape(net.get_submodule(first)) != _shape(net.get_submodule(second)):
        partners = next((group for group in equal_shapes(net) if first in group), (first,))
        fitting = ", ".join(name for name in partners if name != first) or "no other block"
        raise BadInput(f"{first} and {second} are not of one shape; {first} can change places with {fitting}.")
