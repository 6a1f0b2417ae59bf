"""Finished runs that nobody trained: a network with its first weights, offered like a trained one."""

import json

from explorer.networks.build import build
from explorer.networks.known_data import DIGITS
from explorer.networks.spec import parse_spec
from explorer.networks.weights import save_weights
from explorer.runs.folder import create
from explorer.runs.run import FINAL_WEIGHTS, Run
from explorer.runs.writer import RunWriter


def finished_model(network: str = "cifar/plain-8?width=4&input=8&channels=1", seed: int = 3) -> Run:
    """A run of the shipped digits that has finished, by its id a model."""
    run = create(network, {"dataset": "mnist-5k"}, 0)
    metadata = {"network": network, "dataset": "mnist-5k", "classes": json.dumps(DIGITS), "mean": "[0.13]", "std": "[0.31]"}
    save_weights(build(parse_spec(network), seed), run.folder / FINAL_WEIGHTS, metadata)
    RunWriter(run.folder).status(state="finished", latest={})
    return run
