"""The colours of an overlay on paper, exactly; and their legend."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.anatomy.of import anatomy_of
from explorer.anatomy.overlay import built_in, measured
from explorer.figures import detail
from explorer.figures.colours import contrast
from explorer.figures.overlay_colours import INKS, NO_NUMBER, VIRIDIS, Scale, amount, colour_at, laid_over, together
from explorer.networks.spec import parse_spec

DARKEST, LIGHTEST = VIRIDIS[0], VIRIDIS[-1]


@pytest.mark.parametrize(("how", "one"), [("sum", 9), ("max", 5), ("mean", 3)])
def test_values_of_several_layers_are_put_together(how, one):
    assert together([1, None, 5, 3], how) == one
    assert together([None, None], how) is None and together([], how) is None
    assert math.isnan(together([1, math.inf], how)) and math.isnan(together([math.nan, None], how))


def test_small_values_are_light_and_large_ones_dark():
    linear, log = Scale([0, 5, 10], "linear"), Scale([1, 10, 100, 0], "log")
    for scale, values in ((linear, (0, 5, 10)), (log, (1, 10, 100))):
        assert [scale.share(value) for value in values] == pytest.approx([0, 0.5, 1])
        assert [scale.fill(value) for value in values] == [LIGHTEST, VIRIDIS[5], DARKEST]
    assert log.share(0) == 0 and log.fill(math.nan) == NO_NUMBER


def test_a_linear_scale_begins_at_zero_unless_its_values_are_close_together():
    assert (Scale([2, 10], "linear").least, Scale([8, 10], "linear").least, Scale([-3, 10], "linear").least) == (0, 8, -3)


@pytest.mark.parametrize("values", [[], [7], [7, 7], [0, 0], [math.nan]])
@pytest.mark.parametrize("kind", ["log", "linear"])
def test_values_that_are_all_one_have_the_middle_colour(values, kind):
    scale = Scale(values, kind)
    assert scale.share(7) == 0.5 and len(scale.ticks()) == 1


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1), st.sampled_from(["log", "linear"]))
def test_every_value_has_a_place_on_its_scale(values, kind):
    scale = Scale(values, kind)
    shares = [scale.share(value) for value in sorted(values)]
    assert shares == sorted(shares) and 0 <= shares[0] and shares[-1] <= 1
    assert all(re.fullmatch("#[0-9A-F]{6}", fill) for fill in map(scale.fill, values))
    assert all(math.isfinite(value) and re.fullmatch(r"-?\d[\d.]*(e-?\d+|[kMGT]?)", amount(value)) for _, value in scale.ticks() if value)


def test_black_or_white_can_be_read_on_every_colour():
    """At least 4.5 to 1, WCAG's bound for text."""
    assert min(max(contrast(ink, colour_at(i / 100)) for ink in INKS) for i in range(101)) >= 4.5


@pytest.mark.parametrize(("value", "text"), [
    (0, "0"), (0.402, "0.402"), (1, "1"), (999.4, "999"), (999.6, "1k"), (2359296, "2.36M"), (12_300_000_000, "12.3G"), (3.1e-5, "3.1e-5"),
    (-1500, "-1.5k"), (2e15, "2.0e15"), (4e12, "4T"),
])  # fmt: skip
def test_amounts_have_three_digits(value, text):
    assert amount(value) == text


def test_nodes_have_the_colour_of_all_they_stand_for_and_a_legend_says_what_by():
    anatomy = anatomy_of(parse_spec("cifar/basic-20?width=4"))
    fills, legend = laid_over(anatomy, built_in(anatomy)[1], detail.opened(anatomy))
    by_name = {layer.name: layer.macs for layer in anatomy.layers}
    fold = by_name["layer1.0.conv1"] * 3  # one node stands for three blocks' first convolution
    values = [by_name["fc"], by_name["conv1"], fold]
    assert [fills[name] for name in ("fc", "conv1", "layer1.0.conv1")] == [Scale(values, "log").fill(value) for value in values]
    assert fills["fc"] == LIGHTEST and fills["layer1.0.conv1"] == DARKEST
    assert fills["avgpool"] == "#FFFFFF"  # no multiply-adds
    assert ">MACs, log scale  <" in legend and f">{amount(by_name['fc'])}<" in legend and f">{amount(fold)}<" in legend


def test_on_a_dark_background_large_values_are_light():
    anatomy = anatomy_of(parse_spec("cifar/basic-20?width=4"))
    fills, legend = laid_over(anatomy, built_in(anatomy)[1], detail.opened(anatomy), dark=True)
    assert (fills["fc"], fills["layer1.0.conv1"], fills["avgpool"]) == (DARKEST, LIGHTEST, "#0E1117")
    assert legend.index(DARKEST) < legend.index(LIGHTEST)


def test_a_legend_names_the_step_and_escapes_foreign_words():
    anatomy = anatomy_of(parse_spec("cifar/basic-8?width=4"))
    overlay = measured(anatomy, "x", '<b> & "q"', "m/s", "", ["fc", "conv1"], [[7.0, None], [5.0, 9.0]], steps=[0, 1500])
    _, legend = laid_over(anatomy, overlay, detail.opened(anatomy))
    assert "&lt;b&gt; &amp; &quot;q&quot; (m/s), step 1,500  <" in legend and ">9<" in legend
    fills, _ = laid_over(anatomy, overlay, detail.opened(anatomy), row=0)
    assert {fill: name for name, fill in fills.items() if fill != "#FFFFFF"} == {VIRIDIS[5]: "fc"}
