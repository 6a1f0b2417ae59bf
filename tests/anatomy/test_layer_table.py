"""Rows, subtotals and totals of an anatomy, and all that they are written as."""

import csv
import io
import json

import pytest
from pyarrow import parquet

from explorer.anatomy.columns import columns
from explorer.anatomy.memory import memory_of
from explorer.anatomy.of import anatomy_of
from explorer.anatomy.summary import memory_text, subtotals_text, summary_json, summary_text
from explorer.anatomy.table import GROUPINGS, counted, rows, subtotals, totals
from explorer.anatomy.table_formats import to_csv, to_markdown, to_parquet
from explorer.anatomy.torchinfo_text import torchinfo_text
from explorer.networks.spec import parse_spec

NETWORKS = ["cifar/plain-20", "cifar/basic-20?shortcut=B", "cifar/highway-20", "imagenet/bottleneck-50", "imagenet/vgg-16"]
named = pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.replace("/", " ").replace("?", " "))


def anatomy(network):
    return anatomy_of(parse_spec(network))


@named
def test_csv(network, golden):
    golden(to_csv(rows(anatomy(network))), ".csv")


@named
def test_text(network, golden):
    golden(summary_text(anatomy(network)) + "\n", ".txt")


@named
def test_subtotals_as_markdown(network, golden):
    golden("\n".join(to_markdown(subtotals(anatomy(network), by=by)) for by in GROUPINGS), ".md")


@pytest.mark.parametrize("optimiser", ["none", "momentum"])
def test_memory(optimiser, golden):
    golden(memory_text(memory_of(anatomy("imagenet/bottleneck-50"), 32, "bf16", optimiser)) + "\n", ".txt")


@pytest.mark.parametrize("network", ["cifar/basic-8", "torchvision/squeezenet1_0"], ids=["own", "torchvision"])
def test_torchinfo(network, golden):
    golden(torchinfo_text(parse_spec(network)), ".txt")


@named
def test_columns_of_the_csv_add_up_to_the_totals(network):
    text = to_csv(rows(anatomy(network), "FLOPs"))
    table = list(csv.DictReader(io.StringIO(text)))
    sums = totals(anatomy(network), "FLOPs")
    for column in ("Parameters", "Trainable", "FLOPs", "Element-wise", "Activation bytes", "Kept for backward"):
        assert sum(int(row[column]) for row in table) == sums[column]
    assert sums["FLOPs"] == 2 * anatomy(network).macs
    assert sum(float(row["FLOPs %"]) for row in table) == pytest.approx(100, abs=0.05)
    assert text.isascii()


@named
@pytest.mark.parametrize("by", GROUPINGS)
def test_subtotals_add_up_to_the_totals(network, by):
    groups, sums = subtotals(anatomy(network), "FLOPs", by), totals(anatomy(network), "FLOPs")
    assert sum(group["Layers"] for group in groups) == len(anatomy(network).layers)
    for column in columns("FLOPs"):
        if column.how == "sum" and column.kind != "percent":
            assert sum(group[column.name] for group in groups) == sums[column.name]
    assert max(group["Receptive field"] for group in groups) == anatomy(network).layers[-1].receptive_field
    assert len({group[by.capitalize()] for group in groups}) == len(groups)


def test_a_subtotal():
    stage = next(group for group in subtotals(anatomy("cifar/basic-20?shortcut=B")) if group["Stage"] == "layer3")
    assert (stage["Layers"], stage["Parameters"]) == (23, 64 * (32 * 9 + 5 * 64 * 9 + 32) + 7 * 128)
    assert (stage["Receptive field"], stage["Jump"]) == (81, 4)


def test_rows_have_the_columns_that_are_described():
    for unit in ("MACs", "FLOPs"):
        assert list(rows(anatomy("cifar/plain-20"), unit)[0]) == [column.name for column in columns(unit)]


@named
def test_parquet_holds_the_same_rows(network):
    table = rows(anatomy(network))
    read = parquet.read_table(io.BytesIO(to_parquet(table, {"network": network})))
    assert read.to_pylist() == table
    assert read.schema.metadata == {b"network": network.encode()}
    assert str(read.schema.field("MACs").type) == "int64" and str(read.schema.field("MACs %").type) == "double"


@named
def test_markdown_holds_the_same_rows(network):
    head, rule, *lines = to_markdown(rows(anatomy(network))).splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in (head, rule, *lines)]
    assert len(lines) == len(anatomy(network).layers) and len({len(line) for line in cells}) == 1
    macs = cells[0].index("MACs")
    assert cells[1][macs] == "---:"
    assert sum(int(line[macs].replace(",", "")) for line in cells[2:]) == anatomy(network).macs


def test_subtotals_for_the_terminal_are_aligned():
    lines = subtotals_text(subtotals(anatomy("imagenet/vgg-16"))).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[0].split()[:3] == ["Stage", "Layers", "Parameters"] and lines[-1].split()[2] == "123,642,856"


@named
def test_lines_of_the_text_add_up_to_its_last(network):
    """Each line is of one layer of however many identical blocks."""
    lines = summary_text(anatomy(network)).splitlines()
    first, last = (i for i, line in enumerate(lines) if line.startswith("----"))
    params = macs = 0
    for line in lines[first + 1 : last]:
        left, times, count = line.partition("  x ")
        number = int(count) if times else 1
        words = [int(word.replace(",", "")) for word in left.split()[-4:-2]]
        params, macs = params + number * words[0], macs + number * words[1]
    assert (params, macs) == (anatomy(network).params, anatomy(network).macs)
    assert lines[last + 1].split() == ["Total", f"{params:,}", f"{macs:,}", "100.0"]


def test_a_row():
    row = next(row for row in rows(anatomy("imagenet/bottleneck-50")) if row["Layer"] == "conv1")
    assert row == {
        "Layer": "conv1", "Kind": "conv", "Stage": "stem", "Block": "", "Input": "3×224×224", "Output": "64×112×112",
        "Kernel": "7×7", "Stride": "2", "Parameters": 9408, "Parameters %": pytest.approx(0.0368, abs=1e-4),
        "Trainable": 9408, "MACs": 118_013_952, "MACs %": pytest.approx(3.0589, abs=1e-4), "Element-wise": 0, "Activation bytes": 4 * 64 * 112 * 112,
        "Kept for backward": 0, "Receptive field": 7, "Jump": 2,
    }


def test_json_is_complete_and_plain():
    found = anatomy("cifar/basic-56")
    summary = json.loads(json.dumps(summary_json(found, memory_of(found, 32))))
    assert (summary["network"], summary["params"], summary["macs"]) == ("cifar/basic-56", 853_018, 125_485_696)
    assert summary["flops"] == 2 * summary["macs"]
    assert sum(layer["params"] for layer in summary["layers"]) == 853_018
    assert summary["layers"][1]["name"] == "conv1" and summary["layers"][1]["out_shape"] == [16, 32, 32]
    assert ["relu", "layer1.0.add"] in summary["shortcuts"] and summary["uncounted"] == []
    memory = summary["memory"]
    assert (memory["batch"], memory["weights"], memory["optimiser_state"]) == (32, 4 * 853_018, 4 * 853_018)
    assert memory["peak"] > memory["activations"] > 32 * 4 * 1024 * 1024


def test_the_convention_is_said():
    said = counted(anatomy("cifar/basic-20"))
    assert "multiply-adds of convolutions and matrix products" in said and "biases, normalisation" in said
    assert counted(anatomy("cifar/basic-20"), "FLOPs").startswith("FLOPs are 2 for each multiply-add")
    assert "Not counted at all: 3,188,968 parameters of aux1" in counted(anatomy("torchvision/googlenet"))


def test_another_unit_is_refused():
    for function in (rows, totals, subtotals, counted, summary_text):
        with pytest.raises(ValueError, match="MACs or FLOPs"):
            function(anatomy("cifar/plain-20"), "GMACs")
    with pytest.raises(ValueError, match="stage, block, kind"):
        subtotals(anatomy("cifar/plain-20"), by="colour")
