"""Pictures to classes: exact arithmetic, and the public weights' published accuracy on real images."""

import numpy as np
import pytest
import torch
from finished import finished_run
from PIL import Image

from explorer.networks.build import build
from explorer.networks.known_data import CIFAR10_CLASSES
from explorer.networks.spec import parse_spec
from explorer.networks.weights import read_state_dict
from explorer.vision.classify import classify, probabilities
from explorer.vision.model import ModelError
from explorer.vision.models import open_model
from explorer.vision.picture import Picture, open_picture

IMAGENET_MEAN, IMAGENET_STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


@pytest.fixture
def model():
    return open_model(finished_run("cifar10").id)


def noise(size=32):
    return np.random.default_rng(7).integers(0, 256, (size, size, 3), np.uint8)


def test_classes_come_by_probability_and_name_their_model(model):
    found = classify(model, Picture(Image.fromarray(noise())), top=10)
    values = [probability for _, probability in found.classes]
    assert values == sorted(values, reverse=True) and sum(values) == pytest.approx(1)
    assert {label for label, _ in found.classes} == set(CIFAR10_CLASSES)
    assert (found.model, found.title) == (model.model.id, model.model.title)
    assert 0 < found.seconds < 60
    np.testing.assert_array_equal(np.asarray(found.prepared.image), noise())


@pytest.mark.parametrize(("asked", "given"), [(1, 1), (5, 5), (1000, 10)])
def test_no_more_classes_than_there_are(model, asked, given):
    assert len(classify(model, Picture(Image.fromarray(noise(50))), top=asked).classes) == given


def test_a_probability_is_the_softmax_of_the_normalised_pixels(model):
    """The same by hand: pixels to 0 … 1, minus mean, by deviation, through the net, softmax."""
    pixels = noise().transpose(2, 0, 1)[None]
    with torch.no_grad():
        logits = model.net.cpu()(torch.from_numpy((pixels / 255 - 0.5) / 0.25).float())[0].double().numpy()
    expected = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    np.testing.assert_allclose(probabilities(model, pixels)[0].numpy(), expected, rtol=1e-4)


def test_a_net_without_finite_outputs_says_so(model):
    with torch.no_grad():
        model.net.fc.weight.fill_(3e38)
    with pytest.raises(ModelError, match="no finite numbers"):
        classify(model, Picture(Image.fromarray(noise())))


@pytest.mark.parametrize(("depth", "file", "least"), [(20, "resnet20-12fca82f.th", 0.91), (32, "resnet32-d509ac18.th", 0.92)])
def test_public_weights_reach_their_accuracy_on_the_exact_test_images(shared_data, depth, file, least):
    loaded = open_model(str(shared_data / "weights" / file), network=f"cifar/basic-{depth}", normalize="imagenet")
    with np.load(shared_data / "cifar10-subset.npz") as data:
        images, labels = data["test_images"], data["test_labels"]
    found = np.concatenate([probabilities(loaded, batch.transpose(0, 3, 1, 2)).argmax(1) for batch in np.array_split(images, 4)])
    assert (found == labels).mean() >= least
    # One picture through the whole path, PNG file and all, gives what the batch gives.
    one = classify(loaded, Picture(Image.fromarray(images[3])), top=1)
    assert one.prepared.steps == () and one.classes[0][0] == CIFAR10_CLASSES[found[3]]


def test_real_photos_are_recognised(shared_data):
    loaded = open_model(str(shared_data / "weights" / "resnet32-d509ac18.th"), network="cifar/basic-32", normalize="imagenet")
    expected = {"airliner": "airplane", "container_ship": "ship", "golden_retriever": "dog", "tabby": "cat", "sports_car": "automobile",
                "school_bus": "truck"}
    found = {name: classify(loaded, open_picture(shared_data / "photos" / f"{name}.jpg")).classes[0][0] for name in expected}
    assert found == expected


def test_another_reader_of_the_same_weights_gives_the_same_numbers(shared_data):
    """By hand, without the weights' loader, the statistics' table or the preparation."""
    file = shared_data / "weights" / "resnet20-12fca82f.th"
    with np.load(shared_data / "cifar10-subset.npz") as data:
        images = data["test_images"][:16]
    net = build(parse_spec("cifar/basic-20")).eval()
    net.load_state_dict({name.replace("linear", "fc"): value for name, value in read_state_dict(file).items()})
    with torch.no_grad():
        expected = net(torch.from_numpy((images / 255 - IMAGENET_MEAN) / IMAGENET_STD).permute(0, 3, 1, 2).float()).softmax(1)
    loaded = open_model(str(file), network="cifar/basic-20", normalize="imagenet")
    torch.testing.assert_close(probabilities(loaded, images.transpose(0, 3, 1, 2)), expected, rtol=1e-4, atol=1e-6)
