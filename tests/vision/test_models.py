"""Which models there are, and what opening one checks: the network, the weights, the statistics, the class names."""

import json
import subprocess
import sys

import pytest
import torch
from finished import finished_run

from explorer.errors import BadInput
from explorer.networks.build import build
from explorer.networks.known_data import CIFAR10_CLASSES, DIGIT_SETS, DIGITS, MNIST_STATISTICS
from explorer.networks.spec import parse_spec
from explorer.networks.weights import save_weights
from explorer.runs.folder import create
from explorer.runs.run import FINAL_WEIGHTS
from explorer.vision.labels import class_names
from explorer.vision.model import ModelError
from explorer.vision.models import list_models, open_model
from explorer.vision.preparations import STATISTICS

SPEC = "cifar/basic-8?width=4"


@pytest.fixture
def weights(tmp_path):
    """`weights(text, **metadata)` writes a net's first weights and returns the file."""

    def write(text=SPEC, name="own.safetensors", **metadata):
        save_weights(build(parse_spec(text)), tmp_path / name, metadata)
        return str(tmp_path / name)

    return write


def test_finished_runs_and_torchvisions_resnets_are_offered():
    digits, colours = finished_run("mnist-5k"), finished_run("cifar10")
    finished_run("cifar10", state="failed")
    create(SPEC, {"dataset": "cifar10"}, 0)
    models = {model.id: model for model in list_models()}
    runs = {name: model for name, model in models.items() if model.kind == "run"}
    assert runs.keys() == {digits.id, colours.id}
    assert [name for name in models if name.startswith("akamaster/")] == [f"akamaster/resnet{n}" for n in (20, 32, 44, 56, 110, 1202)]
    assert list(dict.fromkeys(model.kind for model in models.values())) == ["shipped", "run", "akamaster", "torchvision"]
    assert runs[digits.id].knows_digits and not runs[colours.id].knows_digits
    assert runs[colours.id].error == "12.5% on the validation images of CIFAR-10"
    assert not models["torchvision/resnet50"].at_hand and "103 MB to download" in models["torchvision/resnet50"].title


@pytest.mark.parametrize("dataset", DIGIT_SETS)
def test_all_of_mnist_is_digits_as_its_shipped_part_is(weights, dataset):
    loaded = open_model(weights(SPEC + "&channels=1", network=SPEC + "&channels=1", dataset=dataset))
    assert loaded.model.knows_digits and loaded.preparation.digits and loaded.classes == DIGITS
    assert loaded.preparation.mean == MNIST_STATISTICS.mean


def test_a_torn_weights_file_leaves_the_other_models_alone():
    whole, torn = finished_run("cifar10"), finished_run("cifar10")
    (torn.folder / FINAL_WEIGHTS).write_bytes(b"\x10\0\0\0\0\0\0\0{")
    assert [model.id for model in list_models() if model.kind == "run"] == [whole.id]


def test_listing_imports_no_torch():
    script = "import sys; from explorer.vision.models import list_models; list_models(); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr


def test_a_run_is_opened_with_its_own_statistics_and_classes():
    loaded = open_model(finished_run("cifar10").id)
    assert loaded.classes == CIFAR10_CLASSES
    assert (loaded.preparation.size, loaded.preparation.shorter, loaded.preparation.channels) == (32, 32, 3)
    assert loaded.preparation.mean == (0.5,) * 3 and loaded.preparation.std == (0.25,) * 3
    assert not loaded.net.training and not any(p.requires_grad for p in loaded.net.parameters())


def test_a_file_may_say_everything_itself(weights):
    file = weights(network=SPEC, classes=json.dumps([f"kind {i}" for i in range(10)]), mean="[0.1,0.2,0.3]", std="[1,1,1]",
                   error="3% on my own pictures")
    loaded = open_model(file)
    assert loaded.classes[3] == "kind 3" and loaded.preparation.mean == (0.1, 0.2, 0.3)
    assert loaded.model.error == "3% on my own pictures"


@pytest.mark.parametrize("suffix", ["pt", "PTH", "th"])
@pytest.mark.parametrize("wrap", [lambda state: state, lambda state: {"state_dict": state, "best_prec1": 91.7}])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_pytorchs_files_open_with_a_network(suffix, wrap, prefix, tmp_path):
    net = build(parse_spec(SPEC), seed=5)
    file = tmp_path / f"weights.{suffix}"
    torch.save(wrap({prefix + name: tensor for name, tensor in net.state_dict().items()}), file)
    loaded = open_model(str(file), network=SPEC, normalize="cifar")
    assert all(torch.equal(a.cpu(), b) for a, b in zip(loaded.net.state_dict().values(), net.state_dict().values(), strict=True))
    assert loaded.classes == CIFAR10_CLASSES


@pytest.mark.parametrize(
    ("spec", "normalize", "statistics", "digits"),
    [
        ("cifar/basic-8?width=4", None, "cifar", False),
        ("cifar/basic-8?width=4", "imagenet", "imagenet", False),
        ("cifar/basic-8?width=4&channels=1", None, "mnist", True),
        ("imagenet/basic-10?blocks=1-1-1-1&width=4", None, "imagenet", False),
    ],
)
def test_without_metadata_the_usual_statistics_are_taken(spec, normalize, statistics, digits, weights):
    preparation = open_model(weights(spec), network=spec, normalize=normalize).preparation
    assert (preparation.mean, preparation.std) == STATISTICS[statistics]
    assert preparation.digits == digits
    assert preparation.shorter == (256 if spec.startswith("imagenet") else 32)


def test_grey_statistics_are_repeated_for_a_colour_network(weights):
    loaded = open_model(weights(), network=SPEC, normalize="mnist")
    assert loaded.preparation.mean == (0.1307,) * 3 and loaded.preparation.digits
    assert loaded.classes == DIGITS


@pytest.mark.parametrize("metadata", [
    {"classes": "not JSON"}, {"classes": '["too", "few"]'}, {"mean": "[1]", "std": "{}"}, {"mean": "[0,0,0]", "std": "[0,0,0]"},
])  # fmt: skip
def test_metadata_of_another_making_are_passed_over(metadata, weights):
    loaded = open_model(weights(**metadata), network=SPEC)
    assert loaded.classes == CIFAR10_CLASSES and loaded.preparation.mean == STATISTICS["cifar"][0]


def test_class_names():
    assert class_names(3, digits=False) == ("class 0", "class 1", "class 2")
    names = class_names(1000, digits=False)
    assert len(set(names)) == 1000 and names[0] == "tench" and names[281] == "tabby" and names[999] == "toilet tissue"


def refused(sentence, *arguments, **options):
    with pytest.raises(BadInput, match=sentence) as caught:
        open_model(*arguments, **options)
    assert "\n" not in str(caught.value)


def test_what_cannot_be_opened_gets_a_sentence(weights, tmp_path):
    refused("There is no model nothing", "nothing")
    refused("There is no model nothing.pt", "nothing.pt")
    refused("no classification model", "torchvision/resnet19")
    refused("name it with --network", weights())
    refused("no stem", weights(), network="cifra/basic-20")
    refused("another network", weights(), network="cifar/basic-20")
    refused("is a cifar/basic-8.width=4, not a cifar/basic-20", weights(network=SPEC), network="cifar/basic-20")
    refused("A normalisation is cifar, imagenet, mnist, not coffee", weights(), network=SPEC, normalize="coffee")
    refused("takes 1 channels", weights("cifar/basic-8?width=4&channels=1"), network="cifar/basic-8?width=4&channels=1", normalize="cifar")


@pytest.mark.parametrize("normalize", [None, "cifar", "mnist"])
def test_a_network_of_other_channels_than_a_picture_is_refused(normalize, weights):
    text = "cifar/basic-8?width=4&channels=2"
    refused("takes 2 channels; a picture has 1 .grey. or 3 .colour.", weights(text), network=text, normalize=normalize)


def test_broken_weights_get_a_sentence(tmp_path):
    for name, content in (("a.safetensors", b"nonsense"), ("b.pt", b"nonsense"), ("c.th", b""), ("d.safetensors", b"")):
        (tmp_path / name).write_bytes(content)
        refused(name, str(tmp_path / name), network=SPEC)


def test_a_pickle_with_code_is_not_run(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    torch.save({"state_dict": Trap()}, tmp_path / "trap.pt")
    refused("trap.pt", str(tmp_path / "trap.pt"), network=SPEC)
    assert not (tmp_path / "sprung").exists()


def test_an_unfinished_run_says_so():
    refused("is failed; only a finished run", finished_run("cifar10", state="failed").id)


def test_no_id_leads_out_of_the_runs_folder():
    run = finished_run("cifar10")
    for name in (f"../runs/{run.id}", "../../etc/passwd", str(run.folder), ""):
        with pytest.raises(ModelError, match="There is no model"):
            open_model(name)
