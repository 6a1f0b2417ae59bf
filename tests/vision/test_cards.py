"""Model cards: every figure with its source, and nothing said of weights that was measured with others."""

import subprocess
import sys

import pytest
from finished import finished_run

from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.networks.weights import save_weights
from explorer.vision.cards import Claim, card
from explorer.vision.model import Model
from explorer.vision.models import find_model, list_models


def told(model_id):
    return card(find_model(model_id))


def claims(model_id, **wanted):
    return [claim for claim in told(model_id).errors if all(getattr(claim, key) == value for key, value in wanted.items())]


def test_every_model_has_a_card_and_every_figure_a_source():
    finished_run("cifar10")
    finished_run("mnist-5k")
    for model in list_models():
        found = card(model)
        assert found.model == model and found.network == model.spec.text and found.data != "not told"
        assert found.bytes > 1000 and found.parameters > 1000 and found.licence and found.address
        assert len(found.classes) == model.spec.classes and f"{found.preparation.size} x {found.preparation.size} pixels" in found.input
        assert found.errors, model.id
        for claim in found.errors:
            assert claim.kind in ("paper", "replication", "torchvision", "measured here")
            assert claim.source and claim.on and "%" in claim.error
            assert claim.same_weights or claim.kind in ("paper", "replication")


def test_making_them_imports_no_torch():
    script = ("import sys; from explorer.vision.models import list_models; from explorer.vision.cards import card; "
              "[card(model) for model in list_models()]; print('torch' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr


def test_torchvisions_second_recipe_has_its_own_preparation_and_error():
    first, second = told("torchvision/resnet50"), told("torchvision/resnet50?weights=IMAGENET1K_V2")
    on = "ImageNet's 50,000 validation images, 1 crop, resized to 256"
    assert first.errors[0] == Claim("top-1 23.87%, top-5 7.14%", on, "torchvision", "torchvision's record of IMAGENET1K_V1")
    assert second.errors[0].error == "top-1 19.14%, top-5 4.57%"
    assert "scaled to 232 (bilinear)" in second.input and "scaled to 256 (bilinear)" in first.input
    assert (second.parameters, second.address) == (25_557_032, "https://download.pytorch.org/models/resnet50-11ad3fa6.pth")
    paper = [claim for claim in first.errors if claim.kind == "paper"]
    assert [(claim.error, claim.on, claim.same_weights) for claim in paper] == [
        ("top-1 22.85%, top-5 6.71%", "ImageNet, 10 crops", False), ("top-1 20.74%, top-5 5.25%", "ImageNet, 5 scales", False)]
    assert any("stride in the first 1x1" in note for note in first.notes)
    assert first.normalisation == "values from 0 to 1, less 0.485, 0.456, 0.406, divided by 0.229, 0.224, 0.225 (ImageNet's)"


def test_akamasters_are_a_replication_of_the_papers():
    errors = [(claim.kind, claim.error, claim.same_weights) for claim in told("akamaster/resnet20").errors]
    assert errors == [("replication", "8.27%", True), ("measured here", "8.7%", True), ("paper", "8.75%", False)]
    assert [claim.error for claim in claims("akamaster/resnet110", kind="paper")] == ["6.43%", "6.61%"]
    assert not claims("akamaster/resnet110", kind="measured here"), "nobody measured these here"
    assert told("akamaster/resnet1202").parameters == 19_421_274 and told("akamaster/resnet56").licence == "BSD-2-Clause"


def test_weights_with_terms_of_their_own_say_so():
    assert "not for commercial use" in told("torchvision/vit_h_14").licence and "Instagram" in told("torchvision/vit_h_14").data
    assert "not for commercial" not in told("torchvision/vit_b_16").licence


def test_the_shipped_ones_say_what_was_measured():
    measured = Claim("11.0%", "517 of CIFAR-10's test images", "measured here", "assets/weights/MODEL_CARD.md")
    assert claims("cifar10-residual-20", same_weights=True) == [measured]
    assert claims("mnist-residual-20")[0].error == "1.4%" and not claims("mnist-residual-20", kind="paper")
    assert "MNIST's" in told("mnist-residual-20").normalisation


def test_a_run_says_its_own():
    run = finished_run("cifar10")
    found = told(run.id)
    assert found.errors[0] == Claim("12.5%", "the validation images of CIFAR-10", "measured here", f"run {run.id}")
    assert found.parameters == sum(p.numel() for p in build(parse_spec("cifar/basic-8?width=4")).parameters())
    assert found.normalisation == "values from 0 to 1, less 0.5, divided by 0.25"


def test_a_file_of_which_little_is_known(tmp_path):
    text = "cifar/basic-8?width=4&classes=3"
    file = tmp_path / "mine.safetensors"
    save_weights(build(parse_spec(text)), file, {"network": text, "error": "3% on my own pictures"})
    found = told(str(file))
    assert found.errors == (Claim("3%", "my own pictures", "its file", "mine.safetensors"),)
    assert (found.data, found.classes) == ("not told", ("class 0", "class 1", "class 2"))
    assert isinstance(found.model, Model) and found.bytes == file.stat().st_size


def test_an_error_that_does_not_say_on_what_is_not_made_to(tmp_path):
    file = tmp_path / "mine.safetensors"
    save_weights(build(parse_spec("cifar/basic-8?width=4")), file, {"network": "cifar/basic-8?width=4", "error": "about 5%"})
    assert told(str(file)).errors == (Claim("about 5%", "what is not told", "its file", "mine.safetensors"),)


@pytest.mark.parametrize(("dataset", "data"), [
    ("mnist", "MNIST: 60,000 pictures of 10 classes to train on"), ("mnist-5k", "MNIST-5k: 4,000 pictures of 10 classes to train on"),
    ("cifar100", "CIFAR-100: 50,000 pictures of 100 classes to train on"), ("/home/me/zoo", "zoo"), ("", "not told"),
])  # fmt: skip
def test_every_known_data_set_is_called_by_its_title(tmp_path, dataset, data):
    file = tmp_path / "mine.safetensors"
    save_weights(build(parse_spec("cifar/basic-8?width=4")), file, {"network": "cifar/basic-8?width=4", "dataset": dataset})
    assert told(str(file)).data == data


@pytest.mark.parametrize("model_id", ["akamaster/resnet21", "akamaster/", "akamaster/../x"])
def test_unknown_published_ones_are_refused(model_id):
    with pytest.raises(Exception, match="use akamaster/resnet20, akamaster/resnet32"):
        find_model(model_id)
