"""How the C library treats memory that is given back to it. Imports no torch."""

import ctypes
import sys
from contextlib import suppress

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h
LARGEST = 2**30


def keep_freed_memory() -> None:
    """From now on let this process keep freed memory instead of handing it to the system and taking it anew.

    A training step frees all that the one before has taken. Given back each time, the pages have to be found and zeroed
    again: 5 to 7% of the step of a ResNet on the CPU (measured here, tests/benchmarks/bench_training.py). The peak stays
    the same. Does nothing where the C library is not glibc.
    """
    if sys.platform != "linux":
        return
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL("libc.so.6")
        library.mallopt(M_TRIM_THRESHOLD, LARGEST)
        library.mallopt(M_MMAP_THRESHOLD, LARGEST)


def give_back_freed_memory() -> None:
    """Hand to the system what this process has freed and still holds.

    glibc keeps a heap for each thread, and in it what the thread freed: after four threads decoded a picture of 100 MB, one after the
    other, 600 MB (measured here). Does nothing where the C library is not glibc.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL("libc.so.6").malloc_trim(0)
