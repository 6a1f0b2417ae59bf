"""What has been answered is kept: an interrupted pass goes on, another network is answered alone, and none is asked twice."""

import pytest
import streamlit as st

from explorer.ui.classify.many import answered as room
from explorer.ui.classify.many.answered import answered
from explorer.ui.classify.many.pictures import Pictures
from explorer.vision.held_out import held_out
from explorer.vision.kept import mark_of
from explorer.vision.many import SMALL_BATCH
from explorer.vision.models import open_model
from explorer.vision.picture import PictureError
from explorer.vision.sources import Source

COUNT = 5 * SMALL_BATCH


class Left(Exception):
    """What Streamlit raises where a person clicks meanwhile."""


@pytest.fixture(scope="module")
def models():
    return [open_model("mnist-residual-20"), open_model("mnist-plain-20")]


@pytest.fixture
def pictures():
    """Digits under a key of their own, with a count of how often each was read."""
    room._kept.clear()
    read: dict[str, int] = {}

    def counted(source):
        def take():
            read[source.name] = read.get(source.name, 0) + 1
            return source.read()

        return Source(source.name, source.label, take)

    return Pictures("test", "digits", [counted(source) for source in held_out("mnist-5k", COUNT)], COUNT), read


def test_each_picture_is_read_once_for_all_networks_and_never_again(models, pictures):
    pictures, read = pictures
    first = answered(models, pictures)
    assert [len(one.rows) for one in first] == [COUNT, COUNT] and set(read.values()) == {1} and len(read) == COUNT
    assert answered(models, pictures) == first and set(read.values()) == {1}
    assert answered(models[::-1], pictures) == first[::-1]


def test_a_further_network_is_answered_alone(models, pictures):
    pictures, read = pictures
    (alone,) = answered(models[:1], pictures)
    both = answered(models, pictures)
    assert both[0] == alone and both[1].beside == 1 and set(read.values()) == {2}


def test_an_interrupted_pass_goes_on_where_it_was_left(models, pictures, monkeypatch):
    pictures, read = pictures
    shown = []

    class Bar:
        def progress(self, share, text):
            shown.append(share)
            raise Left

        def empty(self):
            pass

    monkeypatch.setattr(room.time, "perf_counter", iter(range(10_000)).__next__)  # each batch takes its second: the bar moves
    with monkeypatch.context() as patched:
        patched.setattr(st, "progress", lambda *_, **__: Bar())
        with pytest.raises(Left):
            answered(models, pictures)
    kept = room._kept("test", mark_of(models[0].model)).done
    assert 0 < kept.taken < COUNT and len(kept.rows) == kept.taken
    ends = answered(models, pictures)
    assert [row.name for row in ends[0].rows] == [source.name for source in pictures.sources]
    assert ends[0].rows[: kept.taken] == kept.rows and all(read[row.name] == 1 for row in kept.rows)


def test_a_file_that_is_lost_between_two_passes_is_lost_for_all_networks(models, pictures):
    pictures, _ = pictures
    (whole,) = answered(models[:1], pictures)

    def gone():
        raise PictureError("it is gone.")

    pictures.sources[3] = Source(pictures.sources[3].name, "0", gone)
    both = answered(models, pictures)
    assert len(whole.rows) == COUNT and [len(one.rows) for one in both] == [COUNT - 1] * 2
    assert [row.name for row in both[0].rows] == [row.name for row in both[1].rows]
