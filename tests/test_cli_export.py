"""`explorer export`, and drawings for paper by `explorer diagram --page`."""

import subprocess
import sys

import onnx
import pytest
from command_line import answer, assert_refused, explorer

from explorer.machine.folders import ASSETS

WEIGHTS = ASSETS / "weights" / "cifar10-residual-20.safetensors"


def test_a_python_file_that_runs_with_weights(tmp_path):
    file = tmp_path / "net.py"
    assert answer("export", "cifar/basic-20", "-o", file) == {
        "network": "cifar/basic-20", "file": str(file), "bytes": file.stat().st_size}
    assert "269,722 parameters, 40,551,040 multiply-adds an image" in file.read_text()
    done = subprocess.run([sys.executable, file, WEIGHTS], capture_output=True, text=True)
    assert done.stdout == "Residual-20 has 269,722 parameters; [1, 3, 32, 32] to [1, 10]\n", done.stderr


def test_an_onnx_file_with_weights(tmp_path):
    file = tmp_path / "net.onnx"
    done = explorer("export", "cifar/basic-20", "-o", file, "--weights", WEIGHTS)
    assert (done.returncode, done.stdout) == (0, f"Residual-20 exported to {file}\n")
    onnx.checker.check_model(str(file), full_check=True)


def test_a_page_is_filled_and_small_type_is_said(tmp_path):
    file = tmp_path / "net.pdf"
    found = answer("diagram", "imagenet/bottleneck-50", "-o", file, "--page", "A4 portrait")
    assert file.read_bytes().startswith(b"%PDF-") and found["page"] == "A4 portrait" and found["smallest_type"] >= 5
    done = explorer("diagram", "imagenet/bottleneck-152", "-o", file, "--open", "layer3.1-35", "--page", "Letter portrait")
    assert done.returncode == 0 and len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("explorer: On Letter portrait the smallest type is ")


BAD = {
    "neither": ("net.h5", ["export", "cifar/basic-20", "-o", "net.h5"]),
    "no file": ("--output", ["export", "cifar/basic-20"]),
    "no folder": ("no folder", ["export", "cifar/basic-20", "-o", "/nonexistent/net.py"]),
    "weights in Python": ("leave out --weights", ["export", "cifar/basic-20", "-o", "{tmp}/never-written.py", "--weights", WEIGHTS]),
    "no weights": ("none.pt", ["export", "cifar/basic-20", "-o", "{tmp}/never-written.onnx", "--weights", "none.pt"]),
    "other weights": ("another network", ["export", "cifar/basic-8", "-o", "{tmp}/never-written.onnx", "--weights", WEIGHTS]),
    "torchvision's code": ("torchvision's own code", ["export", "torchvision/resnet50", "-o", "{tmp}/never-written.py"]),
    "no such page": ("no page A5", ["diagram", "cifar/basic-20", "-o", "{tmp}/never-written.svg", "--page", "A5"]),
    "dark paper": ("paper is white", ["diagram", "cifar/basic-20", "-o", "{tmp}/never-written.svg", "--page", "16:9", "--dark"]),
}


@pytest.mark.parametrize("word, arguments", BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_line_and_status_2(word, arguments, tmp_path):
    assert_refused(word, *(str(argument).replace("{tmp}", str(tmp_path)) for argument in arguments))
