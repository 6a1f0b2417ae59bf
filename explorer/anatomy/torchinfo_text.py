"""The summary that torchinfo prints, which many know by heart, with what is wrong about it."""

import torchinfo

from explorer.networks.build import build
from explorer.networks.spec import NetworkSpec, TorchvisionSpec

KNOWN_ERRORS = """\
What to know about torchinfo's numbers:
- its mult-adds include biases, count batch normalisation once a parameter and not for every value, and leave out
  matrix products that are no layer of their own, such as attention's;
- its forward/backward pass size is twice the results of the layers that have parameters, and nothing of the others'."""


def torchinfo_text(spec: NetworkSpec | TorchvisionSpec) -> str:
    """`torchinfo.summary` of the network for one image, computed without values, and a note on its known errors."""
    net = build(spec, meta=True).eval()
    found = torchinfo.summary(
        net, (1, spec.channels, spec.input, spec.input), device="meta", depth=_depth(net), verbose=0,
        col_names=("input_size", "output_size", "num_params", "kernel_size", "mult_adds"),
    )
    return f"{found}\n{KNOWN_ERRORS}\n"


def _depth(net):
    """How deep modules lie within modules: all of them are shown."""
    return max(path.count(".") for path, _ in net.named_modules()) + 1
