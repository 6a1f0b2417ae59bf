"""`explorer export`: a network as a file of its own, Python or ONNX."""

from pathlib import Path
from typing import Annotated

import typer

from explorer.cli_runs import Json, print_json
from explorer.errors import BadInput


def export(
    spec: Annotated[str, typer.Argument(help="a network, such as cifar/basic-56 or torchvision/resnet50")],
    output: Annotated[Path, typer.Option("-o", "--output", help="a file ending in .py (PyTorch alone) or .onnx")],
    weights: Annotated[Path | None, typer.Option(help="a weights file whose values go into the .onnx file")] = None,
    as_json: Json = False,
) -> None:
    """Write a network as one Python file that needs PyTorch alone, or as an ONNX file."""
    from explorer.networks.onnx_file import onnx_bytes
    from explorer.networks.spec import parse_spec

    network = parse_spec(spec)
    kind = output.suffix.lower()
    if kind not in (".py", ".onnx"):
        raise BadInput(f"cannot export to {output.name}: the file's name must end in .py or .onnx")
    if not output.absolute().parent.is_dir():
        raise BadInput(f"there is no folder {output.parent} to write {output.name} to")
    if kind == ".py" and weights:
        raise BadInput("a Python file holds no weights: leave out --weights, and give them to the file when it runs")
    data = _python(network) if kind == ".py" else onnx_bytes(network, weights)
    output.write_bytes(data)
    if as_json:
        print_json({"network": network.text, "file": str(output), "bytes": len(data)})
    else:
        print(f"{network.title} exported to {output}")


def _python(network) -> bytes:
    from explorer.anatomy.of import anatomy_of
    from explorer.networks.python_file import python_file

    return python_file(network, anatomy_of(network).macs).encode()
