"""The state of this machine as the screen shows it, found without importing torch."""

import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from explorer.machine.disk import free_bytes
from explorer.machine.folders import data_folder
from explorer.machine.hardware import apple_gpu, cores, cpu_bf16, memory_bytes, nvidia


@dataclass(frozen=True)
class MachineState:
    """`accelerator` is cuda, mps or cpu; `bf16` tells whether bfloat16 is fast on it, None where only a trial would tell."""

    device: str
    accelerator: str
    bf16: bool | None
    cores: int
    memory_bytes: int
    graphviz: str
    python: str
    data_folder: Path
    free_bytes: int


def machine_state() -> MachineState:
    """What work here would run on, and where it would be kept."""
    device, accelerator, bf16 = _device()
    return MachineState(
        device=device,
        accelerator=accelerator,
        bf16=bf16,
        cores=cores(),
        memory_bytes=memory_bytes(),
        graphviz=_graphviz(),
        python=platform.python_version(),
        data_folder=data_folder(),
        free_bytes=free_bytes(data_folder()),
    )


def _device() -> tuple[str, str, bool | None]:
    if gpu := nvidia():
        return f"{gpu.name} (CUDA)", "cuda", gpu.bf16
    if apple_gpu():
        return "Apple GPU (MPS)", "mps", None
    count = cores()
    return f"CPU, {count} core{'s' if count > 1 else ''}", "cpu", cpu_bf16()


@cache
def _graphviz() -> str:
    """Which Graphviz lays graphs out: `dot` where it is installed, else the pure Python one."""
    if dot := shutil.which("dot"):
        try:
            said = subprocess.run([dot, "-V"], capture_output=True, text=True, timeout=10).stderr
        except (OSError, subprocess.TimeoutExpired):
            said = ""
        if found := re.search(r"version (\d+\.\d+)", said):
            return f"dot {found[1]}"
    return f"graphviz-pure {version('graphviz-pure')}"
