"""Weights files that a user brings in: kept with what was said of them, listed, opened, removed; refused by name, leaving nothing."""

import io
import json
import os
import threading

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.errors import BadInput
from explorer.machine.folders import models_folder
from explorer.networks.build import build
from explorer.networks.known_data import CIFAR10_CLASSES, CIFAR10_STATISTICS, DIGITS, IMAGENET_STATISTICS
from explorer.networks.spec import TorchvisionSpec, parse_spec
from explorer.networks.weights import save_weights
from explorer.vision.cards import card
from explorer.vision.classify import probabilities
from explorer.vision.model import ModelError
from explorer.vision.models import find_model, list_models, open_model
from explorer.vision.own import bring_in, class_names_in, remove
from explorer.vision.picture import Picture
from explorer.vision.prepare import prepare

SPEC = "cifar/basic-8?width=4"


def saved(text=SPEC, seed=5, wrap=lambda state: state):
    """A file of PyTorch with a net's first weights."""
    file = io.BytesIO()
    torch.save(wrap(build(parse_spec(text), seed).state_dict()), file)
    file.seek(0)
    return file


def safetensors(tmp_path, text=SPEC, **metadata):
    save_weights(build(parse_spec(text)), tmp_path / "x.safetensors", metadata)
    return io.BytesIO((tmp_path / "x.safetensors").read_bytes())


def kept_files():
    return sorted(file.name for file in models_folder().iterdir()) if models_folder().is_dir() else []


@pytest.mark.parametrize("file_name", ["net.pt", "net.PTH", "net.th"])
def test_what_is_brought_in_is_listed_opened_and_removed(file_name):
    file = saved(wrap=lambda state: {"state_dict": {f"module.{name}": value for name, value in state.items()}})
    model = bring_in(file, file_name, SPEC, "imagenet", [f"kind {i}" for i in range(10)])
    assert (model.id, model.kind, model.at_hand, model.spec.text) == ("own/net", "own", True, SPEC)
    assert model.title == "net: Residual-8, your own" and model in list_models()
    loaded = open_model(model.id)
    assert loaded.classes[3] == "kind 3" and (loaded.preparation.mean, loaded.preparation.std) == IMAGENET_STATISTICS
    expected = build(parse_spec(SPEC), seed=5).state_dict()
    assert all(torch.equal(tensor.cpu(), expected[name]) for name, tensor in loaded.net.state_dict().items())
    assert kept_files() == ["net.safetensors"]
    remove(model.id)
    assert kept_files() == [] and model not in list_models()
    with pytest.raises(BadInput, match="no weights of your own called net"):
        remove(model.id)


def test_a_file_that_says_everything_needs_nothing_said(tmp_path):
    classes = json.dumps([f"k{i}" for i in range(10)])
    file = safetensors(tmp_path, network=SPEC, classes=classes, mean="[0.1,0.2,0.3]", std="[1,1,1]", error="3% on my own pictures",
                       dataset="/home/me/zoo")  # fmt: skip
    model = bring_in(file, "said.safetensors")
    loaded = open_model(model.id)
    assert loaded.classes[9] == "k9" and loaded.preparation.mean == (0.1, 0.2, 0.3) and model.error == "3% on my own pictures"
    assert model.metadata["dataset"] == "zoo"


def test_unsaid_is_what_is_usual_for_such_a_network():
    loaded = open_model(bring_in(saved(), "x.pt", SPEC).id)
    assert loaded.classes == CIFAR10_CLASSES and (loaded.preparation.mean, loaded.preparation.std) == CIFAR10_STATISTICS
    grey = open_model(bring_in(saved("cifar/basic-8?width=4&channels=1"), "x.pt", "cifar/basic-8?width=4&channels=1").id)
    assert grey.classes == DIGITS and grey.preparation.digits
    coloured = open_model(bring_in(saved(), "digits.pt", SPEC, "mnist").id)
    assert coloured.classes == DIGITS and coloured.preparation.digits and coloured.model.knows_digits


def test_a_grey_network_of_other_classes_is_not_taken_for_one_of_digits():
    text = "cifar/basic-8?width=4&channels=1"
    loaded = open_model(bring_in(saved(text), "clothes.pt", text, classes=[f"garment {i}" for i in range(10)]).id)
    assert not loaded.model.knows_digits and not loaded.preparation.digits and loaded.classes[0] == "garment 0"


def test_torchvisions_files_fit_this_projects_networks_and_its_own():
    small = "imagenet/basic-10?blocks=1-1-1-1&width=4&classes=7"
    assert open_model(bring_in(saved(small), "r.pth", small).id).preparation.shorter == 256
    net = build(TorchvisionSpec("squeezenet1_1"))
    file = io.BytesIO()
    torch.save(net.state_dict(), file)
    file.seek(0)
    loaded = open_model(bring_in(file, "squeeze.pth", "torchvision/squeezenet1_1").id)
    pixels = prepare(Picture(Image.fromarray(np.full((300, 280, 3), 90, np.uint8))), loaded.preparation).pixels[None]
    with torch.no_grad():
        mean, std = (torch.tensor(values).view(3, 1, 1) for values in IMAGENET_STATISTICS)
        expected = net.eval()((torch.from_numpy(pixels) / 255 - mean) / std).softmax(1)
    torch.testing.assert_close(probabilities(loaded, pixels), expected, rtol=1e-4, atol=1e-7)


def test_names_are_plain_and_never_taken_twice():
    names = ["net.pt", "net.pt", "../../net.pt", "héllo wörld (1).pt", ".pt.pt", "a" * 200 + ".pt", "<b>**x**</b>.pt",
             "C:\\weights\\mine.pt"]  # fmt: skip
    ids = [bring_in(saved(), name, SPEC).id for name in names]
    assert ids[:3] == ["own/net", "own/net-2", "own/net-3"] and len(set(ids)) == len(ids)
    assert all(find_model(model_id).id == model_id for model_id in ids)
    assert all(file.endswith(".safetensors") and "/" not in file for file in kept_files()) and len(kept_files()) == len(ids)
    assert bring_in(saved(), "net.pt", SPEC, name="my best").id == "own/my-best"


def refused(sentence, *arguments, **options):
    with pytest.raises(BadInput, match=sentence) as caught:
        bring_in(*arguments, **options)
    assert "\n" not in str(caught.value)
    assert kept_files() == []


def test_what_cannot_be_used_is_refused_by_its_name_and_leaves_nothing(tmp_path):
    refused("notes.txt is no weights file: its name must end in .safetensors, .pt, .pth, .th", saved(), "notes.txt", SPEC)
    refused("x.pt does not say which network it is for", saved(), "x.pt")
    refused("no stem", saved(), "x.pt", "cifra/basic-8")
    refused("x.pt holds the weights of another network", saved(), "x.pt", "cifar/basic-20")
    refused("x.pt is empty", io.BytesIO(), "x.pt", SPEC)
    refused("x.safetensors is broken", io.BytesIO(b"nonsense"), "x.safetensors", SPEC)
    refused("x.pt is broken", io.BytesIO(saved().read()[:-200]), "x.pt", SPEC)
    told = safetensors(tmp_path, network=SPEC)
    refused("says that it is for cifar/basic-8.width=4, not for cifar/plain-8", told, "x.safetensors", "cifar/plain-8?width=4")
    refused("tells 10 classes apart and 2 names are given", saved(), "x.pt", SPEC, classes=["cat", "dog"])
    refused("Two classes are called cat", saved(), "x.pt", SPEC, classes=["cat"] * 10)
    refused("The name of class 2 is empty", saved(), "x.pt", SPEC, classes=["cat", " ", *"abcdefgh"])
    refused("A normalisation is cifar, imagenet, mnist, not coffee", saved(), "x.pt", SPEC, "coffee")
    refused("takes 2 channels", saved("cifar/basic-8?width=4&channels=2"), "x.pt", "cifar/basic-8?width=4&channels=2")
    refused("takes 1 channels", saved("cifar/basic-8?width=4&channels=1"), "x.pt", "cifar/basic-8?width=4&channels=1", "cifar")
    diverged = saved(wrap=lambda state: state | {"fc.weight": state["fc.weight"] * torch.nan})
    refused("not finite", diverged, "x.pt", SPEC)


def test_code_in_a_file_is_not_run(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    file = io.BytesIO()
    torch.save({"state_dict": Trap()}, file)
    file.seek(0)
    refused("trap.pt was not opened, as it asks for program code", file, "trap.pt", SPEC)
    assert not (tmp_path / "sprung").exists()


def test_a_folder_that_cannot_be_written_gets_a_sentence():
    models_folder().parent.mkdir(parents=True, exist_ok=True)
    models_folder().write_text("in the way")
    with pytest.raises(ModelError, match="x.pt could not be kept in"):
        bring_in(saved(), "x.pt", SPEC)


def test_two_at_once_get_two_names():
    found = []
    threads = [threading.Thread(target=lambda: found.append(bring_in(saved(), "net.pt", SPEC).id)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 6 == len(kept_files())


@pytest.mark.parametrize(("text", "names"), [
    ("", ()), ("  \n ", ()), ("cat, dog ,bird", ("cat", "dog", "bird")), ("cat\n\ndog\r\nbird, small\n", ("cat", "dog", "bird, small")),
    ('["a, b", "c"]', ("a, b", "c")), ("[1, 2]", ("1", "2")),
])  # fmt: skip
def test_class_names_as_people_write_them(text, names):
    assert class_names_in(text) == names


@pytest.mark.parametrize("text", ['["cat", ', "[" * 100_000, f"[{'1' * 5000}]"])
def test_a_torn_json_list_is_refused(text):
    with pytest.raises(BadInput, match="begin like a JSON list"):
        class_names_in(text)


HOSTILE = {"deep": "[" * 100_000, "long": f"[1{'0' * 400},1,1]", "digits": f"[{'1' * 5000}]", "huge": json.dumps(["x" * 200_000] * 10),
           "other": "3"}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("key", ["classes", "mean", "std"])
def test_what_no_list_can_be_is_as_if_it_were_not_said(tmp_path, key, text):
    model = bring_in(safetensors(tmp_path, network=SPEC, **{key: text}), "odd.safetensors")
    loaded = open_model(model.id)
    assert loaded.classes == CIFAR10_CLASSES and (loaded.preparation.mean, loaded.preparation.std) == CIFAR10_STATISTICS
    beside = open_model(str(tmp_path / "x.safetensors"))
    assert beside.classes == CIFAR10_CLASSES and card(beside.model).classes == CIFAR10_CLASSES


def test_what_a_file_says_of_itself_is_cut_to_what_can_be_shown(tmp_path):
    names = [f"{i}\n{'x' * 50_000}" for i in range(10)]
    file = safetensors(tmp_path, network=SPEC, classes=json.dumps(names), error="5%\n" * 9999, dataset="d" * 9999)
    model = bring_in(file, "long.safetensors")
    assert open_model(model.id).classes == tuple(f"{i} {'x' * 98}" for i in range(10))
    assert model.error == ("5% " * 99)[:200] and model.metadata["dataset"] == "d" * 200


def test_what_a_killed_process_left_is_swept_away():
    stale, others = models_folder() / ".incoming-stale", models_folder() / ".incoming-others"
    for folder in (stale, others):
        folder.mkdir(parents=True)
        (folder / "net.pt").write_bytes(b"half")
    os.utime(stale, (0, 0))
    bring_in(saved(), "net.pt", SPEC)
    assert kept_files() == [".incoming-others", "net.safetensors"]
