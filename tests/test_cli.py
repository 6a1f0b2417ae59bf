"""The command line: JSON as promised, one clear line and exit status 2 for bad input."""

import json
import re
import time

import pytest
from command_line import answer, assert_refused, explorer
from PIL import Image

from explorer.machine.folders import ASSETS
from explorer.runs.control import request
from explorer.runs.launcher import LocalLauncher
from explorer.runs.status import read_status
from explorer.training.recipe import Recipe
from explorer.training.start import start_runs

SAMPLES = ASSETS / "samples"


def test_summary_says_the_papers_numbers():
    found = answer("summary", "cifar/basic-56")
    assert (found["network"], found["params"], found["macs"]) == ("cifar/basic-56", 853018, 125485696)
    assert sum(layer["params"] for layer in found["layers"]) == 853018
    assert sum(layer["macs"] for layer in found["layers"]) == 125485696


def test_summary_prints_totals_for_people():
    assert "853,018" in explorer("summary", "cifar/basic-56").stdout


def test_summary_with_subtotals_and_memory():
    found = answer("summary", "cifar/basic-20", "--by", "stage", "--batch", 32, "--precision", "bf16", "--optimiser", "adam")
    assert [row["Stage"] for row in found["subtotals"]] == ["input", "stem", "layer1", "layer2", "layer3", "head"]
    assert sum(row["Parameters"] for row in found["subtotals"]) == 269722
    memory = found["memory"]
    assert (memory["batch"], memory["precision"], memory["optimiser_state"]) == (32, "bf16", 2 * 4 * 269722)
    text = explorer("summary", "cifar/basic-20", "--by", "kind", "--batch", 32).stdout
    assert "Training step on 32 images, 32-bit floats, SGD with momentum:" in text and text.startswith("Kind ")


@pytest.mark.parametrize("name, begins", [("a.csv", b"Layer,Kind,"), ("a.md", b"| Layer | Kind |"), ("a.parquet", b"PAR1"),
                                          ("a.txt", b"Residual-8 (cifar/basic-8)")])
def test_summary_writes_what_the_files_name_says(tmp_path, name, begins):
    file = tmp_path / name
    found = answer("summary", "cifar/basic-8", "-o", file)
    assert file.read_bytes().startswith(begins)
    assert found == {"network": "cifar/basic-8", "file": str(file), "bytes": file.stat().st_size}


def test_summary_in_torchinfos_words():
    text = explorer("summary", "cifar/basic-8", "--format", "torchinfo").stdout
    assert "Total params: 75,290" in text and "What to know about torchinfo's numbers" in text


def test_summary_as_csv_goes_on_to_other_programs():
    done = explorer("summary", "cifar/basic-8", "--csv")
    assert done.stdout == explorer("summary", "cifar/basic-8", "--format", "csv").stdout
    assert done.stdout.startswith("Layer,Kind,") and done.stdout.endswith("\n") and not done.stdout.endswith("\n\n")


KINDS = {
    "svg": lambda data: b"<svg" in data,
    "png": lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"),
    "pdf": lambda data: data.startswith(b"%PDF-"),
    "dot": lambda data: b"digraph" in data,
}


@pytest.mark.parametrize("suffix", KINDS)
def test_diagram_writes_the_kind_its_name_says(tmp_path, suffix):
    file = tmp_path / f"net.{suffix}"
    found = answer("diagram", "cifar/basic-8", "-o", file)
    assert KINDS[suffix](file.read_bytes())
    assert found["bytes"] == file.stat().st_size


@pytest.mark.parametrize("level, layers", [("stages", 0), ("folded", 21), ("blocks", 33), ("layers", 74)])
def test_diagram_has_the_pages_levels_of_detail(tmp_path, level, layers):
    file = tmp_path / "net.dot"
    answer("diagram", "cifar/basic-20", "-o", file, "--detail", level)
    assert len(set(re.findall(r'id="layer:[^"]*"', file.read_text()))) == layers


def test_train_waits_and_the_run_can_be_shown_exported_and_deleted(tmp_path):
    (row,) = answer("train", "cifar/basic-8?width=4&channels=1", "--epochs", 1, "--batch", 250, "--seed", 5)
    assert set(row) >= {"network", "train_error", "val_error", "steps", "run"}
    assert row["steps"] == 16 and row["state"] == "finished"
    assert 0 <= row["val_error"] <= 1 and 0 <= row["train_error"] <= 1
    assert [run["run"] for run in answer("runs", "list")] == [row["run"]]
    assert answer("runs", "show", row["run"])["val_error"] == row["val_error"]
    assert explorer("runs", "export", row["run"], "-o", tmp_path / "run.zip").returncode == 0
    digit = tmp_path / "digit.png"
    Image.new("L", (28, 28)).save(digit)
    (named,) = answer("classify", digit, "--model", row["run"])["pictures"]
    assert len(named["classes"]) == 5 and named["file"] == str(digit)
    assert explorer("runs", "delete", row["run"]).returncode == 0
    assert answer("runs", "list") == []


def wait_until(run, condition, seconds=60):
    """The run's status once the condition holds for it."""
    deadline = time.monotonic() + seconds
    while not condition(status := read_status(run)):
        assert time.monotonic() < deadline, f"still {status.state}: {status.reason}"
        time.sleep(0.05)
    return status


@pytest.fixture
def long_run(monkeypatch):
    """A small network in training for longer than any test, ended with the test."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    (run,) = start_runs(["cifar/basic-8?width=4&channels=1"], Recipe(epochs=5000, batch=250))
    yield run
    LocalLauncher().stop(run)
    wait_until(run, lambda status: not status.active)


def test_a_run_is_resumed_after_a_pause_stopped_and_resumed_after_the_stop(long_run):
    wait_until(long_run, lambda status: status.step)
    assert "is running already" in explorer("runs", "resume", long_run.id).stderr
    request(long_run, "pause")
    paused = wait_until(long_run, lambda status: status.state == "paused")
    assert answer("runs", "resume", long_run.id) == {"run": long_run.id, "done": "goes on"}
    running = wait_until(long_run, lambda status: status.state == "running" and status.step > paused.step)
    assert running.pid == paused.pid
    assert answer("runs", "stop", long_run.id) == {"run": long_run.id, "done": "asked to stop"}
    stopped = wait_until(long_run, lambda status: not status.active)
    assert stopped.state == "stopped" and stopped.step >= running.step
    assert answer("runs", "resume", long_run.id)["done"] == "goes on"
    again = wait_until(long_run, lambda status: status.state == "running" and status.step > stopped.step)
    assert again.pid != stopped.pid


def test_doctor_knows_the_embedded_data():
    found = answer("doctor")
    assert found["datasets"]["mnist-5k"] is True
    assert found["device"] and found["graphviz"]


def test_a_picture_that_cannot_be_read_takes_nothing_from_the_others():
    done = explorer("classify", SAMPLES / "cat.jpg", __file__, SAMPLES / "ship.jpg", "--model", "cifar10-residual-20", "--json")
    assert done.returncode == 2
    assert [row["classes"][0]["label"] for row in json.loads(done.stdout)["pictures"]] == ["cat", "ship"]
    assert len(done.stderr.splitlines()) == 1 and "test_cli.py" in done.stderr


def test_without_a_command_it_says_what_there_is():
    done = explorer()
    assert done.returncode == 0 and "classify" in done.stdout and done.stderr == ""


BAD = {
    "no command of runs": ("Missing command", ["runs"]),
    "unknown stem": ('no stem "mnist"', ["summary", "mnist/basic-20"]),
    "impossible depth": ("nearest: 20 and 26", ["summary", "cifar/basic-21"]),
    "unknown option": ('no option "color"', ["summary", "cifar/basic-20?color=red"]),
    "unknown grouping": ("not colour", ["summary", "cifar/basic-20", "--by", "colour"]),
    "unknown format": ("docx", ["summary", "cifar/basic-20", "--format", "docx"]),
    "unknown file": ("table.docx", ["summary", "cifar/basic-20", "-o", "table.docx"]),
    "two formats": ("contradict", ["summary", "cifar/basic-20", "--csv", "--format", "markdown"]),
    "parquet for a terminal": ("-o FILE.parquet", ["summary", "cifar/basic-20", "--format", "parquet"]),
    "torchinfo by stage": ("leave out --by", ["summary", "cifar/basic-20", "--format", "torchinfo", "--by", "stage"]),
    "table into no folder": ("No such file", ["summary", "cifar/basic-20", "-o", "/nonexistent/table.csv"]),
    "no batch": ("not 0", ["summary", "cifar/basic-20", "--batch", "0"]),
    "unknown precision": ("no precision fp8", ["summary", "cifar/basic-20", "--precision", "fp8"]),
    "unknown optimiser": ("no optimiser lion", ["summary", "cifar/basic-20", "--optimiser", "lion"]),
    "unknown unit": ("not GMACs", ["summary", "cifar/basic-20", "--unit", "GMACs"]),
    "no such command": ("sumary", ["sumary", "cifar/basic-20"]),
    "missing argument": ("spec", ["summary"]),
    "file type": ("net.gif", ["diagram", "cifar/basic-20", "-o", "net.gif"]),
    "folder missing": ("No such file", ["diagram", "cifar/basic-20", "-o", "/nonexistent/net.svg"]),
    "unknown group": ("no group layer9", ["diagram", "cifar/basic-20", "-o", "{tmp}/never-written.dot", "--open", "layer9"]),
    "unknown preset": ("no preset magic", ["train", "--preset", "magic"]),
    "nothing to train": ("say which networks", ["train"]),
    "unknown data set": ("imagenet-22k", ["train", "cifar/basic-20", "--dataset", "imagenet-22k"]),
    "nobody's data set": ("~nobody/x", ["train", "cifar/basic-20", "--dataset", "~nobody/x"]),
    "classes do not fit": ("has 10 classes", ["train", "cifar/basic-20?classes=100", "--dataset", "mnist-5k"]),
    "no epochs": ("epochs", ["train", "cifar/basic-20?channels=1", "--epochs", "0"]),
    "negative seed": ("--seed", ["gradients", "cifar/basic-20", "--seed", "-1"]),
    "seed too large": ("--seed", ["train", "cifar/basic-20", "--seed", "4294967296"]),
    "seeds too large": ("seeds go up to", ["train", "cifar/basic-20", "--seed", "4294967295", "--runs", "2"]),
    "unknown run": ("no-such-run", ["runs", "show", "no-such-run"]),
    "run outside": ("../..", ["runs", "delete", "../.."]),
    "no such picture": ("no file /nonexistent.png", ["classify", "/nonexistent.png", "--model", "mnist-residual-20"]),
    "not a picture": ("not a picture", ["classify", __file__, "--model", "mnist-residual-20"]),
    "unknown model": ("no model no-such-model", ["classify", __file__, "--model", "no-such-model"]),
    "json and csv": ("--json and --csv", ["summary", "cifar/basic-20", "--csv", "--json"]),
    "torchinfo's unit": ("--unit", ["summary", "cifar/basic-20", "--format", "torchinfo", "--unit", "flops"]),
    "unknown detail": ("not all", ["diagram", "cifar/basic-20", "-o", "{tmp}/never-written.svg", "--detail", "all"]),
}


@pytest.mark.parametrize("word, arguments", BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_line_and_status_2(word, arguments, tmp_path):
    assert_refused(word, *(str(argument).replace("{tmp}", str(tmp_path)) for argument in arguments))


def test_a_depth_that_cannot_be_names_the_nearest():
    message = explorer("summary", "cifar/basic-21").stderr
    assert "20" in message and "26" in message
