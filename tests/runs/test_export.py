"""A run as a zip: everything readable, the series as CSV too."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest

from explorer.runs.archive import write_zip, zip_bytes
from explorer.runs.errors import RunError, RunWriteError
from explorer.runs.export import layer_csvs, metrics_csv, run_files
from explorer.runs.folder import create, list_runs
from explorer.runs.public import public_name
from explorer.runs.writer import RunWriter


def read_zip(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_zip_holds_the_readable_data(busy_run, tmp_path):
    (busy_run.folder / "checkpoints" / "final.safetensors").write_bytes(b"weights")
    (busy_run.folder / "checkpoints" / "last.pt").write_bytes(b"optimiser")
    (busy_run.folder / "secret").symlink_to("/etc/hostname")
    (busy_run.folder / "linked.txt").symlink_to("/etc/hostname")
    (busy_run.folder / ".status.json.x.part").write_text("torn")
    found = read_zip(write_zip(run_files([busy_run]), tmp_path / "out.zip"))
    names = ["activation_stds.csv", "checkpoints/final.safetensors", "dead_shares.csv", "layers.csv", "layers.jsonl", "log.txt"]
    names += ["metrics.csv", "metrics.jsonl", "run.json", "state.json", "status.json", "update_ratios.csv"]
    assert sorted(found) == [f"{busy_run.id}/{name}" for name in names]
    assert found[f"{busy_run.id}/run.json"] == (busy_run.folder / "run.json").read_bytes()
    assert found[f"{busy_run.id}/checkpoints/final.safetensors"] == b"weights"
    assert json.loads(found[f"{busy_run.id}/state.json"])["state"] == "running"
    assert found[f"{busy_run.id}/metrics.csv"].decode() == "step,loss\n1,1.0\n2,0.5\n"
    assert found[f"{busy_run.id}/layers.csv"].decode() == "step,conv1,fc\n1,0.5,\n2,1.0,\n"
    assert found[f"{busy_run.id}/update_ratios.csv"].decode() == "step,conv1,fc\n1,0.001,\n2,0.002,\n"
    assert found[f"{busy_run.id}/activation_stds.csv"].decode() == "step,relu\n1,0.6\n2,1.2\n"
    assert found[f"{busy_run.id}/dead_shares.csv"].decode() == "step,relu\n1,0.0\n2,0.25\n"


def test_a_run_of_an_earlier_version_is_exported_without_what_it_has_not_recorded(busy_run):
    (busy_run.folder / "layers.jsonl").write_text(
        '{"layers":["conv1","fc"],"kinds":["conv","linear"]}\n{"step":1,"grad_norm":[0.5,1]}\n'
    )
    assert layer_csvs(busy_run) == {"layers.csv": "step,conv1,fc\n1,0.5,1\n"}
    names = zipfile.ZipFile(io.BytesIO(zip_bytes(run_files([busy_run])))).namelist()
    assert {Path(name).name for name in names if name.endswith(".csv")} == {"metrics.csv", "layers.csv"}


def test_the_same_run_gives_the_same_zip(busy_run):
    assert zip_bytes(run_files([busy_run])) == zip_bytes(run_files([busy_run]))


def test_metrics_have_a_column_for_every_figure(run):
    (run.folder / "metrics.jsonl").write_text('{"step": 1, "loss": 2}\n{"step": 2, "val_error": 0.5, "note": "a,b"}\n')
    rows = list(csv.DictReader(io.StringIO(metrics_csv(run))))
    assert rows == [
        {"step": "1", "loss": "2", "val_error": "", "note": ""},
        {"step": "2", "loss": "", "val_error": "0.5", "note": "a,b"},
    ]
    assert layer_csvs(run) == {"layers.csv": "step\n"}


def test_a_damaged_run_is_exported_as_far_as_it_reads(busy_run, tmp_path):
    for name in ("run.json", "status.json", "metrics.jsonl", "layers.jsonl"):
        whole = (busy_run.folder / name).read_bytes()
        (busy_run.folder / name).write_bytes(whole[:-7])
    (damaged,) = list_runs()
    found = read_zip(write_zip(run_files([damaged]), tmp_path / "out.zip"))
    assert found[f"{damaged.id}/metrics.csv"].decode() == "step,loss\n1,1.0\n"
    assert json.loads(found[f"{damaged.id}/state.json"])["state"] == "lost"


def test_a_zip_that_cannot_be_written_gets_a_sentence(busy_run, tmp_path):
    with pytest.raises(RunError, match="is a folder; name a zip file"):
        write_zip(run_files([busy_run]), tmp_path)
    with pytest.raises(RunWriteError, match="does not exist"):
        write_zip(run_files([busy_run]), tmp_path / "nowhere" / "out.zip")
    busy_run.folder.rename(busy_run.folder.with_name("elsewhere"))
    with pytest.raises(RunError, match="is not there any more"):
        write_zip(run_files([busy_run]), tmp_path / "out.zip")
    assert not (tmp_path / "out.zip").exists()


@pytest.mark.parametrize("dataset", ["/home/me/cats", "/home/mé/our \"cats\".zip", "C:\\Users\\me\\cats", "/home/me\ncats/x"])
def test_where_the_pictures_lie_is_said_in_no_file_that_goes_out(dataset):
    run = create("cifar/plain-20", {"dataset": dataset}, 0)
    RunWriter(run.folder).status(state="failed", reason=f"There is no data set {dataset!r}. Or: {dataset} is a file.")
    (run.folder / "log.txt").write_text(f"{dataset}/a.png is damaged\nopen({dataset})\n")
    (run.folder / "status.json.txt").write_text(json.dumps({"at": dataset}, ensure_ascii=False))
    (run.folder / "checkpoints" / "final.safetensors").write_bytes(dataset.encode())  # of an image's bytes nothing is replaced
    name = public_name(dataset)
    found = {path.partition("/")[2]: content for path, content in run_files([run])}
    assert json.loads(found["state.json"])["reason"] == json.loads(found["status.json"])["reason"]
    assert json.loads(found["state.json"])["reason"].endswith(f"Or: {name} is a file.")
    assert json.loads(found["run.json"])["recipe"]["dataset"] == name
    assert json.loads(found["status.json.txt"]) == {"at": name}
    assert found["log.txt"].decode() == f"{name}/a.png is damaged\nopen({name})\n"
    assert found["checkpoints/final.safetensors"] == dataset.encode()
    assert not [path for path, content in found.items() if "home" in str(content) or "Users" in str(content)][1:]
