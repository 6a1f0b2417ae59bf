"""`explorer landscape`: a real surface measured by a worker, told and written; bad input in one line."""

import csv
import json
from functools import partial

import numpy as np
import pytest
from finished_models import finished_model

from explorer.lab.landscapes import kept

MODEL = "mnist-residual-20"
SMALL = ["--points", "3", "--pictures", "20", "--dims", "1"]


@pytest.fixture
def landscape(in_process, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return partial(in_process, "landscape")


def test_a_line_is_measured_once_told_and_written(landscape, tmp_path):
    model = finished_model().id
    status, out, err = landscape(model, *SMALL, "-o", tmp_path / "line.csv")
    assert status == 0, err
    assert "at the centre" in out and "3 points, reach 1, seed 0" in out
    ((first, _),) = kept()
    rows = list(csv.DictReader((tmp_path / "line.csv").open()))
    assert [float(row["first"]) for row in rows] == [-1, 0, 1]
    status, out, _ = landscape(model, *SMALL, "-o", tmp_path / "line.npz", "--json")
    (told,) = json.loads(out)
    assert status == 0 and told["id"] == first.id and len(kept()) == 1
    assert told["axis"] == [-1, 0, 1] and [str(value) for value in told["loss"][0]] == [row["loss"] for row in rows]
    assert told["centre"]["loss"] == told["loss"][0][1]
    np.testing.assert_array_equal(np.load(tmp_path / "line.npz")["loss"], told["loss"][0])
    assert landscape(model, *SMALL, "-o", tmp_path / "line.html")[0] == 0 and b"Plotly" in (tmp_path / "line.html").read_bytes()


@pytest.mark.parametrize("arguments, words", [
    (["nobody"], "there is no model nobody"), ([MODEL, "--points", "4"], "odd number"), ([MODEL, "--dims", "3"], "not 3"),
    ([MODEL, "--span", "0"], "above 0"), ([MODEL, "-o", "surface.xlsx"], "must end in"),
    ([MODEL, "-o", "nowhere/surface.csv"], "no folder nowhere"), ([MODEL, "-o", "surface.npz", "--no-wait"], "do not go together"),
    (["torchvision/resnet18"], "trained here"), ([], "missing"),
])  # fmt: skip
def test_bad_input_is_one_line_and_starts_nothing(landscape, arguments, words):
    status, out, err = landscape(*arguments)
    assert (status, out) == (2, "") and words in err.lower() and len(err.splitlines()) == 1
    assert not kept()


def test_what_was_lost_from_a_kept_surface_is_told(landscape):
    model = finished_model().id
    assert landscape(model, *SMALL)[0] == 0
    ((run, _),) = kept()
    metrics = run.folder / "metrics.jsonl"
    metrics.write_text("".join(line if json.loads(line)["step"] == 0 else '{"step": 1}\n' for line in metrics.read_text().splitlines(True)))
    status, out, err = landscape(model, *SMALL)
    assert status == 0, err
    assert "its centre is not measured" in out and "at 1 points" in out
