"""Pictures to classes: exact arithmetic, and the public weights' published accuracy on real images."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from finished import finished_run
from PIL import Image

from explorer.networks.build import build
from explorer.networks.known_data import CIFAR10_CLASSES
from explorer.networks.spec import parse_spec
from explorer.networks.torchvision_models import torchvision
from explorer.networks.weights import read_state_dict
from explorer.vision.classify import at_any_size, classify, likeliest, probabilities, ranked
from explorer.vision.crops import CropsError, crops_of
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


@pytest.mark.parametrize(("crops", "count"), [("single", 1), ("ten", 10), ("scales", 5)])
def test_the_answer_is_the_mean_of_what_each_crop_says(model, crops, count):
    picture = Picture(Image.fromarray(noise(48)[:40]))
    done = []
    found = classify(model, picture, top=10, crops=crops, progress=lambda *progress: done.append(progress))
    assert [answer.crop.title for answer in found.answers] == [crop.title for crop in crops_of(picture, model.preparation, crops)]
    assert len(found.answers) == count and done[-1] == (count, count)
    for answer in found.answers:
        alone = at_any_size(model, answer.crop.prepared.pixels[None])[0].numpy()
        np.testing.assert_allclose(answer.probabilities, alone, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(found.probabilities, np.mean([answer.probabilities for answer in found.answers], axis=0), rtol=1e-6)
    assert found.classes == likeliest(model.classes, found.probabilities, 10)
    assert found.prepare_seconds > 0 < found.network_seconds and found.seconds == found.prepare_seconds + found.network_seconds


def test_of_one_crop_the_mean_is_its_answer_to_the_bit(model):
    found = classify(model, Picture(Image.fromarray(noise())))
    assert (found.probabilities == probabilities(model, found.prepared.pixels[None])[0].numpy()).all()


def test_a_mirrored_crop_is_the_crop_of_the_mirrored_picture(model):
    """A picture and its mirror image get one answer from ten crops."""
    pixels = noise(32)
    one, other = (classify(model, Picture(Image.fromarray(np.ascontiguousarray(some))), crops="ten") for some in (pixels, pixels[:, ::-1]))
    np.testing.assert_allclose(one.probabilities, other.probabilities, rtol=1e-5)


def test_digits_are_shown_once():
    digits = open_model(finished_run("mnist-5k").id)
    with pytest.raises(CropsError, match="digits"):
        classify(digits, Picture(Image.new("L", (28, 28)).convert("RGB")), crops="ten")


def test_a_vision_transformer_is_not_run_over_several_sizes_but_over_ten_crops(model):
    tiny = torchvision().models.VisionTransformer(32, 16, num_layers=1, num_heads=1, hidden_dim=8, mlp_dim=8, num_classes=10).eval()
    transformer, picture = replace(model, net=tiny.to(model.device)), Picture(Image.fromarray(noise(40)))
    sentence = "attends to places of a fixed number, and takes 32 x 32 pixels and no others. Use one crop or ten"
    with pytest.raises(ModelError, match=sentence):
        classify(transformer, picture, crops="scales")
    assert len(classify(transformer, picture, crops="ten").answers) == 10


def test_of_equally_probable_classes_the_first_comes_first():
    assert ranked(np.array([0.2, 0.3, 0.2, 0.3], np.float32)) == [1, 3, 0, 2]


def test_ten_crops_of_the_exact_test_images_make_fewer_errors(shared_data):
    """What the crops of small pictures are for; a network that knows 32 pixels only is worse at several scales."""
    loaded = open_model(str(shared_data / "weights" / "resnet20-12fca82f.th"), network="cifar/basic-20", normalize="imagenet")
    with np.load(shared_data / "cifar10-subset.npz") as data:
        images, labels = data["test_images"][:200], data["test_labels"][:200]
    errors = {
        crops: sum(classify(loaded, Picture(Image.fromarray(image)), 1, crops).classes[0][0] != CIFAR10_CLASSES[label]
                   for image, label in zip(images, labels, strict=True))
        for crops in ("single", "ten")
    }  # fmt: skip
    assert errors["ten"] < errors["single"] < 25


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
