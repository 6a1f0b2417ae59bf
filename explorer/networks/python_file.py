"""A network as one Python file that needs torch alone, made from the source of this project's own classes.

The classes are specialised: the network's numbers stand in them, and nothing else of what they can do.
"""

import ast
import inspect
import re

from explorer.networks import blocks, initialise, parts, preactivation, staged, standalone, vgg
from explorer.networks.build import build
from explorer.networks.source_pruning import pruned
from explorer.networks.source_text import definitions, text
from explorer.networks.spec import NetworkSpec, SpecError, TorchvisionSpec
from explorer.networks.specialise import Specialiser

_MODULES = (parts, blocks, preactivation, staged, vgg, initialise, standalone)
_START = ("network", "load", "main")
_RESNET = "Deep Residual Learning for Image Recognition, He, Zhang, Ren and Sun 2015, arXiv 1512.03385"
_PAPERS = {
    "plain": _RESNET,
    "residual": _RESNET,
    "preactivation": "Identity Mappings in Deep Residual Networks, He, Zhang, Ren and Sun 2016, arXiv 1603.05027",
    "highway": "Training Very Deep Networks, Srivastava, Greff and Schmidhuber 2015, arXiv 1507.06228",
    "vgg": "Very Deep Convolutional Networks for Large-Scale Image Recognition, Simonyan and Zisserman 2014, 1409.1556",
}
# Models of torchvision that this project has too, with the same names of weights.
_TWINS = {"resnet18": "imagenet/basic-18", "resnet34": "imagenet/basic-34",
          **{f"resnet{depth}": f"imagenet/bottleneck-{depth}?stride=3x3" for depth in (50, 101, 152)}}
_END = """if __name__ == "__main__":
    main()
"""


def python_file(spec: NetworkSpec | TorchvisionSpec, macs: int | None = None) -> str:
    """The file's text: classes, first values, loading of weights, and a run that prints the size and the shapes.

    Equal weights give the outputs of `build(spec)` bit for bit, and equal seeds give equal weights. `macs`, where
    given, is told as the cost. Raises `SpecError` for a model of torchvision, whose source is torchvision's.
    """
    if isinstance(spec, TorchvisionSpec):
        raise SpecError(_where_to_find(spec))
    sources = {name: one for module in _MODULES for name, one in definitions(module).items()}
    special = Specialiser(sources, _known(spec), _constants())
    needed = pruned(special.needed(_START), _START)
    _rename(needed, "Vgg" if spec.block == "vgg" else "StagedNetwork", _class_name(spec))
    return "\n\n".join([_head(spec, macs) + _imports(needed), *map(text, needed.values()), _END])


def _known(spec):
    """What is settled for one network, by the names that this project's classes and functions have for it."""
    return {"spec": spec, "parts": parts.Parts(spec.norm, None), "device": None, "option": spec.shortcut,
            "stride_in": spec.stride, "normalised": spec.family != "preactivation"}


def _constants():
    return {name: value for module in _MODULES for name, value in vars(module).items()
            if isinstance(value, int | tuple) and not name.startswith("__")}


def _class_name(spec):
    return re.sub(r"\W", "", spec.title.partition(" ")[0])


def _rename(needed, old, new):
    for one in needed.values():
        for node in ast.walk(one):
            if isinstance(node, ast.Name) and node.id == old:
                node.id = new
            elif isinstance(node, ast.ClassDef) and node.name == old:
                node.name = new


def _head(spec, macs):
    params = sum(parameter.numel() for parameter in build(spec, meta=True).parameters())
    cost = f"{params:,} parameters" + (f", {macs:,} multiply-adds an image" if macs is not None else "")
    name = _class_name(spec).lower()
    return f'''"""{spec.title} in one file that needs PyTorch alone.

Network   {spec.text}
Shapes    images [N, {spec.channels}, {spec.input}, {spec.input}] to scores [N, {spec.classes}]
Paper     {_PAPERS[spec.family]}
Cost      {cost}

    {f"python {name}.py [WEIGHTS]":38} prints its size and shapes

    from {name} import load, network
    {"net = network(seed=0)":38} ready to be trained from scratch
    {'load(net, "weights.pth")':38} .safetensors, .pt, .pth or .th

Written by Residual Explorer from its own classes (MIT licence).
"""
'''


def _imports(needed):
    """The imports of the modules that the definitions are from, as far as they are used: Python's own first."""
    used = {node.id for one in needed.values() for node in ast.walk(one) if isinstance(node, ast.Name)}
    own, torchs = set(), set()
    for module in _MODULES:
        for node in ast.parse(inspect.getsource(module)).body:
            if not isinstance(node, ast.Import | ast.ImportFrom) or ast.unparse(node).startswith("from explorer"):
                continue
            if used & {alias.asname or alias.name for alias in node.names}:
                line = ast.unparse(node)
                (torchs if "torch" in line else own).add(line)
    # As the classes' own modules have it: `import torch` before what is taken from it.
    groups = (sorted(lines, key=lambda line: (line.startswith("from"), line)) for lines in (own, torchs))
    return "\n" + "\n\n".join("\n".join(lines) for lines in groups if lines) + "\n"


def _where_to_find(spec):
    twin = _TWINS.get(spec.name)
    hint = f"; {twin} is the same network, can be had as one file and takes its weights" if twin else ""
    return (f"{spec.name} is torchvision's own code: pip install torchvision, then "
            f'torchvision.models.{spec.name}(weights="DEFAULT"){hint}.')
