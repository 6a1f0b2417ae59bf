import pytest

from explorer.figures.colours import FAMILY_COLOURS, FAMILY_LABELS, colour, label, mix
from explorer.networks.spec import SpecError


def test_families_have_okabe_and_itos_colours():
    assert colour("plain") == "#D55E00"
    assert colour("residual") == "#0072B2"
    assert colour("highway") == "#009E73"
    assert colour("preactivation") == "#56B4E9"
    assert colour("vgg") == "#CC79A7"


def test_a_network_has_its_familys_colour_and_label():
    assert colour("cifar/basic-56?shortcut=B") == colour("imagenet/bottleneck-50") == FAMILY_COLOURS["residual"]
    assert label("cifar/preact-110") == "Pre-activation"
    assert colour("torchvision/resnet50") == FAMILY_COLOURS["torchvision"]


def test_every_family_has_a_colour_of_its_own_and_a_label():
    assert len(set(FAMILY_COLOURS.values())) == len(FAMILY_COLOURS)
    assert FAMILY_COLOURS.keys() == FAMILY_LABELS.keys()


def test_an_unknown_network_is_refused():
    with pytest.raises(SpecError):
        colour("cifar/banana-20")


def test_mixing_goes_from_one_colour_to_the_other():
    assert mix("#000000", "#FFFFFF", 0) == "#000000"
    assert mix("#000000", "#FFFFFF", 1) == "#FFFFFF"
    assert mix("#D55E00", "#FFFFFF", 0.5) == "#EAAE80"
