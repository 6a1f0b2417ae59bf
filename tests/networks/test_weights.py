"""Weights files: the public ones score what they should, and a bad one is refused whole, in a sentence."""

import io
import os
import pickle
import re
import zipfile

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.networks.build import build
from explorer.networks.metadata import listed, network_in, read_metadata
from explorer.networks.spec import TorchvisionSpec, parse_spec
from explorer.networks.weights import WeightsError, load_weights, read_state_dict, save_weights

SMALL = parse_spec("cifar/basic-8?width=4&shortcut=B")


@pytest.fixture
def net():
    return build(SMALL, seed=1)


def same(first, second):
    first, second = first.state_dict(), second.state_dict()
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def refused(path, target=None):
    """The sentence by which a file is refused; the net that should have taken it stays as it was."""
    target = target or build(SMALL, seed=9)
    before = {name: tensor.clone() for name, tensor in target.state_dict().items()}
    with pytest.raises(WeightsError) as refusal:
        load_weights(target, path)
    assert all(torch.equal(before[name], tensor) for name, tensor in target.state_dict().items())
    assert str(refusal.value).endswith(".") and "\n" not in str(refusal.value)
    return str(refusal.value)


@pytest.mark.parametrize("depth, file, least", [(20, "resnet20-12fca82f.th", 0.91), (32, "resnet32-d509ac18.th", 0.92)])
def test_public_cifar_weights_score_what_they_should(shared_data, depth, file, least):
    net = build(parse_spec(f"cifar/basic-{depth}"))
    load_weights(net, shared_data / "weights" / file)
    with np.load(shared_data / "cifar10-subset.npz") as subset:
        images, labels = torch.from_numpy(subset["test_images"]), torch.from_numpy(subset["test_labels"])
    # These weights were trained on images normalised with ImageNet's statistics.
    mean, std = torch.tensor((0.485, 0.456, 0.406)), torch.tensor((0.229, 0.224, 0.225))
    with torch.no_grad():
        scores = net.eval()((((images / 255) - mean) / std).permute(0, 3, 1, 2))
    assert (scores.argmax(1) == labels).double().mean() >= least


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".th"])
@pytest.mark.parametrize("prefix", ["", "module."])
@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("legacy", [False, True])
def test_forms_of_pytorch_files(tmp_path, net, suffix, prefix, wrapped, legacy):
    state = {prefix + name: tensor for name, tensor in net.state_dict().items()}
    file = tmp_path / f"weights{suffix}"
    content = {"state_dict": state, "best_prec1": 91.78, "epoch": 3} if wrapped else state
    torch.save(content, file, _use_new_zipfile_serialization=not legacy)
    other = build(SMALL, seed=2)
    load_weights(other, file)
    assert same(net, other)


def test_saved_weights_come_back_with_what_was_said_about_them(tmp_path, net):
    net = net.to(memory_format=torch.channels_last)
    save_weights(net, tmp_path / "net.safetensors", {"network": SMALL.text, "classes": "a,b"})
    other = build(SMALL, seed=2)
    load_weights(other, tmp_path / "net.safetensors")
    assert same(net, other)
    assert read_metadata(tmp_path / "net.safetensors") == {"network": SMALL.text, "classes": "a,b"}
    assert os.listdir(tmp_path) == ["net.safetensors"]


@pytest.mark.parametrize("suffix", [".PT", ".Pth", ".SafeTensors"])
def test_suffixes_may_be_in_capitals(tmp_path, net, suffix):
    said, file = {"network": SMALL.text}, tmp_path / f"NET{suffix}"
    if suffix == ".SafeTensors":
        save_weights(net, file, said)
    else:
        torch.save(net.state_dict(), file)
    other = build(SMALL, seed=2)
    load_weights(other, file)
    assert same(net, other)
    assert read_metadata(file) == (said if suffix == ".SafeTensors" else {})


def test_the_network_is_told_by_the_head_of_a_file(tmp_path, net):
    save_weights(net, tmp_path / "net.safetensors", {"network": SMALL.text})
    head = (tmp_path / "net.safetensors").read_bytes()[:20_000]
    assert network_in(io.BytesIO(head)) == SMALL.text
    assert head[8:].startswith(b"{") and len(head) < (tmp_path / "net.safetensors").stat().st_size


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\3\4", b"\xff" * 64, (2).to_bytes(8, "little") + b"{}", (99).to_bytes(8, "little") + b'{"__metadata__": ',
     (len(b'{"__metadata__":{"network":7}}')).to_bytes(8, "little") + b'{"__metadata__":{"network":7}}',
     (4).to_bytes(8, "little") + b"null", (9000).to_bytes(8, "little") + b"[" * 9000],
)  # fmt: skip
def test_a_file_that_says_no_network_is_told_apart(content):
    assert network_in(io.BytesIO(content)) == ""


def test_safetensors_of_others_have_no_metadata_and_may_carry_a_prefix(tmp_path, net):
    tensors = {f"module.{name}": tensor for name, tensor in net.state_dict().items()}
    safetensors.torch.save_file(tensors, tmp_path / "plain.safetensors")
    torch.save(net.state_dict(), tmp_path / "plain.pt")
    assert read_metadata(tmp_path / "plain.safetensors") == {} == read_metadata(tmp_path / "plain.pt")
    other = build(SMALL, seed=2)
    load_weights(other, tmp_path / "plain.safetensors")
    assert same(net, other)


def test_half_precision_and_missing_batch_counters_are_taken(tmp_path, net):
    state = {name: tensor.half() for name, tensor in net.state_dict().items() if "num_batches" not in name}
    torch.save(state, tmp_path / "half.pt")
    other = build(SMALL, seed=2)
    load_weights(other, tmp_path / "half.pt")
    assert other.conv1.weight.dtype == torch.float32
    assert torch.equal(other.conv1.weight, net.conv1.weight.half().float())


def test_names_of_published_weights_are_understood(tmp_path, net):
    state = {name.replace("fc.", "linear.").replace(".downsample.", ".shortcut."): tensor
             for name, tensor in net.state_dict().items()}
    assert state.keys() != net.state_dict().keys()
    torch.save(state, tmp_path / "published.pt")
    other = build(SMALL, seed=2)
    load_weights(other, tmp_path / "published.pt")
    assert same(net, other)


@pytest.mark.parametrize("name, pattern, older", [
    ("densenet121", r"(denselayer\d+\.(?:norm|conv))(\d)", r"\1.\2"),
    ("mnasnet0_5", None, None),  # renames its own keys unless told that they are new
])
def test_older_names_in_torchvisions_files_are_understood(tmp_path, name, pattern, older):
    spec = TorchvisionSpec(name=name)
    net = build(spec, seed=1)
    state = {re.sub(pattern, older, key) if pattern else key: tensor for key, tensor in net.state_dict().items()}
    torch.save(state, tmp_path / "published.pth")
    other = build(spec, seed=2)
    load_weights(other, tmp_path / "published.pth")
    assert same(net, other)


class Malicious:
    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return os.mkdir, (str(self.trace),)


@pytest.mark.parametrize("way", ["archive", "legacy", "beside", "plain pickle", "old pickle"])
def test_a_malicious_pickle_is_refused_and_not_run(tmp_path, net, way):
    file, trace = tmp_path / "evil.pt", tmp_path / "was-run"
    if way.endswith("pickle"):
        file.write_bytes(pickle.dumps({"state_dict": Malicious(trace)}, protocol=2 if way == "old pickle" else 5))
    else:
        evil = Malicious(trace)
        content = {"state_dict": net.state_dict(), "optimizer": evil} if way == "beside" else evil
        torch.save(content, file, _use_new_zipfile_serialization=way != "legacy")
    assert refused(file) == ("evil.pt was not opened, as it asks for program code or Python objects beside weights: "
                             "save the state_dict alone, best as .safetensors.")
    assert not trace.exists()


@pytest.mark.parametrize("file, content, words", [
    ("empty.pt", b"", "empty.pt is empty."),
    ("empty.safetensors", b"", "empty.safetensors is empty."),
    ("text.pt", b"hello, this is no weights file", "text.pt is broken or no weights file"),
    ("zeros.th", bytes(2000), "zeros.th is broken or no weights file"),
    ("text.safetensors", b"hello, this is no weights file", "text.safetensors is broken or no weights file"),
    ("huge.safetensors", b"\xff" * 200, "broken or no weights file"),
    ("net.onnx", b"abc", "its name must end in .safetensors, .pt, .pth or .th."),
])
def test_empty_broken_and_foreign_files(tmp_path, file, content, words):
    (tmp_path / file).write_bytes(content)
    assert words in refused(tmp_path / file)
    if file.endswith(".safetensors"):
        with pytest.raises(WeightsError):
            read_metadata(tmp_path / file)


@pytest.mark.parametrize("content, words", [
    ([torch.zeros(2)], "holds no state_dict: save net.state_dict()"),
    ({}, "holds no state_dict: save net.state_dict()"),
    ({"state_dict": {}}, "holds no state_dict: save net.state_dict()"),
    ({"conv1.weight": torch.zeros(2), "epoch": 3}, "its entry epoch is no ordinary tensor."),
    ({3: torch.zeros(2)}, "its entry 3 is no ordinary tensor."),
    ({"conv1.weight": torch.eye(3).to_sparse()}, "its entry conv1.weight is no ordinary tensor."),
    ({"conv1.weight": torch.empty(3, device="meta")}, "its entry conv1.weight is no ordinary tensor."),
])
def test_pytorch_files_without_a_state_dict(tmp_path, content, words):
    torch.save(content, tmp_path / "other.pt")
    assert words in refused(tmp_path / "other.pt")


def test_missing_files_and_folders(tmp_path):
    (tmp_path / "folder.pt").mkdir()
    assert refused(tmp_path / "none.pt").startswith("There is no weights file")
    assert refused(tmp_path / "folder.pt").startswith("There is no weights file")
    with pytest.raises(WeightsError, match="There is no weights file"):
        read_metadata(tmp_path / "none.safetensors")


def test_a_compressed_archive_is_refused_before_it_unpacks(tmp_path, net):
    torch.save(net.state_dict(), tmp_path / "net.pt")
    with zipfile.ZipFile(tmp_path / "net.pt") as stored, \
            zipfile.ZipFile(tmp_path / "small.pt", "w", zipfile.ZIP_DEFLATED) as compressed:
        for entry in stored.infolist():
            compressed.writestr(entry.filename, stored.read(entry))
    assert "compressed archive" in refused(tmp_path / "small.pt")


@pytest.mark.parametrize("other, words", [
    ("cifar/basic-14?width=4&shortcut=B",
     "other.pt holds the weights of another network: layer1.1.conv1.weight is not in this one; "
     "layer1.1.bn1.weight is not in this one; layer1.1.bn1.bias is not in this one and 33 more differences."),
    ("cifar/basic-8?width=4", "it has no layer2.0.downsample.0.weight"),
    ("cifar/basic-8?width=4&shortcut=B&classes=7",
     "other.pt holds the weights of another network: fc.weight is 7x16 and not 10x16; "
     "fc.bias is 7 and not 10."),
    ("cifar/preact-8?width=4&shortcut=B", "it has no layer1.0.bn1.weight"),
])
def test_weights_of_another_network_are_refused_with_what_differs(tmp_path, other, words):
    torch.save(build(parse_spec(other)).state_dict(), tmp_path / "other.pt")
    assert words in refused(tmp_path / "other.pt")


def test_values_that_are_no_numbers_are_refused(tmp_path, net):
    with torch.no_grad():
        net.layer2[0].conv1.weight[0, 0, 0, 0] = float("nan")
    save_weights(net, tmp_path / "nan.safetensors", {})
    assert refused(tmp_path / "nan.safetensors") == ("nan.safetensors holds values that are not finite numbers, "
                                                     "first in layer2.0.conv1.weight.")


@pytest.mark.parametrize("suffix", [".pt", ".th", ".safetensors"])
def test_a_torn_file_is_refused_wherever_it_ends(tmp_path, suffix):
    net, file = build(SMALL), tmp_path / f"torn{suffix}"
    if suffix == ".safetensors":
        save_weights(net, file, {})
    else:
        torch.save(net.state_dict(), file, _use_new_zipfile_serialization=suffix == ".pt")
    whole = file.read_bytes()
    for length in {1, 2, 7, 8, 9, *range(10, len(whole), len(whole) // 40), len(whole) - 1}:
        file.write_bytes(whole[:length])
        refused(file)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_bytes_are_refused_or_harmless(tmp_path, data):
    suffix = data.draw(st.sampled_from([".pt", ".th", ".safetensors"]))
    file = tmp_path / f"damaged{suffix}"
    if suffix == ".safetensors":
        save_weights(build(SMALL), file, {})
    else:
        torch.save(build(SMALL).state_dict(), file, _use_new_zipfile_serialization=suffix == ".pt")
    content = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        # Headers and pickles stand at the two ends; the middle is numbers.
        place = data.draw(st.one_of(st.integers(0, 400), st.integers(len(content) - 400, len(content) - 1)))
        content[place] = data.draw(st.integers(0, 255))
    file.write_bytes(content)
    try:
        load_weights(build(SMALL), file)
    except WeightsError as error:
        assert str(error).endswith(".")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full, the full disk of Linux")
def test_a_failed_write_says_so_and_leaves_the_old_file(tmp_path, net):
    folder = tmp_path / "no" / "such"
    with pytest.raises(WeightsError, match="could not be written to .*: No such file or directory."):
        save_weights(net, folder / "net.safetensors", {})
    kept = tmp_path / "net.safetensors"
    save_weights(net, kept, {})
    before = kept.read_bytes()
    (tmp_path / "net.safetensors.part").symlink_to("/dev/full")
    with pytest.raises(WeightsError, match="No space left on device."):
        save_weights(build(SMALL, seed=5), kept, {})
    assert kept.read_bytes() == before and os.listdir(tmp_path) == ["net.safetensors"]


def test_read_state_dict_gives_bare_names(tmp_path, net):
    prefixed = {f"module.{name}": tensor for name, tensor in net.state_dict().items()}
    torch.save({"state_dict": prefixed}, tmp_path / "a.th")
    assert list(read_state_dict(tmp_path / "a.th")) == list(net.state_dict())


@pytest.mark.parametrize(("suffix", "kind"), [
    (suffix, kind) for suffix in (".safetensors", ".pt") for kind in (torch.float8_e4m3fn, torch.float8_e5m2, torch.int8, torch.bool)
] + [(".safetensors", torch.complex64)])  # fmt: skip
def test_numbers_of_a_kind_that_weights_are_not_are_refused(tmp_path, net, suffix, kind):
    state = net.state_dict() | {"layer2.0.conv1.weight": torch.ones_like(net.layer2[0].conv1.weight).to(kind)}
    save = safetensors.torch.save_file if suffix == ".safetensors" else torch.save
    save(state, tmp_path / f"net{suffix}")
    assert f"holds {str(kind)[6:]} numbers in layer2.0.conv1.weight: save them as float16" in refused(tmp_path / f"net{suffix}")


@pytest.mark.parametrize("kind", [torch.int32, torch.float16, torch.float64])
def test_counts_are_read_from_any_kind_of_numbers(tmp_path, net, kind):
    torch.save(net.state_dict() | {"bn1.num_batches_tracked": torch.tensor(7, dtype=kind)}, tmp_path / "net.pt")
    load_weights(net, tmp_path / "net.pt")
    assert net.bn1.num_batches_tracked == 7 and net.bn1.num_batches_tracked.dtype == torch.int64


@pytest.mark.parametrize("text", ["", "3", "{}", '"ab"', "[", "[" * 100_000, "[" + "1" * 5000 + "]", "[" + " " * 1_000_000 + "]", None, 3])
def test_what_is_no_list_is_none(text):
    assert listed(text) is None


def test_lists_are_read():
    assert listed('["a", 1, [2]]') == ["a", 1, [2]] and listed("[]") == []
