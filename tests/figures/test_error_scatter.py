"""Errors against costs: every result is a point, source by source, never of two data sets at once."""

from dataclasses import replace

import pytest

from explorer.figures.colours import FAMILY_COLOURS
from explorer.figures.error_scatter import error_scatter
from explorer.networks.published import Result, read_published

HERE = Result("CIFAR-10", "cifar/basic-20", "Residual-20", "residual", "measured here", "finished runs on this machine", "1 view, 3 epochs",
              32, 25.0, None, 269_722, 40_551_040, "seed 0")


def on(dataset):
    return [one for one in read_published() if one.dataset == dataset]


def points(figure):
    return [(x, y) for trace in figure.data[1:] for x, y in zip(trace.x, trace.y)]


def test_flops_are_twice_the_macs():
    assert sorted(x for x, _ in points(error_scatter(on("ImageNet"), unit="FLOPs"))) == sorted(2 * one.macs for one in on("ImageNet"))


@pytest.mark.parametrize("dataset", ["ImageNet", "CIFAR-10"])
@pytest.mark.parametrize("cost", ["macs", "params"])
@pytest.mark.parametrize("error", ["top1", "top5"])
def test_every_result_that_has_both_is_a_point(dataset, cost, error):
    known = [one for one in on(dataset) if getattr(one, cost) is not None and getattr(one, error) is not None]
    figure = error_scatter(on(dataset), cost, error)
    assert sorted(points(figure)) == sorted((getattr(one, cost), getattr(one, error)) for one in known)
    assert figure.layout.xaxis.type == "log"


def test_each_point_says_its_source():
    figure = error_scatter(on("ImageNet"))
    told = {said[0] for trace in figure.data[1:] for said in trace.customdata}
    assert "ResNet-34 B: He et al. 2015, table 3, 10 crops" in told
    assert "ResNet-34 B: He et al. 2015, table 4, 5 scales" in told
    assert "resnet50: torchvision IMAGENET1K_V2, 1 crop, resized to 232" in told
    for trace in figure.data[1:]:
        assert {said[0].split(": ")[1].split(",")[0] for said in trace.customdata} == {trace.legendgroup.split(",")[0].split(" (")[0]}
        assert "%{customdata[0]}" in trace.hovertemplate


def test_sources_have_symbols_and_families_have_colours():
    figure = error_scatter([*on("CIFAR-10"), HERE])
    symbols, kinds = {}, {}
    for trace in figure.data[1:]:
        source = trace.legendgroup.split(" (")[0]
        symbols.setdefault(source, set()).add(trace.marker.symbol)
        kinds[source] = trace.customdata[0][1]
        expected = {"plain": "plain", "residual": "residual", "pre-activation": "preactivation", "highway": "highway",
                "other designs": "torchvision"}  # fmt: skip
        assert trace.marker.color == FAMILY_COLOURS[expected[trace.name]]
    assert all(len(one) == 1 for one in symbols.values())
    assert len(set.union(*symbols.values())) == len(symbols) == 4
    assert kinds["techxzen/pytorch-residual-networks"] == "replication"
    assert kinds["finished runs on this machine"] == "measured here"


def test_torchvisions_generations_differ_in_symbol():
    figure = error_scatter(on("ImageNet"))
    symbols = {trace.legendgroup: trace.marker.symbol for trace in figure.data[1:]}
    assert len(set(symbols.values())) == len(symbols) == 7


def test_compared_networks_are_ringed_and_named():
    figure = error_scatter(on("ImageNet"), compared=["imagenet/basic-34", "imagenet/vgg-19"])
    rings = figure.data[0]
    assert sorted(rings.y) == [21.84, 24.52] and set(rings.x) == {3_663_761_408}  # tables 4 and 3; VGG-19 has no result
    named = {text.strip() for trace in figure.data[1:] for text in trace.texttemplate if text}
    assert named == {"ResNet-34 B"}


def test_data_sets_are_never_mixed():
    with pytest.raises(ValueError, match="CIFAR-10 and ImageNet do not belong into one chart"):
        error_scatter([*on("ImageNet"), HERE])


def test_no_results_are_an_empty_chart():
    assert points(error_scatter([])) == []
    assert points(error_scatter([replace(HERE, params=None)], "params")) == []
