"""The one place that imports torchvision, and its classification models."""

import importlib.util
import threading
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from explorer.networks.spec import TorchvisionSpec

# The functions of torch by which torchvision's constructors draw first values.
_RANDOM = {"uniform_", "normal_", "trunc_normal_", "kaiming_uniform_", "kaiming_normal_", "xavier_uniform_",
           "xavier_normal_", "rand", "randn"}

_importing = threading.Lock()
_declared: torch.library.Library | None = None


def torchvision() -> ModuleType:
    """torchvision, imported on first use.

    Its wheel is compiled for CUDA: beside a CPU-only torch the extension does not load, and the import then fails for
    want of two operators' schemas. They are declared here; their kernels (for detection models) stay missing.
    """
    global _declared
    with _importing:
        if _declared is None and not _extension_loads():
            _declared = torch.library.Library("torchvision", "DEF")
            for name in ("nms", "qnms"):
                _declared.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        import torchvision

        return torchvision


def build_torchvision(spec: TorchvisionSpec, generator: torch.Generator, meta: bool = False, side: int | None = None) -> nn.Module:
    """The model with torchvision's own initialisation, drawn from `generator`; with `meta`, shapes without values.

    `side` is that of its images in pixels, where these are not the usual ones: vision transformers have a learned vector for
    each place of the image.
    """
    models = torchvision().models
    # The published weights of these two expect their own image statistics; their initialisation takes half a minute.
    special = {"transform_input": True, "init_weights": False} if spec.name in ("googlenet", "inception_v3") else {}
    if side and spec.name.startswith("vit_"):
        special = {"image_size": side}
    with _OwnGenerator(generator), _ShapesOnly() if meta else nullcontext():
        net = models.get_model(spec.name, weights=None, **special)
    return net.to("meta") if meta else net


def _extension_loads():
    installed = importlib.util.find_spec("torchvision")
    if installed is None or installed.origin is None:
        raise ImportError("torchvision is not installed: install requirements.txt.")
    libraries = list(Path(installed.origin).parent.glob("_C.*"))
    try:
        for library in libraries:
            torch.ops.load_library(library)
    except OSError:
        return False
    return bool(libraries)


class _OwnGenerator(TorchFunctionMode):
    """In this thread, random numbers that name no generator come from this one instead of torch's global one."""

    def __init__(self, generator):
        super().__init__()
        self.generator = generator

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if getattr(func, "__name__", "") in _RANDOM and kwargs.get("generator") is None:
            kwargs["generator"] = self.generator
        return func(*args, **kwargs)


class _ShapesOnly(TorchFunctionMode):
    """Uninitialised memory, where layers keep their weights, goes to the meta device; computed tables stay readable."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if func is torch.empty:
            kwargs["device"] = "meta"
        # Truncated initialisations ask whether a value fell outside; without values, none did.
        if func in (torch.Tensor.__bool__, torch.Tensor.item) and args[0].is_meta:
            return False
        return func(*args, **kwargs)
