"""A file that cannot be written is refused in words before the work."""

import pytest

from explorer.cli_output import check_output
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
