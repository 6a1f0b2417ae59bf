"""This machine as the screen shows it, and as torch sees it."""

import os
import platform
import re
import subprocess
import sys

import pytest

from explorer.machine import hardware
from explorer.machine.device import DeviceError, choose_device, supports_bf16
from explorer.machine.disk import free_bytes
from explorer.machine.state import machine_state


def test_the_state_is_this_machine(explorer_home):
    state = machine_state()
    assert state.accelerator in ("cuda", "mps", "cpu")
    assert 1 <= state.cores <= os.cpu_count()
    assert 2**28 < state.memory_bytes < 2**48
    assert re.fullmatch(r"dot \d+\.\d+|graphviz-pure 0\.2\.2", state.graphviz)
    assert state.python == platform.python_version()
    assert (state.data_folder, state.data_folder.exists()) == (explorer_home, False)
    assert 0 < state.free_bytes < 2**60
    if state.accelerator == "cpu":
        assert state.device == f"CPU, {state.cores} core{'' if state.cores == 1 else 's'}"


def test_without_dot_the_python_graphviz_is_named(monkeypatch):
    code = "from explorer.machine.state import machine_state; print(machine_state().graphviz)"
    said = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PATH": "/nowhere"}, capture_output=True, text=True)
    assert said.stdout == "graphviz-pure 0.2.2\n"


def test_the_state_agrees_with_torch():
    import torch

    assert choose_device() == choose_device("auto") == torch.device(machine_state().accelerator)
    assert hardware.torch_cuda() == (int(torch.version.cuda.split(".")[0]) if torch.version.cuda else None)
    if machine_state().bf16 is not None:
        assert supports_bf16(choose_device()) == machine_state().bf16


@pytest.mark.parametrize("name", ["tpu", "cpu:7", "cuda:99", "cuda:-1", "cuda:x", "CPU, 2 cores"])
def test_a_device_that_is_not_there_gets_a_sentence(name):
    with pytest.raises(DeviceError, match=r"^(There is no device named|This machine has no) .*; choose auto"):
        choose_device(name)


def test_the_cpu_is_always_there():
    assert str(choose_device(" CPU ")) == "cpu"


@pytest.mark.parametrize("info, fast", [
    ("processor\t: 0\nflags\t\t: fpu sse avx512f avx512_bf16 amx_tile\n", True),
    ("processor\t: 0\nflags\t\t: fpu sse avx2 avx512f\nbugs\t\t: avx512_bf16\n", False),
    ("processor\t: 0\nFeatures\t: fp asimd i8mm bf16 dgh\n", True),
    ("", False),
    (None, None),
])  # fmt: skip
def test_fast_bfloat16_is_read_off_the_cpu(info, fast, tmp_path, monkeypatch):
    if info is not None:
        (tmp_path / "cpuinfo").write_text(info)
    monkeypatch.setattr(hardware, "CPU_INFO", tmp_path / "cpuinfo")
    hardware.cpu_bf16.cache_clear()
    assert hardware.cpu_bf16() is fast
    hardware.cpu_bf16.cache_clear()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs taskset's system call")
def test_only_the_cores_of_this_process_count(tmp_path, monkeypatch):
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(mine)})
    try:
        assert hardware.cores() == 1
    finally:
        os.sched_setaffinity(0, mine)


@pytest.mark.parametrize("quota, most", [("100000 100000", 1), ("50000 100000", 1), ("max 100000", 10**6), ("odd", 10**6)])
def test_a_container_s_quota_counts(quota, most, tmp_path, monkeypatch):
    without = hardware.cores()
    (tmp_path / "cpu.max").write_text(quota + "\n")
    (tmp_path / "memory.max").write_text("max\n" if most > 1 else "1000000000\n")
    monkeypatch.setattr(hardware, "CGROUP", tmp_path)
    assert hardware.cores() == min(without, most)
    assert (hardware.memory_bytes() == 10**9) == (most == 1)


def test_a_network_is_trained_in_the_gpu_s_memory_or_in_this_process_s():
    where, room = hardware.training_memory()
    gpu = hardware.nvidia()
    assert (where, room) == ((gpu.name, gpu.memory_bytes) if gpu else ("this machine", hardware.memory_bytes()))
    assert room > 10**8


def test_no_gpu_is_named_where_it_is_hidden(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    hardware.nvidia.cache_clear()
    assert hardware.nvidia() is None
    hardware.nvidia.cache_clear()


def test_the_room_of_a_folder_that_is_not_there_is_its_parent_s(tmp_path):
    assert free_bytes(tmp_path / "a" / "b") == pytest.approx(free_bytes(tmp_path), rel=0.05)
