"""torchvision's models: downloaded once, checked, and usable; offline, a sentence. From a real server on this machine."""

import functools
import hashlib
import http.server
import threading
from dataclasses import replace

import numpy as np
import pytest
import torch
from finished import finished_run
from PIL import Image

from explorer.networks.build import build
from explorer.networks.spec import TorchvisionSpec, parse_spec
from explorer.networks.torchvision_models import torchvision
from explorer.networks.weights import load_weights
from explorer.signals.lesions import blocks_of
from explorer.vision import torchvision_weights
from explorer.vision.classify import classify
from explorer.vision.model import ModelError, weights_folder
from explorer.vision.models import fetch, find_model, list_models, open_model
from explorer.vision.picture import Picture
from explorer.vision.torchvision_weights import OWN_NETWORKS, torchvision_models, version_of, versions_of

NAME = "torchvision/resnet18"


class CountingHandler(http.server.SimpleHTTPRequestHandler):
    asked = 0

    def do_GET(self):
        type(self).asked += 1
        super().do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def published_file(tmp_path_factory):
    """A first-weights resnet18 as torchvision would publish it: the state_dict, its SHA-256 in the file's name."""
    file = tmp_path_factory.mktemp("published") / "weights.pth"
    torch.save(build(TorchvisionSpec("resnet18"), seed=3).state_dict(), file)
    return file.rename(file.with_name(f"resnet18-{hashlib.sha256(file.read_bytes()).hexdigest()[:8]}.pth"))


def publish(monkeypatch, file):
    """As if torchvision's resnet18 had that file."""
    table = torchvision_weights._table()
    monkeypatch.setitem(table, "resnet18", (replace(table["resnet18"][0], file=file.name, bytes=file.stat().st_size),))


@pytest.fixture
def server(published_file, monkeypatch):
    """Serves that file, in the place of torchvision's publisher."""
    handler = type("Handler", (CountingHandler,), {})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=published_file.parent)) as server:
        server.asked = lambda: handler.asked
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        monkeypatch.setenv("EXPLORER_MIRROR", f"http://127.0.0.1:{server.server_port}/")
        publish(monkeypatch, published_file)
        yield server
        server.shutdown()


def test_downloaded_once_and_then_classifies(server, published_file):
    heard = []
    loaded = open_model(NAME, progress=lambda done, total: heard.append((done, total)))
    size = published_file.stat().st_size
    assert heard[-1] == (size, size) and [done for done, _ in heard] == sorted(done for done, _ in heard)
    assert [file.name for file in weights_folder().glob("[!.]*")] == [published_file.name]

    preparation = loaded.preparation
    assert (preparation.size, preparation.shorter, preparation.mean[0]) == (224, 256, 0.485)
    assert len(loaded.classes) == 1000 and loaded.classes[281] == "tabby"
    assert loaded.model.error == "30.24% top-1 on ImageNet's validation images (torchvision, one crop)"
    assert loaded.model.spec.text == "imagenet/basic-18" and blocks_of(loaded.net)[-1] == "layer4.1"

    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8))
    found = classify(loaded, Picture(image), top=1)
    record = torchvision().models.ResNet18_Weights.IMAGENET1K_V1
    reference = torchvision().models.resnet18()
    reference.load_state_dict(torch.load(published_file, weights_only=True))
    with torch.no_grad():
        expected = reference.eval()(record.transforms()(image)[None]).softmax(1)[0]
    assert found.classes[0][0] == record.meta["categories"][expected.argmax()]
    assert found.classes[0][1] == pytest.approx(expected.max().item(), rel=1e-4)

    assert next(model for model in list_models() if model.id == NAME).at_hand
    open_model(NAME)
    assert server.asked() == 1


def test_fetching_first_leaves_nothing_to_download(server):
    fetch(find_model(NAME))
    model = find_model(NAME)
    assert model.at_hand and "to download" not in model.title
    fetch(model)
    assert server.asked() == 1


def test_offline_one_sentence_names_the_models_that_work(server):
    finished_run("cifar10")
    server.shutdown()
    server.server_close()
    with pytest.raises(ModelError, match="could not be downloaded") as caught:
        open_model(NAME)
    said = str(caught.value)
    assert "work without a download: cifar10-residual-20, mnist-residual-20, " in said
    assert said.endswith(", your own finished runs.") and "\n" not in said
    assert list(weights_folder().glob("[!.]*")) == []


def test_a_file_that_is_not_what_its_name_promises_is_refused(server, published_file, monkeypatch):
    other = published_file.with_name("resnet18-00000000.pth")
    other.write_bytes(published_file.read_bytes())
    publish(monkeypatch, other)
    with pytest.raises(ModelError, match="sha256"):
        open_model(NAME)
    assert list(weights_folder().glob("[!.]*")) == []


def drawn(name):
    """A network of torchvision's with weights that its signals survive, made once: VGGs are large."""
    with torch.device("meta"):
        net = torchvision().models.get_model(name, weights=None)
    generator = torch.Generator().manual_seed(1)
    given = {}
    for entry, tensor in net.state_dict().items():
        scale = max(1, tensor[0].numel() if tensor.dim() else 1) ** -0.5
        given[entry] = torch.randn(tensor.shape, generator=generator).mul_(scale) if "var" not in entry else torch.full(tensor.shape, 0.7)
    net.load_state_dict(given, assign=True)
    return net.eval()


@pytest.mark.parametrize("name", ["resnet18", "resnet34", "resnet50", "vgg16_bn"])
def test_the_projects_networks_give_torchvisions_answers_with_its_weights(name):
    theirs, ours = drawn(name), build(parse_spec(OWN_NETWORKS[name]), meta=True).eval()
    names = ours.torchvision_names() if name.startswith("vgg") else {}
    ours.load_state_dict({names.get(entry, entry): tensor for entry, tensor in theirs.state_dict().items()}, assign=True)
    images = torch.randn(2, 3, 64, 96, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        found = ours(images)
        assert found.std() > 0
        torch.testing.assert_close(found, theirs(images), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", OWN_NETWORKS)
def test_the_projects_networks_take_every_entry_of_torchvisions_weights(name):
    theirs = torchvision().models.get_model
    with torch.device("meta"):
        given = theirs(name, weights=None).state_dict()
    net = build(parse_spec(OWN_NETWORKS[name]), meta=True)
    names = net.torchvision_names() if name.startswith("vgg") else {}
    own = net.state_dict()
    assert [names.get(key, key) for key in given] == list(own)
    assert all(own[names.get(key, key)].shape == tensor.shape for key, tensor in given.items())


def test_a_file_with_torchvisions_names_fills_a_vgg(tmp_path):
    spec = parse_spec("imagenet/vgg-16?width=2&classes=5&norm=batch")
    net = build(spec, seed=4)
    theirs = {ours: name for name, ours in net.torchvision_names().items()}
    torch.save({theirs[entry]: tensor for entry, tensor in net.state_dict().items()}, tmp_path / "vgg.pth")
    for empty in (build(spec, meta=True), build(spec, seed=5)):
        load_weights(empty, tmp_path / "vgg.pth")
        assert all(torch.equal(a, b) for a, b in zip(empty.state_dict().values(), net.state_dict().values(), strict=True))


def test_an_older_files_missing_counters_become_zero(tmp_path):
    net = build(parse_spec("cifar/basic-8?width=4"), seed=2)
    torch.save({name: tensor for name, tensor in net.state_dict().items() if "num_batches" not in name}, tmp_path / "old.pth")
    empty = build(parse_spec("cifar/basic-8?width=4"), meta=True)
    load_weights(empty, tmp_path / "old.pth")
    assert all(torch.equal(a, b) for a, b in zip(empty.state_dict().values(), net.state_dict().values(), strict=True))
    assert all(parameter.requires_grad for parameter in empty.parameters())


def test_half_precision_files_become_single(tmp_path):
    net = build(parse_spec("cifar/basic-8?width=4"), seed=2)
    torch.save({name: tensor.half() for name, tensor in net.state_dict().items()}, tmp_path / "half.pth")
    empty = build(parse_spec("cifar/basic-8?width=4"), meta=True)
    load_weights(empty, tmp_path / "half.pth")
    assert {tensor.dtype for tensor in empty.state_dict().values()} == {torch.float32, torch.int64}


def test_every_torchvision_network_can_be_given_its_weights_shapes():
    """Those of all versions: vision transformers have more places where the images are larger."""
    from explorer.vision.loading import _shapes_of

    side = {model.id: version_of(model.id).crop for model in torchvision_models() if "vit_b_16" in model.id}
    assert sorted(side.values()) == [224, 224, 384]
    for model_id, pixels in side.items():
        net = _shapes_of(find_model(model_id))
        assert net.state_dict()["encoder.pos_embedding"].shape == (1, (pixels // 16) ** 2 + 1, 768)
    assert versions_of("vit_b_16")[1].is_swag


@pytest.mark.parametrize("name", ["shufflenet_v2_x0_5", "mobilenet_v3_small"])
def test_torchvisions_other_networks_are_loaded_as_they_are(name):
    """Made without values, filled from the file, computing channels last: the answers stay torchvision's."""
    net = build(TorchvisionSpec(name), seed=1).eval()
    model = find_model(f"torchvision/{name}")
    model.file.parent.mkdir(parents=True)
    torch.save(net.state_dict(), model.file)
    images = torch.randn(2, 3, 96, 96, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(open_model(model.id).net.cpu()(images), net(images), rtol=1e-4, atol=1e-7)
