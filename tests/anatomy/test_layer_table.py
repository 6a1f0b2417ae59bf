"""Rows, totals, CSV, terminal text and JSON of an anatomy."""

import csv
import io
import json

import pytest

from explorer.anatomy.of import anatomy_of
from explorer.anatomy.table import counted, rows, summary_json, summary_text, to_csv, totals
from explorer.networks.spec import parse_spec

NETWORKS = ["cifar/plain-20", "cifar/basic-20?shortcut=B", "cifar/highway-20", "imagenet/bottleneck-50", "imagenet/vgg-16"]
named = pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.replace("/", " ").replace("?", " "))


def anatomy(network):
    return anatomy_of(parse_spec(network))


@named
def test_csv(network, golden):
    golden(to_csv(anatomy(network)), ".csv")


@named
def test_text(network, golden):
    golden(summary_text(anatomy(network)) + "\n", ".txt")


@named
def test_columns_of_the_csv_add_up_to_the_totals(network):
    table = list(csv.DictReader(io.StringIO(to_csv(anatomy(network), "FLOPs"))))
    sums = totals(anatomy(network), "FLOPs")
    for column in ("Parameters", "FLOPs", "Element-wise", "Activation bytes"):
        assert sum(int(row[column]) for row in table) == sums[column]
    assert sums["FLOPs"] == 2 * anatomy(network).macs
    assert sum(float(row["FLOPs %"]) for row in table) == pytest.approx(100, abs=0.05)
    assert to_csv(anatomy(network)).isascii()


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
    summary = json.loads(json.dumps(summary_json(anatomy("cifar/basic-56"))))
    assert (summary["network"], summary["params"], summary["macs"]) == ("cifar/basic-56", 853_018, 125_485_696)
    assert summary["flops"] == 2 * summary["macs"]
    assert sum(layer["params"] for layer in summary["layers"]) == 853_018
    assert summary["layers"][1]["name"] == "conv1" and summary["layers"][1]["out_shape"] == [16, 32, 32]
    assert ["relu", "layer1.0.add"] in summary["shortcuts"] and summary["uncounted"] == []


def test_the_convention_is_said():
    said = counted(anatomy("cifar/basic-20"))
    assert "multiply-adds of convolutions and matrix products" in said and "biases, normalisation" in said
    assert counted(anatomy("cifar/basic-20"), "FLOPs").startswith("FLOPs are 2 for each multiply-add")
    assert "Not counted at all: 3,188,968 parameters of aux1" in counted(anatomy("torchvision/googlenet"))


def test_another_unit_is_refused():
    for function in (rows, totals, counted, to_csv, summary_text):
        with pytest.raises(ValueError, match="MACs or FLOPs"):
            function(anatomy("cifar/plain-20"), "GMACs")
