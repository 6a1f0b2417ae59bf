"""The exported Python file: what it looks like (golden), and that it is the network, where nothing but torch is there."""

import ast
import subprocess
import sys
import types

import pytest
import torch
from hypothesis import given, settings
from network_strategies import specs
from safetensors.torch import save_file
from torch.nn import functional as F

from explorer.anatomy.of import anatomy_of
from explorer.machine.folders import ASSETS
from explorer.networks.build import build
from explorer.networks.options import BLOCKS
from explorer.networks.python_file import python_file
from explorer.networks.spec import SpecError, parse_spec
from explorer.networks.weights import load_weights, save_weights

GOLDENS = ["cifar/plain-20", "cifar/basic-56", "cifar/preact-bottleneck-164?zero_init=true", "cifar/highway-32?gate_bias=-2",
           "imagenet/basic-34?shortcut=C&norm=none&zero_init=true", "imagenet/bottleneck-50?stride=3x3&dropout=0.2",
           "imagenet/vgg-16"]
SHIPPED = ASSETS / "weights" / "cifar10-residual-20.safetensors"


def run(text):
    """The file as a module."""
    module = types.ModuleType("exported")
    exec(compile(text, "exported.py", "exec"), module.__dict__)
    return module


def images(spec, count=2):
    return torch.randn(count, spec.channels, spec.input, spec.input, generator=torch.Generator().manual_seed(1))


def assert_equal_states(first, second):
    first, second = first.state_dict(), second.state_dict()
    assert list(first) == list(second)
    assert all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("network", GOLDENS, ids=lambda network: network.replace("/", " ").replace("?", " "))
def test_file(network, golden):
    spec = parse_spec(network)
    golden(python_file(spec, anatomy_of(spec).macs), ".py.txt")


@settings(max_examples=40, deadline=None)
@given(specs(small=True))
def test_any_network_has_the_same_first_values_outputs_and_steps(spec):
    original, exported = build(spec, seed=5), run(python_file(spec)).network(seed=5)
    assert_equal_states(original, exported)
    x, labels = images(spec), torch.zeros(2, dtype=torch.long)
    for net in (original, exported):
        optimiser = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
        torch.manual_seed(2)  # for dropout
        F.cross_entropy(net(x), labels).backward()
        optimiser.step()
    assert_equal_states(original, exported)
    with torch.no_grad():
        assert torch.equal(original.eval()(x), exported.eval()(x))


@settings(max_examples=60, deadline=None)
@given(specs().filter(lambda spec: sum(spec.stage_blocks) < 60))  # deeper ones differ in one number only
def test_any_file_is_tidy(spec):
    text = python_file(spec, macs=10**12)
    tree = ast.parse(text)
    assert spec.text in text.splitlines()[2] and text.endswith("    main()\n") and "\n\n\n\n" not in text
    assert max(map(len, text.splitlines()[3:])) <= 120
    assert not any(line != line.rstrip() for line in text.splitlines())
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    read |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    made = [node for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    assert {one.name for one in made} - {"load"} <= read  # no definition that nothing uses
    imported = [alias for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names]
    assert {alias.asname or alias.name for alias in imported} <= read
    for idle in ("explorer.", "Parts(", "spec", "parts.", "None else None"):
        assert idle not in text.split('"""', 2)[2].replace("inspect", "")


BARE = """
import sys, importlib.abc
class OnlyTorch(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in ("explorer", "torchvision", "safetensors", "pydantic", "numpy"):
            raise ModuleNotFoundError(f"{name} is not there")
sys.meta_path.insert(0, OnlyTorch())
sys.argv = sys.argv[1:]
import runpy
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.parametrize("network", [f"{'imagenet' if block == 'vgg' else 'cifar'}/{block}-"
                                     f"{16 if block == 'vgg' else 20 if 'bottleneck' not in block else 29}?width=4" for block in BLOCKS])
def test_it_runs_where_only_torch_is(tmp_path, network):
    spec = parse_spec(network)
    file, weights = tmp_path / "net.py", tmp_path / "net.pth"
    file.write_text(python_file(spec))
    net = build(spec, seed=9)
    torch.save({"state_dict": net.state_dict()}, weights)
    done = subprocess.run([sys.executable, "-I", "-c", BARE, file, weights], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    size = sum(parameter.numel() for parameter in net.parameters())
    assert done.stdout == (f"{spec.title} has {size:,} parameters; [1, {spec.channels}, {spec.input}, {spec.input}] to "
                           f"[1, {spec.classes}]\n")


def test_it_loads_our_checkpoints_where_only_torch_is(tmp_path):
    spec, file = parse_spec("cifar/basic-20"), tmp_path / "net.py"
    file.write_text(python_file(spec))
    done = subprocess.run([sys.executable, "-I", "-c", BARE, file, SHIPPED], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout == "Residual-20 has 269,722 parameters; [1, 3, 32, 32] to [1, 10]\n", done.stderr


@pytest.mark.parametrize("entry", ["state_dict", "net"])
def test_it_finds_the_weights_in_a_checkpoint(tmp_path, entry):
    spec = parse_spec("cifar/basic-8?width=4")
    original = build(spec, seed=3)
    torch.save({entry: original.state_dict(), "steps_done": 7}, tmp_path / "last.pt")
    exported = run(python_file(spec))
    net = exported.network()
    exported.load(net, tmp_path / "last.pt")
    assert_equal_states(net, original)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64])
def test_it_reads_safetensors_as_the_package_does(tmp_path, dtype):
    file, tensors = tmp_path / "one.safetensors", {"a": torch.arange(6).reshape(2, 3).to(dtype), "one": torch.tensor(7).to(dtype)}
    save_file(tensors, file, {"network": "none"})
    read = run(python_file(parse_spec("cifar/basic-8"))).read_safetensors(file)
    assert read.keys() == tensors.keys()
    assert all(read[name].dtype == dtype and torch.equal(read[name], tensors[name]) for name in tensors)


@pytest.mark.parametrize("suffix", [".safetensors", ".pt", ".pth", ".th"])
def test_it_loads_weights_of_every_form(tmp_path, suffix):
    spec = parse_spec("cifar/basic-8?width=4&shortcut=B")
    original, file = build(spec, seed=3), tmp_path / f"weights{suffix}"
    if suffix == ".safetensors":
        save_weights(original, file, {})
    else:
        torch.save(original.state_dict(), file)
    exported = run(python_file(spec))
    net = exported.network()
    exported.load(net, file)
    assert_equal_states(net, original)


def test_it_loads_a_shipped_network():
    assert_loads(parse_spec("cifar/basic-20"), SHIPPED)


@pytest.mark.parametrize("depth, file", [(20, "resnet20-12fca82f.th"), (32, "resnet32-d509ac18.th")])
def test_it_loads_public_weights(shared_data, depth, file):
    assert_loads(parse_spec(f"cifar/basic-{depth}"), shared_data / "weights" / file)


def assert_loads(spec, file):
    original, exported = build(spec), run(python_file(spec))
    load_weights(original, file)
    net = exported.network()
    exported.load(net, file)
    assert_equal_states(net, original)
    with torch.no_grad():
        assert torch.equal(net.eval()(images(spec)), original.eval()(images(spec)))


def test_other_weights_are_refused(tmp_path):
    exported = run(python_file(parse_spec("cifar/basic-8?width=4")))
    torch.save(build(parse_spec("cifar/basic-8?width=8")).state_dict(), tmp_path / "other.pt")
    with pytest.raises(RuntimeError, match="size mismatch"):
        exported.load(exported.network(), tmp_path / "other.pt")


def test_a_model_of_torchvision_is_said_where_it_is():
    with pytest.raises(SpecError, match=r'torchvision.models.swin_t\(weights="DEFAULT"\)\.$'):
        python_file(parse_spec("torchvision/swin_t"))
    with pytest.raises(SpecError, match=r"imagenet/bottleneck-50\?stride=3x3 is the same network"):
        python_file(parse_spec("torchvision/resnet50"))
