"""The worker's writer: whole or not at all, also on a full disk and when it is killed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from explorer.machine.process import identity
from explorer.runs.errors import RunWriteError
from explorer.runs.folder import create, list_runs
from explorer.runs.series import SeriesReader, read_layers, read_metrics
from explorer.runs.status import read_status, recorded_status
from explorer.runs.writer import RunWriter


def test_the_status_names_its_process(run):
    RunWriter(run.folder).status(state="starting")
    found = json.loads((run.folder / "status.json").read_text())
    assert (found["state"], found["pid"], found["pid_started"]) == ("starting", os.getpid(), identity(os.getpid()))
    assert abs(found["heartbeat"] - time.time()) < 5


def test_fields_not_named_stay(run):
    writer = RunWriter(run.folder)
    writer.status(state="running", step=3, best={"val_error": 0.25})
    before = read_status(run)
    time.sleep(0.01)
    writer.status()
    after = read_status(run)
    assert (after.state, after.step, after.best) == ("running", 3, {"val_error": 0.25})
    assert after.heartbeat > before.heartbeat and after.started == before.started


def test_an_unknown_field_is_a_mistake(run):
    with pytest.raises(TypeError, match="status.json has no stpe"):
        RunWriter(run.folder).status(stpe=1)


def test_numbers_that_are_not_finite_become_null(run):
    writer = RunWriter(run.folder)
    writer.status(state="running", images_per_second=float("inf"), latest={"loss": float("nan"), "epoch": 1})
    writer.metrics({"step": 1, "loss": float("nan"), "lr": 0.1})
    assert (read_status(run).images_per_second, read_status(run).latest) == (None, {"loss": None, "epoch": 1})
    assert (run.folder / "metrics.jsonl").read_text() == '{"step":1,"loss":null,"lr":0.1}\n'


def test_elapsed_counts_work_and_neither_queue_nor_pause(run):
    writer = RunWriter(run.folder)
    spans = {"queued": 0.2, "starting": 0.05, "running": 0.1, "paused": 0.3}
    begin = time.monotonic()
    for state, seconds in spans.items():
        writer.status(state=state)
        time.sleep(seconds)
    writer.status(state="finished")
    whole, found = time.monotonic() - begin, read_status(run)
    assert 0.15 <= found.elapsed <= whole - 0.5
    assert found.started <= found.ended - found.elapsed


def test_an_ended_run_stays_ended(run):
    writer = RunWriter(run.folder)
    writer.status(state="stopped", reason="as asked")
    writer.status(state="running")
    writer.status()
    assert (read_status(run).state, read_status(run).reason) == ("stopped", "as asked")


def test_a_new_launch_goes_on_from_the_old_figures(run):
    first = RunWriter(run.folder)
    first.status(state="running", step=9, best={"val_error": 0.1})
    time.sleep(0.02)
    first.status(state="failed", reason="no luck")
    earlier = read_status(run)
    RunWriter(run.folder).status(state="starting")
    found = read_status(run)
    assert (found.state, found.step, found.best, found.reason, found.ended) == ("starting", 9, {"val_error": 0.1}, None, None)
    assert found.elapsed >= earlier.elapsed >= 0.02 and found.started == earlier.started


def test_the_layer_names_are_written_once(run):
    names = {"layers": ["a"], "kinds": ["conv"]}
    for step in (1, 2):
        writer = RunWriter(run.folder)
        writer.layers(names)
        writer.layers({"step": step, "grad_norm": [1.0]})
    assert (run.folder / "layers.jsonl").read_text().count("layers") == 1
    assert read_layers(run).steps == (1, 2)


def test_every_torn_end_is_mended_by_the_next_row(busy_run):
    file = busy_run.folder / "metrics.jsonl"
    whole = file.read_bytes()
    for end in range(len(whole) + 1):
        file.write_bytes(whole[:end])
        RunWriter(busy_run.folder).metrics({"step": 3})
        kept = whole[: whole[:end].rfind(b"\n") + 1]
        assert file.read_bytes() == kept + b'{"step":3}\n'


def test_a_long_torn_line_is_cut_off(run):
    file = run.folder / "metrics.jsonl"
    for before in (b"", b'{"step": 1}\n'):
        file.write_bytes(before + b"x" * 20_000)
        RunWriter(run.folder).metrics({"step": 2})
        assert file.read_bytes() == before + b'{"step":2}\n'


def test_keep_until_drops_later_and_foreign_lines(busy_run):
    with open(busy_run.folder / "metrics.jsonl", "ab") as file:
        file.write(b'foreign\n[1]\n{"step": "x"}\n{"step": 1}\n{"step": 1')
    writer = RunWriter(busy_run.folder)
    writer.keep_until(1)
    assert [row["step"] for row in read_metrics(busy_run)] == [1, 1]
    assert (busy_run.folder / "metrics.jsonl").read_bytes().count(b"\n") == 2
    assert (read_layers(busy_run).layers, read_layers(busy_run).steps) == (("conv1", "fc"), (1,))
    writer.keep_until(0)
    assert (read_metrics(busy_run), read_layers(busy_run).layers) == ([], ("conv1", "fc"))


def test_several_threads_may_write(run):
    writer = RunWriter(run.folder)
    writer.status(state="running")

    def work(number):
        for step in range(50):
            writer.metrics({"step": number * 50 + step})
            writer.status(step=step)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row["step"] for row in read_metrics(run)) == list(range(200))


WRITE_UNTIL_FULL = """
import resource, sys
from explorer.runs.errors import RunWriteError
from explorer.runs.writer import RunWriter
if len(sys.argv) > 2:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
writer = RunWriter(sys.argv[1])
writer.layers({"layers": ["a"], "kinds": ["conv"]})
step = 0
try:
    while step < 100_000:
        step += 1
        writer.status(state="running", step=step)
        writer.metrics({"step": step, "text": "x" * 200})
except RunWriteError as error:
    print(error)
    writer.status(state="failed", reason=str(error))
"""


def write_until_full(run, *limit, prefix=()):
    command = [*prefix, sys.executable, "-c", WRITE_UNTIL_FULL, str(run.folder), *map(str, limit)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("limit", [1500, 1600, 1777, 5000, 20_011])
def test_a_limit_on_the_size_of_files_ends_the_run_with_a_sentence(run, limit):
    done = write_until_full(run, limit)
    assert done.stdout.startswith(f"The disk is full: {run.folder / 'metrics.jsonl'} could not be written. Free some space")
    status, rows = read_status(run), read_metrics(run)
    assert (status.state, status.reason) == ("failed", done.stdout.strip())
    assert [row["step"] for row in rows] == list(range(1, len(rows) + 1))
    assert status.step == len(rows) + 1
    assert (run.folder / "metrics.jsonl").read_bytes().endswith(b"}\n")
    RunWriter(run.folder).metrics({"step": len(rows) + 1})
    assert len(read_metrics(run)) == len(rows) + 1


def test_a_really_full_disk(tmp_path, monkeypatch):
    """A file system of 64 KiB, in a mount namespace of its own; needs the right to make one."""
    small = tmp_path / "small"
    small.mkdir()
    mount, copy = f'mount -t tmpfs -o size=64k,nr_inodes=40 none "{small}"', f'cp -r "{small}/." "{tmp_path}/after"'
    script = f'{mount} && "$@"; status=$?; {copy}; exit $status'
    within = ["unshare", "-m", "sh", "-c", script, "-"]
    if not shutil.which("unshare") or subprocess.run([*within, "true"], capture_output=True).returncode:
        pytest.skip("needs the right to mount a small file system")
    monkeypatch.setenv("EXPLORER_HOME", str(small))
    code = "from explorer.runs.folder import create; run = create('cifar/plain-20', {}, 0)\nimport sys; sys.argv[1:] = [str(run.folder)]\n"
    done = subprocess.run([*within, sys.executable, "-c", code + WRITE_UNTIL_FULL], capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("The disk is full: "), done.stderr
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "after"))
    (run,) = list_runs()
    status, rows = read_status(run), read_metrics(run)
    assert (status.state, status.reason) == ("failed", done.stdout.strip())
    assert len(rows) > 100 and [row["step"] for row in rows] == list(range(1, len(rows) + 1))
    assert not list(run.folder.glob(".*"))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_device_without_room(run):
    (run.folder / "metrics.jsonl").symlink_to("/dev/full")
    with pytest.raises(RunWriteError, match="The disk is full"):
        RunWriter(run.folder).metrics({"step": 1})


def test_a_folder_that_went_away_gets_a_sentence(run):
    writer = RunWriter(run.folder)
    writer.status(state="running")
    run.folder.rename(run.folder.with_name("elsewhere"))
    with pytest.raises(RunWriteError, match="does not exist, so status.json"):
        writer.status(step=1)
    with pytest.raises(RunWriteError, match="does not exist, so metrics.jsonl"):
        writer.metrics({"step": 1})


WRITE_FOREVER = """
import sys
from explorer.runs.writer import RunWriter
writer = RunWriter(sys.argv[1])
step = 0
while True:
    step += 1
    writer.metrics({"step": step})
    writer.status(state="running", step=step)
"""


def test_killed_at_any_moment_it_leaves_a_run_that_reads(wait_until):
    for delay in (0.0, 0.003, 0.007, 0.012, 0.02, 0.03):
        fresh = create("cifar/plain-20", {}, 0)
        reader = SeriesReader(fresh)
        worker = subprocess.Popen([sys.executable, "-c", WRITE_FOREVER, str(fresh.folder)])
        wait_until(lambda: recorded_status(fresh.folder))
        assert read_status(fresh).state == "running"
        time.sleep(delay)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        status, rows = read_status(fresh), reader.metrics()
        assert status.state == "lost" and status.step in (len(rows), len(rows) - 1)
        assert [row["step"] for row in rows] == list(range(1, len(rows) + 1))


def test_every_way_of_writing_that_fails_gets_a_sentence(run):
    """A folder where a file belongs cannot be read, replaced or written."""
    writer = RunWriter(run.folder)
    for name in ("status.json", "metrics.jsonl", "layers.jsonl"):
        (run.folder / name).mkdir()
    for write in (
        lambda: writer.status(step=1),
        lambda: writer.status(state="failed", reason="no luck"),
        lambda: writer.metrics({"step": 1}),
        lambda: writer.layers({"layers": ["a"], "kinds": ["conv"]}) or writer.layers({"step": 1, "grad_norm": [1.0]}),
        lambda: writer.keep_until(0),
    ):
        with pytest.raises(RunWriteError, match="could not be written"):
            write()
