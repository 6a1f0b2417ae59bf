"""The presets' words and formulas, held against numbers worked out by hand and the paper's."""

import pytest

from explorer.anatomy.of import anatomy_of
from explorer.anatomy.ways import depth_of
from explorer.networks.spec import parse_spec
from explorer.ui.compare.presets import PRESETS, VGG_19


def anatomies(name):
    return [anatomy_of(parse_spec(text)) for text in PRESETS[name].networks]


def told(name, unit="MACs"):
    preset = PRESETS[name]
    nets = anatomies(name)
    return "\n".join(preset.look(nets, unit)), "\n".join((*preset.formulas, *preset.sums(nets, unit)))


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("unit", ["MACs", "FLOPs"])
def test_every_preset_has_words_and_formulas(name, unit):
    words, formulas = told(name, unit)
    assert words.startswith("**") and words.rstrip().endswith(".")
    assert formulas.count("{") == formulas.count("}") and "$" not in formulas


@pytest.mark.parametrize("name", PRESETS)
def test_networks_are_written_canonically_and_four_at_most_are_drawn(name):
    preset = PRESETS[name]
    assert [parse_spec(text).text for text in preset.networks] == list(preset.networks)
    assert set(preset.undrawn) <= set(preset.networks) and 2 <= len(preset.networks) - len(preset.undrawn) <= 4


def test_figure_3_is_the_papers_argument():
    """Section 3.3: the 34-layer baseline has 3.6 billion multiply-adds, "only 18%" of VGG-19's 19.6 (18.6% exactly)."""
    words, formulas = told("figure3")
    assert "VGG-19 spends 19.63 GMACs" in words and "34 weighted layers instead of 19 for 19% of it" in words
    assert "16 shortcuts: 13 are identities and cost nothing, the other 3 project" in words
    assert r"\mathcal{F}(x, \{W_i\}) + x" in formulas and "W_s" in formulas


def test_table_1_is_the_papers():
    words, formulas = told("table1")
    assert "3.66 GMACs become 3.86 GMACs" in words and "11.28 GMACs, 6.2 times ResNet-18" in words
    assert VGG_19 == anatomy_of(parse_spec("imagenet/vgg-19")).macs
    assert [depth_of(anatomy) for anatomy in anatomies("table1")] == [18, 34, 50, 101, 152]
    for formula in (r"2 + 2\,(3+4+6+3) = 34", r"2 + 3\,(3+4+6+3) = 50", r"2 + 3\,(3+8+36+3) = 152"):
        assert formula in formulas


def test_shortcut_options_by_their_parameters():
    words, _ = told("shortcuts")
    assert "A pads with zeros: 0 parameters" in words
    assert "change the shape: 173,824" in words and "every block: 1,092,992" in words
    assert "25.03, 24.52 and 24.19%" in words


def test_the_cost_argument_has_the_networks_own_numbers():
    """56 x 56 images: 2 x 9 x 64^2 products a value for two 3x3, 2 x 64 x 256 + 9 x 64^2 for a bottleneck."""
    basic, bottleneck = 56**2 * 2 * 9 * 64**2, 56**2 * (2 * 256 * 64 + 9 * 64**2)
    assert (basic, bottleneck) == (231_211_008, 218_365_952)
    words, formulas = told("bottleneck")
    assert "cost 231.2 M MACs, a bottleneck on 256 channels 218.4 M" in words
    assert f"{2 * 9 * 256**2 * 56**2 / bottleneck:.0f} times as much" in words
    assert r"231\,211\,008" in formulas and r"218\,365\,952" in formulas and r"\frac{1}{9}" in formulas
    doubled, formulas = told("bottleneck", "FLOPs")
    assert "cost 462.4 M FLOPs" in doubled and r"462\,422\,016" in formulas and r"2\cdot56^2" in formulas


def test_the_gate_has_its_equation_and_both_limits():
    words, formulas = told("gates")
    assert r"y = H(x)\,T(x) + x\,(1 - T(x))" in formulas
    assert r"T = 1:\; y = H(x)" in formulas and r"T = 0:\; y = x" in formulas
    assert "267,936 parameters more than the plain net's 269,722" in words
