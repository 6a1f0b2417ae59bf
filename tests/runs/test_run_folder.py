"""A run is a folder: made whole, found again, refused by odd names, deleted when it is not active."""

import json
import os
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.machine.folders import runs_folder
from explorer.runs.errors import RunError, RunWriteError
from explorer.runs.folder import create, discard, list_runs, open_folder, open_run
from explorer.runs.run import RunConfig


def test_create_writes_what_was_asked(run):
    assert re.fullmatch(r"\d{8}-\d{6}-plain-20-s0-[a-z0-9]{4}", run.id)
    written = json.loads((run.folder / "run.json").read_text())
    assert written["network"] == "cifar/plain-20?width=8&channels=1"
    assert written["recipe"] == {"epochs": 4}
    assert (written["seed"], written["group"], written["data"]) == (0, "", {})
    assert written["versions"]["python"] == sys.version.split()[0]
    assert written["versions"]["torch"].startswith("2.")
    assert (run.folder / "checkpoints").is_dir()


def test_an_opened_run_is_the_created_one(run):
    assert open_run(run.id) == run
    assert open_folder(run.folder) == run
    assert list_runs() == [run]


def test_creating_imports_neither_torch_nor_streamlit():
    modules = "explorer.runs.export, explorer.runs.launcher, explorer.runs.writer, explorer.machine.state, explorer.machine.download"
    code = f"import sys, {modules}; print([name for name in ('torch', 'streamlit', 'plotly', 'numpy') if name in sys.modules])"
    assert os.popen(f'"{sys.executable}" -c "{code}"').read().strip() == "[]"


def test_runs_are_listed_newest_first_also_within_a_second():
    runs = [create(f"cifar/plain-{depth}", {}, seed) for seed, depth in enumerate((56, 20, 110, 8, 44, 32))]
    assert list_runs() == runs[::-1]


@pytest.mark.parametrize("network, slug", [
    ("torchvision/resnet18", "resnet18"),
    ("imagenet/preact-bottleneck-50?zero_init=true", "preact-bottleneck-50"),
    ("../../etc/passwd", "passwd"),
    ("Ünï/ÇÖDÉ 7", "d-7"),
    ("???", "net"),
    ("x" * 300, "x" * 40),
])  # fmt: skip
def test_an_id_is_a_plain_folder_name_whatever_the_network(network, slug):
    run = create(network, {}, 3)
    assert re.fullmatch(rf"\d{{8}}-\d{{6}}-{slug}-s3-[a-z0-9]{{4}}", run.id)
    assert open_run(run.id).config.network == network


@pytest.mark.parametrize("run_id", [
    "", ".", "..", "../runs", "/etc", "a/b", "a\\b", "..\\runs", "x\0y", "run.json", ".hidden", "%2e%2e", "a b", "ü", "x" * 200, "x\n",
    "20261121-224301-plain-56-s0-ab12",
])  # fmt: skip
def test_ids_that_are_no_run_are_refused(run, run_id):
    with pytest.raises(RunError, match="There is no run"):
        open_run(run_id)


@given(st.text(max_size=20))
def test_no_text_reaches_out_of_the_runs_folder(text):
    try:
        found = open_run(text)
    except RunError as error:
        assert len(str(error)) < 700
    else:
        assert found.folder.parent == runs_folder()


def test_foreign_files_and_folders_are_passed_over(run, tmp_path):
    runs = runs_folder()
    (runs / "notes.txt").write_text("mine")
    (runs / "holiday").mkdir()
    (runs / ".new-abc").mkdir()
    (runs / ".deleted-x").mkdir()
    (runs / "20261121-224301-a-file-s0-ab12").write_text("")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "run.json").write_text((run.folder / "run.json").read_text())
    (runs / "link").symlink_to(elsewhere)
    assert list_runs() == [run]
    for name in ("notes.txt", "holiday", "link"):
        with pytest.raises(RunError):
            open_run(name)


def test_a_renamed_run_is_still_a_run(run):
    run.folder.rename(run.folder.with_name("my-best-run"))
    assert open_run("my-best-run").config == run.config


def test_a_run_without_its_description_is_shown_with_the_problem(run):
    (run.folder / "run.json").unlink()
    found = open_run(run.id)
    assert (found.config, found.problem) == (None, "its run.json is missing or damaged.")
    assert list_runs() == [found]
    with pytest.raises(RunError, match="not a run folder: its run.json is missing or damaged"):
        open_folder(run.folder)


def test_run_json_torn_at_every_byte_is_a_problem_and_no_error(run):
    whole = (run.folder / "run.json").read_bytes()
    complete = len(whole.rstrip())
    for end in range(len(whole) + 1):
        (run.folder / "run.json").write_bytes(whole[:end])
        found = open_run(run.id)
        assert (found.config is None) == (end < complete)
        assert found.config in (None, run.config)
        assert list_runs() == [found]


@given(content=st.binary(max_size=60) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*RunConfig.model_fields, "x"]), inner, max_size=8),
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_any_run_json_can_be_listed(content):
    run = create("cifar/plain-20", {}, 0)
    (run.folder / "run.json").write_bytes(content)
    found = open_run(run.id)
    assert (found.config is None) == (found.problem is not None)
    assert found in list_runs()
    discard(found)
    assert found not in list_runs()


def test_a_folder_that_cannot_be_written_gets_a_sentence(explorer_home):
    explorer_home.mkdir()
    (explorer_home / "runs").write_text("in the way")
    with pytest.raises(RunWriteError, match="could not be written"):
        create("cifar/plain-20", {}, 0)


def test_what_a_killed_process_has_left_of_a_run_is_removed_by_the_next_one():
    left = runs_folder() / ".new-20261121-224301-plain-56-s0-3fa9"
    (left / "checkpoints").mkdir(parents=True)
    assert create("cifar/plain-20", {}, 0) and left.exists()  # it may be another process's, which is about to finish it
    for path in (left / "checkpoints", left):
        os.utime(path, (0, 0))
    assert create("cifar/plain-20", {}, 0) and not left.exists()
