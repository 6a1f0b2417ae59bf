"""`explorer runs export|import|command`: what the file's name and the options say is what is written."""

import shutil
import zipfile

import pytest
from command_line import answer, assert_refused, explorer
from pyarrow import parquet
from recorded_run import RECORDED, recorded_run

from explorer.runs.export_tables import layers_table, metrics_table, table_csv

ID = RECORDED.name
FILES = {
    "csv": {f"{ID}/run.json", f"{ID}/state.json", f"{ID}/metrics.csv", f"{ID}/layers.csv", f"{ID}/checkpoints/final.safetensors"},
    "parquet": {"metrics.parquet", "layers.parquet", f"{ID}.json"},
    "tensorboard": {f"{ID}/events.out.tfevents.1795326758.{ID}"},
    "model": {f"{ID}/README.md", f"{ID}/final.safetensors"},
}


@pytest.mark.parametrize("form", FILES)
def test_a_zip_and_a_folder_hold_the_same_files(form, tmp_path):
    recorded_run()
    found = answer("runs", "export", ID, "-o", tmp_path / "out.zip", "--format", form)
    assert found == {"runs": [ID], "file": str(tmp_path / "out.zip")}
    assert explorer("runs", "export", ID, "-o", tmp_path / "out", "--format", form).returncode == 0
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        zipped = {name: archive.read(name) for name in archive.namelist()}
    written = {file.relative_to(tmp_path / "out").as_posix(): file.read_bytes() for file in (tmp_path / "out").rglob("*") if file.is_file()}
    assert FILES[form] <= written.keys() and zipped == written


def test_a_table_over_several_runs_is_one_file(tmp_path):
    runs = [recorded_run(), recorded_run("second-copy")]
    answer("runs", "export", *(run.id for run in runs), runs[0].id, "-o", tmp_path / "all.csv")
    assert (tmp_path / "all.csv").read_text() == table_csv(metrics_table(runs))
    answer("runs", "export", *(run.id for run in runs), "-o", tmp_path / "all.parquet", "--table", "layers")
    assert parquet.read_table(tmp_path / "all.parquet").to_pydict() == layers_table(runs)


def test_what_is_exported_is_imported_elsewhere(tmp_path):
    run = recorded_run()
    explorer("runs", "export", ID, "-o", tmp_path / "out.zip")
    shutil.rmtree(run.folder)
    assert answer("runs", "import", tmp_path / "out.zip") == {"runs": [{"run": ID, "new": True, "words": ""}], "skipped": []}
    assert explorer("runs", "import", tmp_path / "out.zip").stdout == f"{ID:<44}not imported  It is here already.\n"
    assert answer("runs", "list")[0]["state"] == "finished"


def test_the_command_that_repeats_a_run():
    recorded_run()
    command = "explorer train 'cifar/basic-8?width=4&channels=1' --epochs 2 --batch 250 --lr 0.1 --probe-every 8 --device cpu --seed 3 --threads 1"
    assert explorer("runs", "command", ID).stdout == command + "\n"
    assert answer("runs", "command", ID) == {"run": ID, "command": command}


BAD = {
    "no such form": ("xlsx", ["runs", "export", ID, "-o", "{tmp}/a.zip", "--format", "xlsx"]),
    "form of another file": ("does not fit into a.csv", ["runs", "export", ID, "-o", "{tmp}/a.csv", "--format", "model"]),
    "table of a zip": ("--table belongs to", ["runs", "export", ID, "-o", "{tmp}/a.zip", "--table", "layers"]),
    "unknown ending": ("does not say what to write", ["runs", "export", ID, "-o", "{tmp}/a.xlsx"]),
    "no such folder": ("does not exist", ["runs", "export", ID, "-o", "{tmp}/nowhere/a.zip"]),
    "no weights": ("no final weights", ["runs", "export", ID, "untrained", "-o", "{tmp}/a.zip", "--format", "model"]),
    "no such run": ("no run 'gone'", ["runs", "export", "gone", "-o", "{tmp}/a.zip"]),
    "nothing to import": ("no run in", ["runs", "import", "{tmp}"]),
    "nowhere to import from": ("no folder or zip file", ["runs", "import", "{tmp}/gone"]),
}


@pytest.mark.parametrize("word, arguments", BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_line_and_nothing_is_written(word, arguments, tmp_path):
    recorded_run()
    (recorded_run("untrained").folder / "checkpoints" / "final.safetensors").unlink()
    target = tmp_path / "target"
    target.mkdir()
    assert_refused(word, *(argument.replace("{tmp}", str(target)) for argument in arguments))
    assert list(target.iterdir()) == []
