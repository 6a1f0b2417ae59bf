"""The table of torchvision's weights against its own records; with --refresh it is written anew from them."""

import csv

import pytest

from explorer.networks.spec import SpecError, TorchvisionSpec
from explorer.networks.torchvision_models import torchvision
from explorer.networks.torchvision_names import TORCHVISION_NAMES
from explorer.vision.labels import imagenet_names
from explorer.vision.model import ModelError
from explorer.vision.torchvision_weights import FOLDER, OWN_NETWORKS, TABLE, torchvision_model, torchvision_models, version_of, versions_of

COLUMNS = ("name", "version", "file", "bytes", "resize", "crop", "interpolation", "mean", "std")


def records():
    """(name, weights) of all that can classify: VGG-16's features alone have no classifier."""
    for name in TORCHVISION_NAMES:
        for weights in torchvision().models.get_model_weights(name):
            if weights.meta["categories"] is not None:
                yield name, weights


def rows():
    for name, weights in records():
        preset = weights.transforms()
        (crop,), (resize,) = preset.crop_size, preset.resize_size
        assert weights.url.startswith(FOLDER) and preset.antialias
        size = round(weights.meta["_file_size"] * 2**20)  # torchvision counts in MiB
        statistics = (" ".join(map(str, values)) for values in (preset.mean, preset.std))
        sizes = str(size), str(resize), str(crop)
        yield name, weights.name, weights.url.removeprefix(FOLDER), *sizes, preset.interpolation.name, *statistics


def test_the_table_is_torchvisions_own_record(request):
    expected = [COLUMNS, *rows()]
    if request.config.getoption("--refresh"):
        with TABLE.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(expected)
    with TABLE.open(newline="", encoding="utf-8") as file:
        assert list(map(tuple, csv.reader(file))) == expected


def test_every_version_is_offered_and_its_id_means_it():
    models = {model.id: model for model in torchvision_models()}
    assert len(models) == len(list(records())) == 114
    for name, weights in records():
        version = version_of(f"torchvision/{name}?weights={weights.name}")
        assert (version.name, version.version) == (name, weights.name)
        assert version_of(version.id) == version and models[version.id].download.url == weights.url
        assert len(version.download.sha256) >= 8 and int(version.download.sha256, 16)
        accuracy = weights.meta["_metrics"]["ImageNet-1K"]
        assert version.published.top1 == pytest.approx(100 - accuracy["acc@1"])
        assert version.published.top5 == pytest.approx(100 - accuracy["acc@5"])
        assert tuple(weights.meta["categories"]) == imagenet_names()


def test_a_plain_id_means_the_first_recipe_where_there_is_one():
    for name in TORCHVISION_NAMES:
        first = versions_of(name)[0]
        weights = torchvision().models.get_model_weights(name)
        assert first.version == getattr(weights, "IMAGENET1K_V1", weights.DEFAULT).name and first.id == f"torchvision/{name}"
    assert version_of("torchvision/resnet50?weights=imagenet1k_v2").id == "torchvision/resnet50?weights=IMAGENET1K_V2"


def test_the_papers_networks_come_first_and_say_what_they_cost_to_fetch():
    models = torchvision_models()
    assert list(dict.fromkeys(version_of(model.id).name for model in models))[: len(OWN_NETWORKS)] == list(OWN_NETWORKS)
    titles = [model.title for model in models]
    assert titles[0] == "ResNet-18 on ImageNet, torchvision · 47 MB to download"
    assert "ResNet-50 on ImageNet, torchvision V2 · 103 MB to download" in titles
    assert "VGG-19 with BN on ImageNet, torchvision · 575 MB to download" in titles
    assert "vit_h_14 on ImageNet, torchvision SWAG, fine-tuned · 2,534 MB to download" in titles
    assert len(set(titles)) == len(titles) and not any(model.at_hand for model in models)


def test_what_is_not_there_gets_a_sentence():
    with pytest.raises(SpecError, match="no classification model"):
        torchvision_model("torchvision/resnet19")
    for asked in ("IMAGENET1K_FEATURES", "", "x" * 300, "IMAGENET1K_V9"):
        if asked:
            with pytest.raises(ModelError, match="resnet18 has no weights .* with a classifier: use IMAGENET1K_V1"):
                torchvision_model(f"torchvision/resnet18?weights={asked}")


def test_other_models_stay_torchvisions():
    assert torchvision_model("torchvision/swin_t").spec == TorchvisionSpec("swin_t")
