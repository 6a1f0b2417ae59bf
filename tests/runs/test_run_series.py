"""Series are read while they grow, and whatever became of their last line."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.runs.series import LayerSeries, SeriesReader, read_layers, read_metrics, tail_log
from explorer.runs.writer import RunWriter

METRICS = [{"step": 1, "loss": 1.0}, {"step": 2, "loss": 0.5}]
LAYERS = LayerSeries(("conv1", "fc"), ("conv", "linear"), (1, 2), ((0.5, None), (1.0, None)), ((0.001, None), (0.002, None)),
                     ("relu",), ((0.6,), (1.2,)), ((0.0,), (0.25,)))


def test_what_was_written_is_read(busy_run):
    assert read_metrics(busy_run) == METRICS
    assert read_layers(busy_run) == LAYERS
    assert tail_log(busy_run) == ["first", "second", "Traceback: the last words"]
    assert tail_log(busy_run, lines=1) == ["Traceback: the last words"]
    assert tail_log(busy_run, lines=0) == []


def test_a_run_without_series(run):
    assert (read_metrics(run), read_layers(run), tail_log(run)) == ([], LayerSeries(), [])


def test_metrics_torn_at_every_byte(busy_run):
    file = busy_run.folder / "metrics.jsonl"
    whole = file.read_bytes()
    reader = SeriesReader(busy_run)
    for end in range(len(whole) + 1):
        file.write_bytes(whole[:end])
        expected = METRICS[: whole[:end].count(b"\n")]
        assert read_metrics(busy_run) == expected
        assert reader.metrics() == expected


def test_layers_torn_at_every_byte(busy_run):
    file = busy_run.folder / "layers.jsonl"
    whole = file.read_bytes()
    reader = SeriesReader(busy_run)
    for end in range(len(whole) + 1):
        file.write_bytes(whole[:end])
        lines = whole[:end].count(b"\n")
        seen = max(0, lines - 1)
        series = (LAYERS.steps[:seen], LAYERS.norms[:seen], LAYERS.ratios[:seen])
        activations = (LAYERS.activations, LAYERS.stds[:seen], LAYERS.dead[:seen])
        expected = LayerSeries(LAYERS.layers, LAYERS.kinds, *series, *activations) if lines else LayerSeries()
        assert read_layers(busy_run) == expected
        assert reader.layers() == expected


def test_the_log_cut_at_every_byte(busy_run):
    whole = (busy_run.folder / "log.txt").read_bytes() + "größer ✓\n".encode()
    for end in range(len(whole) + 1):
        (busy_run.folder / "log.txt").write_bytes(whole[:end])
        assert len(tail_log(busy_run)) == sum(1 for line in whole[:end].split(b"\n") if line)


def test_a_long_log_is_not_read_whole(run):
    (run.folder / "log.txt").write_bytes(b"\xff\x00 noise\n" * 100_000 + b"the end\n")
    assert tail_log(run, 2) == ["\ufffd\0 noise", "the end"]


@pytest.mark.parametrize("line", [
    b"", b"null", b"7", b"[1]", b'"x"', b"\xff\xfe", b"{", b"[" * 100_000, b'{"step": true}', b'{"step": -1}', b'{"step": 1.5}', b"{}",
    b'{"a": ' * 3_000 + b"1" + b"}" * 3_000, b"9" * 5_000,
], ids=lambda line: line[:12].decode(errors="replace"))  # fmt: skip
def test_a_foreign_line_is_passed_over(busy_run, line):
    for name in ("metrics.jsonl", "layers.jsonl"):
        first, *others = (busy_run.folder / name).read_bytes().splitlines(True)
        (busy_run.folder / name).write_bytes(b"".join([line + b"\n", first, line + b"\n", *others]))
    assert (read_metrics(busy_run), read_layers(busy_run)) == (METRICS, LAYERS)


@pytest.mark.parametrize("norms", ["[1]", "[1, 2, 3]", '[1, "2"]', "[1, true]", "[1, -1]", "null", "{}", f"[1, {'9' * 400}]", "3"])
def test_norms_that_do_not_fit_the_layers_are_passed_over(busy_run, norms):
    with open(busy_run.folder / "layers.jsonl", "a") as file:
        file.write(f'{{"step": 3, "grad_norm": {norms}}}\n')
    assert read_layers(busy_run) == LAYERS


def test_a_run_that_recorded_ratios_only_later_or_wrongly_has_all_its_norms(busy_run):
    """As a run of an earlier version has none, one that was resumed since has some, and other programs may write anything."""
    with open(busy_run.folder / "layers.jsonl", "w") as file:
        file.write('{"layers":["conv1","fc"],"kinds":["conv","linear"]}\n{"step":1,"grad_norm":[1,2]}\n')
        for step, ratios in enumerate(("[0.5, null]", "[1]", "[1, -1]", "null", "{}", '"x"'), 2):
            file.write(f'{{"step":{step},"grad_norm":[1,2],"update_ratio":{ratios}}}\n')
    found = read_layers(busy_run)
    assert (found.steps, found.norms) == (tuple(range(1, 8)), ((1, 2),) * 7)
    assert found.ratios == ((), (0.5, None), (), (), (), (), ())


def test_numbers_that_are_not_finite_read_as_none(busy_run):
    with open(busy_run.folder / "metrics.jsonl", "a") as file:
        file.write('{"step": 3, "loss": NaN, "lr": 1e999, "more": [Infinity, 1]}\n')
    with open(busy_run.folder / "layers.jsonl", "a") as file:
        file.write('{"step": 3, "grad_norm": [NaN, 1e999]}\n')
    assert read_metrics(busy_run)[-1] == {"step": 3, "loss": None, "lr": None, "more": [None, 1]}
    assert read_layers(busy_run).norms[-1] == (None, None)


def test_a_reader_follows_a_resume(busy_run):
    reader = SeriesReader(busy_run)
    assert reader.metrics() == METRICS
    writer = RunWriter(busy_run.folder)
    writer.keep_until(1)
    assert reader.metrics() == METRICS[:1]
    for step in (2, 3, 4):
        writer.metrics({"step": step, "loss": 7.0})
        writer.layers({"step": step, "grad_norm": [7.0, 7.0]})
    assert reader.metrics() == read_metrics(busy_run) == METRICS[:1] + [{"step": step, "loss": 7.0} for step in (2, 3, 4)]
    assert reader.layers() == read_layers(busy_run)
    assert reader.layers().steps == (1, 2, 3, 4)


def test_a_reader_survives_the_file_going_and_coming(busy_run):
    reader = SeriesReader(busy_run)
    assert reader.metrics() == METRICS
    (busy_run.folder / "metrics.jsonl").unlink()
    assert reader.metrics() == []
    (busy_run.folder / "metrics.jsonl").mkdir()
    assert reader.metrics() == []
    (busy_run.folder / "metrics.jsonl").rmdir()
    (busy_run.folder / "metrics.jsonl").write_text('{"step": 9}\n')
    assert reader.metrics() == [{"step": 9}]


pieces = st.lists(st.binary(max_size=12) | st.sampled_from([b"\n", b'{"step": 4}\n', b'{"step": 5, "loss"', b": 1}\n"]), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(pieces=pieces)
def test_reading_piece_by_piece_equals_reading_at_once(run, pieces):
    file = run.folder / "metrics.jsonl"
    file.unlink(missing_ok=True)
    reader = SeriesReader(run)
    for piece in pieces:
        with open(file, "ab") as growing:
            growing.write(piece)
        rows = reader.metrics()
        assert rows == read_metrics(run)
        assert all(type(row["step"]) is int for row in rows)


WRITE_MUCH = """
import sys
from explorer.runs.writer import RunWriter
writer = RunWriter(sys.argv[1])
writer.layers({"layers": ["a"] * 20, "kinds": ["conv"] * 20})
for step in range(1, 1501):
    writer.metrics({"step": step, "loss": 1 / step})
    writer.layers({"step": step, "grad_norm": [float(step)] * 20})
    writer.status(state="running", step=step)
writer.status(state="finished")
"""


def test_reading_while_another_process_writes(run):
    from explorer.runs.status import read_status, recorded_status

    worker = subprocess.Popen([sys.executable, "-c", WRITE_MUCH, str(run.folder)], cwd=Path.cwd(), env=os.environ)
    reader, seen, looks = SeriesReader(run), 0, 0
    while worker.poll() is None:
        looks += 1
        rows, layers = reader.metrics(), reader.layers()
        assert [row["step"] for row in rows] == list(range(1, len(rows) + 1))
        assert all(norms == (float(step),) * 20 for step, norms in zip(layers.steps, layers.norms))
        assert len(rows) >= seen
        seen = len(rows)
        if (run.folder / "status.json").exists():
            assert recorded_status(run.folder) is not None
    assert worker.returncode == 0 and looks > 10
    assert len(reader.metrics()) == len(reader.layers().steps) == 1500
    assert read_status(run).state == "finished"
    assert math.isclose(sum(row["loss"] for row in read_metrics(run)), sum(1 / step for step in range(1, 1501)))
    assert json.loads((run.folder / "metrics.jsonl").read_text().splitlines()[0]) == {"step": 1, "loss": 1.0}
