import pytest

from explorer.anatomy.of import anatomy_of
from explorer.figures.colours import FAMILY_COLOURS
from explorer.figures.costs import cost_bars
from explorer.networks.spec import parse_spec


def heights(figure, what):
    return [y for trace in figure.data if what in trace.hovertemplate for y in trace.y]


@pytest.mark.parametrize("network", ["cifar/plain-20", "imagenet/bottleneck-50", "imagenet/vgg-16", "torchvision/vit_b_16"])
def test_bars_are_the_weighted_layers_in_order(network):
    anatomy = anatomy_of(parse_spec(network))
    figure = cost_bars(anatomy)
    weighted = [layer for layer in anatomy.layers if layer.kind in ("conv", "linear", "attention")]
    assert heights(figure, "parameters") == [layer.params for layer in weighted]
    assert sum(heights(figure, "MACs")) == anatomy.macs
    positions = [x for trace in figure.data if "MACs" in trace.hovertemplate for x in trace.x]
    assert positions == list(range(1, len(weighted) + 1))
    assert [row[0] for trace in figure.data if "MACs" in trace.hovertemplate for row in trace.customdata] == [
        layer.name for layer in weighted]


def test_flops_are_twice_the_macs_and_named():
    anatomy = anatomy_of(parse_spec("cifar/basic-20"))
    figure = cost_bars(anatomy, "FLOPs")
    assert sum(heights(figure, "FLOPs")) == 2 * anatomy.macs
    assert "FLOPs" in figure.layout.title.text and figure.layout.yaxis2.title.text == "FLOPs"
    with pytest.raises(ValueError, match="MACs or FLOPs"):
        cost_bars(anatomy, "GFLOPS")


def test_stages_are_shades_of_the_familys_colour_and_named_once():
    figure = cost_bars(anatomy_of(parse_spec("imagenet/plain-34")))
    above = [trace for trace in figure.data if trace.showlegend]
    assert [trace.name for trace in above] == ["stem", "layer1", "layer2", "layer3", "layer4", "head"]
    colours = [trace.marker.color for trace in above]
    assert len(set(colours)) == 6
    of_one_stage = cost_bars(anatomy_of(parse_spec("cifar/plain-20"))).data
    middle = [trace.marker.color for trace in of_one_stage if trace.name == "layer2"]
    assert set(middle) == {FAMILY_COLOURS["plain"]}
