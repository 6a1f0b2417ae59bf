"""Which network a weights file is for, told from the names and shapes of its tensors."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import pairwise

import torch

from explorer.networks.build import build
from explorer.networks.options import SpecError
from explorer.networks.spec import NetworkSpec, options
from explorer.networks.weights import fits, read_state_dict

IN_STAGE = re.compile(r"layer([1-9])\.(\d{1,4})\.")  # no network of ours has 10,000 blocks in a stage
TORCHVISIONS_VGG = re.compile(r"features\.(\d{1,4})\.weight")


def network_of_file(path: str | os.PathLike) -> NetworkSpec | None:
    """The network of this project that takes a file's weights, None if none does. Raises `WeightsError`.

    Tensors do not tell everything. A net with shortcuts A has those of its plain twin, and is taken for residual; bottlenecks on
    the ImageNet stem are taken to stride in the 3x3, as those of torchvision do; pictures to be of the stem's usual size.
    """
    return network_of(read_state_dict(path))


def network_of(tensors: Mapping[str, torch.Tensor]) -> NetworkSpec | None:
    """The same for tensors by name, of which shapes alone are looked at."""
    candidates = _candidates({name: tuple(tensor.shape) for name, tensor in tensors.items()})
    return next((spec for spec in candidates if fits(build(spec, meta=True), tensors)), None)


def _candidates(shapes: Mapping[str, tuple[int, ...]]) -> Iterator[NetworkSpec]:
    """Networks of the file's depth and width, of which one may fit."""
    yield from _vggs(shapes)
    first = shapes.get("conv1.weight", ())
    classifier = next((shapes[name] for name in ("fc.weight", "linear.weight") if name in shapes), ())
    counts = _blocks(shapes)
    if len(first) != 4 or len(classifier) != 2 or not counts:
        return
    stem = "imagenet" if first[2] == 7 else "cifar"
    block = _block(shapes)
    known = options(stem, block)
    fields = {"stem": stem, "block": block, "blocks": counts, "width": first[0], "channels": first[1], "classes": classifier[0],
              "norm": "batch" if "bn1.weight" in shapes else "none"}  # fmt: skip
    if stem == "imagenet" and "stride" in known:
        fields["stride"] = "3x3"
    for shortcut in known.get("shortcut", (None,)):
        try:
            yield NetworkSpec(**fields, **({"shortcut": shortcut} if shortcut else {}))
        except SpecError:  # a width or a number of stages that no network of ours has
            return


def _vggs(shapes: Mapping[str, tuple[int, ...]]) -> Iterator[NetworkSpec]:
    """The VGG of the file's tensors, by this project's names or torchvision's."""
    ours = "layer1.0.conv1.weight" in shapes
    first = shapes.get("layer1.0.conv1.weight" if ours else "features.0.weight", ())
    classifier = shapes.get("fc.weight" if ours else "classifier.6.weight", ())
    has_norm = ("layer1.0.bn1.weight" if ours else "features.1.running_mean") in shapes
    if len(first) != 4 or len(classifier) != 2:
        return
    with suppress(SpecError):  # a width, or numbers of stages and layers, that no VGG of ours has
        yield NetworkSpec(stem="imagenet", block="vgg", blocks=_blocks(shapes) if ours else _torchvisions_blocks(shapes, has_norm),
                          width=first[0], channels=first[1], classes=classifier[0], norm="batch" if has_norm else "none")  # fmt: skip


def _torchvisions_blocks(shapes: Mapping[str, tuple[int, ...]], has_norm: bool) -> tuple[int, ...]:
    """How many layers each stage has, by the places of torchvision's convolutions: a pooling between stages takes one more."""
    places = sorted(int(match[1]) for name, shape in shapes.items() if (match := TORCHVISIONS_VGG.fullmatch(name)) and len(shape) == 4)
    counts = [1]
    for before, place in pairwise(places):
        if place - before > (3 if has_norm else 2):
            counts.append(1)
        else:
            counts[-1] += 1
    return tuple(counts)


def _blocks(shapes: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    """How many blocks each stage has."""
    found: dict[int, int] = {}
    for stage, block in (map(int, match.groups()) for name in shapes if (match := IN_STAGE.match(name))):
        found[stage] = max(found.get(stage, 0), block + 1)
    return tuple(found[stage] for stage in sorted(found))


def _block(shapes: Mapping[str, tuple[int, ...]]) -> str:
    if "layer1.0.gate.weight" in shapes:
        return "highway"
    kind = "bottleneck" if "layer1.0.conv3.weight" in shapes else "basic"
    return {"basic": "preact", "bottleneck": "preact-bottleneck"}[kind] if "bn_last.weight" in shapes else kind
