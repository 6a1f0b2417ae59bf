"""Finished runs for the tests: a small net with its first weights, in a run folder as the worker leaves it."""

import json

from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.networks.weights import save_weights
from explorer.runs.folder import Run, create
from explorer.runs.writer import RunWriter

CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SPECS = {"mnist-5k": "cifar/basic-8?width=4&channels=1", "cifar10": "cifar/basic-8?width=4"}
CLASSES = {"mnist-5k": tuple("0123456789"), "cifar10": CIFAR10}


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
    save_weights(build(spec), run.folder / "checkpoints" / "final.safetensors", metadata)
    RunWriter(run.folder).status(state=state, latest={"val_error": 0.125})
    return run
