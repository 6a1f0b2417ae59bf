"""`explorer gradients`: the numbers of the flow, as tables, files and JSON."""

import csv
import json
import math

import pytest
from command_line import answer, assert_refused, explorer

from explorer.anatomy.of import anatomy_of
from explorer.lab.fresh import fresh_flow
from explorer.lab.quantities import QUANTITIES
from explorer.networks.spec import parse_spec

SMALL = "cifar/basic-8?width=4&channels=1"


def test_the_gradients_of_one_network_at_initialisation():
    found = answer("gradients", "cifar/plain-8?width=8&channels=1", "--seed", 3)
    (flow,) = fresh_flow(parse_spec("cifar/plain-8?width=8&channels=1"), seed=3, steps=(0,))
    assert (found["seed"], found["data"], found["batch"], found["steps"]) == (3, "digits", 64, [0])
    assert [layer["name"] for layer in found["layers"]] == list(flow.names)
    assert [layer["kind"] for layer in found["layers"]].count("conv") == 7
    assert [layer["weight"][0] for layer in found["layers"]] == pytest.approx(flow.steps[0].norms, rel=1e-4)


def test_every_quantity_of_two_networks_at_several_steps_of_noise(tmp_path):
    file = tmp_path / "flow.csv"
    asked = ("--steps", "2,0,1,1", "--quantity", "all", "--data", "noise", "--batch", 8)
    found = answer("gradients", SMALL, "cifar/highway-8?width=4", *asked, "-o", file)
    assert [one["network"] for one in found] == [SMALL, "cifar/highway-8?width=4"]
    for one in found:
        anatomy = anatomy_of(parse_spec(one["network"]))
        assert one["steps"] == [0, 1, 2] and len(one["loss"]) == 3
        assert [(edge["source"], edge["target"]) for edge in one["edges"]] == [(edge.source, edge.target) for edge in anatomy.edges]
        assert all(set(row) == {"name", "kind", "signal", "mean", "std", "dead"} for row in one["activations"])
        assert all(len(row["root"]) == 3 and row["root"][0] < row["weight"][0] for row in one["layers"])
    with open(file, newline="") as opened:
        rows = list(csv.DictReader(opened))
    edge = next(row for row in rows if row["quantity"] == "edge" and row["step"] == "1")
    assert (edge["network"], edge["layer"], edge["target"], edge["data"]) == (SMALL, "input", "conv1", "noise")
    assert float(edge["value"]) == found[0]["edges"][0]["edge"][1]
    assert {row["quantity"] for row in rows} == set(QUANTITIES)


def test_what_is_not_finite_is_printed_and_written_in_words(tmp_path):
    diverging = ("gradients", "cifar/basic-56?width=4&norm=none&channels=1&input=8", "--batch", 2, "--steps", "0,2", "--lr", 1000)
    table = explorer(*diverging)
    assert table.returncode == 0
    first = next(line for line in table.stdout.splitlines() if line.split()[:2] == ["conv1", "conv"]).split()
    assert first[3] in ("NaN", "∞") and math.isfinite(float(first[2]))
    assert explorer(*diverging, "-o", tmp_path / "flow.json").returncode == 0
    (written,) = json.loads((tmp_path / "flow.json").read_text(), parse_constant=pytest.fail)
    assert written["layers"][0]["weight"][1] in ("NaN", "Infinity") and written["loss"][1] in ("NaN", "Infinity")


@pytest.mark.parametrize(
    "words, sentence",
    [
        ((SMALL, "--steps", "1,x"), "--steps are whole numbers from 0 to 1,000"),
        ((SMALL, "--steps", ""), "--steps are whole numbers"),
        ((SMALL, "--steps", "1001"), "--steps are whole numbers"),
        ((SMALL, "--quantity", "weights"), "--quantity is weight, root, signal, mean, std, dead, edge or all, not weights"),
        ((SMALL, "--quantity", ""), "edge or all, not nothing"),
        ((SMALL, "--quantity", "weight,"), "edge or all, not nothing"),
        ((SMALL, "--data", "cats"), "digits or noise, not cats"),
        ((SMALL, "-o", "flow.txt"), "must end in .csv or .json"),
        ((SMALL, "-o", "no/such/folder/flow.csv"), "there is no folder no/such/folder"),
        ((SMALL, "cifar/plain-57"), "nearest"),
        ((SMALL, "cifar/basic-1202?width=256", "--batch", "4096"), "GB of memory for 4,096 pictures"),
        ((SMALL, "--lr", "nan"), "--lr"),
    ],
)
def test_bad_input_is_one_line(words, sentence):
    assert_refused(sentence, "gradients", *words)
