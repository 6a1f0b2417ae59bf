"""The bars of a network's memory: every byte of the peak is drawn once."""

import pytest

from explorer.anatomy.memory import memory_of
from explorer.anatomy.of import anatomy_of
from explorer.figures.memory import PART_COLOURS, memory_bars
from explorer.networks.spec import parse_spec


@pytest.fixture(scope="module")
def memories():
    anatomy = anatomy_of(parse_spec("cifar/basic-20"))
    return {"Training step": memory_of(anatomy, 128), "Inference": memory_of(anatomy, 128, optimiser="none")}


def texts(figure):
    return [annotation.text for annotation in figure.layout.annotations]


def test_the_bars_are_the_parts_and_add_up_to_the_peaks(memories):
    figure = memory_bars(memories)
    for at, memory in enumerate(memories.values()):
        assert {trace.name: trace.x[at] for trace in figure.data if trace.x[at]} == {k: v for k, v in memory.parts().items() if v}
        assert sum(trace.x[at] for trace in figure.data) == memory.peak
        assert sum(trace.customdata[at] for trace in figure.data) == pytest.approx(100)
    assert all(tuple(trace.y) == ("Training step", "Inference") for trace in figure.data)
    assert figure.layout.barmode == "stack" and figure.layout.yaxis.autorange == "reversed"


def test_every_part_has_a_colour_of_its_own_and_what_is_nowhere_is_left_out(memories):
    assert set(memories["Inference"].parts()) == set(PART_COLOURS)
    assert len(set(PART_COLOURS.values())) == len(PART_COLOURS)
    names = [trace.name for trace in memory_bars({"Inference": memories["Inference"]}).data]
    assert names == ["Weights", "Buffers", "Images", "Working memory"]


@pytest.mark.parametrize("share, is_drawn", [(0.5, True), (2, True), (20, False)])
def test_the_room_there_is_stands_beside_the_bars_unless_it_would_make_them_a_line(memories, share, is_drawn):
    peak = memories["Training step"].peak
    figure = memory_bars(memories, room=round(share * peak))
    assert len(figure.layout.shapes) == is_drawn
    assert any(text.startswith("there are") for text in texts(figure)) == is_drawn
    assert figure.layout.xaxis.range[1] > (max(share, 1) if is_drawn else 1) * peak


@pytest.mark.parametrize(
    "batch, room, words",
    [(10_000, 25_276_000_000, "25.3 GB"), (1, 9_999_999, "10 MB"), (1_000, 999_999_999, "1 GB"), (500_000, 10**12, "1 TB")],
)
def test_sizes_have_three_digits_and_a_decimal_unit(batch, room, words):
    memory = memory_of(anatomy_of(parse_spec("cifar/basic-20")), batch)
    assert texts(memory_bars({"Training step": memory}, room))[-1] == f"there are {words}"


def test_a_bar_says_its_peak(memories):
    assert texts(memory_bars(memories)) == [f"peak {memory.peak / 1e6:.3g} MB" for memory in memories.values()]
