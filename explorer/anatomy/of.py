"""The anatomy of a network by its name."""

from functools import lru_cache

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.trace import trace
from explorer.anatomy.untraceable import Untraceable
from explorer.networks.build import build
from explorer.networks.spec import NetworkSpec, TorchvisionSpec


@lru_cache(maxsize=64)
def anatomy_of(spec: NetworkSpec | TorchvisionSpec) -> Anatomy:
    """Every layer of `spec`'s network with its costs, for one image. Safe from several threads.

    Raises `Untraceable`, a `BadInput`, for a network that cannot be built here or not be followed by shapes alone.
    """
    try:
        net = build(spec, meta=True)
    except ImportError as error:
        raise Untraceable(f"{spec.text} cannot be built: {error}") from error
    return trace(net, (spec.channels, spec.input, spec.input), spec.text, spec.title)
