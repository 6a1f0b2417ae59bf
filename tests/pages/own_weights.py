"""Weights of one's own, for tests of pages."""

from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.networks.weights import save_weights
from explorer.vision.models import own_models
from explorer.vision.own import bring_in, remove


def brought(folder, network, seed=0, name="two__underscores", metadata=None, classes=()):
    """A network with the first weights of that seed as one's own model; another of that name is removed before."""
    if any(model.id == f"own/{name}" for model in own_models()):
        remove(f"own/{name}")
    file = folder / f"{name}.safetensors"
    save_weights(build(parse_spec(network), seed), file, metadata or {})
    with file.open("rb") as data:
        return bring_in(data, file.name, network, classes=classes)
