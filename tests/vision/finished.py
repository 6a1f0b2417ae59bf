"""Finished runs for the tests: a small net with its first weights, in a run folder as the worker leaves it."""

import json

from explorer.networks.build import build
from explorer.networks.known_data import CIFAR10_CLASSES, DIGITS
from explorer.networks.spec import parse_spec
from explorer.networks.weights import save_weights
from explorer.runs.folder import Run, create
from explorer.runs.run import FINAL_WEIGHTS
from explorer.runs.writer import RunWriter

SPECS = {"mnist-5k": "cifar/basic-8?width=4&channels=1", "cifar10": "cifar/basic-8?width=4"}
CLASSES = {"mnist-5k": DIGITS, "cifar10": CIFAR10_CLASSES}


def finished_run(dataset: str, state: str = "finished") -> Run:
    text = SPECS[dataset]
    spec = parse_spec(text)
    run = create(text, {"dataset": dataset}, 0)
    metadata = {
        "network": text,
        "dataset": dataset,
        "classes": json.dumps(CLASSES[dataset]),
        "mean": json.dumps([0.5] * spec.channels),
        "std": json.dumps([0.25] * spec.channels),
    }
    save_weights(build(spec), run.folder / FINAL_WEIGHTS, metadata)
    RunWriter(run.folder).status(state=state, latest={"val_error": 0.125})
    return run
