"""Which device to compute on."""

from typing import TYPE_CHECKING

from explorer.errors import BadInput
from explorer.machine.hardware import cpu_bf16

if TYPE_CHECKING:
    import torch


class DeviceError(BadInput):
    """A device that this machine does not have."""


def choose_device(name: str | None = None) -> "torch.device":
    """The device of that name, or for None and "auto" the best there is: CUDA, then Apple's MPS, then the CPU.

    Raises DeviceError for a device that is unknown or not there.
    """
    import torch

    wanted = (name or "auto").strip().lower()
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted == "auto":
        return torch.device(next(kind for kind, is_there in there.items() if is_there))
    kind, _, index = wanted.partition(":")
    if kind not in there or (index and not index.isdecimal()):
        raise DeviceError(f"There is no device named {name!r}; choose auto, cuda, mps or cpu.")
    count = torch.cuda.device_count() if kind == "cuda" else 1
    if not there[kind] or int(index or 0) >= count:
        able = ", ".join(kind for kind, is_there in there.items() if is_there)
        raise DeviceError(f"This machine has no {wanted} that torch can use; choose auto or one of: {able}.")
    return torch.device(wanted)


def supports_bf16(device: "torch.device") -> bool:
    """Whether bfloat16 is fast there; where it is only emulated the answer is no."""
    import torch

    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return device.type == "cpu" and bool(cpu_bf16())


def use_one_thread() -> None:
    """Compute on one core from now on in this process: for the small work of a page.

    Threads that wait for each other cost more than they bring on small networks, above all beside training workers on
    the same cores: 11 steps of a plain-56 of width 8 took 63 s with two threads there, 3 s with one.
    """
    import torch

    torch.set_num_threads(1)
