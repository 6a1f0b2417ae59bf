"""From a model's description to a network ready to classify: its weights, its statistics, its class names."""

from dataclasses import dataclass

import torch
from torch import nn

from explorer.machine.device import choose_device, use_one_thread
from explorer.networks.build import build
from explorer.networks.metadata import WeightsError
from explorer.networks.recognise import network_of_file
from explorer.networks.spec import TorchvisionSpec
from explorer.networks.torchvision_models import build_torchvision
from explorer.networks.weights import load_weights
from explorer.vision.model import Model, ModelError
from explorer.vision.preparations import classes_of, preparation_of
from explorer.vision.prepare import Preparation
from explorer.vision.torchvision_weights import version_of


@dataclass(frozen=True)
class LoadedModel:
    """A network in evaluation mode on `device`, [N, C, size, size] normalised to logits [N, len(classes)]."""

    model: Model
    net: nn.Module
    preparation: Preparation
    classes: tuple[str, ...]
    device: torch.device

    @property
    def bytes(self) -> int:
        """The memory of its weights and buffers."""
        return sum(tensor.nbytes for tensor in self.net.state_dict().values())


def load(model: Model, normalize: str | None = None) -> LoadedModel:
    """Build the network and give it the weights in its file. Raises ModelError, WeightsError for a file that does not fit."""
    if model.spec.channels not in (1, 3):
        raise ModelError(f"{model.spec.text} takes {model.spec.channels} channels; a picture has 1 (grey) or 3 (colour).")
    use_one_thread()
    preparation = preparation_of(model, normalize)
    net = _shapes_of(model)
    _fill(net, model)
    device = choose_device()
    # Channels last took 5 to 20% less time here (one core, single precision; ResNets of 20 to 110 layers, VGG-19 and others).
    net = net.to(device, memory_format=torch.channels_last).eval().requires_grad_(False)
    return LoadedModel(model, net, preparation, classes_of(model, preparation.digits), device)


def _fill(net: nn.Module, model: Model) -> None:
    """Give it the weights. Raises WeightsError, and says of a user's file of another network which one that is."""
    try:
        load_weights(net, model.file)
    except WeightsError as error:
        if model.kind != "file" or (fitting := network_of_file(model.file)) in (None, model.spec):
            raise
        raise WeightsError(f"{error} They fit {fitting.text}.") from error


def _shapes_of(model: Model) -> nn.Module:
    """The network without values, for pictures of the size that its weights are for."""
    if model.kind == "torchvision" and isinstance(model.spec, TorchvisionSpec):
        return build_torchvision(model.spec, torch.Generator(), meta=True, side=version_of(model.id).crop)
    return build(model.spec, meta=True)
