"""Bars of the likeliest classes, by one network and by several."""

import pytest

from explorer.figures.colours import FAMILY_COLOURS, mix
from explorer.figures.probabilities import Said, answer_bars, height_of, shades
from explorer.numbers import percent


def test_bars_are_the_classes_in_the_order_asked_for():
    said = Said("Residual-20", "cifar/basic-20", [0.012, 0.9876, 0.0, 0.0004])
    (bar,) = answer_bars([said], ["dog", "cat", "ship", "frog"], [1, 0, 3])["data"]
    assert bar["y"] == ["cat", "dog", "frog"]
    assert bar["x"] == pytest.approx([98.76, 1.2, 0.04])
    assert bar["text"] == ["98.8%", "1.2%", "<0.1%"]
    assert bar["marker"]["color"] == FAMILY_COLOURS["residual"]


def test_networks_stand_side_by_side_each_in_the_colour_of_its_family():
    said = [Said("Plain-20", "cifar/plain-20", [0.6, 0.4]), Said("Residual-20", "cifar/basic-20", [0.1, 0.9])]
    figure = answer_bars(said, ["cat", "dog"], [1, 0])
    assert [bar["x"] for bar in figure["data"]] == [[40, 60], [90, 10]] and figure["layout"]["barmode"] == "group"
    assert [bar["name"] for bar in figure["data"]] == ["Plain-20", "Residual-20"]
    assert [bar["marker"]["color"] for bar in figure["data"]] == [FAMILY_COLOURS["plain"], FAMILY_COLOURS["residual"]]
    assert figure["layout"]["showlegend"] and len({bar["uid"] for bar in figure["data"]}) == 2


def test_networks_of_one_family_have_shades_of_its_colour():
    found = shades(["cifar/basic-20", "cifar/plain-20", "cifar/basic-56", "cifar/basic-110", "cifar/basic-8"])
    assert found[0] == FAMILY_COLOURS["residual"] and found[1] == FAMILY_COLOURS["plain"]
    assert found[2] == mix(FAMILY_COLOURS["residual"], "#FFFFFF", 0.5) and len(set(found)) == 5


def test_classes_of_one_name_keep_a_bar_each():
    (bar,) = answer_bars([Said("ResNet-18", "torchvision/resnet18", [0.6, 0.3, 0.1])], ["crane", "crane", "bus"], [0, 1, 2])["data"]
    assert bar["y"] == ["crane", "crane (2)", "bus"]


def test_anybodys_text_is_a_name_and_nothing_else():
    (bar,) = answer_bars([Said("my<b>net", "cifar/basic-20", [0.6, 0.4])], ["<a href='http://x'>cat</a>", "dog\n" * 100], [0, 1])["data"]
    assert "<" not in "".join([bar["name"], *bar["y"]]) and all(len(name) <= 40 for name in bar["y"])
    assert bar["y"][1].startswith("dog dog") and bar["y"][1].endswith("…")


def test_there_is_room_for_every_bar():
    assert height_of(1, 5) < height_of(2, 5) < height_of(2, 10)
    assert height_of(4, 20) >= 4 * 20 * 18


@pytest.mark.parametrize(
    ("probability", "text"),
    [(1.0, "100.0%"), (0.99999, ">99.9%"), (0.9994, "99.9%"), (0.5, "50.0%"), (0.0005, "0.1%"), (1e-9, "<0.1%"), (0.0, "0.0%")],
)
def test_no_probability_is_rounded_to_certainty(probability, text):
    assert percent(probability) == text
