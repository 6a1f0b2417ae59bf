"""Trained networks and the pictures that judge them."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.data.datasets import describe
from explorer.errors import BadInput
from explorer.lab.trained import check_judges, dataset_of, trained_models, validation
from explorer.networks.build import build
from explorer.networks.known_data import DIGITS
from explorer.networks.spec import parse_spec
from explorer.networks.weights import save_weights
from explorer.runs.folder import create
from explorer.runs.run import FINAL_WEIGHTS
from explorer.runs.writer import RunWriter
from explorer.vision.model import weights_folder
from explorer.vision.models import find_model, open_model
from explorer.vision.own import bring_in

SHIPPED = "mnist-residual-20"


def finished(network, dataset):
    spec = parse_spec(network)
    run = create(network, {"dataset": dataset}, 0)
    metadata = {"network": network, "dataset": "a folder", "classes": json.dumps(DIGITS), "mean": "[0.5]", "std": "[0.25]"}
    save_weights(build(spec), run.folder / FINAL_WEIGHTS, metadata)
    RunWriter(run.folder).status(state="finished", latest={})
    return run


def test_shipped_models_and_finished_runs_by_their_blocks():
    run = finished("cifar/plain-8?width=4&channels=1", "mnist-5k")
    plain = [model.id for model in trained_models(("plain",))]
    assert run.id in plain and SHIPPED not in plain
    assert {run.id, SHIPPED} <= {model.id for model in trained_models()}
    assert all(not model.id.startswith("torchvision/") for model in trained_models())


def test_public_weights_and_ones_own_join_them_once_they_are_at_hand(shared_data):
    assert not any(model.id.startswith("akamaster/") for model in trained_models())
    weights_folder().mkdir(parents=True)
    (weights_folder() / "resnet20-12fca82f.th").symlink_to(shared_data / "weights" / "resnet20-12fca82f.th")
    with (shared_data / "weights" / "resnet32-d509ac18.th").open("rb") as file:
        mine = bring_in(file, "mine.th", "cifar/basic-32", "imagenet")
    found = {model.id: model for model in trained_models(("basic",))}
    assert dataset_of(found["akamaster/resnet20"]) == "cifar10" and mine.id in found
    with pytest.raises(BadInput, match="does not say what it was trained on"):
        dataset_of(found[mine.id])


def test_the_data_of_a_run_are_those_of_its_recipe_and_of_other_models_those_they_name():
    run = finished("cifar/plain-8?width=4&channels=1", "/some/folder")
    assert dataset_of(find_model(run.id)) == "/some/folder"
    assert dataset_of(find_model(SHIPPED)) == "mnist-5k"
    (run.folder / "run.json").write_text("{")
    assert dataset_of(find_model(run.id)) == "a folder"
    with pytest.raises(BadInput, match="does not say what it was trained on"):
        dataset_of(replace(find_model(SHIPPED), metadata={}))


def test_validation_pictures_are_those_that_training_held_out_prepared_as_there():
    loaded = open_model(SHIPPED)
    some, all_of_them = validation(loaded, "mnist-5k", 50, seed=1), validation(loaded, "mnist-5k")
    assert (some.of, len(some.labels), len(all_of_them.labels)) == (1000, 50, 1000)
    assert some.images.shape == (50, 1, 32, 32) and some.images.dtype == torch.float32
    again = validation(loaded, "mnist-5k", 50, seed=1)
    assert torch.equal(some.images, again.images) and torch.equal(some.labels, again.labels)
    assert not torch.equal(some.labels, validation(loaded, "mnist-5k", 50, seed=2).labels)
    with torch.inference_mode():
        wrong = (loaded.net(all_of_them.images).argmax(1) != all_of_them.labels).sum()
    assert int(wrong) == 14  # as its card says
    assert len(validation(loaded, "mnist-5k", 5000).labels) == 1000


def test_pictures_of_other_classes_or_of_colour_cannot_judge(tmp_path):
    model = find_model(SHIPPED)
    with pytest.raises(BadInput, match="tells 10 apart"):
        check_judges(model, describe("shapes"))
    for number in range(10):
        for kind in ("train", "val"):
            folder = tmp_path / "animals" / kind / f"animal {number}"
            folder.mkdir(parents=True)
            Image.fromarray(np.full((8, 8), number, np.uint8)).save(folder / "1.png")
    with pytest.raises(BadInput, match="has other classes"):
        check_judges(model, describe(str(tmp_path / "animals")))
    unnamed = replace(model, metadata={"dataset": "mnist-5k"})
    check_judges(unnamed, describe(str(tmp_path / "animals")))
    with pytest.raises(BadInput, match="is in colour"):
        check_judges(unnamed, describe("cifar10"))
    check_judges(model, describe("mnist-5k"))
