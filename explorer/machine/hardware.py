"""What this computer has to compute with, asked of the system and never of torch, whose import takes seconds."""

import importlib.util
import os
import platform
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

CPU_INFO = Path("/proc/cpuinfo")
CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Nvidia:
    """The first NVIDIA GPU. bfloat16 is fast from compute capability 8.0 (Ampere) on."""

    name: str
    bf16: bool
    memory_bytes: int


def cores() -> int:
    """The cores this process may use: less than the machine's in a container or under taskset."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):  # cgroup v2: "max 100000", or microseconds of CPU a period and the period
        quota, period = (CGROUP / "cpu.max").read_text().split()
        count = min(count, int(quota) // int(period))
    return max(1, count)


def memory_bytes() -> int:
    """The memory this process may use."""
    total = psutil.virtual_memory().total
    with suppress(OSError, ValueError):
        total = min(total, int((CGROUP / "memory.max").read_text()))
    return total


def free_bytes() -> int:
    """The memory that this process can still have."""
    return min(psutil.virtual_memory().available, memory_bytes())


def device_kind(wanted: str | None = None) -> str:
    """The kind of device that a recipe's `device` means here, "cuda", "mps" or "cpu": "cuda:1" is cuda, "auto" the best there is."""
    kind = (wanted or "auto").strip().lower().partition(":")[0]
    if kind != "auto":
        return kind
    return "cuda" if nvidia() else "mps" if apple_gpu() else "cpu"


def training_memory() -> tuple[str, int]:
    """Where networks are trained on this machine, and the bytes that there are: the GPU's, or else this process's."""
    gpu = nvidia()
    return (gpu.name, gpu.memory_bytes) if gpu else ("this machine", memory_bytes())


@cache
def cpu_bf16() -> bool | None:
    """Whether the CPU multiplies bfloat16 in hardware (AVX512_BF16, AMX, or Arm's BF16); None where that is not known."""
    try:
        text = CPU_INFO.read_text()
    except OSError:
        return None
    found = re.search(r"^(?:flags|Features)\s*:(.*)$", text, re.MULTILINE)
    return bool(found and {"avx512_bf16", "amx_bf16", "bf16"} & set(found[1].split()))


@cache
def nvidia() -> Nvidia | None:
    """The GPU that the installed torch can use, as far as the driver tells; None if there is none."""
    wanted = torch_cuda()
    if wanted is None or os.environ.get("CUDA_VISIBLE_DEVICES", "0").strip() in ("", "-1"):
        return None
    import pynvml

    try:
        pynvml.nvmlInit()
        try:
            if pynvml.nvmlSystemGetCudaDriverVersion() // 1000 < wanted:
                return None
            device = pynvml.nvmlDeviceGetHandleByIndex(0)
            major, _ = pynvml.nvmlDeviceGetCudaComputeCapability(device)
            memory = memory_bytes()  # a GPU that shares the machine's memory has none of its own to tell of
            with suppress(pynvml.NVMLError_NotSupported):
                memory = pynvml.nvmlDeviceGetMemoryInfo(device).total
            return Nvidia(name=pynvml.nvmlDeviceGetName(device), bf16=major >= 8, memory_bytes=memory)
        finally:
            pynvml.nvmlShutdown()
    except pynvml.NVMLError:
        return None


def torch_cuda() -> int | None:
    """The major CUDA version the installed torch was built for, read from its files; None for a build without CUDA."""
    found = importlib.util.find_spec("torch")
    if found is None or not found.origin:
        return None
    with suppress(OSError):
        version = re.search(r"^cuda\b[^=]*= '(\d+)", Path(found.origin).with_name("version.py").read_text(), re.MULTILINE)
        return int(version[1]) if version else None
    return None


def apple_gpu() -> bool:
    """Whether this is a Mac with an Apple GPU."""
    return platform.system() == "Darwin" and platform.machine() == "arm64"
