import pytest

from explorer.figures.colours import FAMILY_COLOURS, colour, mix
from explorer.networks.options import BLOCK_TYPES
from explorer.networks.spec import SpecError


def test_families_have_okabe_and_itos_colours():
    assert colour("plain") == "#D55E00"
    assert colour("residual") == "#0072B2"
    assert colour("highway") == "#009E73"
    assert colour("preactivation") == "#56B4E9"
    assert colour("vgg") == "#CC79A7"


def test_a_network_has_its_familys_colour():
    assert colour("cifar/basic-56?shortcut=B") == colour("imagenet/bottleneck-50") == FAMILY_COLOURS["residual"]
    assert colour("torchvision/resnet50") == FAMILY_COLOURS["torchvision"]


def test_every_family_has_a_colour_of_its_own():
    assert len(set(FAMILY_COLOURS.values())) == len(FAMILY_COLOURS)
    assert FAMILY_COLOURS.keys() == {kind.family for kind in BLOCK_TYPES.values()} | {"torchvision"}


def test_an_unknown_network_is_refused():
    with pytest.raises(SpecError):
        colour("cifar/banana-20")


def test_mixing_goes_from_one_colour_to_the_other():
    assert mix("#000000", "#FFFFFF", 0) == "#000000"
    assert mix("#000000", "#FFFFFF", 1) == "#FFFFFF"
    assert mix("#D55E00", "#FFFFFF", 0.5) == "#EAAE80"
