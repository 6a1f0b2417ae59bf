"""A file that cannot be written is refused in words before the work."""

import json
import math

import pytest

from explorer.cli_output import check_output, write_numbers
from explorer.errors import BadInput


def test_the_kind_is_the_names_ending(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert check_output(None, ("csv",)) == ""
    assert check_output(tmp_path / "a.CSV", ("csv", "json")) == "csv"
    assert check_output(type(tmp_path)("a.json"), ("csv", "json")) == "json"


@pytest.mark.parametrize("name, words", [("a.xlsx", "must end in .csv, .npz or .json"), ("a", "must end in"), ("none/a.csv", "there is no folder"),
                                         ("folder.csv", "it is a folder")])  # fmt: skip
def test_what_cannot_be_written_is_said(tmp_path, name, words):
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(BadInput, match=words):
        check_output(tmp_path / name, ("csv", "npz", "json"))


def test_numbers_are_written_with_words_for_what_is_not_finite(tmp_path):
    told, rows = {"loss": [0.5, math.nan]}, [("network", "loss"), ("größer", math.inf), ("kleiner", None)]
    write_numbers(tmp_path / "a.json", "json", told, rows)
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"), parse_constant=pytest.fail) == {"loss": [0.5, "NaN"]}
    write_numbers(tmp_path / "a.csv", "csv", told, rows)
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "network,loss\ngrößer,Infinity\nkleiner,\n"
