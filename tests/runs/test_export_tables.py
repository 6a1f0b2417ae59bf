"""Tidy tables: every figure of every run once, with its run beside it, the same in CSV and in Parquet."""

import csv
import io

import pyarrow
import pytest
from pyarrow import parquet
from recorded_run import recorded_run

from explorer.runs.export_tables import DESCRIPTION, TABLES, layers_table, metrics_table, parquet_files, table_csv, table_parquet
from explorer.runs.folder import create, list_runs
from explorer.runs.series import read_metrics


@pytest.mark.parametrize("name", TABLES)
def test_table(name, golden):
    golden(table_csv(TABLES[name]([recorded_run()])), ".csv")


def test_metrics_of_several_runs_are_one_table(busy_run):
    recorded = recorded_run()
    table = metrics_table([recorded, busy_run])
    rows = [dict(zip(table, values)) for values in zip(*table.values())]
    assert [row["run"] for row in rows] == [recorded.id] * 16 + [busy_run.id] * 2
    for row, logged in zip(rows, read_metrics(recorded) + read_metrics(busy_run)):
        assert {key: value for key, value in row.items() if key not in DESCRIPTION and value is not None} == logged
    assert {row["network"] for row in rows} == {"cifar/basic-8?width=4&channels=1", "cifar/plain-20?width=8&channels=1"}


def test_layers_have_a_row_for_every_step_and_layer(busy_run):
    table = layers_table([busy_run])
    rows = list(zip(*(table[name] for name in ("step", "layer", "kind", "grad_norm", "update_ratio", "activation_std", "dead_share"))))
    assert rows == [
        (1, "conv1", "conv", 0.5, 0.001, None, None),
        (1, "fc", "linear", None, None, None, None),
        (1, "relu", "activation", None, None, 0.6, 0.0),
        (2, "conv1", "conv", 1.0, 0.002, None, None),
        (2, "fc", "linear", None, None, None, None),
        (2, "relu", "activation", None, None, 1.2, 0.25),
    ]
    assert set(table["run"]) == {busy_run.id} and set(table["seed"]) == {0}


def test_a_run_of_an_earlier_version_has_no_activations(busy_run):
    (busy_run.folder / "layers.jsonl").write_text('{"layers":["conv1"],"kinds":["conv"]}\n{"step":1,"grad_norm":[0.5]}\n')
    table = layers_table([busy_run])
    assert (table["layer"], table["grad_norm"], table["update_ratio"]) == (["conv1"], [0.5], [None])


@pytest.mark.parametrize("name", TABLES)
def test_parquet_holds_the_same_with_types_and_meanings(name):
    table = TABLES[name]([recorded_run()])
    read = parquet.read_table(io.BytesIO(table_parquet(table)))
    assert read.to_pydict() == table
    assert read.schema.field("step").type == pyarrow.int64()
    measured = [field for field in read.schema if field.name not in (*DESCRIPTION, "step", "layer", "kind")]
    assert measured and all(field.type == pyarrow.float64() for field in measured)
    assert b"fractions" in read.schema.metadata[b"errors"]


@pytest.mark.parametrize("name", TABLES)
def test_empty_and_damaged_runs_have_empty_rows_of_the_same_columns(name, run):
    damaged = create("cifar/plain-20", {}, 1)
    (damaged.folder / "run.json").write_text('{"network": ')
    (damaged.folder / "metrics.jsonl").write_bytes(b'{"step": 1, "loss": NaN}\n\xff\xfe\n{"step": 2, "lo')
    runs = [one for one in list_runs() if one.id in (run.id, damaged.id)]
    assert len(runs) == 2
    table = TABLES[name](runs)
    assert len({len(values) for values in table.values()}) == 1
    read = parquet.read_table(io.BytesIO(table_parquet(table)))
    assert read.num_rows == len(table["run"]) == (1 if name == "metrics" else 0)
    assert table_csv(TABLES[name]([])).startswith("run,network,dataset,seed,preset,label,group,step")


def test_where_pictures_lie_stays_on_the_machine(tmp_path):
    run = create("cifar/plain-20", {"dataset": str(tmp_path / "cats")}, 0)
    (run.folder / "metrics.jsonl").write_text('{"step": 1, "loss": 2.5}\n')
    found = dict(parquet_files([run]))
    assert all(str(tmp_path).encode() not in content for content in found.values())
    rows = list(csv.DictReader(io.StringIO(table_csv(metrics_table([run])))))
    assert [row["dataset"] for row in rows] == ["cats"]
    assert sorted(found) == [f"{run.id}.json", "layers.parquet", "metrics.parquet"]
