"""What `explorer summary imagenet/bottleneck-152` adds to `import torch` (target: at most 0.5 s).

Whole processes, in turn, so that the machine's drift falls on both; prints medians, their difference and ratio.
"""

import subprocess
import sys
import time
from statistics import median

ROUNDS = 9
IMPORT = [sys.executable, "-c", "import torch"]
SUMMARY = [sys.executable, "-m", "explorer.cli", "summary", "imagenet/bottleneck-152"]


def seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    pairs = [(seconds(IMPORT), seconds(SUMMARY)) for _ in range(ROUNDS + 1)][1:]
    reference, whole = median(a for a, _ in pairs), median(b for _, b in pairs)
    added = median(b - a for a, b in pairs)
    print(f"import torch {reference:.2f} s, summary of ResNet-152 {whole:.2f} s ({whole / reference:.2f}x): adds {added:.2f} s")


if __name__ == "__main__":
    main()
