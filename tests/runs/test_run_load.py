"""The machine's load beside a run: rows that survive torn lines, in a file that stays small."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.machine.load import LoadMeter
from explorer.runs.load import LOAD, MOST_ROWS, NUMBERS, LoadLog, read_load

ROW = {"seconds": 1.5, "cpu": 0.5, "memory": 0.25, "worker_cpu": 1.0, "worker_memory": 1024, "gpu": None, "gpu_memory": None}


def test_a_run_without_readings_has_none(run):
    assert read_load(run) == []


def test_what_is_added_is_read(run):
    log = LoadLog(run.folder)
    assert log.due()
    log.add(ROW)
    assert not log.due()
    log.add(ROW | {"seconds": 3.5, "cpu": float("nan")})
    assert read_load(run) == [ROW, ROW | {"seconds": 3.5, "cpu": None}]


def test_a_torn_line_costs_itself_only(run):
    LoadLog(run.folder).add(ROW)
    whole = (run.folder / LOAD).read_bytes()
    for end in range(len(whole)):
        (run.folder / LOAD).write_bytes(whole + whole[:end])
        assert read_load(run) == ([ROW, ROW] if end == len(whole) - 1 else [ROW])
    LoadLog(run.folder).add(ROW | {"seconds": 9})
    assert [row["seconds"] for row in read_load(run)] in ([1.5, 9], [1.5, 1.5, 9])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=60) | st.dictionaries(st.sampled_from(["seconds", *NUMBERS]), st.none() | st.booleans() | st.floats() | st.text()).map(
    lambda row: json.dumps(row).encode()))  # fmt: skip
def test_any_line_is_a_row_or_passed_over(run, line):
    (run.folder / LOAD).write_bytes(line + b"\n" + json.dumps(ROW).encode() + b"\n")
    rows = read_load(run)
    assert rows[-1] == ROW
    assert all(row.keys() == ROW.keys() and all(value is None or type(value) in (int, float) for value in row.values()) for row in rows)


def test_a_long_run_is_thinned_and_keeps_its_beginning_and_its_end(run):
    log = LoadLog(run.folder)
    (run.folder / LOAD).write_text("".join(json.dumps(ROW | {"seconds": float(i)}) + "\n" for i in range(MOST_ROWS)))
    log = LoadLog(run.folder)
    log.add(ROW | {"seconds": float(MOST_ROWS)})
    seconds = [row["seconds"] for row in read_load(run)]
    assert seconds == [float(i) for i in range(0, MOST_ROWS + 1, 2)]
    for i in range(MOST_ROWS // 2):
        log.add(ROW | {"seconds": 1e6 + i})
    assert len(read_load(run)) == MOST_ROWS // 2 + 1


def test_the_meter_reads_this_machine_and_this_process():
    meter = LoadMeter()
    sum(i * i for i in range(1_000_000))
    row = meter.read()
    assert row.keys() == ROW.keys()
    assert 0 <= row["cpu"] <= 1 and 0 < row["memory"] <= 1
    assert 0 < row["worker_cpu"] < 64 and row["worker_memory"] > 1_000_000
    for figure in (row["gpu"], row["gpu_memory"]):
        assert figure is None or 0 <= figure <= 1
