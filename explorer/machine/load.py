"""How busy this machine is, and one process on it: the processor, the memory, the GPU."""

import time
from contextlib import suppress

import psutil

from explorer.machine.hardware import nvidia


class LoadMeter:
    """Measures from one reading to the next. Costs well under a millisecond a reading, some more with a GPU."""

    def __init__(self):
        self._process = psutil.Process()
        self._gpu = _gpu()
        self._clock, self._worked = time.monotonic(), self._seconds_worked()
        psutil.cpu_percent(None)

    def read(self) -> dict:
        """Now: `seconds` since 1970; `cpu`, `memory`, `gpu`, `gpu_memory` of the machine from 0 to 1, None without a GPU;
        `worker_cpu` in cores, the mean since the last reading; `worker_memory` in bytes."""
        clock, worked = time.monotonic(), self._seconds_worked()
        cores = (worked - self._worked) / max(clock - self._clock, 1e-3)
        self._clock, self._worked = clock, worked
        gpu, gpu_memory = self._gpu_load()
        return {
            "seconds": round(time.time(), 2),
            "cpu": round(psutil.cpu_percent(None) / 100, 3),
            "memory": round(psutil.virtual_memory().percent / 100, 3),
            "worker_cpu": round(cores, 2),
            "worker_memory": self._process.memory_info().rss,
            "gpu": gpu,
            "gpu_memory": gpu_memory,
        }

    def _seconds_worked(self) -> float:
        times = self._process.cpu_times()
        return times.user + times.system

    def _gpu_load(self) -> tuple[float | None, float | None]:
        if self._gpu is None:
            return None, None
        import pynvml

        busy = used = None
        with suppress(pynvml.NVMLError):
            busy = round(pynvml.nvmlDeviceGetUtilizationRates(self._gpu).gpu / 100, 3)
        with suppress(pynvml.NVMLError):
            memory = pynvml.nvmlDeviceGetMemoryInfo(self._gpu)
            used = round(memory.used / memory.total, 3)
        return busy, used


def _gpu():
    """NVML's handle of the first GPU, kept open for this process; None without one."""
    if nvidia() is None:
        return None
    import pynvml

    try:
        pynvml.nvmlInit()
        return pynvml.nvmlDeviceGetHandleByIndex(0)
    except pynvml.NVMLError:
        return None
