"""Is a process still the one that was started, or gone, or another with the same number?"""

from pathlib import Path

import psutil

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def identity(pid: int) -> str | None:
    """What sets this process apart from any other that has or had its number; None if it is gone or a zombie.

    On Linux the start in clock ticks after boot, and which boot: unlike a time of day these do not move when the
    clock is set.
    """
    if type(pid) is not int or pid < 1:
        return None
    if BOOT_ID.exists():
        return _linux_identity(pid)
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.2f}"
    except (psutil.Error, OverflowError):
        return None


def _linux_identity(pid: int) -> str | None:
    try:
        # proc(5): the name in parentheses may hold anything; after it the state comes first, the start time as 20th.
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        state, start = fields[0], int(fields[19])
    except (OSError, IndexError, ValueError):
        return None
    return None if state in (b"Z", b"X") else f"{start}@{BOOT_ID.read_text().strip()}"
