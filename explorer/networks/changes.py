"""From one network to another: one choice changed, the nearest that can be, back to the defaults. Imports no torch."""

import re

from explorer.networks.options import Option, SpecError, applicable
from explorer.networks.spec import NetworkSpec, TorchvisionSpec, nearest_depths, options, parse_spec, possible_depths

Spec = NetworkSpec | TorchvisionSpec


def changed(spec: Spec, field: str, value) -> Spec:
    """`spec` with another value in one field; the field `text` is the whole network. Raises `SpecError`.

    Another stem or block takes along the options that it has too, and the nearest depth that it can have.
    """
    if field == "text":
        return parse_spec(value)
    if field == "model" or value == "torchvision":
        return TorchvisionSpec("resnet50" if field == "stem" else value)
    if isinstance(spec, TorchvisionSpec):
        return parse_spec("cifar/basic-56" if value == "cifar" else "imagenet/bottleneck-50")
    if field in ("stem", "block"):
        return _moved(spec, **{"stem": spec.stem, "block": spec.block, field: value})
    return spec.variant(**{field: value})


def differing(spec: NetworkSpec) -> tuple[Option, ...]:
    """The options that are not what a network of this stem and block has where nothing is said."""
    return tuple(option for option in applicable(spec.block)
                 if getattr(spec, option.key) != option.default(spec.stem, spec.block))


def with_defaults(spec: NetworkSpec) -> NetworkSpec:
    """The network of this stem, block and depth, or the nearest depth, with every option at its default."""
    return NetworkSpec(stem=spec.stem, block=spec.block, depth=_nearest_depth(spec.stem, spec.block, spec.depth))


def alternatives(text: str) -> tuple[str, ...]:
    """Networks that can be, near one that cannot, the nearest first: the same stem and block, if there are such."""
    named = re.match(r"([a-z]+)/([a-z-]+)-([0-9]{1,9})(\?|$)", text.strip().lower())
    if not named:
        return ()
    stem, block, depth = named[1], named[2], int(named[3])
    try:
        NetworkSpec.check_names(stem, block)
    except SpecError:
        return ()
    depths = sorted(nearest_depths(stem, block, depth), key=lambda near: abs(near - depth))
    return tuple(f"{stem}/{block}-{near}" for near in depths)


def _moved(spec, stem, block):
    if (stem, block) == ("cifar", "vgg"):
        block = "plain"
    usual = NetworkSpec(stem=spec.stem, block=spec.block, depth=possible_depths(spec.stem, spec.block)[0])
    # Sizes belong to the data that the stem is for.
    bound = {"blocks"} | ({"width", "input", "classes"} if stem != spec.stem else set())
    kept = {
        name: getattr(spec, name)
        for name in options(stem, block).keys() - bound
        if getattr(spec, name) not in (None, getattr(usual, name))
    }
    return NetworkSpec(stem=stem, block=block, depth=_nearest_depth(stem, block, spec.depth), **kept)


def _nearest_depth(stem, block, depth):
    return min(nearest_depths(stem, block, depth), key=lambda near: abs(near - depth))
