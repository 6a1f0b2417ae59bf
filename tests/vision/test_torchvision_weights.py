"""torchvision's ResNets: downloaded once, checked, and usable; offline, a sentence. From a real server on this machine."""

import functools
import hashlib
import http.server
import threading

import numpy as np
import pytest
import torch
from finished import finished_run
from PIL import Image

from explorer.networks.build import build
from explorer.networks.spec import TorchvisionSpec
from explorer.networks.torchvision_models import torchvision
from explorer.vision.classify import classify
from explorer.vision.model import ModelError, torchvision_folder
from explorer.vision.models import TORCHVISION_RESNETS, fetch, list_models, open_model
from explorer.vision.picture import Picture
from explorer.vision.torchvision_weights import HASHED_NAME, published

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


@pytest.fixture
def server(published_file, monkeypatch):
    """Serves that file, at the address which torchvision's record gives."""
    handler = type("Handler", (CountingHandler,), {})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=published_file.parent)) as server:
        server.asked = lambda: handler.asked
        threading.Thread(target=server.serve_forever, daemon=True).start()
        record = torchvision().models.ResNet18_Weights.IMAGENET1K_V1.value
        monkeypatch.setattr(record, "url", f"http://127.0.0.1:{server.server_port}/{published_file.name}")
        yield server
        server.shutdown()


def test_downloaded_once_and_then_classifies(server, published_file):
    heard = []
    loaded = open_model(NAME, progress=lambda done, total: heard.append((done, total)))
    size = published_file.stat().st_size
    assert heard[-1] == (size, size) and [done for done, _ in heard] == sorted(done for done, _ in heard)
    assert [file.name for file in torchvision_folder().glob("[!.]*")] == [published_file.name]

    preparation = loaded.preparation
    assert (preparation.size, preparation.shorter, preparation.mean[0]) == (224, 256, 0.485)
    assert len(loaded.classes) == 1000 and loaded.classes[281] == "tabby"
    assert loaded.model.error == "30.24% top-1 on ImageNet's validation images (torchvision, one crop)"

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
    (model,) = (model for model in list_models() if model.id == NAME)
    fetch(model)
    (model,) = (model for model in list_models() if model.id == NAME)
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
    assert list(torchvision_folder().glob("[!.]*")) == []


def test_a_file_that_is_not_what_its_name_promises_is_refused(server, published_file, monkeypatch):
    published_file.with_name("resnet18-00000000.pth").write_bytes(published_file.read_bytes())
    record = torchvision().models.ResNet18_Weights.IMAGENET1K_V1.value
    monkeypatch.setattr(record, "url", record.url.replace(published_file.name, "resnet18-00000000.pth"))
    with pytest.raises(ModelError, match="sha256"):
        open_model(NAME)
    assert list(torchvision_folder().glob("[!.]*")) == []


def test_every_offered_resnet_is_published_as_expected():
    """The name carries a hash, the sizes on screen are torchvision's, and all five share one recipe."""
    for name, megabytes in TORCHVISION_RESNETS.items():
        record = published(name)
        assert record.name == "IMAGENET1K_V1" and HASHED_NAME.search(record.url)
        assert round(record.meta["_file_size"] * 2**20 / 1e6) == megabytes  # torchvision counts in MiB
        assert record.transforms().crop_size == [224] and record.transforms().resize_size == [256]
