"""A network as an ONNX file, for runtimes and viewers other than PyTorch.

torch's exporter works on state that all threads of a process share, and other sessions share ours: it runs in a
process of its own, `python -m explorer.networks.onnx_file`, and one at a time.
"""

import importlib.util
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from explorer.errors import BadInput
from explorer.networks.spec import NetworkSpec, TorchvisionSpec, parse_spec

MOST_BYTES = 2**31 - 1  # of a protobuf message, which an ONNX file is
TIMEOUT = 900  # seconds; the largest networks take a few minutes
_NEEDED = ("onnx", "onnxscript")
_KEPT = "namespace"  # of what the exporter notes at each node: the modules it is in. The rest has this machine's paths

_one_at_a_time = threading.Lock()


def onnx_bytes(spec: NetworkSpec | TorchvisionSpec, weights: str | os.PathLike | None = None) -> bytes:
    """The network as it predicts, `images` [N, channels, H, W] to `scores` [N, classes] for any N, as an ONNX file.

    With the values of a weights file, or the first values of seed 0. Batch normalisation is folded into the
    convolutions before it. Raises `BadInput` for weights that do not fit, for more than ONNX can hold, for what
    torch's exporter cannot express, and where its packages are missing.
    """
    check(spec)
    with _one_at_a_time, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "network.onnx"
        command = [sys.executable, "-m", "explorer.networks.onnx_file", spec.text, str(file)]
        try:
            done = subprocess.run(command + ([str(weights)] if weights else []), capture_output=True, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            raise BadInput(f"{spec.text} took more than {TIMEOUT // 60} minutes to export: choose a smaller one.") from None
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason was given"]
            raise BadInput(said[-1] if done.returncode == 2 else f"{spec.text} cannot be written as ONNX: {said[-1]}")
        return file.read_bytes()


def check(spec: NetworkSpec | TorchvisionSpec, weights_bytes: int = 0) -> None:
    """Raises `BadInput` where the exporter's packages are missing, or the weights are more than an ONNX file can hold."""
    if missing := [name for name in _NEEDED if importlib.util.find_spec(name) is None]:
        raise BadInput(f"ONNX files need {' and '.join(missing)}: pip install {' '.join(missing)}, or install this "
                       "project's requirements again.")
    if weights_bytes > MOST_BYTES:
        raise BadInput(f"The weights of {spec.text} take {weights_bytes / 1e9:.1f} GB, and an ONNX file holds 2.1 GB at most.")


def _export(spec, file, weights):
    """In the process of its own."""
    import torch

    from explorer.networks.build import build
    from explorer.networks.weights import load_weights

    check(spec, sum(tensor.nbytes for tensor in build(spec, meta=True).state_dict().values()))
    net = build(spec).eval()
    if weights:
        load_weights(net, weights)
    # Two images: of a batch of one, the exporter would take it that it is always one.
    images = torch.zeros(2, spec.channels, spec.input, spec.input)
    program = torch.onnx.export(net, (images,), input_names=["images"], output_names=["scores"],
                                dynamic_shapes=({0: torch.export.Dim("N")},), verbose=False)
    _write(program.model_proto, spec, file)


def _write(model, spec, file):
    graph = model.graph
    model.doc_string = f"{spec.title}, {spec.text}"
    model.metadata_props.add(key="network", value=spec.text)
    for noted in (graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        kept = [entry for entry in noted.metadata_props if entry.key == _KEPT]
        del noted.metadata_props[:]
        noted.metadata_props.extend(kept)
    file.write_bytes(model.SerializeToString())


if __name__ == "__main__":
    try:
        _export(parse_spec(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)
    except BadInput as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
