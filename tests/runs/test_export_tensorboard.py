"""Event files: a real TensorBoard opens them and shows the run's own figures."""

import json
import math
import socket
import subprocess
import sys
import time
import urllib.request
from urllib.parse import urlencode

import numpy as np
import pytest
from recorded_run import recorded_run
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from explorer.runs.archive import write_folder
from explorer.runs.errors import RunError
from explorer.runs.export_tensorboard import event_file, tensorboard_files
from explorer.runs.folder import create
from explorer.runs.run import Run
from explorer.runs.series import read_layers, read_metrics
from explorer.runs.status import read_status


@pytest.fixture
def exported(tmp_path):
    """`exported(run)` is the folder to be given to TensorBoard."""
    return lambda *runs: write_folder(tensorboard_files(runs), tmp_path / "events")


def read_events(folder, run):
    found = EventAccumulator(str(folder / run.id))
    found.Reload()
    return found


def wanted(run):
    """The run's own figures by TensorBoard's names: (step, value as a 32-bit float) of each."""
    figures = {"loss/training": "loss", "error/training": "train_error", "error/validation": "val_error", "loss/validation": "val_loss",
               "lr": "lr", "epoch": "epoch", "images_per_second": "images_per_second", "error/training_since_last": "recent_error"}  # fmt: skip
    rows = read_metrics(run)
    tags = {tag: [(row["step"], row[name]) for row in rows if name in row] for tag, name in figures.items()}
    series = read_layers(run)
    for family, names, values in (
        ("gradient_norm", series.layers, series.norms),
        ("update_ratio", series.layers, series.ratios),
        ("activation_std", series.activations, series.stds),
        ("dead_share", series.activations, series.dead),
    ):
        tags |= {f"{family}/{name}": list(zip(series.steps, column)) for name, column in zip(names, zip(*values))}
    return {tag: [(step, float(np.float32(value))) for step, value in points] for tag, points in tags.items()}


def test_tensorboards_own_reader_finds_every_figure(exported):
    run = recorded_run()
    found = read_events(exported(run), run)
    assert {tag: [(event.step, event.value) for event in found.Scalars(tag)] for tag in found.Tags()["scalars"]} == wanted(run)
    assert len(wanted(run)["loss/training"]) == 16 and len(wanted(run)["gradient_norm/conv1"]) == 4


def test_the_wall_time_is_the_runs_own(exported):
    run = recorded_run()
    began = read_status(run).started
    events = read_events(exported(run), run).Scalars("loss/training")
    assert [event.wall_time for event in events] == [began + row["seconds"] for row in read_metrics(run)]
    norms = read_events(exported(run), run).Scalars("gradient_norm/conv1")
    assert [event.wall_time for event in norms] == sorted(event.wall_time for event in norms)
    assert norms[0].wall_time == began and began < norms[-1].wall_time <= events[-1].wall_time


def test_a_real_tensorboard_serves_them(exported):
    first, second = recorded_run(), recorded_run("second-copy")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "tensorboard.main", "--logdir", exported(first, second), "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen([*words, "--reload_interval", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        tags = until(lambda: asked(port, "scalars/tags"), lambda answer: {first.id, second.id} <= answer.keys())
        figures = wanted(first)
        until(lambda: asked(port, "scalars/tags"), lambda answer: set(answer[first.id]) == set(figures))
        for tag in ("loss/training", "error/validation", "lr", "gradient_norm/conv1", "dead_share/layer1.0.relu1"):
            points = asked(port, "scalars/scalars", run=first.id, tag=tag)
            assert [(step, value) for _, step, value in points] == figures[tag]
        session = until(lambda: asked(port, "hparams/session_groups", body=SESSIONS), lambda answer: len(answer["sessionGroups"]) == 2)
        told = session["sessionGroups"][0]["hparams"]
        assert (told["lr"], told["batch"], told["network"], told["decay_norm"]) == (0.1, 250, "cifar/basic-8?width=4&channels=1", True)
        assert set(tags[first.id]) <= set(figures)
    finally:
        server.terminate()
        server.wait()


SESSIONS = {"startIndex": 0, "sliceSize": 10, "colParams": [], "allowedStatuses": ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_RUNNING"]}


def asked(port, path, body=None, **query):
    url = f"http://127.0.0.1:{port}/data/plugin/{path}?{urlencode(query)}"
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def until(ask, holds, seconds=90):
    """What is answered once it is as it should be."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if holds(answer := ask()):
                return answer
        except OSError:
            answer = "no answer"
        assert time.monotonic() < deadline, answer
        time.sleep(0.1)


def test_what_was_not_finite_is_nan(exported, busy_run):
    found = read_events(exported(busy_run), busy_run)
    assert [event.value for event in found.Scalars("gradient_norm/conv1")] == [0.5, 1.0]
    assert all(math.isnan(event.value) for event in found.Scalars("gradient_norm/fc"))
    assert [event.value for event in found.Scalars("activation_std/relu")] == [np.float32(0.6), np.float32(1.2)]


def test_runs_with_nothing_or_with_damage_still_open(exported, run):
    empty = read_events(exported(run), run)
    assert empty.Tags()["scalars"] == []
    (run.folder / "run.json").write_bytes(b"{")
    (run.folder / "metrics.jsonl").write_text('{"step": 1, "loss": null, "note": "x"}\n{"step": 3, "loss": 0.5, "seco')
    damaged = Run(run.id, run.folder, None, "its run.json is damaged")
    (value,) = read_events(exported(damaged), damaged).Scalars("loss/training")
    assert value.step == 1 and math.isnan(value.value)
    with pytest.raises(RunError, match="not there any more"):
        list(tensorboard_files([Run("gone", run.folder / "gone", run.config)]))


def test_the_same_run_gives_the_same_bytes():
    run = recorded_run()
    assert event_file(run) == event_file(run)
    (name, content), = tensorboard_files([run])
    assert name == f"{run.id}/events.out.tfevents.{int(read_status(run).started)}.{run.id}" and content == event_file(run)


def test_where_pictures_lie_stays_on_the_machine(tmp_path):
    assert str(tmp_path).encode() not in event_file(create("cifar/plain-20", {"dataset": str(tmp_path / "cats")}, 0))
