"""Real worker processes on a tiny data set: trained, killed, resumed, stopped, paused, failed."""

import json
import os
import shutil
import signal
import sys
import time

import pytest
import safetensors.torch
import torch

from explorer.machine.folders import data_folder
from explorer.machine.hardware import device_kind
from explorer.networks.metadata import read_metadata
from explorer.runs.control import request
from explorer.runs.launcher import WORKER, LocalLauncher
from explorer.runs.run import FINAL_WEIGHTS
from explorer.runs.series import read_layers, read_metrics, tail_log
from explorer.runs.status import read_status
from explorer.training.recipe import Recipe
from explorer.training.start import resume_run, start_runs

TINY = "cifar/basic-8?width=4&input=8&classes=2"


@pytest.fixture
def start(tiny_folder, monkeypatch):
    """Starts real workers; ends those that still run with the test. Keywords change the recipe."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    started = []

    def begin(*networks, seed=0, launcher=None, **changes):
        recipe = Recipe(**{"dataset": str(tiny_folder), "epochs": 2, "batch": 12, "warmup_steps": 3, "augment": "crop-flip"} | changes)
        runs = start_runs(networks or (TINY,), recipe, seed, launcher or LocalLauncher(slots=2))
        started.extend(runs)
        return runs if len(runs) > 1 else runs[0]

    yield begin
    for run in started:
        LocalLauncher().stop(run)
    for run in started:
        wait_for(run, lambda status: not status.active)


def wait_for(run, condition, seconds=60.0):
    """The run's status once the condition holds for it; fails if the run ends without."""
    deadline = time.monotonic() + seconds
    while True:
        status = read_status(run)
        if condition(status):
            return status
        assert status.active, f"{status.state}: {status.reason} {tail_log(run)}"
        assert time.monotonic() < deadline, f"still {status.state} after {seconds} s"
        time.sleep(0.02)


def ended(run):
    return wait_for(run, lambda status: not status.active)


def final_weights(run):
    return safetensors.torch.load_file(run.folder / FINAL_WEIGHTS)


def rows_without_pace(run):
    return [{k: v for k, v in row.items() if k not in ("images_per_second", "seconds")} for row in read_metrics(run) if row["step"] % 9 == 0]


def test_a_run_is_trained_to_its_end_and_leaves_weights_that_say_what_they_are(start, tiny_data):
    run = start()
    status = ended(run)
    assert (status.state, status.reason, status.step, status.total_steps, status.progress) == ("finished", None, 18, 18, 1.0)
    rows = read_metrics(run)
    assert [row["step"] for row in rows if "val_error" in row] == [9, 18]
    assert status.latest["val_error"] == rows[-1]["val_error"] and status.best["val_error"] <= rows[-1]["val_error"]
    layers = read_layers(run)
    assert layers.steps == (0, 10) and layers.layers[0] == "conv1" and layers.kinds[-1] == "linear"
    assert all(0 < ratio < 1 for row in layers.ratios for ratio in row)
    assert [len(row) for row in layers.ratios] == [len(layers.layers)] * 2
    assert len(layers.activations) == 7 and [len(row) for row in layers.stds + layers.dead] == [7] * 4
    metadata = read_metadata(run.folder / FINAL_WEIGHTS)
    assert metadata["network"] == TINY and json.loads(metadata["classes"]) == ["left", "right"]
    assert json.loads(metadata["mean"]) == pytest.approx(tiny_data.mean) and float(metadata["val_error"]) == rows[-1]["val_error"]
    assert [line for line in tail_log(run) if line.startswith("epoch 2: training error")]


def test_k_steps_a_kill_a_resume_and_the_rest_equal_an_undisturbed_run_bit_for_bit(start):
    undisturbed, killed = start(TINY, epochs=30), start(TINY, epochs=30)
    wait_for(killed, lambda status: (status.step or 0) > 60)
    os.kill(read_status(killed).pid, signal.SIGKILL)
    assert ended(killed).state == "lost"
    assert 60 < read_status(killed).step < 270
    resume_run(killed, LocalLauncher(slots=2))
    assert ended(killed).state == ended(undisturbed).state == "finished"
    assert any(line.startswith("going on from step") for line in tail_log(killed, 60))
    first, second = final_weights(undisturbed), final_weights(killed)
    assert first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)
    assert rows_without_pace(killed) == rows_without_pace(undisturbed)
    assert read_layers(killed) == read_layers(undisturbed)


def stop_seconds(run):
    began = time.monotonic()
    request(run, "stop")
    assert ended(run).state == "stopped"
    return time.monotonic() - began


def test_a_stop_takes_effect_within_two_seconds_while_training_and_the_run_can_go_on(start):
    run = start(epochs=2000)
    wait_for(run, lambda status: (status.step or 0) > 20)
    assert stop_seconds(run) < 2
    step = read_status(run).step
    resume_run(run, LocalLauncher(slots=2))
    wait_for(run, lambda status: status.state == "running" and status.step > step)


def test_a_stop_takes_effect_within_two_seconds_while_queued_and_while_torch_is_imported(start):
    one = LocalLauncher(slots=1)
    importing, queued = start(TINY, TINY, launcher=one)
    wait_for(importing, lambda status: status.state == "starting")
    wait_for(queued, lambda status: status.state == "queued" and status.pid_started)
    assert stop_seconds(queued) < 2
    assert stop_seconds(importing) < 2


def test_a_stop_takes_effect_within_two_seconds_in_a_step_of_many_seconds(start):
    run = start("cifar/basic-56?width=64", dataset="mnist-5k", batch=1024, precision="fp32")
    wait_for(run, lambda status: status.state == "running")
    time.sleep(0.5)
    assert stop_seconds(run) < 2
    assert read_status(run).step == 0


def test_the_systems_request_to_terminate_is_a_stop_too(start):
    run = start(epochs=2000)
    wait_for(run, lambda status: (status.step or 0) > 0)
    os.kill(read_status(run).pid, signal.SIGTERM)
    assert ended(run).state == "stopped"


def test_a_paused_run_stands_still_until_it_is_resumed(start):
    run = start(epochs=2000)
    wait_for(run, lambda status: (status.step or 0) > 0)
    request(run, "pause")
    wait_for(run, lambda status: status.state == "paused")
    rows = len(read_metrics(run))
    heartbeat = read_status(run).heartbeat
    time.sleep(1.2)
    assert len(read_metrics(run)) == rows
    assert read_status(run).heartbeat > heartbeat
    request(run, "resume")
    wait_for(run, lambda status: status.state == "running" and len(read_metrics(run)) > rows)


def test_a_diverging_run_fails_with_a_sentence(start):
    run = start(TINY + "&norm=none", lr=100.0, warmup_steps=0)
    status = ended(run)
    assert status.state == "failed" and "the training has diverged. A lower learning rate than 100" in status.reason


def test_a_full_disk_fails_the_run_with_a_sentence_and_leaves_the_folder_readable(start):
    """A limit on the size of files, too small for the checkpoint, stands in for the full disk."""
    limited = ("bash", "-c", f'ulimit -f 8; exec {" ".join(WORKER)} "$0"')
    run = start(launcher=LocalLauncher(slots=2, command=limited))
    status = ended(run)
    assert status.state == "failed" and "is the disk full?" in status.reason
    assert read_metrics(run) and read_layers(run).steps


def test_a_data_set_that_is_gone_fails_the_run_with_a_sentence(start, tmp_path, tiny_folder):
    shutil.copytree(tiny_folder, data := tmp_path / "data")
    blocker = start(epochs=2000, launcher=LocalLauncher(slots=1))
    wait_for(blocker, lambda status: status.state != "queued")
    run = start(dataset=str(data), launcher=LocalLauncher(slots=1))
    shutil.rmtree(data)
    LocalLauncher().stop(blocker)
    status = ended(run)
    assert status.state == "failed" and "There is no data set" in status.reason


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    import subprocess

    result = subprocess.run([sys.executable, "-m", "explorer.training.worker", str(tmp_path)], capture_output=True, text=True)
    assert result.returncode == 2 and "is not a run folder" in result.stderr and "Traceback" not in result.stderr


def test_the_worker_waits_for_its_slot_without_torch(start):
    from filelock import FileLock

    (data_folder() / "slots").mkdir(parents=True)
    with FileLock(data_folder() / "slots" / f"{device_kind()}-0.lock"):
        run = start(launcher=LocalLauncher(slots=1))
        status = wait_for(run, lambda status: status.state == "queued" and status.pid_started)
        time.sleep(1)
        with open(f"/proc/{status.pid}/maps") as maps:
            assert "libtorch" not in maps.read()
        assert read_status(run).state == "queued"
    assert ended(run).state == "finished"


def test_a_queued_run_that_is_paused_lets_its_slot_pass_and_goes_on_waiting_when_resumed(start):
    from filelock import FileLock

    (data_folder() / "slots").mkdir(parents=True)
    with FileLock(data_folder() / "slots" / f"{device_kind()}-0.lock"):
        run = start(launcher=LocalLauncher(slots=1))
        wait_for(run, lambda status: status.state == "queued" and status.pid_started)
        request(run, "pause")
        wait_for(run, lambda status: status.state == "paused")
        request(run, "resume")
        wait_for(run, lambda status: status.state == "queued")
        request(run, "pause")
        wait_for(run, lambda status: status.state == "paused")
    time.sleep(1)
    assert read_status(run).state == "paused" and read_status(run).step is None
    request(run, "resume")
    assert ended(run).state == "finished"


def test_a_run_that_needs_more_memory_than_there_is_fails_with_a_sentence(start):
    """A limit on the address space stands in for a small machine."""
    limited = ("bash", "-c", f'ulimit -v 3000000; exec {" ".join(WORKER)} "$0"')
    run = start("cifar/basic-8?width=256", dataset="mnist-5k", batch=4000, launcher=LocalLauncher(slots=2, command=limited))
    status = ended(run)
    assert status.state == "failed" and "The memory is not enough for batches of 4000 images" in status.reason
