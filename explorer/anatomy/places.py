"""Where in a network a module stands: its stage and its block, read from the tree of modules."""

from torch import nn

CONTAINERS = (nn.Sequential, nn.ModuleList, nn.ModuleDict)


def places_of(net: nn.Module) -> dict[str, tuple[str, str]]:
    """(stage, block) of every module path of `net`; both "" where a module belongs to none.

    A stage is a container of larger modules, each of which is a block: `layer1` and `layer1.0` of a ResNet,
    `features.denseblock1` and its `denselayer1` of a DenseNet, `encoder.layers` and its `encoder_layer_0` of a
    vision transformer. A large module outside any container is a stage of its own, without blocks.
    """
    places = {"": ("", "")}
    _descend(net, "", "", places, len(list(net.modules())))
    return places


def _descend(module, path, stage, places, size):
    for name, child in module.named_children():
        place = f"{path}.{name}" if path else name
        if not _has_children(child):
            _place(child, place, (stage or path, ""), places)
        elif _holds_blocks(child):
            places[place] = (place, "")
            _descend(child, place, place, places, size)
        elif stage:
            _place(child, place, (stage, place), places)
        elif len(list(child.modules())) > size / 2:
            places[place] = (place, "")  # the body of the network in one wrapper: look inside
            _descend(child, place, "", places, size)
        else:
            _place(child, place, (place, ""), places)


def _place(module, path, place, places):
    for inner, _ in module.named_modules(prefix=path):
        places[inner] = place


def _holds_blocks(module):
    return isinstance(module, CONTAINERS) and any(map(_has_children, module.children()))


def _has_children(module):
    return next(module.children(), None) is not None
