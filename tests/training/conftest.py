"""A data set small enough to train on in a second: two classes of 8x8 pictures that a network can tell apart."""

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.data.batches import InMemory
from explorer.data.images import load
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.training.recipe import Recipe
from explorer.training.trainer import Trainer

TINY = "cifar/basic-8?width=4&input=8&classes=2"


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory):
    """120 noisy pictures in two class folders: the left half is brighter in one class, the right half in the other."""
    folder = tmp_path_factory.mktemp("tiny")
    random = np.random.default_rng(0)
    for label, kind in enumerate(("left", "right")):
        (folder / kind).mkdir()
        for i in range(60):
            pixels = random.integers(0, 160, (8, 8, 3))
            pixels[:, label * 4 : label * 4 + 4] += 60
            Image.fromarray(pixels.astype(np.uint8)).save(folder / kind / f"{i:02}.png")
    return folder


@pytest.fixture(scope="session")
def tiny_data(tiny_folder):
    return load(str(tiny_folder), size=8, channels=3)


@pytest.fixture
def make_trainer(tiny_data):
    """A fresh trainer on the tiny pictures; keywords change its recipe, its network or its seed."""

    def make(network=TINY, seed=0, **changes):
        recipe = Recipe(**{"epochs": 2, "batch": 12, "warmup_steps": 3, "precision": "fp32", "augment": "crop-flip"} | changes)
        batches = InMemory(tiny_data, recipe.batch, recipe.augment, seed)
        return Trainer(build(parse_spec(network), seed=seed), batches, recipe, seed, torch.device("cpu"))

    return make


class Listener:
    """Keeps what the loop tells, and may interrupt it after a number of breaths."""

    def __init__(self, breaths=None):
        self.rows, self.norm_rows, self.ratio_rows, self.signal_rows = [], [], [], []
        self.epochs, self.breaths = 0, breaths

    def row(self, row):
        self.rows.append(row)

    def signals(self, step, row):
        self.norm_rows.append((step, row["grad_norm"]))
        self.ratio_rows.append((step, row["update_ratio"]))
        self.signal_rows.append((step, row))

    def breathe(self, trainer):
        if self.breaths is not None:
            self.breaths -= 1
            if self.breaths < 0:
                raise InterruptedError

    def validated(self, trainer):
        self.epochs += 1


@pytest.fixture
def listener():
    return Listener
