"""Names of layers from elsewhere: understood, or refused with the nearest."""

import pytest

from explorer.anatomy.layer_names import matched
from explorer.anatomy.of import anatomy_of
from explorer.errors import BadInput
from explorer.networks.spec import parse_spec


@pytest.fixture(scope="module")
def anatomy():
    return anatomy_of(parse_spec("cifar/basic-8?width=4"))


def refused(names, anatomy):
    with pytest.raises(BadInput) as error:
        matched(names, anatomy, "x.csv")
    return str(error.value)


def test_names_of_the_table_are_taken_as_they_are(anatomy):
    names = [layer.name for layer in anatomy.layers]
    assert matched(names, anatomy, "x.csv") == names


def test_what_wrappers_put_in_front_is_taken_off(anatomy):
    assert matched(["module.conv1", "_orig_mod.module.fc", "model.bn1"], anatomy, "x.csv") == ["conv1", "fc", "bn1"]


def test_an_attention_goes_by_its_modules_name_too():
    anatomy = anatomy_of(parse_spec("torchvision/vit_b_32"))
    layer = next(layer.name for layer in anatomy.layers if layer.kind == "attention")
    assert matched([layer.removesuffix(".attention")], anatomy, "x.csv") == [layer]


def test_strangers_are_named_with_the_nearest_layers_and_counted(anatomy):
    said = refused(["conv1", "conv_1", "module.layer1.0.conv1.weight", "qqq", "www", "eee"], anatomy)
    assert said == (
        "5 of the 6 names in x.csv are no layers of Residual-8: conv_1 (did you mean conv1?), module.layer1.0.conv1.weight "
        "(did you mean layer1.0.conv1?), qqq and 2 more. Layers are named as in the layer table; this network has "
        f"{len(anatomy.layers)}."
    )
    assert refused(["conv1", "qqq"], anatomy).startswith("1 of the 2 names in x.csv is no layer of Residual-8: qqq. ")
    assert refused(["qqq", "www"], anatomy).startswith("None of the 2 names in x.csv is a layer of Residual-8: qqq, www. ")


def test_a_layer_named_twice_in_different_ways_is_refused(anatomy):
    assert refused(["conv1", "fc", "module.conv1"], anatomy) == "conv1 and module.conv1 in x.csv are the same layer: leave one out."


def test_an_endless_name_is_shortened(anatomy):
    assert len(refused(["q" * 100_000], anatomy)) < 250
