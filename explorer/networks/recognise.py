"""Which network a weights file is for, told from the names and shapes of its tensors."""

import os
import re
from collections.abc import Iterator, Mapping

from explorer.networks.build import build
from explorer.networks.options import SpecError
from explorer.networks.spec import NetworkSpec, options
from explorer.networks.weights import fits, read_state_dict

IN_STAGE = re.compile(r"layer([1-9])\.(\d+)\.")


def network_of_file(path: str | os.PathLike) -> NetworkSpec | None:
    """The network of this project that takes a file's weights, None if none does. Raises `WeightsError`.

    Tensors do not tell everything. A net with shortcuts A has those of its plain twin, and is taken for residual; bottlenecks on
    the ImageNet stem are taken to stride in the 3x3, as those of torchvision do; pictures to be of the stem's usual size.
    """
    tensors = read_state_dict(path)
    candidates = _candidates({name: tuple(tensor.shape) for name, tensor in tensors.items()})
    return next((spec for spec in candidates if fits(build(spec, meta=True), tensors)), None)


def _candidates(shapes: Mapping[str, tuple[int, ...]]) -> Iterator[NetworkSpec]:
    """Networks of the file's depth and width, of which one may fit."""
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
