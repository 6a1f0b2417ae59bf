"""Residual Explorer: see why very deep networks need shortcuts."""

import os

# torch's threads wait for each other by spinning, unless told before torch is loaded. Beside training workers on the same
# cores the Gradient flow page took 63 s by spinning, 5 s like this.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
