"""Wishes: read when they are whole, and a stop is not taken back."""

import pytest

from explorer.runs.control import clear_request, read_request, request
from explorer.runs.errors import RunWriteError


def test_the_last_wish_counts_until_the_stop(run):
    assert read_request(run) is None
    for wish, counts in (("pause", "pause"), ("resume", "resume"), ("stop", "stop"), ("resume", "stop"), ("pause", "stop")):
        request(run, wish)
        assert read_request(run) == counts
    clear_request(run)
    assert read_request(run) is None
    clear_request(run)


def test_other_wishes_are_a_mistake(run):
    with pytest.raises(ValueError, match="pause, resume, stop"):
        request(run, "hurry")


def test_control_json_torn_at_every_byte(run):
    request(run, "pause")
    whole = (run.folder / "control.json").read_bytes()
    complete = len(whole.rstrip())
    for end in range(len(whole) + 1):
        (run.folder / "control.json").write_bytes(whole[:end])
        assert read_request(run) == ("pause" if end >= complete else None)
    for foreign in (b'{"request": "explode"}', b"[]", b"\xff", b'{"request": 7}'):
        (run.folder / "control.json").write_bytes(foreign)
        assert read_request(run) is None


def test_a_wish_that_cannot_be_written_gets_a_sentence(run):
    run.folder.rename(run.folder.with_name("elsewhere"))
    with pytest.raises(RunWriteError, match="does not exist"):
        request(run, "stop")
