"""Weights files in and out: safetensors, or PyTorch's own format read without running anything that is in it."""

import os
import pickle
import re
import warnings
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import safetensors
import safetensors.torch
import torch
from torch import nn

from explorer.networks.metadata import SAFETENSORS_SUFFIX, WEIGHTS_SUFFIXES, WeightsError, broken
from explorer.networks.vgg import Vgg

__all__ = ["WeightsError", "load_weights", "read_state_dict", "save_weights"]

# Names of published weights, tried where a name is not the network's own: the CIFAR nets' classifier and shortcuts,
# and the older spelling in torchvision's DenseNet and ViT files.
_OTHER_NAMES = (
    (r"^linear\.", "fc."),
    (r"\.shortcut\.", ".downsample."),
    (r"(denselayer[0-9]+\.(?:norm|conv))\.([0-9])", r"\1\2"),
    (r"\.mlp\.linear_1\.", ".mlp.0."),
    (r"\.mlp\.linear_2\.", ".mlp.3."),
)

# The kinds of numbers that weights are, and that counts and places are, such as BN's count of batches.
_KINDS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
_COUNTS = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)


def load_weights(net: nn.Module, path: str | os.PathLike) -> None:
    """Fills the net with a file's weights, cast to the net's precision; buffers of BN included.

    A net on the meta device gets memory by it: no first values are drawn in vain. Names may be the net's own or
    torchvision's. Raises `WeightsError`, and leaves the net as it was, unless every name and shape fits.
    """
    path = Path(path)
    own = net.state_dict()
    given = _by_own_names(net, own, read_state_dict(path))
    problems = _mismatches(own, given)
    if problems:
        more = f" and {len(problems) - 3} more differences" if len(problems) > 3 else ""
        raise WeightsError(f"{path.name} holds the weights of another network: {'; '.join(problems[:3])}{more}.")
    for name, tensor in given.items():
        _check_kind(path, name, tensor, own.get(name))
        if not torch.isfinite(tensor).all():
            raise WeightsError(f"{path.name} holds values that are not finite numbers, first in {name}.")
    # own keeps torch's record of module versions, by which some modules would else rename old keys once more.
    own.update(given)
    if not any(tensor.is_meta for tensor in net.state_dict().values()):
        net.load_state_dict(own)
        return
    for name, tensor in net.state_dict().items():
        # Copies, one at a time: the file may be mapped into memory, and half of it in another precision.
        own[name] = torch.zeros(tensor.shape, dtype=tensor.dtype) if own[name].is_meta else own[name].to(tensor.dtype, copy=True)
        given.pop(name, None)
    net.load_state_dict(own, assign=True)


def fits(net: nn.Module, given: Mapping[str, torch.Tensor]) -> bool:
    """Whether the net has these tensors, by their names or published ones, and no others."""
    own = net.state_dict()
    return not _mismatches(own, _by_own_names(net, own, given))


def read_state_dict(path: str | os.PathLike) -> dict[str, torch.Tensor]:
    """The tensors of a `.safetensors`, `.pt`, `.pth` or `.th` file by name, on the CPU.

    In PyTorch's format the state_dict may stand bare or under `state_dict`; a leading `module.` is taken off the names.
    Pickled code is never run. Raises `WeightsError`.
    """
    path = Path(path)
    if not path.is_file():
        raise WeightsError(f"There is no weights file {path}.")
    suffix = path.suffix.lower()
    if suffix not in WEIGHTS_SUFFIXES:
        known = f"{', '.join(WEIGHTS_SUFFIXES[:-1])} or {WEIGHTS_SUFFIXES[-1]}"
        raise WeightsError(f"{path.name} is no weights file: its name must end in {known}.")
    if path.stat().st_size == 0:
        raise WeightsError(f"{path.name} is empty.")
    tensors = _read_safetensors(path) if suffix == SAFETENSORS_SUFFIX else _read_pickled(path)
    return {name.removeprefix("module."): tensor for name, tensor in tensors.items()}


def save_weights(net: nn.Module, path: str | os.PathLike, metadata: dict[str, str]) -> None:
    """Writes the net's state_dict as safetensors, whole or not at all. Raises `WeightsError`."""
    path = Path(path)
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in net.state_dict().items()}
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(safetensors.torch.save(tensors, metadata))
        os.replace(part, path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise WeightsError(f"The weights could not be written to {path}: {error.strerror}.") from error


def _read_safetensors(path):
    try:
        return safetensors.torch.load_file(path)
    except (safetensors.SafetensorError, OSError, ValueError, KeyError) as error:
        raise WeightsError(broken(path)) from error


def _read_pickled(path):
    try:
        _refuse_foreign(path)
        with warnings.catch_warnings():
            # A foreign pickle is answered by our sentence alone.
            warnings.filterwarnings("ignore", message="Detected pickle protocol")
            content = torch.load(path, map_location="cpu", weights_only=True)
    except WeightsError:
        raise
    except Exception as error:  # a torn or foreign file can fail anywhere inside the reader
        # The restricted unpickler names what it met when a file asks for anything but tensors and plain containers.
        asks_for_more = isinstance(error, pickle.UnpicklingError) and re.search("global|unsupported", str(error), re.I)
        raise WeightsError(_more_than_weights(path) if asks_for_more else broken(path)) from error
    if isinstance(content, dict) and isinstance(content.get("state_dict"), dict):
        content = content["state_dict"]
    if not isinstance(content, dict) or not content:
        raise WeightsError(f"{path.name} holds no state_dict: save net.state_dict(), bare or under the key state_dict.")
    for name, value in content.items():
        if not isinstance(name, str) or not _is_plain_tensor(value):
            raise WeightsError(f"{path.name} holds no state_dict: its entry {str(name)[:60]} is no ordinary tensor.")
    return content


def _refuse_foreign(path):
    # torch.save stores its archive uncompressed; a compressed one can unpack to any size.
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.infolist()):
                raise WeightsError(f"{path.name} is a compressed archive, not a file written by torch.save.")
        return
    # Before its archives torch.save wrote pickles of protocol 2; another protocol is some other program's.
    with path.open("rb") as file:
        head = file.read(2)
    if head[:1] == pickle.PROTO and head[1:] != b"\x02":
        raise WeightsError(_more_than_weights(path))


def _is_plain_tensor(value):
    return (isinstance(value, torch.Tensor) and value.layout is torch.strided and value.device.type == "cpu"
            and not value.is_quantized and not value.is_complex())


def _check_kind(path, name, tensor, own):
    """Raise WeightsError for numbers that cannot be this entry's: integers without the scales of their quantisation, float8, complex.

    The counts of batch normalisations, which no answer depends on, may be of any kind: who halves all tensors of a file halves these too.
    """
    if tensor.dtype not in (_KINDS if own.is_floating_point() else (*_COUNTS, *_KINDS)):
        kind = str(tensor.dtype).removeprefix("torch.")
        raise WeightsError(f"{path.name} holds {kind} numbers in {name}: save them as float16, bfloat16, float32 or float64.")


def _by_own_names(net, own, given):
    """The tensors by the net's own names, where theirs are torchvision's or another publisher's."""
    torchvisions = net.torchvision_names() if isinstance(net, Vgg) else {}
    return {_own_name(torchvisions.get(name, name), own): tensor for name, tensor in given.items()}


def _own_name(name, own):
    for pattern, replacement in _OTHER_NAMES:
        renamed = re.sub(pattern, replacement, name)
        if name not in own and renamed in own:
            return renamed
    return name


def _mismatches(own, given):
    """One phrase for each difference in names or shapes; BN's batch counter may be missing, as in old files."""
    problems = [f"it has no {name}" for name in own if name not in given and not name.endswith("num_batches_tracked")]
    problems += [f"{name} is not in this one" for name in given if name not in own]
    problems += [f"{name} is {_shape(given[name])} and not {_shape(own[name])}" for name in own
                 if name in given and given[name].shape != own[name].shape]
    return problems


def _shape(tensor):
    return "x".join(map(str, tensor.shape)) or "a single number"


def _more_than_weights(path):
    return (f"{path.name} was not opened, as it asks for program code or Python objects beside weights: "
            "save the state_dict alone, best as .safetensors.")
