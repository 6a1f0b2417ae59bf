"""`explorer lesion`: errors in words, as JSON and as a table; bad input in one line."""

import csv
import json
from functools import partial

import pytest

MODEL = "mnist-residual-20"


@pytest.fixture
def run(in_process):
    return partial(in_process, "lesion")


def test_words_and_json_say_the_same(run):
    asked = (MODEL, "--remove", "layer1.0", "--remove", "layer3.2", "--swap", "layer2.1", "layer2.2", "--pictures", 40)
    status, out, err = run(*asked)
    assert (status, err) == (0, "")
    head, intact, hurt = out.splitlines()
    assert head == "Residual-20 on MNIST-5k, shipped: 40 of the 1,000 validation pictures of MNIST-5k"
    assert intact.split()[:2] == ["as", "trained"] and "without layer1.0, layer3.2; layer2.1 and layer2.2 exchanged" in hurt
    told = json.loads(run(*asked, "--json")[1])
    assert (told["network"], told["dataset"], told["pictures"]) == ("cifar/basic-20?channels=1", "MNIST-5k", 40)
    (lesion,) = told["lesions"]
    assert lesion["removed"] == ["layer1.0", "layer3.2"] and lesion["swapped"] == [["layer2.1", "layer2.2"]]
    assert f"error {lesion['error']:6.1%}" in hurt and lesion["error"] > 0.5 > told["intact"]["error"]
    assert f"error {told['intact']['error']:6.1%}" in intact


def test_each_block_into_a_table_and_into_json(run, tmp_path):
    table, text = tmp_path / "each.csv", tmp_path / "each.json"
    status, out, _ = run(MODEL, "--each", "--pictures", 20, "-o", table)
    assert status == 0 and out == f"9 lesions of Residual-20 on MNIST-5k, shipped written to {table}\n"
    rows = list(csv.DictReader(table.open()))
    assert [row["removed"] for row in rows] == ["", *(f"layer{stage}.{block}" for stage in (1, 2, 3) for block in range(3))]
    run(MODEL, "--each", "--pictures", 20, "-o", text)
    told = json.loads(text.read_text())
    assert [one["error"] for one in told["lesions"]] == [float(row["error"]) for row in rows[1:]]


@pytest.mark.parametrize("arguments, words", [
    ((MODEL, "--remove", "layer7.1"), 'no block "layer7.1": its blocks are layer1.0'),
    ((MODEL, "--swap", "layer1.0", "layer2.1"), "layer1.0 can change places with layer1.1, layer1.2"),
    ((MODEL, "--swap", "layer1.0"), "requires 2 arguments"),
    ((MODEL, "--data", "shapes"), "tells 10 apart"),
    ((MODEL, "--data", "/no/such/place"), "There is no data set"),
    ((MODEL, "--pictures", "0"), "pictures"),
    ((MODEL, "-o", "table.xlsx"), ".csv or .json"),
    ((MODEL, "-o", "no/such/folder/table.csv"), "there is no folder no/such/folder"),
    ((MODEL, "--remove", ""), 'no block "": its blocks are'),
    (("torchvision/densenet121", "--each"), "Only the networks of this project"),
    (("nothing",), "There is no model nothing"),
    (("cifar10-residual-20",), "CIFAR-10 is not on this machine"),
])  # fmt: skip
def test_bad_input_is_one_line(run, arguments, words):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("explorer: ") and err.count("\n") == 1 and words in err, err
