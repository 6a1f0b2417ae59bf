"""Runs from another machine: a round trip, what is refused and why, and that nothing that is here is written over."""

import io
import json
import os
import shutil
import stat
import struct
import time
import zipfile
from pathlib import PurePosixPath

import pytest
from recorded_run import RECORDED, recorded_run

from explorer.machine.folders import runs_folder
from explorer.runs.archive import write_zip, zip_bytes
from explorer.runs.control import request
from explorer.runs.errors import RunError, RunWriteError
from explorer.runs.export import run_files
from explorer.runs.folder import create, list_runs, open_run
from explorer.runs.import_sources import Found, Listing
from explorer.runs.importing import KEPT_FREE, _by_root, import_runs
from explorer.runs.run import FINAL_WEIGHTS
from explorer.runs.series import read_layers, read_metrics
from explorer.runs.status import read_status

CENTRAL_HEADER = 46  # bytes of an entry in a zip's central directory, before its name


@pytest.fixture
def elsewhere(tmp_path):
    """A folder of another machine with the recorded run in it."""
    shutil.copytree(RECORDED, tmp_path / "elsewhere" / RECORDED.name)
    return tmp_path / "elsewhere"


def zipped(files):
    """A zip in memory, of names or entries and contents, as an open file."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held


def recorded_files(name=RECORDED.name):
    return {f"{name}/{file}": (RECORDED / file).read_bytes() for file in ("run.json", "status.json", "metrics.jsonl", "layers.jsonl")}


def contents(folder):
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_an_exported_run_comes_back_as_it_was():
    run = recorded_run()
    status, metrics, layers = read_status(run), read_metrics(run), read_layers(run)
    before = contents(run.folder)
    zip_file = io.BytesIO(zip_bytes(run_files([run])))
    shutil.rmtree(run.folder)
    report = import_runs(zip_file, "runs.zip")
    assert report.skipped == []
    (one,) = report.runs
    assert one.new and one.run.id == run.id and one.words == ""
    (back,) = list_runs()
    assert (back.config, read_metrics(back), read_layers(back)) == (run.config, metrics, layers)
    assert read_status(back) == status
    assert {**contents(back.folder), "status.json": b""} == {**before, "status.json": b""}


def test_a_folder_of_runs_is_imported_from_anywhere_in_it(elsewhere):
    shutil.copytree(RECORDED, elsewhere / "deeper" / "second-one")
    assert sorted(one.run.id for one in import_runs(elsewhere).new) == [RECORDED.name, "second-one"]
    shutil.rmtree(runs_folder())
    assert [one.run.id for one in import_runs(elsewhere / RECORDED.name).new] == [RECORDED.name]


def test_the_same_run_is_not_taken_twice_and_another_of_that_name_gets_a_new_id(elsewhere):
    import_runs(elsewhere)
    (again,) = import_runs(elsewhere).runs
    assert not again.new and again.run.id == RECORDED.name and again.words == "It is here already."
    before = contents(runs_folder() / RECORDED.name)
    with (elsewhere / RECORDED.name / "metrics.jsonl").open("a") as file:
        file.write('{"step": 33, "loss": 1.5}\n')
    (other,) = import_runs(elsewhere).new
    assert other.run.id.startswith(f"{RECORDED.name}-") and f"Here it is called {other.run.id}" in other.words
    assert len(read_metrics(other.run)) == 17
    assert contents(runs_folder() / RECORDED.name) == before
    (third,) = import_runs(elsewhere).runs
    assert (third.new, third.run.id) == (False, other.run.id)
    assert len(list_runs()) == 2


@pytest.mark.parametrize("state", ["queued", "starting", "running", "paused"])
def test_a_run_that_was_active_elsewhere_is_lost_here(elsewhere, state):
    file = elsewhere / RECORDED.name / "status.json"
    told = json.loads(file.read_text()) | {"state": state, "pid": os.getpid(), "pid_started": "1@x", "ended": None}
    file.write_text(json.dumps(told))
    (elsewhere / RECORDED.name / "checkpoints" / "last.pt").write_bytes(b"anything")
    request(open_run_at(elsewhere), "stop")
    (one,) = import_runs(elsewhere).new
    status = read_status(one.run)
    assert (status.state, status.reason) == ("lost", f"It was imported from another machine, where it was {state}.")
    assert status.pid is None and status.ended == told["heartbeat"] and status.step == 32
    assert one.words == f"It was {state} when it left its machine, so it is lost here. It can go on from its last checkpoint."
    assert (one.run.folder / "checkpoints" / "last.pt").read_bytes() == b"anything"
    assert not (one.run.folder / "control.json").exists()


def open_run_at(elsewhere):
    from explorer.runs.folder import open_folder

    return open_folder(elsewhere / RECORDED.name)


def test_the_state_of_an_export_goes_before_the_last_word_of_its_worker(busy_run):
    busy = zip_bytes(run_files([busy_run]))  # this process is its worker: it runs
    (one,) = import_runs(io.BytesIO(busy), "a.zip").runs
    assert not one.new
    shutil.rmtree(busy_run.folder)
    (one,) = import_runs(io.BytesIO(busy), "a.zip").new
    assert read_status(one.run).reason == "It was imported from another machine, where it was running."
    (elsewhere,) = [create("cifar/plain-20", {}, 4)]
    (elsewhere.folder / "status.json").write_text('{"state": "running", "pid": 1, "pid_started": "x"}')
    held = io.BytesIO(zip_bytes(run_files([elsewhere])))
    shutil.rmtree(elsewhere.folder)
    (one,) = import_runs(held, "b.zip").new
    assert read_status(one.run).state == "lost" and "killed" in read_status(one.run).reason


def test_a_run_without_a_state_says_so(elsewhere):
    (elsewhere / RECORDED.name / "status.json").write_bytes(b'{"state": "sleeping"}')
    (one,) = import_runs(elsewhere).new
    assert one.words == "Its state was missing or damaged."
    assert (read_status(one.run).state, read_status(one.run).reason) == ("lost", "It came without its state.")


def test_what_does_not_belong_is_left_out_and_named(elsewhere):
    folder = elsewhere / RECORDED.name
    (folder / "script.py").write_text("print()")
    (folder / "checkpoints" / "extra.bin").write_bytes(b"x")
    (folder / "metrics.csv").write_text("made anew by every export")
    (folder / "log.txt").unlink()
    (folder / "log.txt").symlink_to("/etc/hostname")
    (folder / FINAL_WEIGHTS).write_bytes(b"no weights")
    (elsewhere / "linked").symlink_to(folder)
    os.mkfifo(folder / "load.jsonl.pipe")
    report = import_runs(elsewhere)
    name = RECORDED.name
    assert sorted(report.skipped) == [
        (f"{name}/checkpoints/extra.bin", "no file of a run"),
        (f"{name}/checkpoints/final.safetensors", "the weights are damaged, or no safetensors file"),
        (f"{name}/load.jsonl.pipe", "no plain file"),
        (f"{name}/log.txt", "a link"),
        (f"{name}/script.py", "no file of a run"),
        ("linked", "a link"),
    ]
    (one,) = report.new
    assert sorted(contents(one.run.folder)) == ["layers.jsonl", "load.jsonl", "metrics.jsonl", "run.json", "status.json"]


def test_a_damaged_description_is_no_run_but_the_others_come(elsewhere):
    (elsewhere / "broken").mkdir()
    (elsewhere / "broken" / "run.json").write_text('{"network": "cifar/plain-20"}')
    report = import_runs(elsewhere)
    assert [one.run.id for one in report.new] == [RECORDED.name]
    assert report.skipped == [("broken", "its run.json is damaged, or of another program")]


def test_a_zip_does_not_reach_out_of_its_runs(tmp_path):
    link = zipfile.ZipInfo(f"{RECORDED.name}/log.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    report = import_runs(zipped({
        **recorded_files(),
        "../../outside/run.json": b"{}",
        "/etc/run.json": b"{}",
        "..\\windows\\run.json": b"{}",
        f"{RECORDED.name}/../x.json": b"{}",
        f"{RECORDED.name}/checkpoints/last.pt": b"\x80\x02cos\nsystem\n",
        f"{RECORDED.name}/checkpoints/../../status.json": b"{}",
        link: b"/etc/passwd",
    }), "runs.zip")  # fmt: skip
    assert dict(report.skipped) == {
        "../../outside/run.json": "its path leads out of the zip",
        "/etc/run.json": "its path leads out of the zip",
        "..\\windows\\run.json": "its path leads out of the zip",
        f"{RECORDED.name}/../x.json": "its path leads out of the zip",
        f"{RECORDED.name}/checkpoints/../../status.json": "its path leads out of the zip",
        f"{RECORDED.name}/checkpoints/last.pt": "a checkpoint is taken only from a folder that you name, not from a zip",
        f"{RECORDED.name}/log.txt": "a link",
    }
    (one,) = report.new
    assert sorted(contents(one.run.folder)) == ["layers.jsonl", "metrics.jsonl", "run.json", "status.json"]
    assert sorted(os.listdir(runs_folder())) == [RECORDED.name]


def test_a_name_that_is_no_id_is_replaced():
    (one,) = import_runs(zipped(recorded_files("my best run!")), "runs.zip").new
    assert one.run.id.startswith("imported-") and one.words == f"Here it is called {one.run.id}."
    assert open_run(one.run.id).config == one.run.config


def test_a_zip_of_one_run_without_a_folder_is_named_by_the_zip():
    files = {name.partition("/")[2]: content for name, content in recorded_files().items()}
    assert [one.run.id for one in import_runs(zipped(files), "the-one.zip").new] == ["the-one"]


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = zipped({**recorded_files(), f"{RECORDED.name}/log.txt": b"0" * (80 * 2**20)})
    with pytest.raises(RunError, match="unpacks to 84 MB from 0.1 MB: that is no zip of runs"):
        import_runs(bomb, "bomb.zip")
    assert not runs_folder().exists()


def claiming_to_be_packed_larger(data: bytes, name: str, size: int) -> bytes:
    """The zip with another packed size for an entry in its central directory."""
    at = data.rindex(name.encode()) - CENTRAL_HEADER
    assert data[at : at + 4] == b"PK\x01\x02"
    return data[: at + 20] + struct.pack("<I", size) + data[at + 24 :]


@pytest.mark.parametrize("lying", [f"{RECORDED.name}/log.txt", f"{RECORDED.name}/decoy.bin"])
def test_a_bomb_that_lies_about_how_well_it_is_packed_is_refused_too(lying, tmp_path):
    bomb = zipped({**recorded_files(), f"{RECORDED.name}/decoy.bin": b"x", f"{RECORDED.name}/log.txt": b"0" * (80 * 2**20)})
    data = claiming_to_be_packed_larger(bomb.getvalue(), lying, 2**31)
    (tmp_path / "bomb.zip").write_bytes(data)
    for place in (io.BytesIO(data), tmp_path / "bomb.zip"):
        with pytest.raises(RunError, match="unpacks to 84 MB from 0.1 MB: that is no zip of runs"):
            import_runs(place, "bomb.zip")
    assert not runs_folder().exists()


def test_a_zip_lies_no_deeper_than_a_folder_is_looked_into():
    deep = "/".join(["x"] * 9)
    report = import_runs(zipped({**recorded_files(), f"{deep}/run.json": b"{}", f"{deep}/y/run.json": b"{}"}), "runs.zip")
    assert report.skipped[0] == (f"{deep}/run.json", "it lies too deep") and len(report.skipped) == 2 and len(report.new) == 1


def test_runs_for_which_there_is_no_room_are_not_begun_to_be_kept(elsewhere, monkeypatch):
    shutil.copytree(RECORDED, elsewhere / "second-one")
    whole = sum(len(content) for content in contents(elsewhere / "second-one").values())
    monkeypatch.setattr("explorer.runs.importing.free_bytes", lambda folder: KEPT_FREE + whole + 100)
    with pytest.raises(RunWriteError, match="no room for all of these runs: 256 MiB are kept free"):
        import_runs(elsewhere)
    assert os.listdir(runs_folder()) == [RECORDED.name]


def test_what_a_killed_import_has_left_is_removed_once_it_is_old(elsewhere):
    old, new = runs_folder() / ".new-import-1", runs_folder() / ".new-import-2"
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "log.txt").write_text("torn")
        os.utime(folder, (0, 0))
    os.utime(old / "log.txt", (0, 0))
    import_runs(elsewhere)
    assert sorted(os.listdir(runs_folder())) == sorted([new.name, RECORDED.name])


def test_many_runs_are_told_apart_in_one_pass():
    names = ("run.json", "deeper/run.json", *"abcdefgh")
    files = [Found(PurePosixPath(f"all/run-{number}/{name}"), 1) for number in range(2000) for name in names]
    began = time.monotonic()
    found = _by_root(Listing(files))
    assert time.monotonic() - began < 5  # a pass for each run takes minutes
    assert len(found) == 2000 and list(found) == sorted(found) and {len(of) for of in found.values()} == {10}
    assert all(root in file.path.parents for root, of in found.items() for file in of)


def test_a_file_that_is_too_large_is_left_out(monkeypatch, elsewhere):
    monkeypatch.setattr("explorer.runs.importing.MOST_BYTES", {"run.json": 2**20, "status.json": 2**20, "metrics.jsonl": 1000})
    report = import_runs(elsewhere)
    assert (f"{RECORDED.name}/metrics.jsonl", "larger than the 0 MiB that such a file may have") in report.skipped
    assert sorted(contents(report.new[0].run.folder)) == ["run.json", "status.json"]


@pytest.mark.parametrize("content, word", [(b"", "readable zip"), (b"PK\x03\x04torn", "readable zip"), (zip_bytes([("a.txt", "b")]), "no run in")])
def test_what_holds_no_run_gets_a_sentence(content, word, tmp_path):
    with pytest.raises(RunError, match=word):
        import_runs(io.BytesIO(content), "some.zip")
    (tmp_path / "some.zip").write_bytes(content)
    with pytest.raises(RunError, match=word):
        import_runs(tmp_path / "some.zip")
    with pytest.raises(RunError, match="no folder or zip file"):
        import_runs(tmp_path / "nowhere")


def test_a_damaged_entry_is_left_out_and_nothing_half_stays():
    data = bytearray(zip_bytes(run_files([recorded_run()])))
    shutil.rmtree(runs_folder())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = archive.getinfo(f"{RECORDED.name}/layers.jsonl")
    data[entry.header_offset + 200] ^= 0xFF
    report = import_runs(io.BytesIO(bytes(data)), "runs.zip")
    ((name, why),) = report.skipped
    assert name == f"{RECORDED.name}/layers.jsonl" and "damaged" in why
    assert not (report.new[0].run.folder / "layers.jsonl").exists() and read_metrics(report.new[0].run)


def test_a_full_disk_leaves_no_half_run(elsewhere, monkeypatch):
    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.rename", full)
    with pytest.raises(RunWriteError, match="disk is full"):
        import_runs(elsewhere)
    assert os.listdir(runs_folder()) == []


def test_progress_goes_from_none_to_all(elsewhere):
    shutil.copytree(RECORDED, elsewhere / "second-one")
    told = []
    import_runs(elsewhere, progress=lambda done, whole: told.append((done, whole)))
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_runs_that_were_deleted_there_stay_deleted(elsewhere):
    shutil.copytree(RECORDED, elsewhere / ".trash" / f"{int(time.time())}.other")
    assert [one.run.id for one in import_runs(elsewhere).runs] == [RECORDED.name]


def test_where_pictures_lie_does_not_make_another_run(tmp_path):
    run = create("cifar/plain-20", {"dataset": "/home/me/cats"}, 0)
    report = import_runs(write_zip(run_files([run]), tmp_path / "a.zip"))
    assert [(one.run.id, one.new) for one in report.runs] == [(run.id, False)]
    shutil.rmtree(run.folder)
    (one,) = import_runs(tmp_path / "a.zip").new
    assert one.run.config.recipe["dataset"] == "cats"
