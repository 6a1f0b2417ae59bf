import subprocess
import sys

import pytest

CODE = """
import resource, sys
import numpy as np
from explorer.machine.allocator import keep_freed_memory
if sys.argv[1] == "keep":
    keep_freed_memory()

def step():
    kept = [np.ones(2**20) for _ in range(12)]  # 8 MB each
    kept.clear()

step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs glibc")
def test_memory_that_is_kept_costs_no_page_faults_when_it_is_taken_again():
    faults = {how: int(subprocess.run([sys.executable, "-c", CODE, how], capture_output=True, text=True, check=True).stdout)
              for how in ("keep", "give back")}
    assert faults["keep"] < 100 < faults["give back"]
